"""The buffers and tapes of one network at one batch size.

Activations are (units + 1, batch), the last row ones, so that the bias is the last row of the weights:
z = θᵀ h reads like the textbook and saves a broadcast add and a sum at every layer. z, a, the slope σ′(z), the
error arriving and δ are kept apart, each of all layers in one buffer, all of them in one arena: the trace of a
step is views of it, and keeping one is a single copy.
"""

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from .activations import ACTIVATIONS
from .losses import LOSSES
from .tape import Array, Tape, play

if TYPE_CHECKING:
    from .network import Network

#: The quantities that a step leaves behind for each layer, in the arena's order.
QUANTITIES = ("z", "a", "slope", "error", "delta")


class Workspace:
    """Prepared for `batch` samples: put rows into `rows`, then `forward()` and `backward()`.

    rows (batch, n_in + 1 + n_out) hold x, a one, and y.
    Layer l = 1..L has z[l], a[l], slope[l], error[l], delta[l], each (units, batch); a[0] is the input.
    Where the loss has taken the output activation over, slope[L] is 1 and error[L] is ∂L/∂z.
    """

    def __init__(self, network: "Network", batch: int) -> None:
        self.batch, self.sizes = batch, network.sizes
        dtype, last = network.dtype, len(network.sizes) - 1
        n_in, n_out = network.sizes[0], network.sizes[-1]
        width = n_in + 1 + n_out
        heights = [units + 1 for units in network.sizes[1:]]
        block = sum(heights) * batch
        self.arena = np.zeros(batch * width + len(QUANTITIES) * block, dtype)
        self.rows, self.blocks = split_arena(self.arena, batch, width, sum(heights))
        self.rows[:, n_in] = 1
        self.x, self.y = self.rows[:, :n_in].T, np.zeros((n_out, batch), dtype)
        self.loss = np.zeros((), dtype)
        self.forward_parts: list[Tape] = []
        self.backward_parts: list[Tape] = []
        starts = [0, *np.cumsum(heights).tolist()]
        self.spans = list(pairwise(starts))
        self.blocks["a"][[end - 1 for _, end in self.spans]] = 1
        views = {
            name: [self.x if name == "a" else self.rows[:0], *(self.blocks[name][s : e - 1] for s, e in self.spans)]
            for name in QUANTITIES
        }
        self.z, self.a, self.slope = views["z"], views["a"], views["slope"]
        self.error, self.delta = views["error"], views["delta"]
        inputs = [self.rows[:, : n_in + 1].T, *(self.blocks["a"][s:e] for s, e in self.spans)]
        for layer in range(1, last + 1):
            activation = ACTIVATIONS[network.activations[layer - 1]]
            weigh = (network.thetas[layer].T.dot, (inputs[layer - 1], self.z[layer]))
            self.forward_parts.append([weigh, *activation.forward(self.z[layer], self.a[layer])])
        self.loss_tape = self._loss_tape(network, last)
        self.slope_tape = self._slope_tape(network, last)
        for layer in range(last, 0, -1):
            part: Tape = []
            if layer < last:
                weight = network.weights[layer + 1]
                part.append((weight.dot, (self.delta[layer + 1], self.error[layer])))
                part.append((np.multiply, (self.error[layer], self.slope[layer], self.delta[layer])))
            elif not network.fused:
                part.append((np.multiply, (self.error[layer], self.slope[layer], self.delta[layer])))
            part.append((inputs[layer - 1].dot, (self.delta[layer].T, network.gradients[layer])))
            self.backward_parts.append(part)
        self.forward_tape: Tape = [call for part in self.forward_parts for call in part]
        self.backward_tape: Tape = [*self.slope_tape, *(call for part in self.backward_parts for call in part)]
        self.tape: Tape = [*self.forward_tape, *self.loss_tape, *self.backward_tape]

    def _loss_tape(self, network: "Network", last: int) -> Tape:
        loss = LOSSES[network.loss]
        seen = self.z[last] if network.fused else self.a[last]
        derivative = self.delta[last] if network.fused else self.error[last]
        # A contiguous copy of y, as the loss reads it more than once.
        copy: Tape = [(np.copyto, (self.y, self.rows[:, self.sizes[0] + 1 :].T))]
        return copy + loss.tape(seen, self.a[last], self.y, derivative, self.loss)

    def _slope_tape(self, network: "Network", last: int) -> Tape:
        """σ′ of neighbouring layers with the same activation in one call over their shared buffer."""
        tape: Tape = []
        layer, end = 1, last if network.fused else last + 1
        if network.fused:
            self.slope[last][...] = 1
        while layer < end:
            name, first = network.activations[layer - 1], layer
            while layer < end and network.activations[layer - 1] == name:
                layer += 1
            start, stop = self.spans[first - 1][0], self.spans[layer - 2][1]
            z, a, slope = (self.blocks[key][start:stop].reshape(-1) for key in ("z", "a", "slope"))
            tape += ACTIVATIONS[name].slope(z, a, slope)
        return tape

    def fill(self, x: Array, y: Array) -> None:
        """Put x (batch, n_in) and y (batch, n_out) into the rows."""
        n_in = self.sizes[0]
        self.rows[:, :n_in] = x
        self.rows[:, n_in + 1 :] = y

    def forward(self) -> Array:
        """Play the forward pass; the output's activation (n_out, batch), a view."""
        play(self.forward_tape)
        return self.a[-1]


def split_arena(arena: Array, batch: int, width: int, height: int) -> tuple[Array, dict[str, Array]]:
    """Views of an arena: the rows (batch, width) and one (height, batch) block for each quantity."""
    rows = arena[: batch * width].reshape(batch, width)
    rest = arena[batch * width :].reshape(len(QUANTITIES), height, batch)
    return rows, dict(zip(QUANTITIES, rest, strict=True))
