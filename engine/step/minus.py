"""−z in place of z, in a training step, for activations that begin by turning the sign.

σ(z) = 1 / (1 + e⁻ᶻ): with −θ the product gives −z at once, to the bit. One call then turns θ, for all layers, where
each layer took one for z: a twentieth of a step of 2-[16]×10-1. Who reads z gets it back first.
"""

import numpy as np

from ..activations import ACTIVATIONS
from ..tape import Array, Late, Tape
from ..tape.memory import like
from .arena import Arena
from .groups import groups
from .layers import Layers


class Minus:
    """−θ of the layers that want it.

    Attributes:
        thetas  by layer (n_in + 1, n_out)
        tape    turns θ, before the forward pass
        late    puts z right, once after each forward pass, before somebody reads it
    """

    def __init__(self, network: Layers, arena: Arena, wanted: bool) -> None:
        self.thetas: dict[int, Array] = {}
        self.tape: Tape = []
        self.late = Late()
        layers = range(1, len(network.sizes) - network.fused) if wanted else range(0)
        turns = [ACTIVATIONS[network.activations[n - 1]].turns and not network.normalised(n) for n in layers]
        for alike in groups(turns):
            theta, z = network.part(network.theta, alike), arena.flat("z", alike)
            if turns[alike.start - 1] and len(alike) > 1 and theta.size <= z.size:
                self._turn(theta, z, {layer: network.thetas[layer] for layer in alike})
        if self.tape:
            self.tape.append((self.late.put_off, ()))

    def _turn(self, theta: Array, z: Array, thetas: dict[int, Array]) -> None:
        """Neighbours, where there are several, and no more parameters than sums."""
        minus, start = like(theta), 0
        for layer, view in thetas.items():
            self.thetas[layer] = minus[start : start + view.size].reshape(view.shape)
            start += view.size
        self.tape.append((np.negative, (theta, minus)))
        self.late.tape.append((np.negative, (z, z)))
