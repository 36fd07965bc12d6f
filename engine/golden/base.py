"""A published result: what it claims, number by number, and what the engine gets for each."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from .published import PUBLISHED, decimals

#: Digits shown beyond those that were printed.
BEYOND = 3
Number = float | Decimal
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Claim:
    """One published number, or a bound, and when ours agrees with it: low ≤ ours ≤ high.

    published   as it stands in the source
    agreement   the bounds in words
    shown       digits behind the point of ours; None: as a power of ten
    """

    quantity: str
    published: str
    low: float
    high: float
    agreement: str
    shown: int | None


@dataclass(frozen=True)
class Row:
    """A claim and what the engine got. A number that is no number agrees with nothing."""

    claim: Claim
    ours: float

    @property
    def ok(self) -> bool:
        """Whether they agree."""
        return math.isfinite(self.ours) and self.claim.low <= self.ours <= self.claim.high

    @property
    def text(self) -> str:
        """Ours, with more digits than were published.

        >>> Row(claim=printed("g", Decimal("24.7041")), ours=24.70408163).text
        '24.7040816'
        >>> Row(claim=at_most("error", "small", 1e-7), ours=5.3e-9).text
        '5.3 · 10⁻⁹'
        """
        if not math.isfinite(self.ours):
            return str(self.ours)
        if self.claim.shown is not None:
            return f"{self.ours:.{self.claim.shown}f}"
        mantissa, exponent = f"{self.ours:.1e}".split("e")
        return f"{mantissa} · 10{str(int(exponent)).translate(SUPERSCRIPTS)}"

    def to_dict(self) -> dict[str, Any]:
        """Plain data; ours is None where it is not finite."""
        claim = self.claim
        ours = self.ours if math.isfinite(self.ours) else None
        return {
            "quantity": claim.quantity, "published": claim.published, "ours": ours, "text": self.text,
            "agreement": claim.agreement, "ok": self.ok,
        }  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One source: `name` is its key in `data/golden.json`.

    story     what was done, in one paragraph
    measure   our numbers, in the order of the claims, from a generator
    """

    name: str
    title: str
    story: str
    claims: tuple[Claim, ...]
    measure: Callable[[np.random.Generator], list[float]]

    @property
    def source(self) -> str:
        """Author and title."""
        return str(PUBLISHED[self.name]["source"])

    @property
    def url(self) -> str:
        """Where it can be read."""
        return str(PUBLISHED[self.name]["url"])

    def compute(self, seed: int = 0) -> list[Row]:
        """All of it, now; the same seed gives the same bits."""
        ours = self.measure(np.random.default_rng(seed))
        return [Row(claim, float(number)) for claim, number in zip(self.claims, ours, strict=True)]


def printed(quantity: str, number: Decimal) -> Claim:
    """Agrees in every digit that was printed: at most half a unit of the last one apart."""
    places = decimals(number)
    # Rounding of the bounds themselves must not turn an exact half away.
    half = 0.5 * 10.0**-places * (1 + 1e-9)
    value = float(number)
    return Claim(quantity, str(number), value - half, value + half, f"same {places} decimals", places + BEYOND)


def between(quantity: str, published: object, bounds: Sequence[Number], shown: int) -> Claim:
    """Agrees within bounds, both included: the source gave no seed."""
    low, high = bounds
    return Claim(quantity, str(published), float(low), float(high), f"{low} to {high}", shown)


def at_least(quantity: str, published: object, low: Number, shown: int | None = None, of: str = "") -> Claim:
    """Agrees from a bound on; `of` is the bound in words."""
    return Claim(quantity, str(published), float(low), math.inf, f"at least {of or low}", shown)


def at_most(quantity: str, published: object, high: Number, shown: int | None = None, of: str = "") -> Claim:
    """Agrees up to a bound."""
    return Claim(quantity, str(published), -math.inf, float(high), f"at most {of or high}", shown)
