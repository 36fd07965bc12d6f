"""What a run was told, and at which moment: each command is noted, and can be carried out again where it was.

A checkpoint and the notes after it are the whole run: trained to each note's moment and told the same again, it comes
out the same to the bit. Pure: the clock is handed in.
"""

from collections import deque
from collections.abc import Iterable
from typing import Any

from . import controls, transport
from .run import TrainingRun
from .wave import Wave, phase_seconds

Note = dict[str, Any]
#: They may lead to before the last checkpoint, where a repetition could not go: a checkpoint stands for their note.
BACKWARDS = ("back", "rewind", "visit")
#: Commands that need no note: those that alter nothing.
SILENT = controls.READING


def note(run: TrainingRun, command: dict[str, Any], now: float) -> Note:
    """A command that is about to be carried out, and the moment: which step, and how far it has come."""
    wave, trainer = run.wave, run.trainer
    if wave is not None:
        wave.move(now)
    return {
        "steps": trainer.steps, "pending": trainer.pending,
        "phase": wave.phase if wave is not None and trainer.pending else None,
        "diverged": trainer.stopped_by_divergence, "pace": run.steps_per_second, "command": command,
    }  # fmt: skip


def carry_out(run: TrainingRun, command: dict[str, Any], asker: object, now: float) -> None:
    """A viewer's command, or the class's `hold`."""
    if command["type"] == "hold":
        transport.hold(run, command["held"], now)
    else:
        controls.apply(run, command, asker, now)


class Repeat:
    """The notes that a run still has to repeat, the oldest first. Nobody is told: everybody has been."""

    def __init__(self, notes: Iterable[Note]) -> None:
        self._notes = deque(notes)

    def go_on(self, run: TrainingRun, now: float, deadline: float) -> bool:
        """Repeat until the deadline; whether all is done, and the run goes on from here by itself."""
        while self._notes:
            again = self._notes[0]
            if not reach(run, again, now, deadline):
                return False
            run.steps_per_second = again["pace"]  # marks of one drag are one mark, as they were
            run.repeating = True
            try:
                carry_out(run, again["command"], None, now)
            finally:
                run.repeating = False
                run.outbox.clear()
            self.skip()
            if self._notes and run.rates.clock() >= deadline:
                return False
        run.burst.serve(run, now, deadline)
        run.outbox.clear()
        if run.burst.goal is not None:
            return False
        run.awake(now)
        run.sent_records, run.measured_at = run.trainer.steps, -1
        return True

    def skip(self) -> None:
        """Leave the oldest note out."""
        self._notes.popleft()


def reach(run: TrainingRun, there: Note, now: float, deadline: float) -> bool:
    """Train towards the moment of a note, at most until the deadline; whether it has come."""
    trainer = run.trainer
    while trainer.steps < there["steps"] and trainer.stopped is None:
        run.wave, run.single = None, False
        trainer.run(min(run.at_once, there["steps"] - trainer.steps))
        if trainer.steps < there["steps"] and run.rates.clock() >= deadline:
            return False
    if (there["pending"] or there["diverged"]) and not trainer.pending:
        trainer.begin()
    if trainer.pending and there["phase"] is not None:
        seconds = phase_seconds(run.speed, run.layers)
        run.wave = Wave(run.layers, there["phase"], now, seconds, run.playing or run.single)
    if trainer.stopped is not None:  # it had ended by itself
        run.playing = run.single = False
    return True
