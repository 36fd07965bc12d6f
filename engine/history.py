"""The past of a run in bounded memory: every recent step, and older ones ever more thinly."""

from collections import deque

import numpy as np

from .tape import Array

RECENT, KEPT = 512, 4096
#: As `at_most`: every row there is.
ALL = RECENT + KEPT


class History:
    """Rows of (step, batch loss, train loss, test loss, ‖∂L/∂W‖ of layer 1..L), float64; NaN where not measured.

    The last 512 steps are all there; of older ones at most 4,096, every 2ᵏ-th.
    """

    def __init__(self, layers: int) -> None:
        self.width = 4 + layers
        # A step costs one append here; rows are made when somebody looks.
        self._recent: deque[list[float]] = deque()
        self._old: list[list[float]] = []
        self._stride = 1

    def add(self, step: int, loss: float, squares: list[float]) -> None:
        """A step has been made; squares are those of its gradient norms."""
        self._recent.append([step, loss, np.nan, np.nan, *squares])
        if len(self._recent) > RECENT:
            row = self._recent.popleft()
            if not row[0] % self._stride or row[2] == row[2]:  # measured ones stay
                self._keep(row)

    def _keep(self, row: list[float]) -> None:
        if len(self._old) >= KEPT:
            self._stride *= 2
            del self._old[1::2]
        self._old.append(row)

    def measured(self, step: int, train_loss: float, test_loss: float) -> None:
        """The losses over all samples after this step."""
        if self._recent and self._recent[-1][0] == step:
            self._recent[-1][2:4] = train_loss, test_loss

    def since(self, step: int, at_most: int) -> Array:
        """The rows after this step, evenly thinned to at_most; the last one is always there."""
        if not self._recent:
            return np.zeros((0, self.width))
        missed = int(self._recent[-1][0]) - step
        if missed <= len(self._recent):
            start = max(0, len(self._recent) - max(0, missed))
            chosen = [self._recent[index] for index in range(start, len(self._recent))]
        else:
            chosen = [row for row in self._old if row[0] > step] + list(self._recent)
        if len(chosen) > at_most:
            places = np.linspace(len(chosen) - 1, 0, at_most).round().astype(int)[::-1].tolist()
            chosen = [chosen[place] for place in places]
        rows = np.array(chosen, dtype=np.float64).reshape(len(chosen), self.width)
        np.sqrt(rows[:, 4:], out=rows[:, 4:])
        return rows

    def replace(self, rows: Array, step: int) -> None:
        """Hold these rows (as `since` gives them) up to and including this step."""
        rows = rows[rows[:, 0] <= step].copy()
        rows[:, 4:] **= 2
        kept: list[list[float]] = rows.tolist()
        self._old, self._recent = kept[:-RECENT][-KEPT:], deque(kept[-RECENT:])
