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

    def tape(self, seen: Array, a: Array, y: Array, derivative: Array, value: Array) -> Tape:
        """Calls that write the loss into value (0-d) and ∂L/∂seen into derivative.

        `seen` (n_out, batch) is z when the output activation is fused, else a; `a` is always the activation;
        y (n_out, batch) are the targets.
        """
        raise NotImplementedError


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


class BinaryCrossEntropy(Loss):
    """L = mean of −y ln p − (1 − y) ln(1 − p) with p = σ(z), computed as ln(1 + e⁻|ᶻ|) + max(z, 0) − yz.

    No digit of a small loss is lost, and y may lie between 0 and 1.
    ∂L/∂z = (p − y) / (batch · n_out): the sigmoid's slope has cancelled. The same as PyTorch's
    binary_cross_entropy_with_logits.
    """

    name, label = "binary_cross_entropy", "binary cross-entropy"
    help = "How surprised the network is by the right answer; every output is a yes or a no."
    fuses = "sigmoid"

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


LOSSES: dict[str, Loss] = {
    loss.name: loss for loss in (MeanSquaredError(), BinaryCrossEntropy(), SoftmaxCrossEntropy())
}
