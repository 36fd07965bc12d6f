"""The inspector: the chain rule at one place of the network, with the numbers of the last step.

Everything stands there twice: for the sample on show, and as the mean over the batch.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..step.trace import Trace
from ..tape import Array
from ..training.trainer import Trainer
from .finding import Finding
from .layer_apart import LayerInspection, inspect_layer
from .loss_apart import LossInspection, inspect_loss
from .place import Place, last_step
from .updates import Update, take_update_apart

#: From an array over the batch to one number: that of the sample on show, or the mean.
Look = Callable[[Array], Array]


@dataclass(frozen=True)
class Term(Finding):
    """One product of a sum: weight times what comes along the connection from, or back from, this unit."""

    unit: int
    weight: float
    value: float
    product: float


@dataclass(frozen=True)
class UnitView(Finding):
    """One unit, of one sample or in the mean.

    terms      w·h of every connection into it, the largest first; z is their sum + bias
    normed     what goes into the activation, where the layer is normalised, else None
    a, mask, skipped, passed   the activation; what dropout multiplies it by; what a residual connection adds (both
                               None where there is none); what is passed on
    back       w·δ of every connection out of it, the largest first; with `past`, the error that comes around the next
               layer by a residual connection, their sum is the error arriving. Empty at the output
    error, slope, delta   ∂L/∂h, σ′(z), ∂L/∂z
    """

    terms: tuple[Term, ...]
    z: float
    normed: float | None
    a: float
    mask: float | None
    skipped: float | None
    passed: float
    back: tuple[Term, ...]
    past: float | None
    error: float
    slope: float
    delta: float


@dataclass(frozen=True)
class UnitInspection(Finding):
    """A unit. taken_over: the loss has taken its activation over, so that error = δ and slope = 1.

    delta_sum is Σ δ over the batch, which is ∂L/∂b; `update` is that of its bias.
    """

    place: Place
    step: int
    batch: int
    activation: str
    normalised: bool
    taken_over: bool
    bias: float
    sample: UnitView
    mean: UnitView
    delta_sum: float
    update: Update


@dataclass(frozen=True)
class WeightView(Finding):
    """δ of the unit, what came along the connection (1 for a bias), and their product."""

    delta: float
    value: float
    product: float


@dataclass(frozen=True)
class WeightInspection(Finding):
    """A weight or a bias. total is Σ δ·h over the batch; with l1 and l2, what penalties add, it is ∂L/∂w."""

    place: Place
    step: int
    batch: int
    sample: WeightView
    mean: WeightView
    total: float
    l1: float
    l2: float
    update: Update


@dataclass(frozen=True)
class InputView(Finding):
    """An input: its value, w·δ of every connection out of it, and their sum, ∂L/∂x."""

    value: float
    back: tuple[Term, ...]
    error: float


@dataclass(frozen=True)
class InputInspection(Finding):
    """An input of the network."""

    place: Place
    step: int
    batch: int
    sample: InputView
    mean: InputView


Inspection = UnitInspection | WeightInspection | LayerInspection | InputInspection | LossInspection


def inspect(trainer: Trainer, place: Place) -> Inspection | None:
    """Look into the last step at a place; None when there is no step that this network has made."""
    trace = last_step(trainer)
    return None if trace is None else INSPECTORS[place.kind](trainer, trace, place)


def looks(trace: Trace) -> tuple[Look, Look]:
    """Of the sample on show, and in the mean over the batch: both along the first axis, in float64."""
    return (
        lambda array: array[trace.shown].astype(np.float64),
        lambda array: array.astype(np.float64).mean(0),
    )


def inspect_unit(trainer: Trainer, trace: Trace, place: Place) -> UnitInspection:
    """z term by term, a, the error arriving term by term, slope, δ."""
    network, layer, unit = trace.network, place.layer, place.unit
    sample, mean = (unit_view(trace, place, look) for look in looks(trace))
    return UnitInspection(
        place, trace.step, len(trace.x), network.activations[layer - 1], network.normalised(layer),
        network.fused and layer == len(network.sizes) - 1, float(trace.parameters[f"layer{layer}.bias"][unit]),
        sample, mean, float(trace.delta[layer][:, unit].astype(np.float64).sum()),
        take_update_apart(trainer, trace, place),
    )  # fmt: skip


def unit_view(trace: Trace, place: Place, look: Look) -> UnitView:
    """One side of a unit's inspection."""
    network, layer, unit, last = trace.network, place.layer, place.unit, len(trace.network.sizes) - 1

    def at(values: list[Array]) -> float:
        return float(look(values[layer])[unit])

    weights = trace.parameters[f"layer{layer}.weight"][:, unit]
    past = network.skips(layer + 1) if layer < last else False
    return UnitView(
        terms(weights, look(trace.h[layer - 1])),
        at(trace.z),
        at(trace.normed) if network.normalised(layer) else None,
        at(trace.a),
        at(trace.masks) if trace.masks is not None and layer < last else None,
        float(look(trace.h[layer - 1])[unit]) if network.skips(layer) else None,
        at(trace.h),
        back(trace, layer, unit, look) if layer < last else (),
        float(look(trace.error[layer + 1])[unit]) if past else None,
        at(trace.error),
        at(trace.slope),
        at(trace.delta),
    )


def terms(weights: Array, values: Array) -> tuple[Term, ...]:
    """Products, the largest first."""
    wide = weights.astype(np.float64)
    products = wide * values
    order = np.argsort(-np.abs(products), kind="stable")
    return tuple(Term(int(i), float(wide[i]), float(values[i]), float(products[i])) for i in order)


def back(trace: Trace, layer: int, unit: int, look: Look) -> tuple[Term, ...]:
    """What comes back to a unit from the layer behind it."""
    return terms(trace.parameters[f"layer{layer + 1}.weight"][unit], look(trace.delta[layer + 1]))


def inspect_weight(trainer: Trainer, trace: Trace, place: Place) -> WeightInspection:
    """∂L/∂w = Σ δ·h over the batch, and what the optimiser makes of it."""
    delta = trace.delta[place.layer][:, place.unit].astype(np.float64)
    bias = place.kind == "bias"
    values = np.ones(len(delta)) if bias else trace.h[place.layer - 1][:, place.source].astype(np.float64)
    update, experiment = take_update_apart(trainer, trace, place), trainer.experiment
    sample, mean = (
        WeightView(float(look(delta)), float(look(values)), float(look(delta * values))) for look in looks(trace)
    )
    return WeightInspection(
        place, trace.step, len(delta), sample, mean, float((delta * values).sum()),
        0.0 if bias else experiment.l1 * float(np.sign(update.before)),
        0.0 if bias else experiment.l2 * update.before,
        update,
    )  # fmt: skip


def inspect_input(trainer: Trainer, trace: Trace, place: Place) -> InputInspection:
    """What the loss makes of an input: the chain rule does not stop at the first layer."""

    def view(look: Look) -> InputView:
        found = back(trace, 0, place.unit, look)
        return InputView(float(look(trace.x)[place.unit]), found, sum(term.product for term in found))

    sample, mean = (view(look) for look in looks(trace))
    return InputInspection(place, trace.step, len(trace.x), sample, mean)


INSPECTORS: dict[str, Callable[[Trainer, Trace, Place], Inspection]] = {
    "unit": inspect_unit, "weight": inspect_weight, "bias": inspect_weight, "input": inspect_input,
    "layer": inspect_layer, "loss": inspect_loss,
}  # fmt: skip
