"""The step lens: what the next step would do to the loss, for every learning rate."""

from dataclasses import dataclass

import numpy as np

from ..errors import ExperimentError
from ..tape import Array
from ..training.trainer import Trainer
from .finding import Finding
from .patience import Pauses, completed
from .surface import LossSurface

#: Learning rates that are tried: the whole range of the setting, eight to a factor of ten.
RATES = np.geomspace(1e-5, 10, 49)
#: A schedule may bring the rate down to 0, which has no place on a logarithmic axis.
LEAST = 1e-12
DIRECTIONS = ("optimiser", "gradient")
#: Shares of the best possible drop at which a step begins to fit, and below which it has gone too far.
CRAWLS, OVERSHOOTS = 0.1, 0.5
#: Steps of the golden section: the best rate is found to 0.618²⁰ of its neighbours' distance, about 10⁻⁴ of itself.
GOLDEN, REFINEMENTS = (5**0.5 - 1) / 2, 20
#: The least drop, in parts of the loss, that is no rounding.
ROUNDING = 1e-12


@dataclass(frozen=True)
class Zone(Finding):
    """Learning rates low..high that do the same thing; name is crawls, fits, overshoots or diverges."""

    name: str
    low: float
    high: float


@dataclass(frozen=True)
class Lens(Finding):
    """L(θ − η d) on one batch against η: measured, not modelled.

    step, direction        of which step, and what d is: "optimiser" (its step / η) or "gradient" (∇L)
    start                  L(θ)
    rates, losses          (50,) in rising order, the current rate among them
    rate, loss, zone       the current η, the loss it leads to, the zone that it is in
    best_rate, best_loss   the minimum of the curve; None when no rate makes the loss smaller
    zones                  one after the other, without gaps
    curvature              dᵀHd / dᵀ∇L, with H the second derivatives at θ: that of the loss along d. For d = ∇L the
                           Rayleigh quotient, at most the largest eigenvalue of H
    critical_rate          2 / curvature: beyond it a quadratic bowl would throw the step out, higher than it came in
                           (LeCun et al. 1998, section 4.6). None where the loss does not curve upwards along d, or d
                           does not lead down
    """

    step: int
    direction: str
    start: float
    rates: Array
    losses: Array
    rate: float
    loss: float
    zone: str
    best_rate: float | None
    best_loss: float | None
    zones: tuple[Zone, ...]
    curvature: float | None
    critical_rate: float | None


def step_lens(trainer: Trainer, direction: str = "optimiser") -> Lens | None:
    """Look along the step of the last batch, from where the parameters were before it.

    Between a backward pass and its update that is the step that the optimiser in force would make; after the update
    it is the one that was made, so that the picture stays while the wave passes. Zones are read off the curve, with
    D = start − best_loss, the best possible drop:

    crawls      the drop is below D / 10, left of the best rate
    fits        from there on, until half of D has been given back right of the best rate
    overshoots  from there on, until the loss is above its start by more than D
    diverges    beyond

    Where no rate makes the loss smaller there is nothing to fit: D is then the start itself, a step crawls until the
    loss has risen by D / 10 and overshoots until it has risen by D. None before the first step, and when numbers have
    run away. About 75 forward passes of the batch.
    """
    return completed(step_lens_with_pauses(trainer, direction))


def step_lens_with_pauses(trainer: Trainer, direction: str = "optimiser") -> Pauses[Lens | None]:
    """The same, with pauses; the run may go on meanwhile."""
    if direction not in DIRECTIONS:
        raise ExperimentError("direction", direction, " or ".join(DIRECTIONS))
    trace, surface = trainer.trace, LossSurface.of_last_batch(trainer)
    if trace is None or surface is None:
        return None
    rate = max(trainer.rate, LEAST)
    theta = trace.theta.astype(np.float64)
    if direction == "gradient":
        downhill = trace.gradient.astype(np.float64)
    elif trainer.pending:
        downhill = trainer.step_per_rate().astype(np.float64)
    elif trace.updated and trace.learning_rate:
        downhill = trace.flat_change.astype(np.float64) / trace.learning_rate
    else:
        return None
    if surface.meter.due(3 * surface.work):
        yield
    start = yield from surface.measured(theta)
    if not np.isfinite(start) or not np.isfinite(downhill).all():
        return None
    ray = Ray(surface, theta, downhill, start)
    rates = np.sort(np.append(RATES, rate))
    losses = np.empty(len(rates))
    for place, tried in enumerate(rates):
        losses[place] = yield from ray.loss(tried)
    best_rate, best_loss = yield from ray.best(rates, losses)
    zones = zones_of(rates, losses, start, best_rate, best_loss)
    at = int(np.searchsorted(rates, rate))
    zone = next(zone.name for zone in zones if rate <= zone.high or zone is zones[-1])
    curvature = yield from ray.curvature()
    critical = 2 / curvature if curvature is not None and curvature > 0 else None
    return Lens(
        trace.step, direction, start, rates, losses, rate, float(losses[at]), zone,
        best_rate, best_loss, zones, curvature, critical,
    )  # fmt: skip


class Ray:
    """The loss along one direction; with pauses."""

    def __init__(self, surface: LossSurface, theta: Array, downhill: Array, start: float) -> None:
        self.surface, self.theta, self.downhill, self.start = surface, theta, downhill, start

    def loss(self, rate: float) -> Pauses[float]:
        """L(θ − η d); infinite when it is no number."""
        found = yield from self.surface.measured(self.theta - rate * self.downhill)
        return found if np.isfinite(found) else float("inf")

    def best(self, rates: Array, losses: Array) -> Pauses[tuple[float | None, float | None]]:
        """The minimum, by golden section in ln η between the neighbours of the smallest loss that was tried."""
        at = int(losses.argmin())
        if self.start - losses[at] <= ROUNDING * abs(self.start):
            return None, None
        left, right = np.log(rates[[max(0, at - 1), min(len(rates) - 1, at + 1)]])
        one, two = right - GOLDEN * (right - left), left + GOLDEN * (right - left)
        at_one = yield from self.loss(np.exp(one))
        at_two = yield from self.loss(np.exp(two))
        for _ in range(REFINEMENTS):
            if at_one < at_two:
                right, two, at_two = two, one, at_one
                one = right - GOLDEN * (right - left)
                at_one = yield from self.loss(np.exp(one))
            else:
                left, one, at_one = one, two, at_two
                two = left + GOLDEN * (right - left)
                at_two = yield from self.loss(np.exp(two))
        found = (float(losses[at]), float(rates[at])), (at_one, float(np.exp(one))), (at_two, float(np.exp(two)))
        loss, rate = min(found)
        return rate, loss

    def curvature(self) -> Pauses[float | None]:
        """dᵀHd / dᵀ∇L from the gradients a little before and behind θ; None where d does not lead down."""
        gradient = yield from self.surface.differentiated(self.theta)
        length, slope = float(np.linalg.norm(self.downhill)), gradient.dot(self.downhill)
        if not length or slope <= 0:
            return None
        # With a hundred-thousandth of a weight's size neither rounding nor higher derivatives count.
        little = 1e-5 * max(1.0, float(np.linalg.norm(self.theta)) / self.theta.size**0.5)
        shift = little / length * self.downhill
        above = yield from self.surface.differentiated(self.theta + shift)
        below = yield from self.surface.differentiated(self.theta - shift)
        bend = float((above - below).dot(self.downhill)) * length / (2 * little)
        return bend / float(slope) if np.isfinite(bend) else None


def zones_of(
    rates: Array, losses: Array, start: float, best_rate: float | None, best_loss: float | None
) -> tuple[Zone, ...]:
    """Where each zone ends; between two rates that were tried ln η is interpolated."""
    if best_rate is None or best_loss is None:
        drop = abs(start)
        ends = [crossing(rates, losses, start + share * drop) for share in (CRAWLS, 1.0)]
        return chained(rates, ("crawls", "overshoots", "diverges"), ends)
    drop, right = start - best_loss, rates > best_rate
    fits = crossing(rates, -losses, CRAWLS * drop - start)
    beyond = np.append(best_rate, rates[right]), np.append(best_loss, losses[right])
    ends = [min(fits, best_rate), *(crossing(*beyond, start + share * drop) for share in (-OVERSHOOTS, 1.0))]
    return chained(rates, ("crawls", "fits", "overshoots", "diverges"), ends)


def crossing(rates: Array, values: Array, level: float) -> float:
    """The first rate at which the values are above a level; the last one of all, if they never are."""
    above = np.flatnonzero(values > level)
    if not len(above):
        return float(rates[-1])
    at = int(above[0])
    if at == 0 or not np.isfinite(values[at]):
        return float(rates[at])
    share = (level - values[at - 1]) / (values[at] - values[at - 1])
    return float(rates[at - 1] * (rates[at] / rates[at - 1]) ** share)


def chained(rates: Array, names: tuple[str, ...], ends: list[float]) -> tuple[Zone, ...]:
    """One zone after the other; those without any rate in them are left out."""
    borders = [float(rates[0]), *ends, float(rates[-1])]
    return tuple(
        Zone(name, low, high) for name, low, high in zip(names, borders[:-1], borders[1:], strict=True) if low < high
    )
