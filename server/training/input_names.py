"""What the inputs of a network are called, and what there is to tell of a table of one's own."""

from typing import Any

from ...engine import FEATURES
from ...engine.datasets import Data, Dataset, Own

#: Letters of the name of an input.
LONGEST_NAME = 9


def names_of(data: Data) -> list[str]:
    """What the network's inputs are called, in short; pixels and the lengths of irises have no names."""
    own = data.dataset if isinstance(data.dataset, Own) else None
    columns = [short(column.name) for column in own.columns] if own else []
    if data.dataset.n_inputs == 2:
        known = dict(zip(("x1", "x2"), columns, strict=False))
        return [known.get(name, FEATURES[name].label) for name in data.features]
    if data.space == "line" and not own:
        return [FEATURES["x1"].label]
    return columns


def short(name: str) -> str:
    """As much of it as there is room for beside a unit."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def table_of(dataset: Dataset) -> dict[str, Any] | None:
    """A table of one's own: its text, and what its columns are called; None for any other data set."""
    if not isinstance(dataset, Own):
        return None
    numbers = [*dataset.columns, *([dataset.predicted] if dataset.predicted else [])]
    return {
        "text": dataset.text, "target": dataset.target,
        "columns": [{"name": column.name, "low": column.low, "high": column.high} for column in numbers],
    }  # fmt: skip
