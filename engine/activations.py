"""Activation functions σ and their slopes σ′.

Each yields prepared calls on arrays of shape (units, batch); see `tape`. Adding one is one class and one
line in `ACTIVATIONS`.
"""

from functools import partial
from typing import ClassVar

import numpy as np

from .tape import Array, Tape, constant


class Activation:
    """What the table holds: a name, a sentence for students, and two tapes."""

    name: ClassVar[str]
    label: ClassVar[str]
    help: ClassVar[str]
    #: The value that is neither positive nor negative evidence, and how far the function swings around it
    #: (None: unbounded). Heat maps are centred and scaled by these.
    centre: ClassVar[float] = 0.0
    swing: ClassVar[float | None] = None
    #: The largest slope, by which an error can be multiplied on its way back through one unit.
    steepest: ClassVar[float] = 1.0
    #: Whether a hidden layer may have it.
    hidden: ClassVar[bool] = True

    def forward(self, z: Array, a: Array) -> Tape:
        """Calls that write σ(z) into a."""
        raise NotImplementedError

    def slope(self, z: Array, a: Array, slope: Array) -> Tape:
        """Calls that write σ′(z) into slope, given z and a = σ(z)."""
        raise NotImplementedError


class Linear(Activation):
    """σ(z) = z, σ′(z) = 1."""

    name, label = "linear", "linear"
    help = "Passes the weighted sum on as it is; many linear layers are no stronger than one."

    def forward(self, z: Array, a: Array) -> Tape:
        """a = z."""
        return [(np.copyto, (a, z))]

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
    centre, swing, steepest = 0.5, 0.5, 0.25

    def forward(self, z: Array, a: Array) -> Tape:
        """a = 1 / (1 + e⁻ᶻ)."""
        one = constant(1.0, z.dtype)
        return [(np.negative, (z, a)), (np.exp, (a, a)), (np.add, (a, one, a)), (np.divide, (one, a, a))]

    def slope(self, z: Array, a: Array, slope: Array) -> Tape:
        """σ′ = (1 − a) a."""
        return [(np.subtract, (constant(1.0, z.dtype), a, slope)), (np.multiply, (slope, a, slope))]


class Tanh(Activation):
    """σ(z) = tanh z, σ′ = 1 − a², at most 1."""

    name, label = "tanh", "tanh"
    help = "Squeezes everything between −1 and 1; near 0 its slope is 1, far out it is almost 0."
    swing = 1.0

    def forward(self, z: Array, a: Array) -> Tape:
        """a = tanh z."""
        return [(np.tanh, (z, a))]

    def slope(self, z: Array, a: Array, slope: Array) -> Tape:
        """σ′ = 1 − a²."""
        return [(np.multiply, (a, a, slope)), (np.subtract, (constant(1.0, z.dtype), slope, slope))]


class ReLU(Activation):
    """σ(z) = max(z, 0), σ′ = 1 where z > 0, else 0 (and 0 at z = 0)."""

    name, label = "relu", "ReLU"
    help = "Lets positive values through unchanged and stops the rest: the slope is 1 or 0, so errors do not shrink."

    def forward(self, z: Array, a: Array) -> Tape:
        """a = max(z, 0), against an array of zeros: three times faster than against a scalar."""
        return [(partial(np.maximum, z, np.zeros_like(z), out=a), ())]

    def slope(self, z: Array, a: Array, slope: Array) -> Tape:
        """σ′ = sign(a), as a is never negative."""
        return [(np.sign, (a, slope))]


class Softmax(Activation):
    """aᵢ = eᶻⁱ / Σ eᶻʲ, over the units of one sample; only as the output under softmax cross-entropy."""

    name, label = "softmax", "softmax"
    help = "Turns the outputs into probabilities that sum to 1."
    centre, swing, hidden = 0.5, 0.5, False

    def forward(self, z: Array, a: Array) -> Tape:
        """Shifted by the largest z of each sample, so that no exponential overflows."""
        row = np.empty((1, z.shape[1]), z.dtype)
        return [
            (np.maximum.reduce, (z, 0, None, row, True)),
            (np.subtract, (z, row, a)),
            (np.exp, (a, a)),
            (np.add.reduce, (a, 0, None, row, True)),
            (np.divide, (a, row, a)),
        ]


ACTIVATIONS: dict[str, Activation] = {
    activation.name: activation for activation in (Linear(), Sigmoid(), Tanh(), ReLU(), Softmax())
}
