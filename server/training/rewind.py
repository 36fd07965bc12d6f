"""Looking back: a run stands at an earlier step, and what came after it is kept until the run goes another way.

Pure: the clock is handed in.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from ...engine import State
from ...engine.tape import Array
from ...engine.training.history import ALL
from ...engine.training.timeline import Timeline

if TYPE_CHECKING:
    from .run import TrainingRun

#: Rows of history that are kept for another process.
PACKED_ROWS = 1000


class Future(NamedTuple):
    """Where a run had come before somebody looked back."""

    state: State
    timeline: Timeline
    marks: list[dict[str, Any]]

    @property
    def steps(self) -> int:
        """How far that was."""
        return self.state.steps

    def since(self, step: int, at_most: int) -> Array:
        """The rows after this step, as of `History`, thinned to at_most; the last one is always there."""
        rows = self.state.history[self.state.history[:, 0] > step]
        return rows[:: -max(1, -(-len(rows) // at_most))][::-1]

    def to_bytes(self) -> bytes:
        """The state, with fewer rows: from there one can return to it, but not to what lay between."""
        return self.state._replace(history=self.since(-1, PACKED_ROWS)).to_bytes()


def unpacked(packed: bytes, marks: list[dict[str, Any]]) -> Future:
    """A tip from its bytes."""
    timeline = Timeline()
    timeline.keep(State.from_bytes(packed))
    return Future(timeline.states[-1], timeline, marks)


def future_of(run: "TrainingRun") -> Future:
    """Of a run as it is now; a half made step is not part of it."""
    return Future(run.trainer.state(ALL), run.trainer.timeline.copy(), run.marks)


def stand_at(run: "TrainingRun", step: int) -> None:
    """Bring the trainer to a step, or as near as its past is kept: back, or forward to where it had come."""
    trainer, tip = run.trainer, run.tip or future_of(run)
    step = min(max(step, tip.timeline.oldest), tip.steps)
    if step > trainer.steps:
        trainer.return_to(tip.state, tip.timeline.copy())
    trainer.go_to(step, run.on_the_way)
    run.tip = tip if step < tip.steps else None
    run.marks = tip.marks


def leave(run: "TrainingRun") -> None:
    """The run goes another way from here: what came after is gone."""
    if run.tip is None:
        return
    run.tip = None
    run.marks = [mark for mark in run.marks if mark["step"] <= run.trainer.steps]
    run.tell_marks()
    run.tell_state()
    run.send_history(max(-1, run.trainer.steps - 1))
