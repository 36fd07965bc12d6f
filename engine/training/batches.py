"""Which samples come next: a new random order every epoch, cut into batches, the last one as small as it falls."""

from typing import Any

import numpy as np

from ..tape import Array


class Batches:
    """`due` is there to be looked at, `advance` moves on; the order of the next epoch is drawn when one ends.

    The order is one array that is written over, so that the cuts, which are views of it, are made once and not at
    every step.

    >>> batches = Batches(5, 2, np.random.default_rng(0))
    >>> [len(batches.due) for _ in range(3) if batches.advance() or True]
    [2, 1, 2]
    """

    #: The row numbers of the batch that comes next; they hold until the epoch ends.
    due: Array

    def __init__(self, samples: int, size: int, rng: np.random.Generator) -> None:
        self.samples, self.size, self.rng = samples, min(size, samples), rng
        self.order: Array = np.empty(samples, np.int64)
        self._shuffle()
        self._cut(0)

    def _shuffle(self) -> None:
        self.order[...] = self.rng.permutation(self.samples)

    def _cut(self, start: int) -> None:
        """What is left of the epoch from this place on, as batches."""
        self._first = self.cursor = start
        self._cuts = [self.order[place : place + self.size] for place in range(start, self.samples, self.size)]
        self._at, self.due = 0, self._cuts[0]

    def advance(self) -> bool:
        """Go to the next batch; True when that ended an epoch."""
        self.cursor += self.size
        self._at += 1
        if self.cursor < self.samples:
            self.due = self._cuts[self._at]
            return False
        self._shuffle()
        if self._first:
            self._cut(0)
        self.cursor = self._at = 0
        self.due = self._cuts[0]
        return True

    def resize(self, size: int) -> None:
        """Another batch size from here on, within the same epoch's order."""
        self.size = min(size, self.samples)
        self._cut(self.cursor)

    def state(self) -> dict[str, Any]:
        """Generator, order (an array) and place."""
        return {"rng": self.rng.bit_generator.state, "order": self.order.copy(), "cursor": self.cursor}

    def restore(self, state: dict[str, Any]) -> None:
        """The reverse of `state`; the order may also be a list."""
        self.rng.bit_generator.state = state["rng"]
        self.order[...] = state["order"]
        self._cut(int(state["cursor"]))
