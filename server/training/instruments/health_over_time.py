"""Gradient health over time is recorded while somebody looks at it, and not otherwise."""

import math
from typing import TYPE_CHECKING, Any

from ....engine import ExperimentError
from ....engine.diagnostics.bands import KEPT, QUANTITIES, Bands
from .experiments import read_about

if TYPE_CHECKING:
    from ..run import TrainingRun

#: Seconds after a question for which somebody is taken to look still: the page asks every second.
LOOKED_AT = 3.0
#: Seconds between two moments at least, and how many times as long as one takes.
EVERY, COST_SHARE = 0.1, 30.0
#: Moments times layers that are sent at most, and fewest moments of a deep network; digits of their numbers.
MOST_SENT, FEWEST, DIGITS = 1400, 32, 3


class Watch:
    """What is recorded of one room's run, and when the next moment has its turn."""

    def __init__(self) -> None:
        self.bands = Bands()
        self.until = self.due_at = float("-inf")
        #: Of which generation of the run; whether nobody has looked since the last moment.
        self.of, self.lapsed = 0, False

    def asked(self, run: "TrainingRun", now: float) -> None:
        """Somebody looks: the step of this moment is recorded."""
        self.lapsed = self.lapsed or now > self.until
        self.until = now + LOOKED_AT
        self._record(run, now)

    def look(self, run: "TrainingRun", now: float) -> None:
        """Record a moment, if somebody looks and it is time."""
        if self.due(now):
            self._record(run, now)

    def due(self, now: float) -> bool:
        """Whether somebody looks, and it is time for a moment."""
        return self.due_at <= now <= self.until

    def _record(self, run: "TrainingRun", now: float) -> None:
        trace = run.trainer.trace
        if self.of != run.run:
            self.bands, self.of, self.lapsed = Bands(), run.run, False
        last = self.bands.moments[-1].step if self.bands.moments else None
        if trace is None or last == trace.step:
            return
        started = run.rates.clock()
        self.bands.add(trace, self.lapsed)
        self.lapsed = False
        self.due_at = now + max(EVERY, COST_SHARE * run.sharers * (run.rates.clock() - started))


def health_over_time(run: "TrainingRun", about: dict[str, Any]) -> dict[str, Any] | None:
    """Percentiles of a quantity in every layer, of all moments recorded; None before the first step."""
    (quantity,) = read_about(about, quantity="delta")
    if quantity not in QUANTITIES:
        raise ExperimentError("about.quantity", quantity, f"one of {', '.join(QUANTITIES)}")
    watch = run.queue.watch
    watch.asked(run, run.now)
    if not watch.bands.moments:
        return None
    found = watch.bands.of(quantity, min(KEPT, max(FEWEST, MOST_SENT // run.layers)))
    return {
        "step": found.steps[-1], "quantity": quantity, "steps": list(found.steps), "began": list(found.began),
        "layers": [
            {"layer": layer, "bands": [[short(value) for value in band] for band in bands.tolist()]}
            for layer, bands in enumerate(found.bands, 1)
        ],
    }  # fmt: skip


def short(value: float) -> float | None:
    """As many digits as a curve needs; None for what is no number."""
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
