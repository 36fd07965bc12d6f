"""A tape: prepared calls, made once and played at every step.

On networks of classroom size a training step costs as many Python calls as it makes, not as many
multiplications. So nothing is looked up, allocated or decided inside the step: each layer, loss and
optimiser hands over its calls, a function with the arrays it reads and writes, and a step plays them.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Call = tuple[Callable[..., Any], tuple[Any, ...]]
Tape = list[Call]


def play(tape: Iterable[Call]) -> None:
    """Make every call of the tape, in order."""
    for function, arguments in tape:
        function(*arguments)


def straight(tape: Tape) -> Callable[[], None]:
    """One function that makes these calls, each written out, with nothing to unpack: 2 % of a step of 2-8-8-8-1."""
    make = _straight(tuple(len(arguments) for _, arguments in tape))
    played: Callable[[], None] = make(*(part for function, arguments in tape for part in (function, *arguments)))
    return played


@lru_cache(maxsize=256)
def _straight(counts: tuple[int, ...]) -> Callable[..., Callable[[], None]]:
    """What makes such a function from calls with so many arguments: one piece of code for all tapes of this form."""
    calls = [(f"f{place}", [f"a{place}_{k}" for k in range(count)]) for place, count in enumerate(counts)]
    given = ", ".join(name for function, arguments in calls for name in (function, *arguments))
    lines = [f"        {function}({', '.join(arguments)})" for function, arguments in calls] or ["        pass"]
    space: dict[str, Any] = {}
    exec("\n".join([f"def make({given}):", "    def played():", *lines, "    return played"]), space)
    made: Callable[..., Callable[[], None]] = space["make"]
    return made


def copy(into: Array, source: Array) -> Call:
    """A call that copies: `into[...] = source`, in a third of the time of np.copyto on small arrays.

    Flat ones as plain memory, in half of that again.
    """
    if into.ndim == 1 and into.dtype == source.dtype and into.shape == source.shape and into.size:
        return into.data.__setitem__, (slice(None), source.data)
    return into.__setitem__, (..., source)


def constant(value: float, dtype: npt.DTypeLike) -> Array:
    """A 0-d array of the network's dtype: ufuncs take it faster than a Python float (by 4 to 15 % of a step)."""
    return np.array(value, dtype)


class Late:
    """Calls that are put off until somebody needs what they write, which most often nobody does."""

    def __init__(self) -> None:
        self.tape: Tape = []
        self._due = False

    def put_off(self) -> None:
        """What they read is there; it must stay until they are made."""
        self._due = True

    def settle(self) -> None:
        """Make them, if they were put off."""
        if self._due:
            self._due = False
            play(self.tape)
