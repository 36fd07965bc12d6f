"""The past of a run in bounded memory: every recent step, and older ones ever more thinly."""

import numpy as np

from .tape import Array

RECENT, KEPT = 512, 4096


class History:
    """Rows of (step, batch loss, train loss, test loss, ‖∂L/∂W‖ of layer 1..L), float64; NaN where not measured.

    The last 512 steps are all there; of older ones at most 4,096, every 2ᵏ-th.
    """

    def __init__(self, layers: int) -> None:
        self.width = 4 + layers
        self.recent = np.full((RECENT, self.width), np.nan)
        self.old = np.full((KEPT, self.width), np.nan)
        self.count = 0  # rows ever written to recent
        self.kept, self.stride = 0, 1

    def add(self, step: int, loss: float, norms: Array) -> None:
        """A step has been made."""
        row = self.recent[self.count % RECENT]
        if self.count >= RECENT:
            self._keep(row)
        row[0] = step
        row[1] = loss
        row[2:4] = np.nan
        row[4:] = norms
        self.count += 1

    def _keep(self, row: Array) -> None:
        if int(row[0]) % self.stride and np.isnan(row[2]):
            return
        if self.kept == KEPT:
            self.stride *= 2
            rest = self.old[:: 2]
            self.kept = len(rest)
            self.old[: self.kept] = rest.copy()
        self.old[self.kept] = row
        self.kept += 1

    def measured(self, step: int, train_loss: float, test_loss: float) -> None:
        """The losses over all samples after this step."""
        if self.count and self.recent[(self.count - 1) % RECENT, 0] == step:
            self.recent[(self.count - 1) % RECENT, 2:4] = train_loss, test_loss

    def since(self, step: int, at_most: int) -> Array:
        """A copy of the rows after this step, evenly thinned to at_most; the last one is always there."""
        held = min(self.count, RECENT)
        first = self.count - held
        start = first
        if held:
            oldest = int(self.recent[first % RECENT, 0])
            start = min(self.count, first + max(0, step + 1 - oldest))
        rows = self.recent[np.arange(start, self.count) % RECENT]
        if start == first and self.kept:
            older = self.old[: self.kept]
            rows = np.concatenate([older[older[:, 0] > step], rows])
        if len(rows) <= at_most:
            return rows
        return rows[np.linspace(len(rows) - 1, 0, at_most).round().astype(np.int64)[::-1]]

    def truncate(self, step: int) -> None:
        """Forget everything after this step."""
        self.replace(self.since(-1, KEPT + RECENT), step)

    def replace(self, rows: Array, step: int) -> None:
        """Hold these rows up to and including this step."""
        rows = rows[rows[:, 0] <= step]
        old, recent = rows[:-RECENT][-KEPT:], rows[-RECENT:]
        self.kept, self.count = len(old), len(recent)
        self.old[: self.kept], self.recent[: self.count] = old, recent
