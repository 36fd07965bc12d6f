"""Losses that tell classes apart."""

from functools import partial

import numpy as np

from ..tape import Array, Tape, constant
from ..tape.memory import fresh, like
from .base import End, Loss


class Hinge(Loss):
    """L = mean over batch and outputs of max(0, 1 − tŷ) with t = 2y − 1, so that targets 0 and 1 become −1 and 1.

    ∂L/∂ŷ = −t / (batch · n_out) where tŷ < 1, else 0. One-hot targets: each output against all others. The loss of
    support vector machines: Cortes and Vapnik 1995.
    """

    name, label = "hinge", "hinge"
    help = "Asks for the right side and a margin of 1; samples beyond the margin pull no more."
    usual, threshold = "linear", 0.0

    def tape(self, end: End) -> Tape:
        """What is missing from the margin, its mean, and −t where something is."""
        seen, y, derivative, value = end.seen, end.y, end.derivative, end.value
        n, t, missing = derivative.size, like(derivative), like(derivative)
        dtype, zeros = derivative.dtype, like(derivative)
        return [
            (np.multiply, (y, constant(2.0, dtype), t)),
            (np.subtract, (t, constant(1.0, dtype), t)),
            (np.multiply, (t, seen, missing)),
            (np.subtract, (constant(1.0, dtype), missing, missing)),
            (partial(np.maximum, missing, zeros, out=missing), ()),
            (missing.reshape(-1).dot, (fresh(n, dtype, 1 / n), value)),
            (np.sign, (missing, derivative)),
            (np.multiply, (derivative, t, derivative)),
            (np.multiply, (derivative, constant(-1 / n, dtype), derivative)),
        ]

    def certainty(self, a: Array) -> Array:
        """A margin is no probability: ½ on the boundary, 0 and 1 from the margins −1 and 1 on."""
        return np.clip((1 + a) / 2, 0, 1)


class BinaryCrossEntropy(Loss):
    """L = mean of −y ln p − (1 − y) ln(1 − p) with p = σ(z), from the logits.

    For targets of 0 and 1 as ln(1 + eˢ) with s = z or −z, else as ln(1 + e⁻|ᶻ|) + max(z, 0) − yz: no digit of a small
    loss goes. ∂L/∂z = (p − y) / (batch · n_out): the sigmoid's slope has cancelled. The same as PyTorch's
    binary_cross_entropy_with_logits.
    """

    name, label = "binary_cross_entropy", "binary cross-entropy"
    help = "How surprised the network is by the right answer; every output is a yes or a no."
    fuses, reads_signs, smooths, threshold = "sigmoid", True, True, 0.0

    def reads_activation(self, signs: Array | None) -> bool:
        """Hard targets are learned without p."""
        return signs is None

    def tape(self, end: End) -> Tape:
        """The mean is a dot product with 1/n; p is a when the sigmoid is ours, else computed here.

        One-dimensional views: a call on a strided array of two dimensions takes twice as long.
        """
        if end.signs is not None:
            return self._hard(end, end.signs)
        seen, a, y, derivative, value = end.seen, end.a, end.y, end.derivative, end.value
        n, p, probability = derivative.size, a, Tape()
        if seen is a:
            p = like(derivative)
            probability, _ = self.activate(seen, p)
        z, p, y, slope = (array.reshape(-1) for array in (seen, p, y, derivative))
        surprise, mean = like(z), fresh(n, z.dtype, 1 / n)
        return [
            *self._soft(z, y, like(z), surprise),
            (surprise.dot, (mean, value)),
            *probability,
            (np.subtract, (p, y, slope)),
            (np.multiply, (slope, constant(1 / n, slope.dtype), slope)),
        ]

    def _hard(self, end: End, signs: Array) -> Tape:
        """For targets of 0 and 1: with t = 1 − 2y and s = tz a sample's loss is l = ln(1 + eˢ), p − y = t e^(s − l).

        Two calls fewer than with p: 5 % of a step of 2-8-8-8-1.
        """
        z, t, slope = (array.reshape(-1) for array in (end.seen, signs, end.derivative))
        n, dtype, zeros = z.size, z.dtype, like(z)
        against, surprise = like(z), like(z) if end.terms is None else end.terms
        return [
            (np.multiply, (z, t, against)),
            (np.logaddexp, (zeros, against, surprise)),
            (surprise.dot, (fresh(n, dtype, 1 / n), end.value)),
            (np.subtract, (against, surprise, slope)),
            (np.exp, (slope, slope)),
            (np.multiply, (slope, t, slope)),
            (np.multiply, (slope, constant(1 / n, dtype), slope)),
        ]

    def _soft(self, z: Array, y: Array, zeros: Array, surprise: Array) -> Tape:
        """For any targets from 0 to 1."""
        margin, agreement = like(surprise), like(surprise)
        return [
            (np.copysign, (z, constant(-1.0, z.dtype), surprise)),
            (np.logaddexp, (zeros, surprise, surprise)),
            (partial(np.maximum, z, zeros, out=margin), ()),
            (np.multiply, (z, y, agreement)),
            (np.subtract, (margin, agreement, margin)),
            (np.add, (surprise, margin, surprise)),
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
    fuses, smooths = "softmax", True

    def activate(self, z: Array, a: Array) -> tuple[Tape, tuple[Array, ...]]:
        """Softmax into a; the shifted logits, and the sums of their exponentials, stay for the loss."""
        shifted, total = like(a), fresh((1, a.shape[1]), a.dtype)
        ones = fresh((1, a.shape[0]), a.dtype, 1)
        tape: Tape = [
            (np.maximum.reduce, (z, 0, None, total, True)),
            (np.subtract, (z, total, shifted)),
            (np.exp, (shifted, a)),
            (ones.dot, (a, total)),
            (np.divide, (a, total, a)),
        ]
        return tape, (shifted, total)

    def tape(self, end: End) -> Tape:
        """Where the softmax is not ours, the answers are logits, and it is computed here."""
        seen, a, y, derivative, value, kept = end.seen, end.a, end.y, end.derivative, end.value, end.kept
        n_out, batch = derivative.shape
        probability, activate = a, Tape()
        if not kept:
            probability = like(derivative)
            activate, kept = self.activate(seen, probability)
        shifted, total = kept
        ones, product = fresh((1, n_out), seen.dtype, 1), like(derivative)
        right, mean = fresh((1, batch), seen.dtype), fresh(batch, seen.dtype, 1 / batch)
        surprise = like(total)
        return [
            *activate,
            (np.multiply, (shifted, y, product)),
            (ones.dot, (product, right)),
            (np.log, (total, surprise)),
            (np.subtract, (surprise, right, surprise)),
            (surprise.reshape(-1).dot, (mean, value)),
            (np.subtract, (probability, y, derivative)),
            (np.multiply, (derivative, constant(1 / batch, seen.dtype), derivative)),
        ]

    def certainty(self, a: Array) -> Array:
        """Logits: softmax(a)."""
        powers = np.exp(a - a.max(axis=0))
        return np.asarray(powers / powers.sum(axis=0))
