"""Normalisation of the weighted sums, between z and the activation: n = γ ẑ + β, then a = σ(n).

Both keep the signal, and the error on its way back, at the same size in every layer. γ (scale) and β (shift) are
parameters like the weights; they start at 1 and 0. Adding one is one class and one line.
"""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from .tape import Array, Tape, constant
from .tape.memory import aligned, fresh, like

#: Added to a variance, so that none is 0; and the share of a batch in the running statistics. As in PyTorch.
EPSILON, SHARE = 1e-5, 0.1


@dataclass(frozen=True)
class Site:
    """Where a layer is normalised.

    Shapes: z, normed (n), arriving (∂L/∂n), delta (∂L/∂z) (units, batch);
    parameters, gradients (2, units): γ and β; statistics (2, units): running mean and variance.
    """

    z: Array
    normed: Array
    arriving: Array
    delta: Array
    parameters: Array
    gradients: Array
    statistics: Array


@dataclass(frozen=True)
class Tapes:
    """Calls of the forward pass, of the backward pass, and those that remember statistics after a training step."""

    forward: Tape
    backward: Tape
    remember: Tape


class Normalisation:
    """What the table holds."""

    name: ClassVar[str]
    label: ClassVar[str]
    help: ClassVar[str]

    def tapes(self, site: Site, training: bool) -> Tapes:
        """Prepared calls for one layer."""
        raise NotImplementedError


class NoNormalisation(Normalisation):
    """n = z."""

    name, label = "none", "none"
    help = "The weighted sums go into the activation as they are."


class BatchNormalisation(Normalisation):
    """ẑ = (z − mean) / √(variance + ε) of each unit over the batch (Ioffe and Szegedy 2015).

    Where the network is not trained but asked, running averages of mean and variance take the batch's place.
    """

    name, label = "batch", "batch normalisation"
    help = "Every unit's sums are brought to mean 0 and spread 1 over the batch: no layer can fade or blow up."

    def tapes(self, site: Site, training: bool) -> Tapes:
        """Ten calls forward, ten back; six remember the statistics."""
        return self._training(site) if training else self._asking(site)

    def _training(self, site: Site) -> Tapes:
        z, (units, batch) = site.z, site.z.shape
        value = partial(constant, dtype=z.dtype)
        average, ones = fresh(batch, z.dtype, 1 / batch), fresh(batch, z.dtype, 1)
        standard, scratch = like(z), like(z)
        mean, variance, inverse, first, second = aligned((5, units), z.dtype)
        (scale, shift), (scale_gradient, shift_gradient) = site.parameters, site.gradients
        forward: Tape = [
            (z.dot, (average, mean)),
            (np.subtract, (z, mean[:, None], standard)),
            (np.multiply, (standard, standard, scratch)),
            (scratch.dot, (average, variance)),
            *inverse_root(variance, inverse),
            (np.multiply, (standard, inverse[:, None], standard)),
            (np.multiply, (standard, scale[:, None], site.normed)),
            (np.add, (site.normed, shift[:, None], site.normed)),
        ]
        # ∂L/∂z = γ / √(variance + ε) · (∂L/∂n − its mean − ẑ · mean of ∂L/∂n · ẑ)
        backward: Tape = [
            (np.multiply, (site.arriving, standard, scratch)),
            (scratch.dot, (ones, scale_gradient)),
            (site.arriving.dot, (ones, shift_gradient)),
            (np.multiply, (scale_gradient, value(1 / batch), first)),
            (np.multiply, (shift_gradient, value(1 / batch), second)),
            (np.multiply, (standard, first[:, None], scratch)),
            (np.subtract, (site.arriving, scratch, site.delta)),
            (np.subtract, (site.delta, second[:, None], site.delta)),
            (np.multiply, (scale, inverse, first)),
            (np.multiply, (site.delta, first[:, None], site.delta)),
        ]
        running_mean, running_variance = site.statistics
        unbiased = SHARE * batch / max(1, batch - 1)
        remember = [
            *blend(running_mean, mean, value(SHARE), second),
            *blend(running_variance, variance, value(unbiased), second),
        ]
        return Tapes(forward, backward, remember)

    def _asking(self, site: Site) -> Tapes:
        inverse, (mean, variance), (scale, shift) = (
            like(site.statistics[0]),
            site.statistics,
            site.parameters,
        )
        forward: Tape = [
            (np.subtract, (site.z, mean[:, None], site.normed)),
            *inverse_root(variance, inverse),
            (np.multiply, (inverse, scale, inverse)),
            (np.multiply, (site.normed, inverse[:, None], site.normed)),
            (np.add, (site.normed, shift[:, None], site.normed)),
        ]
        return Tapes(forward, [], [])


class LayerNormalisation(Normalisation):
    """ẑ = (z − mean) / √(variance + ε) of each sample over the units of its layer (Ba, Kiros and Hinton 2016)."""

    name, label = "layer", "layer normalisation"
    help = "Every sample's sums are brought to mean 0 and spread 1 within the layer; it does not depend on the batch."

    def tapes(self, site: Site, training: bool) -> Tapes:
        """Ten calls forward, eleven back; there is nothing to remember."""
        z, (units, batch) = site.z, site.z.shape
        average, ones = fresh((1, units), z.dtype, 1 / units), fresh(batch, z.dtype, 1)
        standard, scratch = like(z), like(z)
        mean, variance, inverse, first, second = aligned((5, 1, batch), z.dtype)
        (scale, shift), (scale_gradient, shift_gradient) = site.parameters, site.gradients
        forward: Tape = [
            (average.dot, (z, mean)),
            (np.subtract, (z, mean, standard)),
            (np.multiply, (standard, standard, scratch)),
            (average.dot, (scratch, variance)),
            *inverse_root(variance, inverse),
            (np.multiply, (standard, inverse, standard)),
            (np.multiply, (standard, scale[:, None], site.normed)),
            (np.add, (site.normed, shift[:, None], site.normed)),
        ]
        # With g = γ · ∂L/∂n: ∂L/∂z = (g − its mean − ẑ · mean of g · ẑ) / √(variance + ε)
        backward: Tape = [
            (np.multiply, (site.arriving, standard, scratch)),
            (scratch.dot, (ones, scale_gradient)),
            (site.arriving.dot, (ones, shift_gradient)),
            (np.multiply, (site.arriving, scale[:, None], site.delta)),
            (average.dot, (site.delta, first)),
            (np.multiply, (site.delta, standard, scratch)),
            (average.dot, (scratch, second)),
            (np.multiply, (standard, second, scratch)),
            (np.subtract, (site.delta, scratch, site.delta)),
            (np.subtract, (site.delta, first, site.delta)),
            (np.multiply, (site.delta, inverse, site.delta)),
        ]
        return Tapes(forward, backward, [])


def inverse_root(variance: Array, inverse: Array) -> Tape:
    """inverse = 1 / √(variance + ε)."""
    return [
        (np.add, (variance, constant(EPSILON, variance.dtype), inverse)),
        (np.sqrt, (inverse, inverse)),
        (np.divide, (constant(1.0, variance.dtype), inverse, inverse)),
    ]


def blend(kept: Array, new: Array, share: Array, scratch: Array) -> Tape:
    """kept ← (1 − SHARE) kept + share · new."""
    return [
        (np.multiply, (kept, constant(1 - SHARE, kept.dtype), kept)),
        (np.multiply, (new, share, scratch)),
        (np.add, (kept, scratch, kept)),
    ]


NORMALISATIONS: dict[str, Normalisation] = {
    row.name: row for row in (NoNormalisation(), BatchNormalisation(), LayerNormalisation())
}
