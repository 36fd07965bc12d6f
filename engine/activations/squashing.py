"""Activations within bounds (sigmoid, tanh, softsign, softmax), and none at all (linear)."""

import numpy as np

from ..tape import Array, Tape, constant, copy
from ..tape.memory import fresh
from .base import Activation


class Linear(Activation):
    """σ(z) = z, σ′(z) = 1."""

    name, label = "linear", "linear"
    help = "Passes the weighted sum on as it is; many linear layers are no stronger than one."

    def forward(self, z: Array, a: Array) -> Tape:
        """a = z."""
        return [copy(a, z)]

    def slope(self, z: Array, a: Array, slope: Array) -> Tape:
        """σ′ = 1: written once, as it never changes."""
        slope.fill(1.0)
        return []


class Sigmoid(Activation):
    """σ(z) = 1 / (1 + e⁻ᶻ), σ′ = a (1 − a), at most ¼.

    Written with e⁻ᶻ rather than tanh, so that σ′ keeps its leading digits when a unit is saturated near 0;
    e⁻ᶻ = inf gives the right limit, 0.
    """

    name, label = "sigmoid", "sigmoid"
    help = "Squeezes everything between 0 and 1; its slope is at most 1/4, so errors shrink at every layer."
    centre, swing, steepest, turns = 0.5, 0.5, 0.25, True

    def forward(self, z: Array, a: Array) -> Tape:
        """a = 1 / (1 + e⁻ᶻ)."""
        return [(np.negative, (z, a)), *self.forward_from_minus(a, a)]

    def forward_from_minus(self, minus: Array, a: Array) -> Tape:
        """What follows the sign."""
        one = constant(1.0, a.dtype)
        return [(np.exp, (minus, a)), (np.add, (a, one, a)), (np.divide, (one, a, a))]

    def slope(self, z: Array, a: Array, slope: Array) -> Tape:
        """σ′ = (1 − a) a."""
        return [(np.subtract, (constant(1.0, z.dtype), a, slope)), (np.multiply, (slope, a, slope))]


class Tanh(Activation):
    """σ(z) = tanh z, σ′ = 1 − a², at most 1."""

    name, label = "tanh", "tanh"
    help = "Squeezes everything between −1 and 1; near 0 its slope is 1, far out it is almost 0."
    swing, gain = 1.0, 5 / 3

    def forward(self, z: Array, a: Array) -> Tape:
        """a = tanh z."""
        return [(np.tanh, (z, a))]

    def slope(self, z: Array, a: Array, slope: Array) -> Tape:
        """σ′ = 1 − a²."""
        return [(np.multiply, (a, a, slope)), (np.subtract, (constant(1.0, z.dtype), slope, slope))]


class Softsign(Activation):
    """σ(z) = z / (1 + |z|), σ′ = 1 / (1 + |z|)².

    Bergstra et al. 2009, Quadratic polynomials learn better image features. E[σ²] = 0.183 for z ~ N(0, 1).
    """

    name, label = "softsign", "softsign"
    help = "Like tanh, but it comes near −1 and 1 only slowly, so far-out units still learn a little."
    swing, gain = 1.0, 2.3375333631527866

    def forward(self, z: Array, a: Array) -> Tape:
        """a = z / (1 + |z|)."""
        one = constant(1.0, z.dtype)
        return [(np.absolute, (z, a)), (np.add, (a, one, a)), (np.divide, (z, a, a))]

    def slope(self, z: Array, a: Array, slope: Array) -> Tape:
        """σ′ = 1 / (1 + |z|)², from z: 1 − |a| would lose its digits far out."""
        one = constant(1.0, z.dtype)
        return [
            (np.absolute, (z, slope)),
            (np.add, (slope, one, slope)),
            (np.multiply, (slope, slope, slope)),
            (np.divide, (one, slope, slope)),
        ]


class Softmax(Activation):
    """aᵢ = eᶻⁱ / Σ eᶻʲ, over the units of one sample; only as the output under softmax cross-entropy."""

    name, label = "softmax", "softmax"
    help = "Turns the outputs into probabilities that sum to 1."
    centre, swing, hidden = 0.5, 0.5, False

    def forward(self, z: Array, a: Array) -> Tape:
        """Shifted by the largest z of each sample, so that no exponential overflows."""
        row = fresh((1, z.shape[1]), z.dtype)
        return [
            (np.maximum.reduce, (z, 0, None, row, True)),
            (np.subtract, (z, row, a)),
            (np.exp, (a, a)),
            (np.add.reduce, (a, 0, None, row, True)),
            (np.divide, (a, row, a)),
        ]
