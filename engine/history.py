"""The past of a run in bounded memory: every recent step, and older ones ever more thinly."""

import numpy as np

from .tape import Array

RECENT, KEPT = 512, 4096
#: As `at_most`: every row there is.
ALL = 2 * RECENT + KEPT
#: Step, batch loss, squares of the gradient norms.
Row = tuple[int, float, list[float]]


class History:
    """Rows of (step, batch loss, train loss, test loss, ‖∂L/∂W‖ of layer 1..L), float64; NaN where not measured.

    At least the last 512 steps are all there, up to twice as many; of older ones at most 4,096, every 2ᵏ-th. A step
    costs one append: older steps are thinned 512 at a time, and rows are made when somebody looks.
    """

    def __init__(self, layers: int) -> None:
        self.width = 4 + layers
        self._recent: list[Row] = []
        self._old: list[Row] = []
        self._measured: dict[int, tuple[float, float]] = {}
        self._stride = 1

    def add(self, step: int, loss: float, squares: list[float]) -> None:
        """A step has been made; squares are those of its gradient norms."""
        self._recent.append((step, loss, squares))
        if len(self._recent) == 2 * RECENT:
            self._thin()

    def _thin(self) -> None:
        """The older half of the recent steps grows old; measured ones stay."""
        for row in self._recent[:RECENT]:
            if not row[0] % self._stride or row[0] in self._measured:
                if len(self._old) >= KEPT:
                    self._stride *= 2
                    for dropped in self._old[1::2]:
                        self._measured.pop(dropped[0], None)
                    del self._old[1::2]
                self._old.append(row)
        del self._recent[:RECENT]

    def measured(self, step: int, train_loss: float, test_loss: float) -> None:
        """The losses over all samples after this step."""
        if self._recent and self._recent[-1][0] == step:
            self._measured[step] = train_loss, test_loss

    def since(self, step: int, at_most: int) -> Array:
        """The rows after this step, evenly thinned to at_most; the last one is always there."""
        if not self._recent:
            return np.zeros((0, self.width))
        missed = max(0, self._recent[-1][0] - step)
        if missed <= len(self._recent):
            chosen = self._recent[len(self._recent) - missed :]
        else:
            chosen = [row for row in self._old if row[0] > step] + self._recent
        if len(chosen) > at_most:
            places = np.linspace(len(chosen) - 1, 0, at_most).round().astype(int)[::-1].tolist()
            chosen = [chosen[place] for place in places]
        unknown = np.nan, np.nan
        rows = np.array(
            [(step, loss, *self._measured.get(step, unknown), *squares) for step, loss, squares in chosen],
            dtype=np.float64,
        ).reshape(len(chosen), self.width)
        np.sqrt(rows[:, 4:], out=rows[:, 4:])
        return rows

    def replace(self, rows: Array, step: int) -> None:
        """Hold these rows (as `since` gives them) up to and including this step."""
        kept: list[list[float]] = rows[rows[:, 0] <= step].tolist()
        held: list[Row] = [(int(row[0]), row[1], [norm**2 for norm in row[4:]]) for row in kept]
        self._old, self._recent = held[:-RECENT][-KEPT:], held[-RECENT:]
        self._measured = {int(row[0]): (row[2], row[3]) for row in kept if row[2] == row[2]}
