"""What if one number were another? Finite differences and nudges, on a twin: the run itself is never altered."""

from dataclasses import dataclass

import numpy as np

from ..errors import ExperimentError
from ..tape import Array
from ..training.trainer import Trainer
from .finding import Finding
from .patience import Pauses, completed
from .place import Place, last_step
from .surface import LossSurface

#: Distances of a finite difference. The best is the one whose result agrees best with its neighbour's: near ones
#: drown in rounding where the gradient is small, far ones may cross a kink.
DISTANCES = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
#: Units of a layer whose activations are told after a nudge: as many as are drawn.
DRAWN = 16
#: No nudge goes further.
FURTHEST = 100.0


class Replay(LossSurface):
    """The last step's forward pass once more in float64, with one number at hand."""

    def __init__(self, trainer: Trainer, place: Place) -> None:
        trace = trainer.trace
        assert trace is not None
        super().__init__(trainer, trace.x, trace.y, trace.masks)
        self.shown = trace.shown
        self._theta, self._place = trace.theta.astype(np.float64), place
        self.numbers, self.slope = self._network.theta, self._network.gradient
        self.index, self.value, self.analytic = 0, 0.0, 0.0

    @classmethod
    def prepared(cls, trainer: Trainer, place: Place) -> "Pauses[Replay]":
        """With its backward pass, which takes a while."""
        replay = cls(trainer, place)
        if replay.meter.due(3 * replay.work):
            yield
        replay.slope = yield from replay.differentiated(replay._theta)
        replay._point()
        return replay

    def _point(self) -> None:
        """The number at hand."""
        place = Place("bias", self._place.layer) if self._place.kind == "layer" else self._place
        if place.kind == "input":
            self.numbers, self.index = self._workspace.rows[self.shown], place.unit
            weight = self._network.weights[1][place.unit]
            self.analytic = float(weight.dot(self._workspace.delta[1][:, self.shown]))
        else:
            self.numbers, self.index = self._network.theta, place.flat(self._network)
            self.analytic = float(self.slope[self.index])
        self.value = float(self.numbers[self.index])

    def turn_to(self, index: int) -> None:
        """Another number of θ is at hand, and the last one as it was."""
        self.numbers[self.index] = self.value
        self.index, self.value, self.analytic = index, float(self.numbers[index]), float(self.slope[index])

    def loss_at(self, by: float) -> Pauses[float]:
        """The loss with the number moved by so much, with pauses."""
        self.numbers[self.index] = self.value + by
        yield from self._played(self._workspace.measure_tape, self.work)
        return float(self._workspace.loss)

    def activations(self) -> list[Array]:
        """Of the sample on show, layer 1..L, as the last `loss_at` left them."""
        return [a[:DRAWN, self.shown].copy() for a in self._workspace.a[1:]]


@dataclass(frozen=True)
class PlaceCheck(Finding):
    """∂L/∂ of one number: by the backward pass, and by finite differences.

    analytic         by the backward pass, in float64; in_run: the same in the run's own precision (None for an input)
    numeric          (8 (L₊₁ − L₋₁) − (L₊₂ − L₋₂)) / 12 h with Lₖ = L(w + k h)
    distance         h
    relative_error   |analytic − numeric| / the larger of both; 0 where both are 0
    """

    place: Place
    step: int
    analytic: float
    in_run: float | None
    numeric: float
    distance: float
    relative_error: float


def check_place(trainer: Trainer, place: Place) -> PlaceCheck | None:
    """Check the gradient of one weight, bias or input in the last step; None when there is no finite one."""
    return completed(check_place_with_pauses(trainer, place))


def check_place_with_pauses(trainer: Trainer, place: Place) -> Pauses[PlaceCheck | None]:
    """The same, with pauses."""
    trace = last_step(trainer)
    if trace is None:
        return None
    replay = yield from Replay.prepared(trainer, place)
    numeric, distance = yield from best_difference(replay)
    analytic = replay.analytic
    if not np.isfinite([numeric, analytic]).all():
        return None
    larger = max(abs(numeric), abs(analytic))
    in_run = None if place.kind == "input" else float(trace.gradient[place.flat(trace.network)])
    error = abs(numeric - analytic) / larger if larger else 0.0
    return PlaceCheck(place, trace.step, analytic, in_run, numeric, distance, error)


def best_difference(replay: Replay) -> Pauses[tuple[float, float]]:
    """The finite difference that agrees best with its neighbour's, and its distance; NaN when one is no number."""
    found = []
    for distance in DISTANCES:
        found.append((yield from difference(replay, distance)))
    if not np.isfinite(found).all():
        return np.nan, np.nan
    best = int(np.abs(np.diff(found)).argmin())
    return found[best], DISTANCES[best]


def difference(replay: Replay, distance: float) -> Pauses[float]:
    """The central difference of fourth order."""
    losses = []
    for steps in (1, -1, 2, -2):
        losses.append((yield from replay.loss_at(steps * distance)))
    near, far = losses[0] - losses[1], losses[2] - losses[3]
    return (8 * near - far) / (12 * distance)


@dataclass(frozen=True)
class Nudge(Finding):
    """A number moved by hand, and what follows.

    value, by          the number before, and how much was added
    loss, nudged_loss  before and after; change: the difference
    gradient, predicted   ∂L/∂ of the number, and gradient · by: the change if the loss were a straight line
    changes            of each layer 1..L, by how much the shown sample's activations change (first 16 units)
    """

    place: Place
    step: int
    value: float
    by: float
    loss: float
    nudged_loss: float
    change: float
    gradient: float
    predicted: float
    changes: tuple[Array, ...]


def nudge(trainer: Trainer, place: Place, by: object) -> Nudge | None:
    """Move a weight, a bias or an input of the sample on show, and compute everything behind it anew.

    None when there is no step to do it with.
    """
    return completed(nudge_with_pauses(trainer, place, by))


def nudge_with_pauses(trainer: Trainer, place: Place, by: object) -> Pauses[Nudge | None]:
    """The same, with pauses."""
    if isinstance(by, bool) or not isinstance(by, int | float) or not abs(by) <= FURTHEST:
        raise ExperimentError("by", by, f"a number from {-FURTHEST:g} to {FURTHEST:g}")
    trace = last_step(trainer)
    if trace is None:
        return None
    replay = yield from Replay.prepared(trainer, place)
    loss = yield from replay.loss_at(0.0)
    before = replay.activations()
    nudged = yield from replay.loss_at(by)
    after = replay.activations()
    return Nudge(
        place, trace.step, replay.value, float(by), loss, nudged, nudged - loss,
        replay.analytic, replay.analytic * by,
        tuple(new - old for old, new in zip(before, after, strict=True)),
    )  # fmt: skip
