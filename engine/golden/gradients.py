"""Our backward pass against central differences, and whether these would find a fault."""

from typing import Any

import numpy as np

from ..activations import ACTIVATIONS
from ..diagnostics import gradient_check
from ..normalisations import NORMALISATIONS
from ..step.network import Network
from ..tape import Array
from .base import Entry, at_least, at_most
from .published import PUBLISHED

CHECK = PUBLISHED["gradient_check"]
GOOD, WRONG = CHECK["relative_error_good_in_float64"], CHECK["relative_error_wrong"]
#: Of the central differences, as the notes advise: below it rounding takes over, above it the curvature.
STEP = 1e-5
SIZES, BATCH = [3, 6, 6, 3], 8
HIDDEN = [name for name, activation in ACTIVATIONS.items() if activation.hidden]
NORMALISED = [name for name in NORMALISATIONS if name != "none"]
#: Faults that are planted, and the factor on the first layer's gradient.
FAULTS = {"2 % too large": 1.02, "forgotten factor ½": 2.0}


class Faulty(Network):
    """A network whose backward pass is wrong by a factor in the first layer."""

    factor = 1.0

    def loss_and_gradients(self, x: Any, y: Any) -> tuple[float, dict[str, Array]]:
        """As it should be, and then the fault."""
        loss, gradients = super().loss_and_gradients(x, y)
        gradients["layer1.weight"] *= self.factor
        return loss, gradients


def error(rng: np.random.Generator, hidden: str = "tanh", factor: float = 1.0, **more: Any) -> float:
    """The relative error of the worst of all weights, biases, scales and shifts."""
    network = Faulty(SIZES, [hidden, hidden, "softmax"], "softmax_cross_entropy", rng, "float64", gain=None, **more)
    network.factor = factor
    for bias in network.biases[1:]:
        bias[...] = rng.normal(0, 0.3, bias.shape)
    x, y = rng.normal(size=(BATCH, SIZES[0])), rng.integers(0, SIZES[-1], BATCH)
    return gradient_check(network, x, y, STEP).relative_error


def measure(rng: np.random.Generator) -> list[float]:
    """Each activation, each normalisation, residual connections, and the faults."""
    return [
        *(error(rng, hidden) for hidden in HIDDEN),
        *(error(rng, normalisation=name) for name in NORMALISED),
        error(rng, residual=True),
        *(error(rng, factor=factor) for factor in FAULTS.values()),
    ]


SMALL, LARGE = "below 10⁻⁷: happy", "above 10⁻²: wrong"
SOUND = [
    *(ACTIVATIONS[name].label for name in HIDDEN),
    *(f"tanh, {NORMALISATIONS[name].label}" for name in NORMALISED),
    "tanh, residual connections",
]

ENTRY = Entry(
    "gradient_check",
    "Every gradient, the slow way",
    "A gradient says how the loss changes when a weight does. So change it: move every single weight of a 3-6-6-3 "
    "network up and down by 10⁻⁵, look at the loss, and compare with what the backward pass says. The notes call "
    "a relative error above 10⁻² wrong, and one below 10⁻⁷ a reason to be happy. A check that never fails proves "
    "nothing, so we also plant two faults in the backward pass, and it has to find both.",
    (
        *(at_most(name, SMALL, GOOD, of="10⁻⁷") for name in SOUND),
        *(at_least(f"Planted fault: {name}", LARGE, WRONG, of="10⁻²") for name in FAULTS),
    ),
    measure,
)
