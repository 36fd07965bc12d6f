"""What the inspector asks: a place of the network, its gradient's check, and a nudge by hand."""

from typing import TYPE_CHECKING, Any

from ..engine import ExperimentError
from ..engine.diagnostics import Place, check_place, inspect, nudge
from ..engine.diagnostics.place import NUMBERS

if TYPE_CHECKING:
    from .run import RoomRun

About = dict[str, Any]


def inspection(run: "RoomRun", about: About) -> dict[str, Any] | None:
    """The chain rule at a place, with the last step's numbers."""
    found = inspect(run.trainer, Place.of(about, run.trainer.network.sizes))
    return None if found is None else found.to_dict()


def inspection_check(run: "RoomRun", about: About) -> dict[str, Any] | None:
    """One weight's, bias's or input's gradient against a finite difference."""
    found = check_place(run.trainer, Place.of(about, run.trainer.network.sizes, NUMBERS))
    return None if found is None else found.to_dict()


def nudged(run: "RoomRun", about: About) -> dict[str, Any] | None:
    """What would follow if a number were moved; only while the run stands still."""
    if run.playing:
        raise ExperimentError("nudge", "a running run", "a paused one")
    place = Place.of({name: about[name] for name in about if name != "by"}, run.trainer.network.sizes, NUMBERS)
    found = nudge(run.trainer, place, about.get("by"))
    return None if found is None else found.to_dict()
