"""All samples of a run, so stored that a batch of them is taken in the fewest calls."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..tape import Array, Tape, copy
from ..tape.memory import fresh
from .workspace import Workspace

#: Up to so many numbers a sample, columns are gathered; above, rows are, and turned: a fifth of the time at 787.
NARROW = 24


class Samples:
    """rows (samples, width) as `Network.as_rows` gives them, to be taken into a workspace's columns."""

    def __init__(self, rows: Array) -> None:
        self.rows = rows
        self._columns = np.ascontiguousarray(rows.T) if rows.shape[1] <= NARROW else None

    def taking(self, workspace: Workspace) -> tuple[Callable[..., Any], tuple[Any, ...], Tape]:
        """A function, its arguments after the row numbers, and calls that come after it."""
        if self._columns is not None:
            return self._columns.take, (1, workspace.columns, "clip"), []
        taken = fresh((workspace.batch, self.rows.shape[1]), self.rows.dtype)
        return self.rows.take, (0, taken, "clip"), [copy(workspace.rows, taken)]
