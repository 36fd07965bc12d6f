"""Gradient health over time: percentiles of z, a, |δ| and |∂L/∂W| of every layer, in bounded memory."""

from dataclasses import dataclass, replace

import numpy as np

from ..step.trace import Trace
from ..tape import Array
from .finding import Finding

#: Of which each band is made: the middle half lies between the second and the fourth.
PERCENTILES = (5, 25, 50, 75, 95)
#: What is recorded; of δ and ∂L/∂W the sizes.
QUANTITIES = ("z", "a", "delta", "gradient")
#: Moments that are kept; when there are so many, every second one is dropped.
KEPT = 128


def percentiles(values: Array) -> Array:
    """The five percentiles of the finite ones, float64; NaN where none is.

    >>> percentiles(np.array([4.0, np.nan, 0.0, 1.0, 3.0, 2.0])).tolist()
    [0.2, 1.0, 2.0, 3.0, 3.8]
    """
    flat = values.reshape(-1).astype(np.float64)
    finite = flat[np.isfinite(flat)]
    return np.percentile(finite, PERCENTILES) if finite.size else np.full(len(PERCENTILES), np.nan)


def bands_of(trace: Trace) -> Array:
    """(L, quantities, percentiles) of a step."""
    z, a, delta, gradients = trace.z, trace.a, trace.delta, trace.gradients
    return np.array([
        [
            percentiles(z[layer]), percentiles(a[layer]), percentiles(np.abs(delta[layer])),
            percentiles(np.abs(gradients[f"layer{layer}.weight"])),
        ]
        for layer in range(1, len(z))
    ])  # fmt: skip


@dataclass(frozen=True)
class Moment:
    """One recorded step. began: nothing was recorded between the one before and this one, for want of a viewer.

    bands (L, quantities, percentiles), layer 1 first.
    """

    step: int
    began: bool
    bands: Array


@dataclass(frozen=True)
class BandsOverTime(Finding):
    """One quantity: steps (moments,), began (moments,) flags, bands (L, percentiles, moments)."""

    steps: tuple[int, ...]
    began: tuple[bool, ...]
    bands: Array


class Bands:
    """Moments of one run, in order: at most 128, evenly spread over all that were recorded, and the latest one."""

    def __init__(self) -> None:
        self._kept: list[Moment] = []
        self._latest: Moment | None = None
        #: Of so many recorded moments one is kept; how many came since the last that was.
        self._stride, self._since = 1, 0

    @property
    def moments(self) -> list[Moment]:
        """All there are."""
        return self._kept if self._latest is None else [*self._kept, self._latest]

    def add(self, trace: Trace, began: bool = False) -> None:
        """Record a step. What stood there of it and of later ones is forgotten: the run has gone back in time."""
        if self._latest is not None and self._latest.step >= trace.step:
            self._latest = None
        while self._kept and self._kept[-1].step >= trace.step:
            self._kept.pop()
        began = began or not self._kept or (self._latest is not None and self._latest.began)
        moment, self._latest = Moment(trace.step, began, bands_of(trace)), None
        self._since += 1
        if self._kept and self._since < self._stride:
            self._latest = moment
            return
        self._since = 0
        self._kept.append(moment)
        if len(self._kept) >= KEPT:
            self._thin()

    def _thin(self) -> None:
        """Every second one goes; where it began a stretch, the next one does."""
        began = [False, *(moment.began for moment in self._kept[1::2])]
        if len(self._kept) % 2 == 0:  # the last one is among those that go
            self._latest, self._since = self._kept[-1], self._stride
        self._kept = [
            replace(one, began=one.began or flag) for one, flag in zip(self._kept[::2], began, strict=False)
        ]
        self._stride *= 2

    def of(self, quantity: str, at_most: int = KEPT) -> BandsOverTime:
        """What is recorded of a quantity, evenly thinned to so many moments; the last one is always there."""
        every = chosen = self.moments
        began = [moment.began for moment in every]
        if len(every) > at_most:
            places = np.linspace(len(every) - 1, 0, at_most).round().astype(int)[::-1]
            chosen = [every[place] for place in places]
            starts = np.concatenate([[-1], places[:-1]])
            began = [any(began[one + 1 : other + 1]) for one, other in zip(starts, places, strict=True)]
        bands = np.stack([moment.bands[:, QUANTITIES.index(quantity)] for moment in chosen], axis=-1)
        return BandsOverTime(tuple(moment.step for moment in chosen), tuple(began), bands)
