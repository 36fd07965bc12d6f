"""A number of steps in one go, for whoever keeps several rooms in step. Pure: the clock is handed in.

A paused run makes exactly the steps that it was told to, in portions that leave other rooms their turn, and answers
once: with the state, one pulse that has the records of these steps, and pictures if they were asked for.
"""

from typing import TYPE_CHECKING

from ..limits import MOST_STEPS
from ..wire.protocol import BELIEF, PARAMETERS, PULSE, RESPONSE
from . import encode

if TYPE_CHECKING:
    from .run import TrainingRun


class Burst:
    """The steps that one room still has to make."""

    def __init__(self) -> None:
        self.goal: int | None = None
        self.pictures = False
        self.since = 0

    def next_due(self, now: float) -> float | None:
        """Now, while there are steps to make."""
        return None if self.goal is None else now

    def go(self, run: "TrainingRun", steps: int, pictures: bool) -> None:
        """So many steps from here; one that is half made is finished first and is none of them."""
        run.wave, run.single = None, False
        if run.trainer.pending:
            run.trainer.finish()
        self.since, self.pictures = run.trainer.steps, pictures
        self.goal = run.trainer.steps + steps

    def leave(self) -> None:
        """Another command has the say: these steps are not made, and not answered."""
        self.goal = None

    def serve(self, run: "TrainingRun", now: float, deadline: float) -> None:
        """Make steps until the deadline; the answer when all are made, or when the run has ended by itself."""
        if self.goal is None:
            return
        trainer = run.trainer
        while trainer.steps < self.goal and trainer.stopped is None:
            trainer.run(min(run.at_once, self.goal - trainer.steps))
            if run.rates.clock() >= deadline:
                break
        run.dirty = True
        if trainer.steps < self.goal and trainer.stopped is None:
            return
        self.goal = None
        self._answer(run, now)

    def _answer(self, run: "TrainingRun", now: float) -> None:
        if not run.trainer.stopped_by_divergence:
            run.measure(now)
        run.tell_state()
        if self.pictures or run.trainer.stopped is not None:
            run.tell_diagnosis(now)
            run.send(now, PARAMETERS, RESPONSE, BELIEF)
        header, rows = run.header(now, PULSE), run.trainer.history.since(self.since, MOST_STEPS)
        run.sent_records = run.trainer.steps
        run.outbox.append(("frame", PULSE, encode.pulse_frame(run.trainer, header, 0.0, rows)))
