"""What the inspector asks: a place of the network, its gradient's check, and a nudge by hand."""

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from ....engine import ExperimentError
from ....engine.diagnostics import (
    LayerCheck,
    LayerInspection,
    Pauses,
    Place,
    PlaceCheck,
    check_layer_with_pauses,
    check_place_with_pauses,
    inspect,
    nudge_with_pauses,
)  # fmt: skip
from ....engine.diagnostics.finding import Finding, plain
from ....engine.diagnostics.place import NUMBERS

if TYPE_CHECKING:
    from ..run import TrainingRun

About = dict[str, Any]
#: Units of a layer that are sent, into it and out of it: as many as a column of the drawing has. Norms are of all.
UNITS = 16
#: Digits of a cell of a picture; norms and scalars have all of theirs.
DIGITS = 5


def inspection(run: "TrainingRun", about: About) -> dict[str, Any] | None:
    """The chain rule at a place, with the last step's numbers."""
    found = inspect(run.trainer, Place.of(about, run.trainer.network.sizes))
    if found is None:
        return None
    if isinstance(found, LayerInspection):
        layer: dict[str, Any] = trimmed(found)
        return layer
    return found.to_dict()


def trimmed(value: Any) -> Any:
    """A layer as plain data, its arrays as a picture needs them: their first rows and columns, their first digits."""
    if isinstance(value, Finding):
        return {row.name: trimmed(getattr(value, row.name)) for row in fields(value)}  # type: ignore[arg-type]
    if isinstance(value, dict):
        return {name: trimmed(part) for name, part in value.items()}
    if isinstance(value, np.ndarray):
        return cells(plain(value[(slice(UNITS),) * value.ndim]))
    return plain(value)


def cells(value: Any) -> Any:
    """Numbers, in rows or not, in as many digits as a picture needs."""
    return [cells(part) for part in value] if isinstance(value, list) else short(value)


def short(value: float | None) -> float | None:
    """A number in as many digits as a picture needs."""
    return None if value is None else float(f"{value:.{DIGITS}g}")


def inspection_check(run: "TrainingRun", about: About) -> Pauses[dict[str, Any] | None]:
    """A weight's, a bias's, an input's or a whole layer's gradient against finite differences."""
    place = Place.of(about, run.trainer.network.sizes, (*NUMBERS, "layer"))
    found: LayerCheck | PlaceCheck | None
    if place.kind == "layer":
        found = yield from check_layer_with_pauses(run.trainer, place)
    else:
        found = yield from check_place_with_pauses(run.trainer, place)
    return None if found is None else found.to_dict()


def nudged(run: "TrainingRun", about: About) -> Pauses[dict[str, Any] | None]:
    """What would follow if a number were moved; only while the run stands still."""
    if run.playing:
        raise ExperimentError("nudge", "a running run", "a paused one")
    place = Place.of({name: about[name] for name in about if name != "by"}, run.trainer.network.sizes, NUMBERS)
    found = yield from nudge_with_pauses(run.trainer, place, about.get("by"))
    return None if found is None else found.to_dict()
