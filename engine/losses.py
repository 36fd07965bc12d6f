"""Loss functions and their derivatives, from the output layer's values.

Shapes: outputs and targets (n_out, batch). Every loss is a mean over the batch, so its derivative carries 1/batch
and gradients of layers are plain sums. A loss sees logits: an output activation that `fuses` names belongs to the
loss, which then computes from z and is stable however large z is. Any other output activation is allowed; its a
is what the loss sees.
"""

from functools import partial
from typing import ClassVar

import numpy as np

from .activations import ACTIVATIONS
from .tape import Array, Tape, constant


class Loss:
    """What the table holds. `value` is read after the tape was played."""

    name: ClassVar[str]
    label: ClassVar[str]
    help: ClassVar[str]
    #: The output activation that this loss takes over, if any.
    fuses: ClassVar[str | None] = None
    #: The usual output activation where classes are told apart and nothing is taken over.
    usual: ClassVar[str] = "sigmoid"
    #: A single output above this is a yes, when nothing is taken over.
    threshold: ClassVar[float] = 0.5

    def tape(self, seen: Array, a: Array, y: Array, derivative: Array, value: Array) -> Tape:
        """Calls that write the loss into value (0-d) and ∂L/∂seen into derivative.

        `seen` (n_out, batch) is z when the output activation is fused, else a; `a` is always the activation;
        y (n_out, batch) are the targets.
        """
        raise NotImplementedError

    def certainty(self, a: Array) -> Array:
        """How sure outputs a (n_out, samples) that this loss has trained are of each class, 0..1.

        Of an output activation that is taken over this is a itself. Here, for distances from 0 and 1: the output is
        the estimate, cut off at both ends.
        """
        return np.clip(a, 0, 1)


class MeanSquaredError(Loss):
    """L = mean over batch and outputs of (ŷ − y)², ∂L/∂ŷ = 2 (ŷ − y) / (batch · n_out)."""

    name, label = "mse", "mean squared error"
    help = "The average squared distance from the target: the loss of regression."

    def tape(self, seen: Array, a: Array, y: Array, derivative: Array, value: Array) -> Tape:
        """Three calls: the difference, its square's mean, and the scaled difference."""
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

    def tape(self, seen: Array, a: Array, y: Array, derivative: Array, value: Array) -> Tape:
        """Those of the mean squared error, with other constants."""
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

    def tape(self, seen: Array, a: Array, y: Array, derivative: Array, value: Array) -> Tape:
        """The mean is a dot product with 1/n."""
        n, distance = derivative.size, np.empty_like(derivative)
        return [
            (np.subtract, (seen, y, derivative)),
            (np.absolute, (derivative, distance)),
            (distance.reshape(-1).dot, (np.full(n, 1 / n, derivative.dtype), value)),
            (np.sign, (derivative, derivative)),
            (np.multiply, (derivative, constant(1 / n, derivative.dtype), derivative)),
        ]


class Huber(Loss):
    """L = mean over batch and outputs of ½ d² where |d| ≤ 1, else |d| − ½, with d = ŷ − y: Huber 1964, δ = 1.

    With c = d cut off at ±1 it is c (d − c/2), and ∂L/∂ŷ = c / (batch · n_out).
    """

    name, label = "huber", "Huber"
    help = "Squares small errors and only counts large ones: smooth at the target, calm about outliers."

    def tape(self, seen: Array, a: Array, y: Array, derivative: Array, value: Array) -> Tape:
        """c into the derivative, d − c/2 into a buffer, their dot product is the sum."""
        n, distance, rest = derivative.size, np.empty_like(derivative), np.empty_like(derivative)
        high, low = np.full_like(derivative, 1), np.full_like(derivative, -1)
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


class Hinge(Loss):
    """L = mean over batch and outputs of max(0, 1 − tŷ) with t = 2y − 1, so that targets 0 and 1 become −1 and 1.

    ∂L/∂ŷ = −t / (batch · n_out) where tŷ < 1, else 0. One-hot targets: each output against all others. The loss of
    support vector machines: Cortes and Vapnik 1995.
    """

    name, label = "hinge", "hinge"
    help = "Asks for the right side and a margin of 1; samples beyond the margin pull no more."
    usual, threshold = "linear", 0.0

    def tape(self, seen: Array, a: Array, y: Array, derivative: Array, value: Array) -> Tape:
        """What is missing from the margin, its mean, and −t where something is."""
        n, t, missing = derivative.size, np.empty_like(derivative), np.empty_like(derivative)
        dtype, zeros = derivative.dtype, np.zeros_like(derivative)
        return [
            (np.multiply, (y, constant(2.0, dtype), t)),
            (np.subtract, (t, constant(1.0, dtype), t)),
            (np.multiply, (t, seen, missing)),
            (np.subtract, (constant(1.0, dtype), missing, missing)),
            (partial(np.maximum, missing, zeros, out=missing), ()),
            (missing.reshape(-1).dot, (np.full(n, 1 / n, dtype), value)),
            (np.sign, (missing, derivative)),
            (np.multiply, (derivative, t, derivative)),
            (np.multiply, (derivative, constant(-1 / n, dtype), derivative)),
        ]

    def certainty(self, a: Array) -> Array:
        """A margin is no probability: ½ on the boundary, 0 and 1 from the margins −1 and 1 on."""
        return np.clip((1 + a) / 2, 0, 1)


class BinaryCrossEntropy(Loss):
    """L = mean of −y ln p − (1 − y) ln(1 − p) with p = σ(z), computed as ln(1 + e⁻|ᶻ|) + max(z, 0) − yz.

    No digit of a small loss is lost, and y may lie between 0 and 1.
    ∂L/∂z = (p − y) / (batch · n_out): the sigmoid's slope has cancelled. The same as PyTorch's
    binary_cross_entropy_with_logits.
    """

    name, label = "binary_cross_entropy", "binary cross-entropy"
    help = "How surprised the network is by the right answer; every output is a yes or a no."
    fuses, threshold = "sigmoid", 0.0

    def tape(self, seen: Array, a: Array, y: Array, derivative: Array, value: Array) -> Tape:
        """The mean is a dot product with 1/n; p is a when the sigmoid is ours, else computed here."""
        surprise, margin, agreement = (np.empty_like(derivative) for _ in range(3))
        n = derivative.size
        zeros, mean = np.zeros_like(derivative), np.full(n, 1 / n, derivative.dtype)
        probability: Tape = []
        p = a
        if seen is a:
            p = np.empty_like(derivative)
            probability = ACTIVATIONS["sigmoid"].forward(seen, p)
        return [
            (np.copysign, (seen, constant(-1.0, seen.dtype), surprise)),
            (np.logaddexp, (zeros, surprise, surprise)),
            (partial(np.maximum, seen, zeros, out=margin), ()),
            (np.multiply, (seen, y, agreement)),
            (np.subtract, (margin, agreement, margin)),
            (np.add, (surprise, margin, surprise)),
            (surprise.reshape(-1).dot, (mean, value)),
            *probability,
            (np.subtract, (p, y, derivative)),
            (np.multiply, (derivative, constant(1 / n, derivative.dtype), derivative)),
        ]

    def certainty(self, a: Array) -> Array:
        """Logits: σ(a)."""
        return np.asarray(1 / (1 + np.exp(-a)))


class SoftmaxCrossEntropy(Loss):
    """L = mean over the batch of −Σ yᵢ ln softmax(z)ᵢ, ∂L/∂z = (softmax(z) − y) / batch.

    From the logits, shifted by their maximum: ln Σ eᶻ − Σ y z.
    """

    name, label = "softmax_cross_entropy", "softmax cross-entropy"
    help = "How surprised the network is by the right class, when exactly one class is right."
    fuses = "softmax"

    def tape(self, seen: Array, a: Array, y: Array, derivative: Array, value: Array) -> Tape:
        """Softmax into the derivative's own buffer, the loss on the way."""
        n_out, batch = derivative.shape
        row, ones = np.empty((1, batch), seen.dtype), np.ones((1, n_out), seen.dtype)
        shifted, product = np.empty_like(derivative), np.empty_like(derivative)
        right = np.empty((1, batch), seen.dtype)
        mean = np.full(batch, 1 / batch, seen.dtype)
        return [
            (np.maximum.reduce, (seen, 0, None, row, True)),
            (np.subtract, (seen, row, shifted)),
            (np.exp, (shifted, derivative)),
            (ones.dot, (derivative, row)),
            (np.divide, (derivative, row, derivative)),
            (np.log, (row, row)),
            (np.multiply, (shifted, y, product)),
            (ones.dot, (product, right)),
            (np.subtract, (row, right, row)),
            (row.reshape(-1).dot, (mean, value)),
            (np.subtract, (derivative, y, derivative)),
            (np.multiply, (derivative, constant(1 / batch, seen.dtype), derivative)),
        ]

    def certainty(self, a: Array) -> Array:
        """Logits: softmax(a)."""
        powers = np.exp(a - a.max(axis=0))
        return np.asarray(powers / powers.sum(axis=0))


LOSSES: dict[str, Loss] = {
    loss.name: loss
    for loss in (
        MeanSquaredError(), HalfSquaredError(), MeanAbsoluteError(), Huber(), Hinge(), BinaryCrossEntropy(),
        SoftmaxCrossEntropy(),
    )
}  # fmt: skip
