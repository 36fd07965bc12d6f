"""The learning-rate range test (Smith 2017): a copy of the run trains on while its rate grows step by step.

Smith reads the loss off the batches, as his data sets are large. Batches differ, so that their losses fall and rise
where nothing is learned; here it is the loss over all training samples, which on a stage are few.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ExperimentError
from ..tape import Array
from ..training.trainer import Trainer
from .finding import Finding
from .patience import Meter, without_pauses

LOW, HIGH = 1e-5, 10.0
#: The share of itself that the running mean of the loss keeps at each step.
KEPT = 0.8
#: The test is over when the smoothed loss is above so many times its best.
BLOWN_UP = 4.0
#: The smallest fall that says anything, as a share of the loss at the start.
LEAST = 0.01
#: The share of the whole fall at which learning has begun.
BEGUN = 0.1
FEWEST, MOST = 20, 2000


@dataclass(frozen=True)
class RangeProgress(Finding):
    """One step of the test: number `step` of at most `of`, the rate it was made with, the loss after it."""

    step: int
    of: int
    rate: float
    loss: float
    smoothed: float


@dataclass(frozen=True)
class RangeTest(Finding):
    """rates, losses, smoothed (steps made,); blown_up: whether it ended because the loss had.

    lowest     the rate from which on a tenth of the whole fall is done: smaller ones are slow
    steepest   the rate at which the smoothed loss falls fastest per factor of the rate: the largest one to train with
    best       the rate at the smallest smoothed loss: from there on steps are too large
    lowest and steepest are the suggested range. All three are None when the smoothed loss falls by less than a
    hundredth, or is at its best within the first tenth of the steps.
    """

    rates: Array
    losses: Array
    smoothed: Array
    blown_up: bool
    lowest: float | None
    steepest: float | None
    best: float | None


def range_test(trainer: Trainer, steps: int = 100) -> Generator[RangeProgress, None, RangeTest]:
    """Raise η from 10⁻⁵ to 10 by the same factor at each of at most so many steps; every step is yielded.

    The copy goes on from where the run stands, with its optimiser, memory and batches, without schedule and stopping
    criteria. It ends early when the smoothed loss is above four times its best, or no number. Whoever asks may stop
    asking at any time; the generator's value is the result (see `completed`).
    """
    return (yield from without_pauses(range_test_with_pauses(trainer, steps)))


def range_test_with_pauses(trainer: Trainer, steps: int = 100) -> Generator[RangeProgress | None, None, RangeTest]:
    """The same; of a large network it pauses within a step as well."""
    if not FEWEST <= steps <= MOST:
        raise ExperimentError("steps", steps, f"a whole number from {FEWEST} to {MOST:,}")
    if trainer.stopped_by_divergence:
        raise ExperimentError("run", "diverged", "a run whose numbers are finite; rewind or reset it")
    copy, meter = Trainer.from_state(trainer.state(rows=0)), Meter()
    size = copy.network.theta.size
    whole, batch = size * len(copy.data.x_train), 3 * size * copy.experiment.batch_size
    if meter.due(2 * whole):
        yield None
    copy.set(schedule="constant", stop_loss=None, stop_patience=None, stop_epochs=None)
    losses: list[float] = []
    smoothed: list[float] = []
    running, weight = 0.0, 0.0
    rates = np.geomspace(LOW, HIGH, steps)
    for step, rate in enumerate(rates.tolist(), 1):
        copy.set(learning_rate=min(HIGH, max(LOW, rate)))
        copy.step()
        if meter.due(batch):
            yield None
        loss = copy.train_loss()
        meter.due(whole)
        # A running mean that starts empty is too small; dividing by its weights' sum mends that (as Adam does).
        running, weight = KEPT * running + (1 - KEPT) * loss, KEPT * weight + 1 - KEPT
        losses.append(loss)
        smoothed.append(running / weight)
        yield RangeProgress(step, steps, rate, loss, smoothed[-1])
        if copy.stopped is not None or not smoothed[-1] <= BLOWN_UP * min(smoothed):
            break
    blown_up = len(losses) < steps or copy.stopped is not None
    made = rates[: len(losses)]
    return RangeTest(made, np.array(losses), np.array(smoothed), blown_up, *suggested(made, smoothed))


def suggested(rates: Array, smoothed: Sequence[float]) -> tuple[float | None, float | None, float | None]:
    """The lowest, the steepest and the best rate.

    Slopes are those of straight lines against ln η, through a tenth of all points.
    """
    curve = np.array(smoothed)
    reach = max(2, len(curve) // 20)
    at_best = int(np.where(np.isfinite(curve), curve, np.inf).argmin())
    if at_best <= 2 * reach or not np.isfinite(curve[: at_best + 1]).all():
        return None, None, None
    start = float(curve[0])
    fall = start - float(curve[at_best])
    if fall < LEAST * start:
        return None, None, None
    lowest = 1 + int(np.flatnonzero(curve[:at_best] > start - BEGUN * fall)[-1])
    places = np.arange(-reach, reach + 1)
    # The line around point i takes points i − reach .. i + reach; beyond the minimum the curve counts as flat.
    flat = np.concatenate([curve[: at_best + 1], np.full(reach, curve[at_best])])
    slopes = np.convolve(flat, -places, "valid") / places.dot(places)
    first = max(lowest, reach)
    steepest = first + int(slopes[first - reach :].argmin())
    return float(rates[lowest]), float(rates[steepest]), float(rates[at_best])
