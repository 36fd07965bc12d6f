"""What is asked of a run besides watching it: instruments that are read on request. Pure: the clocks are handed in.

Of each viewer's question only the latest waits. Answers, and the parts of long jobs, take a seventh of a playing
run's time, at most a fifth with all that sending them takes: looking must not slow what is looked at.
"""

from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any

from ....engine import ExperimentError
from ....engine.diagnostics import Pauses
from ...wire.refusal import CANNOT_BE, error_event, shown, words
from .. import clocks
from .experiments import lens, loss_landscape, rate_range
from .health import blow_up, health, taken_apart
from .health_over_time import Watch, health_over_time
from .inspector import inspection, inspection_check, nudged
from .scores import figures, gradient_check, scores

if TYPE_CHECKING:
    from ..run import TrainingRun

#: After an answer that took so long, a playing run has this many times as long for itself: with what sending takes as
#: well, a fifth of the time goes to answers at most.
REST = 6.0
About = dict[str, Any]


Found = dict[str, Any] | None
#: Name → function of the run and what is asked about, to JSON; None when there is nothing to tell. What takes long
#: in a large network comes with pauses.
ASKS: dict[str, Callable[["TrainingRun", About], Found | Pauses[Found]]] = {
    "gradient_check": gradient_check,
    "report": scores,
    "figures": figures,
    "lens": lens,
    "health": health,
    "health_over_time": health_over_time,
    "taken_apart": taken_apart,
    "blow_up": blow_up,
    "inspection": inspection,
    "inspection_check": inspection_check,
    "nudge": nudged,
}
#: Worked at in parts: each part says how far it is (`progress`, 0 to 1); the last one has the `result`.
JOBS: dict[str, Callable[["TrainingRun", About], Iterator[dict[str, Any]]]] = {
    "range_test": rate_range,
    "landscape": loss_landscape,
}


class Queue:
    """The questions and the job of one room. `processor` has the seconds of processor time that were used."""

    def __init__(self, processor: Callable[[], float] = clocks.processor) -> None:
        self._processor = processor
        self.waiting: dict[tuple[object, str], About] = {}
        #: The question that is being answered: who asked, what, about what, of which generation, and the rest of it.
        self.question: tuple[object, str, About, int, Pauses[Found]] | None = None
        #: Who asked for what, of which generation of the run, and the parts still to be done.
        self.job: tuple[object, str, int, Iterator[dict[str, Any]]] | None = None
        self.free_at = 0.0
        self.watch = Watch()

    def put(self, run: "TrainingRun", asker: object, what: str, about: About) -> None:
        """A question, or a job that takes the place of the one there is; ExperimentError for an unknown name."""
        if what in JOBS:
            parts = JOBS[what](run, about)
            self.cancel(run)
            self.job = asker, what, run.run, parts
        elif what in ASKS:
            self.waiting[asker, what] = about
        else:
            raise ExperimentError("what", what, f"one of {', '.join([*ASKS, *JOBS])}")

    def cancel(self, run: "TrainingRun") -> None:
        """End the job, if there is one; whoever asked is told."""
        if self.job is not None:
            asker, what, *_ = self.job
            self.job = None
            run.outbox.append(("reply", asker, answer(run, what, None, cancelled=True)))

    @property
    def next_due(self) -> float | None:
        """When something here wants to be done."""
        return self.free_at if self.waiting or self.question or self.job else None

    def serve(self, run: "TrainingRun", now: float) -> None:
        """Record what is being watched; answer one question, or do one part of the job, if it is time."""
        working = now >= self.free_at and (self.waiting or self.question or self.job)
        if not working and not self.watch.due(now):
            return
        began = self._processor()
        self.watch.look(run, now)
        if working:
            self._work(run, now)
        run.asked += self._processor() - began

    def _work(self, run: "TrainingRun", now: float) -> None:
        clock = run.rates.clock
        started = clock()
        try:
            self._one(run)
        finally:
            spent = clock() - started
            self.free_at = now + spent * (1 + REST if run.playing else 1)

    def _one(self, run: "TrainingRun") -> None:
        if self.question is not None:
            self._go_on(run, *self.question)
        elif self.waiting:
            (asker, what), about = next(iter(self.waiting.items()))
            del self.waiting[asker, what]
            try:
                found = ASKS[what](run, about)
            except ExperimentError as error:
                self._refuse(run, asker, error)
                return
            if isinstance(found, Generator):
                self.question = asker, what, about, run.run, found
                self._go_on(run, *self.question)
            else:
                run.outbox.append(("reply", asker, answer(run, what, found)))
        elif self.job is not None:
            self._part(run, *self.job)

    def _go_on(
        self, run: "TrainingRun", asker: object, what: str, about: About, generation: int, rest: Pauses[Found]
    ) -> None:
        """With the question that is being answered, until its next pause."""
        self.question = None
        if generation != run.run:  # what it looked at is gone: once more, of what there is
            self.waiting.setdefault((asker, what), about)
            return
        try:
            next(rest)
        except StopIteration as end:
            run.outbox.append(("reply", asker, answer(run, what, end.value)))
        except ExperimentError as error:
            self._refuse(run, asker, error)
        else:
            self.question = asker, what, about, generation, rest

    @staticmethod
    def _refuse(run: "TrainingRun", asker: object, error: ExperimentError) -> None:
        event = error_event(error.field, shown(error.was), error.expected, CANNOT_BE)
        run.outbox.append(("reply", asker, event))

    def _part(
        self, run: "TrainingRun", asker: object, what: str, generation: int, parts: Iterator[dict[str, Any]]
    ) -> None:
        if generation != run.run:  # what it looked at is gone
            self.cancel(run)
            return
        try:
            part = next(parts, None)
        except ExperimentError as error:
            self.job = None
            refused = words(error.field, shown(error.was), error.expected)
            run.outbox.append(("reply", asker, {**answer(run, what, None), "refused": refused}))
            return
        if part is None:
            self.job = None
        elif part:  # else it is a pause
            run.outbox.append(("reply", asker, answer(run, what, part)))


def answer(run: "TrainingRun", what: str, found: dict[str, Any] | None, cancelled: bool = False) -> dict[str, Any]:
    """The event that a question is answered by."""
    return {
        "type": "answer", "what": what, "run": run.run, "found": found, "cancelled": cancelled, "refused": None,
    }  # fmt: skip
