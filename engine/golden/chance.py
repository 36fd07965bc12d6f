"""Before training, a softmax guesses: its loss is the logarithm of the number of classes."""

from decimal import Decimal

import numpy as np

from ..step.network import Network
from .base import Entry, between, printed
from .published import PUBLISHED

CHANCE = PUBLISHED["chance_level"]["softmax_10_classes_at_small_weights"]
SMALL, AROUND = 1e-3, Decimal("0.001")


def measure(rng: np.random.Generator) -> list[float]:
    """A network with small weights, and the same one with none, on 50 random inputs of all classes."""
    network = Network(
        [64, 16, 10], ["relu", "softmax"], "softmax_cross_entropy", rng, "float64", "normal", size=SMALL
    )
    x, y = rng.random((50, 64)), np.arange(50) % 10
    small, _ = network.loss_and_gradients(x, y)
    network.theta.fill(0)
    none, _ = network.loss_and_gradients(x, y)
    return [small, none]


ENTRY = Entry(
    "chance_level",
    "A network that knows nothing guesses",
    "With tiny weights a network gives each of ten classes about the same probability, 1/10, whatever it sees. "
    "Its cross-entropy is then −ln(1/10) = ln 10. It is the first thing to look at before a training run: if the "
    "loss starts elsewhere, something is wrong. With all weights 0 it has to be exactly that.",
    (
        between("Loss, weights ~ N(0, 0.001²)", CHANCE, [CHANCE - AROUND, CHANCE + AROUND], 9),
        printed("Loss, all weights 0", CHANCE),
    ),
    measure,
)
