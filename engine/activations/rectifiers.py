"""Activations that are zero or nearly so on one side, and open on the other: ReLU and those that came after it."""

import math
from functools import partial

import numpy as np

from ..tape import Array, Tape, constant
from ..tape.memory import against, like
from .base import Activation


class ReLU(Activation):
    """σ(z) = max(z, 0), σ′ = 1 where z > 0, else 0 (and 0 at z = 0)."""

    name, label = "relu", "ReLU"
    help = "Lets positive values through unchanged and stops the rest: the slope is 1 or 0, so errors do not shrink."
    gain = math.sqrt(2)

    def forward(self, z: Array, a: Array) -> Tape:
        """a = max(z, 0), against an array of zeros: three times faster than against a scalar."""
        zeros, z, a = against(0, z, a)
        return [(partial(np.maximum, z, zeros, out=a), ())]

    def slope(self, z: Array, a: Array, slope: Array) -> Tape:
        """σ′ = ⌈min(a, 1)⌉, as a is never negative: half the time of sign(a), and NaN stays NaN."""
        ones, a, slope = against(1, a, slope)
        return [(partial(np.minimum, a, ones, out=slope), ()), (np.ceil, (slope, slope))]


class LeakyReLU(Activation):
    """σ(z) = max(z, 0.01 z), σ′ = 1 where z > 0, else 0.01: Maas, Hannun and Ng 2013."""

    name, label = "leaky_relu", "leaky ReLU"
    help = "Like ReLU, but a hundredth of a negative value gets through, so no unit falls silent for good."
    LEAK = 0.01
    gain = math.sqrt(2 / (1 + LEAK**2))

    def forward(self, z: Array, a: Array) -> Tape:
        """a = max(z, 0.01 z)."""
        return [(np.multiply, (z, constant(self.LEAK, z.dtype), a)), (partial(np.maximum, z, a, out=a), ())]

    def slope(self, z: Array, a: Array, slope: Array) -> Tape:
        """σ′ = max(sign z, 0.01)."""
        leak = like(z, self.LEAK)
        return [(np.sign, (z, slope)), (partial(np.maximum, slope, leak, out=slope), ())]


class ELU(Activation):
    """σ(z) = z where z > 0, else eᶻ − 1; σ′ = 1, else eᶻ: Clevert, Unterthiner and Hochreiter 2016, α = 1.

    E[σ²] = 0.645 for z ~ N(0, 1).
    """

    name, label = "elu", "ELU"
    help = "Like ReLU, but negative values bend smoothly towards −1, which keeps the mean signal near 0."
    gain = 1.2451983007242766

    def forward(self, z: Array, a: Array) -> Tape:
        """a = max(z, e^min(z, 0) − 1): as eᶻ − 1 ≥ z, the larger one is right on both sides."""
        return [
            (partial(np.minimum, z, like(z), out=a), ()),
            (np.expm1, (a, a)),
            (partial(np.maximum, z, a, out=a), ()),
        ]

    def slope(self, z: Array, a: Array, slope: Array) -> Tape:
        """σ′ = e^min(z, 0), from z: a + 1 would lose its digits far out."""
        return [(partial(np.minimum, z, like(z), out=slope), ()), (np.exp, (slope, slope))]


class SELU(Activation):
    """σ(z) = λ z where z > 0, else λ α (eᶻ − 1); σ′ = λ, else λ α eᶻ (and λ α at z = 0).

    λ and α make mean 0 and variance 1 a fixed point: Klambauer et al. 2017, Self-normalizing neural networks.
    """

    name, label = "selu", "SELU"
    help = "An ELU whose two constants draw the signals of every layer to mean 0 and variance 1 by themselves."
    LAMBDA, ALPHA = 1.0507009873554805, 1.6732632423543772
    steepest, gain = LAMBDA * ALPHA, 0.75

    def forward(self, z: Array, a: Array) -> Tape:
        """a = λ (max(z, 0) + α (e^min(z, 0) − 1))."""
        zeros, positive = like(z), like(z)
        return [
            (partial(np.minimum, z, zeros, out=a), ()),
            (np.expm1, (a, a)),
            (np.multiply, (a, constant(self.ALPHA, z.dtype), a)),
            (partial(np.maximum, z, zeros, out=positive), ()),
            (np.add, (a, positive, a)),
            (np.multiply, (a, constant(self.LAMBDA, z.dtype), a)),
        ]

    def slope(self, z: Array, a: Array, slope: Array) -> Tape:
        """σ′ = λ α e^min(z, 0) − λ (α − 1) [z > 0]."""
        zeros, positive = like(z), like(z)
        return [
            (partial(np.minimum, z, zeros, out=slope), ()),
            (np.exp, (slope, slope)),
            (np.multiply, (slope, constant(self.LAMBDA * self.ALPHA, z.dtype), slope)),
            (np.sign, (z, positive)),
            (partial(np.maximum, positive, zeros, out=positive), ()),
            (np.multiply, (positive, constant(self.LAMBDA * (self.ALPHA - 1), z.dtype), positive)),
            (np.subtract, (slope, positive, slope)),
        ]


class GELU(Activation):
    """σ(z) = ½ z (1 + tanh u) with u = √(2/π) (z + 0.044715 z³): Hendrycks and Gimpel 2016, the tanh form.

    That is PyTorch's approximate="tanh"; z Φ(z) itself needs the error function, which NumPy has not.
    Written as z s with s = 1 / (1 + e⁻²ᵘ), which is the same and keeps its digits far out on the negative side.
    σ′ = s + z s (1 − s) 2u′. E[σ²] = 0.425 for z ~ N(0, 1).
    """

    name, label = "gelu", "GELU"
    help = "A smooth ReLU that dips a little below 0 first: what most language models use."
    #: 2u = z (LINEAR + CUBIC z²).
    LINEAR = 2 * math.sqrt(2 / math.pi)
    CUBIC = 0.044715 * LINEAR
    #: Where z² is more than this, s is 0 or 1 to a float64's last digit; larger squares would only overflow.
    FAR = 1000.0
    steepest, gain = 1.1289930687535785, 1.533580521695176

    def forward(self, z: Array, a: Array) -> Tape:
        """a = z / (1 + e⁻²ᵘ); an overflowing e⁻²ᵘ gives the right limit, 0."""
        t = like(z)
        return [(np.multiply, (z, z, t)), *self._denominator(z, t, t), (np.divide, (z, t, a))]

    def slope(self, z: Array, a: Array, slope: Array) -> Tape:
        """σ′ = s + (a − a s) (LINEAR + 3 CUBIC z²)."""
        square, rest = like(z), like(z)
        return [
            (np.multiply, (z, z, square)),
            (partial(np.minimum, square, like(z, self.FAR), out=square), ()),
            *self._denominator(z, square, slope),
            (np.divide, (constant(1.0, z.dtype), slope, slope)),
            (np.multiply, (square, constant(3 * self.CUBIC, z.dtype), square)),
            (np.add, (square, constant(self.LINEAR, z.dtype), square)),
            (np.multiply, (a, slope, rest)),
            (np.subtract, (a, rest, rest)),
            (np.multiply, (rest, square, rest)),
            (np.add, (slope, rest, slope)),
        ]

    def _denominator(self, z: Array, square: Array, out: Array) -> Tape:
        """1 + e⁻²ᵘ from z and z²."""
        return [
            (np.multiply, (square, constant(-self.CUBIC, z.dtype), out)),
            (np.subtract, (out, constant(self.LINEAR, z.dtype), out)),
            (np.multiply, (out, z, out)),
            (np.exp, (out, out)),
            (np.add, (out, constant(1.0, z.dtype), out)),
        ]


class SiLU(Activation):
    """σ(z) = z s with s = 1 / (1 + e⁻ᶻ), σ′ = s + z s (1 − s): Elfwing et al. 2018; also called swish.

    E[σ²] = 0.356 for z ~ N(0, 1).
    """

    name, label = "silu", "SiLU"
    help = "The value times its own sigmoid: a smooth ReLU that dips a little below 0 first."
    steepest, gain = 1.099839320214961, 1.676532470362826

    def forward(self, z: Array, a: Array) -> Tape:
        """a = z / (1 + e⁻ᶻ)."""
        return [*_denominator(z, a), (np.divide, (z, a, a))]

    def slope(self, z: Array, a: Array, slope: Array) -> Tape:
        """σ′ = s + (a − a s)."""
        rest = like(z)
        return [
            *_denominator(z, slope),
            (np.divide, (constant(1.0, z.dtype), slope, slope)),
            (np.multiply, (a, slope, rest)),
            (np.subtract, (a, rest, rest)),
            (np.add, (slope, rest, slope)),
        ]


class Softplus(Activation):
    """σ(z) = ln(1 + eᶻ), σ′ = 1 / (1 + e⁻ᶻ): Dugas et al. 2001. E[σ²] = 0.921 for z ~ N(0, 1)."""

    name, label = "softplus", "softplus"
    help = "ReLU with its corner rounded off: always above 0, and its slope is the sigmoid."
    gain = 1.0418668355550231

    def forward(self, z: Array, a: Array) -> Tape:
        """a = ln(e⁰ + eᶻ), which overflows for no z."""
        return [(np.logaddexp, (z, like(z), a))]

    def slope(self, z: Array, a: Array, slope: Array) -> Tape:
        """σ′ = 1 / (1 + e⁻ᶻ)."""
        return [*_denominator(z, slope), (np.divide, (constant(1.0, z.dtype), slope, slope))]


def _denominator(z: Array, out: Array) -> Tape:
    """1 + e⁻ᶻ."""
    return [(np.negative, (z, out)), (np.exp, (out, out)), (np.add, (out, constant(1.0, z.dtype), out))]
