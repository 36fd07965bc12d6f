"""What was published: `data/golden.json`, its numbers as they were printed."""

import json
from decimal import Decimal
from importlib import resources
from typing import Any

from .. import data

#: Numbers with a point are `Decimal`: 0.0600 keeps its zeros, and so says how exact it claims to be.
PUBLISHED: dict[str, dict[str, Any]] = json.loads(
    (resources.files(data) / "golden.json").read_text(encoding="utf-8"), parse_float=Decimal
)


def decimals(number: Decimal) -> int:
    """Digits behind the point.

    >>> decimals(Decimal("0.0600"))
    4
    """
    return max(0, -int(number.as_tuple().exponent))


def floats(numbers: list[Decimal]) -> list[float]:
    """For computing."""
    return [float(number) for number in numbers]
