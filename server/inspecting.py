"""What the inspector asks: a place of the network, its gradient's check, and a nudge by hand."""

from typing import TYPE_CHECKING, Any

from ..engine import ExperimentError
from ..engine.diagnostics import LayerInspection, Place, check_layer, check_place, inspect, nudge
from ..engine.diagnostics.place import NUMBERS

if TYPE_CHECKING:
    from .run import RoomRun

About = dict[str, Any]
#: Units of a layer that are sent, into it and out of it: as many as a column of the drawing has. Norms are of all.
UNITS = 16
#: Digits of a cell of a picture; norms and scalars have all of theirs.
DIGITS = 5


def inspection(run: "RoomRun", about: About) -> dict[str, Any] | None:
    """The chain rule at a place, with the last step's numbers."""
    found = inspect(run.trainer, Place.of(about, run.trainer.network.sizes))
    if found is None:
        return None
    told = found.to_dict()
    return trimmed(told) if isinstance(found, LayerInspection) else told


def trimmed(value: Any) -> Any:
    """A layer's arrays as a picture needs them: their first rows and columns, their first digits."""
    if isinstance(value, dict):
        return {name: trimmed(part) for name, part in value.items()}
    if not isinstance(value, list) or not value:
        return value
    if isinstance(value[0], list):
        return [trimmed(row) for row in value[:UNITS]]
    return value if all(isinstance(part, int) for part in value) else [short(part) for part in value[:UNITS]]


def short(value: float | None) -> float | None:
    """A number in as many digits as a picture needs."""
    return None if value is None else float(f"{value:.{DIGITS}g}")


def inspection_check(run: "RoomRun", about: About) -> dict[str, Any] | None:
    """A weight's, a bias's, an input's or a whole layer's gradient against finite differences."""
    place = Place.of(about, run.trainer.network.sizes, (*NUMBERS, "layer"))
    found = check_layer(run.trainer, place) if place.kind == "layer" else check_place(run.trainer, place)
    return None if found is None else found.to_dict()


def nudged(run: "RoomRun", about: About) -> dict[str, Any] | None:
    """What would follow if a number were moved; only while the run stands still."""
    if run.playing:
        raise ExperimentError("nudge", "a running run", "a paused one")
    place = Place.of({name: about[name] for name in about if name != "by"}, run.trainer.network.sizes, NUMBERS)
    found = nudge(run.trainer, place, about.get("by"))
    return None if found is None else found.to_dict()
