"""Gradient clipping: what the optimiser is given when the gradient is too large. The trace keeps the true one."""

import numpy as np

from ..tape import Array, Tape, constant, copy
from ..tape.memory import like


class NormClip:
    """g ← g · c / ‖g‖ where ‖g‖ > c, over all parameters together (Pascanu, Mikolov and Bengio 2013)."""

    def __init__(self, gradient: Array, limit: float) -> None:
        self.gradient, self.limit = gradient, limit
        self.square = np.zeros((), gradient.dtype)

    def __call__(self) -> None:
        """Scale in place, if it is too long."""
        norm = float(self.square) ** 0.5
        if norm > self.limit:
            self.gradient *= self.gradient.dtype.type(self.limit / norm)


def clip(gradient: Array, norm: float | None, value: float | None) -> tuple[Array, Tape]:
    """The vector that an optimiser shall read, and the calls that fill it: by value first, then by norm.

    Without any limit that is the gradient itself, and no call.
    """
    if norm is None and value is None:
        return gradient, []
    clipped = like(gradient)
    tape: Tape = [copy(clipped, gradient)]
    if value is not None:
        low, high = constant(-value, gradient.dtype), constant(value, gradient.dtype)
        tape.append((np.clip, (clipped, low, high, clipped)))
    if norm is not None:
        scale = NormClip(clipped, norm)
        tape += [(clipped.dot, (clipped, scale.square)), (scale, ())]
    return clipped, tape
