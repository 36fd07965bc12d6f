"""Instruments that take a while are generators: they yield their progress, and their value is what they found.

Where there is nothing to tell yet they yield None: a pause, in which somebody else can have a turn.
"""

from collections.abc import Generator, Iterator
from typing import Any, TypeVar

import numpy as np

from ..tape import Tape, play

Found = TypeVar("Found")
Told = TypeVar("Told")
#: What yields pauses alone.
Pauses = Generator[None, None, Found]
#: Multiplications between two pauses: 7 ms of them in double precision.
PORTION = 64_000_000
#: Multiplications that take as long as a number which is drawn at random, with what is done to it.
A_DRAW = 400
#: How many times as long the first pass through new buffers takes, in which memory is taken.
FRESH = 4


def completed(instrument: Generator[Any, None, Found]) -> Found:
    """Run it to its end, whatever it says on the way.

    >>> def counting(to):
    ...     yield from range(to)
    ...     return "done"
    >>> completed(counting(3))
    'done'
    """
    while True:
        try:
            next(instrument)
        except StopIteration as end:
            found: Found = end.value
            return found


class Meter:
    """Counts multiplications, and says when a pause is due."""

    def __init__(self) -> None:
        self._done = 0

    def due(self, work: int) -> bool:
        """So many more have been made; whether it is time for a pause.

        >>> meter = Meter()
        >>> [meter.due(PORTION // 2) for _ in range(4)]
        [False, True, False, True]
        """
        self._done += work
        if self._done < PORTION:
            return False
        self._done = 0
        return True

    def played(self, tape: Tape, work: int) -> Iterator[None]:
        """Play a tape of so many multiplications, with pauses."""
        calls = max(1, len(tape) * PORTION // max(1, work))
        for start in range(0, len(tape), calls):
            part = tape[start : start + calls]
            with np.errstate(all="ignore"):
                play(part)
            if self.due(work * len(part) // len(tape)):
                yield


def without_pauses(instrument: Generator[Told | None, None, Found]) -> Generator[Told, None, Found]:
    """The same, for whoever waits for what is told alone."""
    while True:
        try:
            told = next(instrument)
        except StopIteration as end:
            found: Found = end.value
            return found
        if told is not None:
            yield told
