"""The past of a run in bounded memory: every recent step, and older ones ever more thinly."""

from array import array

import numpy as np

from .tape import Array

RECENT, KEPT = 512, 4096
#: As `at_most`: every row there is.
ALL = 2 * RECENT + KEPT


class History:
    """Rows of (step, batch loss, train loss, test loss, ‖∂L/∂W‖ of layer 1..L), float64; NaN where not measured.

    At least the last 512 steps are all there, up to twice as many; of older ones at most 4,096, every 2ᵏ-th. A step
    puts its numbers (step, batch loss, squares of the norms) behind those of the last: objects that outlive it would
    cost a small step a twentieth. Older steps are thinned 512 at a time, and rows are made when somebody looks.
    """

    def __init__(self, layers: int) -> None:
        self.width, self._numbers = 4 + layers, 2 + layers
        self._recent, self._full = array("d"), 2 * RECENT * self._numbers
        self._old = np.zeros((0, self._numbers))
        self._measured: dict[float, tuple[float, float]] = {}
        self._stride = 1

    def add(self, step: int, loss: float, squares: list[float]) -> None:
        """A step has been made; squares are those of its gradient norms."""
        recent = self._recent
        recent.fromlist([step, loss, *squares])
        if len(recent) == self._full:
            self._thin()

    def _thin(self) -> None:
        """The older half of the recent steps grows old; measured ones stay."""
        rows = self._last(2 * RECENT)
        steps = rows[:RECENT, 0]
        stays = (steps % self._stride == 0) | np.isin(steps, list(self._measured))
        old = np.concatenate([self._old, rows[:RECENT][stays]])
        while len(old) > KEPT:
            self._stride *= 2
            for step in old[1::2, 0].tolist():
                self._measured.pop(step, None)
            old = old[::2]
        self._old, self._recent = old, array("d", rows[RECENT:].tobytes())

    def _last(self, count: int) -> Array:
        """So many of the recent rows, copied."""
        return np.frombuffer(self._recent[-count * self._numbers :]).reshape(-1, self._numbers)

    @property
    def _newest(self) -> int:
        """The last step; -1 before the first."""
        return int(self._recent[-self._numbers]) if self._recent else -1

    def measured(self, step: int, train_loss: float, test_loss: float) -> None:
        """The losses over all samples after this step."""
        if self._newest == step:
            self._measured[step] = train_loss, test_loss

    def since(self, step: int, at_most: int) -> Array:
        """The rows after this step, evenly thinned to at_most; the last one is always there."""
        missed = self._newest - step
        if missed <= 0:
            return np.zeros((0, self.width))
        if missed <= len(self._recent) // self._numbers:
            chosen = self._last(missed)
        else:
            chosen = np.concatenate([self._old[self._old[:, 0] > step], self._last(2 * RECENT)])
        if len(chosen) > at_most:
            chosen = chosen[np.linspace(len(chosen) - 1, 0, at_most).round().astype(int)[::-1]]
        rows = np.full((len(chosen), self.width), np.nan)
        rows[:, :2], rows[:, 4:] = chosen[:, :2], np.sqrt(chosen[:, 2:])
        for place, made in enumerate(rows[:, 0].tolist()):
            if made in self._measured:
                rows[place, 2:4] = self._measured[made]
        return rows

    def replace(self, rows: Array, step: int) -> None:
        """Hold these rows (as `since` gives them) up to and including this step."""
        kept = rows[rows[:, 0] <= step]
        held = np.concatenate([kept[:, :2], kept[:, 4:] ** 2], axis=1)
        self._old, self._recent = held[:-RECENT][-KEPT:], array("d", held[-RECENT:].tobytes())
        self._measured = {row[0]: (row[2], row[3]) for row in kept.tolist() if row[2] == row[2]}
