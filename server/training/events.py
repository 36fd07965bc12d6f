"""The events of a room's run: what it says in words, besides the frames that show it."""

from typing import TYPE_CHECKING, Any

from ...engine import to_address
from . import encode

if TYPE_CHECKING:
    from .feed import Feed

Event = dict[str, Any]
#: The setting that `settings` leaves out where it is one.
TABLE = "own_data"


def state(run: "Feed") -> Event:
    """Whether it trains, how fast, and why not."""
    stopped = run.trainer.stopped
    return {
        "type": "state", "playing": run.playing, "speed": run.speed, "status": run.status,
        "stop": None if stopped is None else stopped.to_dict(), "can_go_back": run.trainer.can_go_back,
        "tip": None if run.tip is None else run.tip.steps,
    }  # fmt: skip


def settings(run: "Feed") -> Event:
    """The experiment, and its address; a table of one's own, which may be long, comes with the run alone."""
    experiment = run.trainer.experiment
    told = {name: value for name, value in experiment.to_dict().items() if name != TABLE or value is None}
    return {
        "type": "settings", "experiment": told, "revision": run.revision, "preset": run.preset,
        "address": to_address(experiment, without=(TABLE,)),
    }  # fmt: skip


def generation(run: "Feed") -> list[Event]:
    """A new generation, or new data or layers' functions in this one; samples only where they can be drawn."""
    events = [{"type": "run", "run": run.run, "schema": run.run, **encode.describe_run(run.trainer)}]
    data = encode.describe_data(run.trainer)
    return events if data is None else [*events, {"type": "data", "run": run.run, **data}]
