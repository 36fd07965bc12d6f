"""Which samples come next: a new random order every epoch, cut into batches, the last one as small as it falls."""

from typing import Any

import numpy as np

from .tape import Array


class Batches:
    """`peek` looks, `advance` moves on; the order of the next epoch is drawn when one ends.

    >>> batches = Batches(5, 2, np.random.default_rng(0))
    >>> [len(batches.peek()) for _ in range(3) if batches.advance() or True]
    [2, 1, 2]
    """

    def __init__(self, samples: int, size: int, rng: np.random.Generator) -> None:
        self.samples, self.size, self.rng = samples, min(size, samples), rng
        self.cursor = 0
        self.order = self._shuffled()

    def _shuffled(self) -> Array:
        return self.rng.permutation(self.samples)

    def peek(self) -> Array:
        """The row numbers of the batch that is due."""
        return self.order[self.cursor : self.cursor + self.size]

    def advance(self) -> bool:
        """Go to the next batch; True when that ended an epoch."""
        self.cursor += self.size
        if self.cursor < self.samples:
            return False
        self.cursor = 0
        self.order = self._shuffled()
        return True

    def resize(self, size: int) -> None:
        """Another batch size from here on, within the same epoch's order."""
        self.size = min(size, self.samples)

    def state(self) -> dict[str, Any]:
        """Generator, order and place, as plain data."""
        return {"rng": self.rng.bit_generator.state, "order": self.order.tolist(), "cursor": self.cursor}

    def restore(self, state: dict[str, Any]) -> None:
        """The reverse of `state`."""
        self.rng.bit_generator.state = state["rng"]
        self.order = np.array(state["order"], dtype=np.int64)
        self.cursor = int(state["cursor"])
