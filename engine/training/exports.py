"""What a run recorded, as text that other programs read."""

import csv
import io
from collections import deque
from collections.abc import Iterable
from operator import itemgetter

from ..tape import Array

#: Digits that bring a number of single precision back.
DIGITS = 9


def history_csv(rows: Array, changes: Iterable[tuple[int, str]] = ()) -> str:
    """Losses and gradient norms as comma-separated values (RFC 4180), a step a row.

    rows as `History.since` gives them, (steps, 4 + layers); changes: after how many steps a setting was changed, and
    what is to be said of it: that stands at the first row that it counts for. What was not measured is left empty.

    >>> import numpy as np
    >>> rows = np.array([[1, 0.7, np.nan, np.nan, 1e-8], [2, 0.6, 0.65, 0.66, np.inf]])
    >>> print(history_csv(rows, [(1, "η 0.3 → 1")]).replace("\\r", ""), end="")
    step,batch loss,train loss,test loss,gradient norm of layer 1,changed
    1,0.7,,,1e-08,
    2,0.6,0.65,0.66,inf,η 0.3 → 1
    """
    norms = [f"gradient norm of layer {layer}" for layer in range(1, rows.shape[1] - 3)]
    text, pending = io.StringIO(newline=""), deque(sorted(changes, key=itemgetter(0)))
    table = csv.writer(text)
    table.writerow(["step", "batch loss", "train loss", "test loss", *norms, "changed"])
    form = ",".join(["%d", *[f"%.{DIGITS}g"] * (rows.shape[1] - 1)])  # a row at a time: a third of the time
    for row in rows.tolist():
        said = []
        while pending and pending[0][0] < row[0]:
            said.append(pending.popleft()[1])
        table.writerow([*(form % tuple(row)).replace("nan", "").split(","), "; ".join(said)])
    return text.getvalue()
