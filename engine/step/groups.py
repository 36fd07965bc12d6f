"""Neighbouring layers that are alike: one call then serves them all."""

from collections.abc import Hashable, Sequence
from itertools import groupby


def groups(kinds: Sequence[Hashable], first: int = 1) -> list[range]:
    """Layers from `first` on, whose kinds these are, as ranges of one kind.

    >>> groups(["tanh", "tanh", "relu"])
    [range(1, 3), range(3, 4)]
    """
    found = []
    for _, group in groupby(kinds):
        found.append(range(first, first + len(list(group))))
        first = found[-1].stop
    return found
