"""What an instrument hands over: frozen numbers that can be written as JSON."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..tape import Array


class Finding:
    """A frozen dataclass of plain numbers, arrays, and findings."""

    def to_dict(self) -> dict[str, Any]:
        """Plain data: arrays as lists, and None for what is no finite number, so that it is valid JSON."""
        assert dataclasses.is_dataclass(self)
        return {row.name: plain(getattr(self, row.name)) for row in dataclasses.fields(self)}


def plain(value: Any) -> Any:
    """A value as JSON knows it.

    >>> plain({"a": np.array([1.5, np.nan]), "b": (np.int64(2), None, "c")})
    {'a': [1.5, None], 'b': [2, None, 'c']}
    """
    if isinstance(value, Finding):
        return value.to_dict()
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def norm(array: Array) -> float:
    """‖array‖ in float64; squares of float32 numbers above 10¹⁹ would overflow.

    >>> norm(np.array([3e30, 4e30], np.float32)) > 4.9e30
    True
    """
    return float(np.linalg.norm(array.astype(np.float64)))
