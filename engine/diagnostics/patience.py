"""Instruments that take a while are generators: they yield their progress, and their value is what they found."""

from collections.abc import Generator
from typing import Any, TypeVar

Found = TypeVar("Found")


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
