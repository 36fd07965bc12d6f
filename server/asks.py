"""What is asked of a run besides watching it: instruments that are read on request. Pure: the clock is handed in.

Of each viewer's question only the latest waits. Answers, and the parts of long jobs, take at most a fifth of a
playing run's time: looking must not slow what is looked at.
"""

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine import ExperimentError, Report, report
from ..engine.diagnostics import check_run

if TYPE_CHECKING:
    from .run import RoomRun

#: After an answer that took so long, a playing run has this many times as long for itself.
REST = 4.0
About = dict[str, Any]


def gradient_check(run: "RoomRun", about: About) -> dict[str, Any] | None:
    """This moment's gradients against finite differences; None before the first finite step."""
    found = check_run(run.trainer)
    return None if found is None else {"step": run.trainer.steps, **vars(found)}


def scores(run: "RoomRun", about: About) -> dict[str, Any]:
    """Loss, accuracy, confusion, precision and recall, or R² and RMSE, on both parts of the data."""
    trainer = run.trainer
    return {part: plain(report(trainer.network, trainer.data, part)) for part in ("train", "test")}


def plain(found: Report) -> dict[str, Any]:
    """A report as JSON: what is no number is null."""
    return {name: finite(value) for name, value in vars(found).items()}


def finite(value: Any) -> Any:
    """Lists for arrays, None for NaN and infinities."""
    if isinstance(value, np.ndarray):
        return [finite(item) for item in value.tolist()]
    if isinstance(value, list):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


#: Answered at once: name → function of the run and what is asked about, to JSON; None when there is nothing to tell.
ASKS: dict[str, Callable[["RoomRun", About], dict[str, Any] | None]] = {
    "gradient_check": gradient_check, "report": scores,
}  # fmt: skip
#: Worked at in parts: each part says how far it is (`progress`, 0 to 1); the last one has the result.
JOBS: dict[str, Callable[["RoomRun", About], Iterator[dict[str, Any]]]] = {}


class Asks:
    """The questions and the job of one room."""

    def __init__(self) -> None:
        self.waiting: dict[tuple[object, str], About] = {}
        self.job: tuple[object, str, Iterator[dict[str, Any]]] | None = None
        self.free_at = 0.0

    def put(self, run: "RoomRun", asker: object, what: str, about: About) -> None:
        """A question, or a job that takes the place of the one there is; ExperimentError for an unknown name."""
        if what in JOBS:
            self.cancel(run)
            self.job = asker, what, JOBS[what](run, about)
        elif what in ASKS:
            self.waiting[asker, what] = about
        else:
            raise ExperimentError("what", what, f"one of {', '.join([*ASKS, *JOBS])}")

    def cancel(self, run: "RoomRun") -> None:
        """End the job, if there is one; whoever asked is told."""
        if self.job is not None:
            asker, what, _ = self.job
            self.job = None
            run.outbox.append(("reply", asker, answer(run, what, None, cancelled=True)))

    @property
    def next_due(self) -> float | None:
        """When something here wants to be done."""
        return self.free_at if self.waiting or self.job is not None else None

    def serve(self, run: "RoomRun", now: float) -> None:
        """Answer one question, or do one part of the job, if it is time."""
        if now < self.free_at or not (self.waiting or self.job):
            return
        clock = run.rates.clock
        started = clock()
        try:
            self._one(run)
        finally:
            spent = clock() - started
            self.free_at = now + spent * (1 + REST if run.playing else 1)

    def _one(self, run: "RoomRun") -> None:
        if self.waiting:
            (asker, what), about = next(iter(self.waiting.items()))
            del self.waiting[asker, what]
            try:
                run.outbox.append(("reply", asker, answer(run, what, ASKS[what](run, about))))
            except ExperimentError as error:
                event = {
                    "type": "error", "command": None, "field": error.field, "was": repr(error.was)[:200],
                    "expected": error.expected, "message": str(error),
                }  # fmt: skip
                run.outbox.append(("reply", asker, event))
        elif self.job is not None:
            asker, what, parts = self.job
            part = next(parts, None)
            if part is None:
                self.job = None
            else:
                run.outbox.append(("reply", asker, answer(run, what, part)))


def answer(run: "RoomRun", what: str, found: dict[str, Any] | None, cancelled: bool = False) -> dict[str, Any]:
    """The event that a question is answered by."""
    return {"type": "answer", "what": what, "run": run.run, "found": found, "cancelled": cancelled}
