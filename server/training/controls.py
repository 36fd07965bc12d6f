"""What each command does to a room's run. Each is answered as soon as it is carried out: by an event, and a pulse."""

from typing import Any

from ...engine import ExperimentError
from . import changes, transport
from .rewind import leave
from .run import TrainingRun


def apply(run: TrainingRun, command: dict[str, Any], asker: object, now: float) -> None:
    """Carry out a decoded command; a refusal goes to the asker as an error event."""
    run.now = now
    if command["type"] not in READING:
        run.burst.leave()
    if run.held and command["type"] in MOVING:
        run.refuse(asker, command, command["type"], "a class that is paused", "a class that goes on")
        return
    if command["type"] in MOVING:
        leave(run)
    try:
        ACTIONS[command["type"]](run, command, asker, now)
    except ExperimentError as error:
        run.refuse(asker, command, error.field, error.was, error.expected)


def history(run: TrainingRun, command: dict[str, Any], asker: object, now: float) -> None:
    """The losses that a browser missed."""
    run.send_history(command["since"], asker)


def ask(run: TrainingRun, command: dict[str, Any], asker: object, now: float) -> None:
    """An instrument is read for whoever asked, as soon as the run has a moment."""
    run.queue.put(run, asker, command["what"], command["about"])
    run.queue.serve(run, now)


def cancel(run: TrainingRun, command: dict[str, Any], asker: object, now: float) -> None:
    """The long job ends."""
    run.queue.cancel(run)


#: Commands that make steps.
MOVING = ("play", "layer", "step", "advance")
#: Commands that alter nothing; any other one ends an `advance` that is under way.
READING = ("history", "ask", "cancel")
ACTIONS = {
    "play": transport.play, "pause": transport.pause, "layer": transport.one_layer, "step": transport.one_step,
    "back": transport.back, "rewind": transport.rewind, "visit": transport.visit, "reset": transport.reset,
    "speed": transport.speed, "advance": transport.advance, "preset": changes.preset, "set": changes.change,
    "history": history, "ask": ask, "cancel": cancel,
}  # fmt: skip
