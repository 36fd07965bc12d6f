"""Losses that measure how far the outputs are from the targets: of regression, and of classes as numbers."""

from functools import partial

import numpy as np

from ..tape import Tape, constant
from ..tape.memory import fresh, like
from .base import End, Loss


class MeanSquaredError(Loss):
    """L = mean over batch and outputs of (ŷ − y)², ∂L/∂ŷ = 2 (ŷ − y) / (batch · n_out)."""

    name, label = "mse", "mean squared error"
    help = "The average squared distance from the target: the loss of regression."

    def tape(self, end: End) -> Tape:
        """Three calls: the difference, its square's mean, and the scaled difference."""
        seen, y, derivative, value = end.seen, end.y, end.derivative, end.value
        n = derivative.size
        flat = derivative.reshape(-1)
        return [
            (np.subtract, (seen, y, derivative)),
            (flat.dot, (flat, value)),
            (np.multiply, (value, constant(1 / n, value.dtype), value)),
            (np.multiply, (derivative, constant(2 / n, derivative.dtype), derivative)),
        ]


class HalfSquaredError(Loss):
    """L = mean over the batch of ½ Σ (ŷ − y)² over the outputs, ∂L/∂ŷ = (ŷ − y) / batch: the textbook's."""

    name, label = "half_sse", "half squared error"
    help = "Half the sum of squared distances, as in textbooks: the ½ cancels the 2 of the derivative."

    def tape(self, end: End) -> Tape:
        """Those of the mean squared error, with other constants."""
        seen, y, derivative, value = end.seen, end.y, end.derivative, end.value
        batch = derivative.shape[1]
        flat = derivative.reshape(-1)
        return [
            (np.subtract, (seen, y, derivative)),
            (flat.dot, (flat, value)),
            (np.multiply, (value, constant(0.5 / batch, value.dtype), value)),
            (np.multiply, (derivative, constant(1 / batch, derivative.dtype), derivative)),
        ]


class MeanAbsoluteError(Loss):
    """L = mean over batch and outputs of |ŷ − y|, ∂L/∂ŷ = sign(ŷ − y) / (batch · n_out), and 0 at the target."""

    name, label = "mae", "mean absolute error"
    help = (
        "The average distance from the target: outliers count no more than others, but steps stay large at the end."
    )

    def tape(self, end: End) -> Tape:
        """The mean is a dot product with 1/n."""
        seen, y, derivative, value = end.seen, end.y, end.derivative, end.value
        n, distance = derivative.size, like(derivative)
        return [
            (np.subtract, (seen, y, derivative)),
            (np.absolute, (derivative, distance)),
            (distance.reshape(-1).dot, (fresh(n, derivative.dtype, 1 / n), value)),
            (np.sign, (derivative, derivative)),
            (np.multiply, (derivative, constant(1 / n, derivative.dtype), derivative)),
        ]


class Huber(Loss):
    """L = mean over batch and outputs of ½ d² where |d| ≤ 1, else |d| − ½, with d = ŷ − y: Huber 1964, δ = 1.

    With c = d cut off at ±1 it is c (d − c/2), and ∂L/∂ŷ = c / (batch · n_out).
    """

    name, label = "huber", "Huber"
    help = "Squares small errors and only counts large ones: smooth at the target, calm about outliers."

    def tape(self, end: End) -> Tape:
        """c into the derivative, d − c/2 into a buffer, their dot product is the sum."""
        seen, y, derivative, value = end.seen, end.y, end.derivative, end.value
        n, distance, rest = derivative.size, like(derivative), like(derivative)
        high, low = like(derivative, 1), like(derivative, -1)
        mean = constant(1 / n, derivative.dtype)
        return [
            (np.subtract, (seen, y, distance)),
            (partial(np.minimum, distance, high, out=derivative), ()),
            (partial(np.maximum, derivative, low, out=derivative), ()),
            (np.multiply, (derivative, constant(0.5, derivative.dtype), rest)),
            (np.subtract, (distance, rest, rest)),
            (derivative.reshape(-1).dot, (rest.reshape(-1), value)),
            (np.multiply, (value, mean, value)),
            (np.multiply, (derivative, mean, derivative)),
        ]
