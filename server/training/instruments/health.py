"""What is asked of a run's health: distributions, δ taken apart, how it blew up; small enough for twice a second."""

from typing import TYPE_CHECKING, Any

from ....engine import ACTIVATIONS
from ....engine.diagnostics import (
    Distribution,
    LayerTakenApart,
    Pauses,
    autopsy_with_pauses,
    gradient_health_with_pauses,
    take_apart,
)  # fmt: skip

if TYPE_CHECKING:
    from ..run import TrainingRun

#: Units of a layer whose vectors are sent: more than a column of the drawing has. Norms and counts are of all.
UNITS = 32
#: Digits of a vector's numbers: as many as float32 has.
DIGITS = 7
DISTRIBUTIONS = ("z", "a", "delta", "gradient")


def health(run: "TrainingRun", about: dict[str, Any]) -> Pauses[dict[str, Any] | None]:
    """Every layer's distributions, measured and predicted factors, saturated and dead units of the last step."""
    trace, apart = run.trainer.trace, take_apart(run.trainer)
    found = yield from gradient_health_with_pauses(run.trainer)
    if trace is None or found is None or apart is None:
        return None
    layers = [
        {
            **layer.to_dict(),
            **{name: histogram(getattr(layer, name)) for name in DISTRIBUTIONS},
            **flat_units(taken),
        }
        for layer, taken in zip(found, apart, strict=True)
    ]
    return {"step": trace.step, "layers": layers}


def histogram(distribution: Distribution) -> dict[str, Any]:
    """A distribution whose bins, all of the same width, are told by their two ends."""
    found = distribution.to_dict()
    edges = found.pop("edges")
    return {**found, "bounds": [edges[0], edges[-1]]}


def flat_units(layer: LayerTakenApart) -> dict[str, Any]:
    """Which units let hardly any error through, and of how many."""
    return {"units": len(layer.mean_slope), "saturated": list(layer.saturated), "dead": list(layer.dead)}


def taken_apart(run: "TrainingRun", about: dict[str, Any]) -> dict[str, Any] | None:
    """Error, slope and δ of every layer of the last step, on the shown sample; norms over the batch."""
    trace, found = run.trainer.trace, take_apart(run.trainer)
    if trace is None or found is None:
        return None
    layers = []
    for layer in found:
        row = layer.to_dict()
        del row["mean_slope"]
        for name in ("error", "slope", "delta"):
            row[name] = [short(value) for value in row[name][:UNITS]]
        layers.append({**row, **flat_units(layer), "steepest": ACTIVATIONS[layer.activation].steepest})
    return {"step": trace.step, "layers": layers}


def short(value: float | None) -> float | None:
    """A number of single precision in as many digits as it has."""
    return None if value is None else float(f"{value:.{DIGITS}g}")


def blow_up(run: "TrainingRun", about: dict[str, Any]) -> Pauses[dict[str, Any] | None]:
    """The last steps of a run that has diverged, layer by layer; None of any other run."""
    found = yield from autopsy_with_pauses(run.trainer)
    return None if found is None else found.to_dict()
