"""The past of a run in bounded memory: every recent step, and older ones ever more thinly."""

from array import array
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ..step.summary import LOSS, SQUARES
from ..tape import Array

RECENT, KEPT = 512, 4096
#: As `at_most`: every row there is.
ALL = 4 * RECENT + KEPT


class History:
    """Rows of (step, batch loss, train loss, test loss, ‖∂L/∂W‖ of layer 1..L), float64; NaN where not measured.

    At least the last 512 steps are all there, up to three times as many; of older ones at most 4,096, every 2ᵏ-th. A
    step puts its numbers (see `summary` of a step) behind those of the last, as they stand in memory: objects that
    outlive it would cost a small step a twentieth. Whoever adds calls `thin` at least every 512 steps. Rows are made
    when somebody looks.
    """

    def __init__(self, layers: int, dtype: npt.DTypeLike) -> None:
        self.width, self._numbers = 4 + layers, SQUARES + layers
        self._recent, self._first = array(np.dtype(dtype).char), 1
        #: Takes the numbers that sum up the step after the newest, an array's bytes.
        self.add: Callable[[memoryview], None] = self._recent.frombytes
        #: Squares of recent steps that are beyond that type's range.
        self._exact: dict[int, list[float]] = {}
        #: Step and numbers of older ones.
        self._old = np.zeros((0, 1 + self._numbers))
        self._measured: dict[float, tuple[float, float]] = {}
        self._stride = 1

    def thin(self) -> None:
        """Where there are twice as many recent steps as needed, the others grow old; measured ones stay."""
        if len(self._recent) < 2 * RECENT * self._numbers:
            return
        aging = self._last(len(self._recent) // self._numbers)[:-RECENT]
        steps = aging[:, 0]
        stays = (steps % self._stride == 0) | np.isin(steps, list(self._measured))
        old = np.concatenate([self._old, aging[stays]])
        while len(old) > KEPT:
            self._stride *= 2
            for step in old[1::2, 0].tolist():
                self._measured.pop(step, None)
            old = old[::2]
        self._old, self._first = old, self._first + len(aging)
        del self._recent[: -RECENT * self._numbers]
        self._exact = {step: squares for step, squares in self._exact.items() if step >= self._first}

    def correct(self, squares: list[float]) -> None:
        """What the newest step's squares of norms are in float64."""
        self._exact[self._newest] = squares

    def _last(self, count: int) -> Array:
        """So many of the recent steps, with their numbers, copied."""
        numbers = self._recent[len(self._recent) - count * self._numbers :]
        rows, first = np.empty((count, 1 + self._numbers)), self._newest - count + 1
        rows[:, 0] = np.arange(first, first + count)
        rows[:, 1:] = np.frombuffer(numbers, numbers.typecode).reshape(count, self._numbers)
        for step, squares in self._exact.items():
            if step >= first:
                rows[step - first, 1 + SQUARES :] = squares
        return rows

    @property
    def _newest(self) -> int:
        """The last step."""
        return self._first + len(self._recent) // self._numbers - 1

    def measured(self, step: int, train_loss: float, test_loss: float) -> None:
        """The losses over all samples after this step."""
        if step and self._newest == step:
            self._measured[step] = train_loss, test_loss

    def since(self, step: int, at_most: int) -> Array:
        """The rows after this step, evenly thinned to at_most; the last one is always there."""
        count = len(self._recent) // self._numbers
        chosen = self._last(max(0, min(count, self._newest - step)))
        if self._newest - step > count:
            chosen = np.concatenate([self._old[self._old[:, 0] > step], chosen])
        if len(chosen) > at_most:
            chosen = chosen[np.linspace(len(chosen) - 1, 0, at_most).round().astype(int)[::-1]]
        rows = np.full((len(chosen), self.width), np.nan)
        rows[:, 0], rows[:, 1], rows[:, 4:] = chosen[:, 0], chosen[:, 1 + LOSS], np.sqrt(chosen[:, 1 + SQUARES :])
        for place, made in enumerate(rows[:, 0].tolist()):
            if made in self._measured:
                rows[place, 2:4] = self._measured[made]
        return rows

    @property
    def nbytes(self) -> int:
        """Bytes of its numbers."""
        return int(self._old.nbytes) + len(self._recent) * self._recent.itemsize

    def replace(self, rows: Array, step: int) -> None:
        """Hold these rows (as `since` gives them) up to and including this step, which is the last one made."""
        kept = rows[rows[:, 0] <= step]
        held = np.full((len(kept), 1 + self._numbers), np.nan)
        held[:, 0], held[:, 1 + LOSS], held[:, 1 + SQUARES :] = kept[:, 0], kept[:, 1], kept[:, 4:] ** 2
        older = held[:-RECENT]
        while len(older) > KEPT:
            older = older[::2]
        self._old, self._first = np.concatenate([older, held[-RECENT:]]), step + 1
        del self._recent[:]
        self._exact = {}
        self._measured = {row[0]: (row[2], row[3]) for row in kept.tolist() if row[2] == row[2]}
