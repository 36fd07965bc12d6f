"""A whole layer under the inspector: its vectors and matrices in the last step, as the chain rule binds them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..step.trace import Trace
from ..tape import Array
from ..training.trainer import Trainer
from .finding import Finding, norm
from .place import Place
from .taken_apart import saturated_and_dead
from .updates import LayerUpdate, take_layers_update_apart

Look = Callable[[Array], Array]


@dataclass(frozen=True)
class LayerView(Finding):
    """One side of a layer: vectors of the sample on show, or their means over the batch.

    inputs (n_in,)   what the layer before passes on; z, a, passed, error, slope, delta (n_out,) as in `UnitView`
    normed (n_out,)  what goes into the activation, where the layer is normalised, else None
    product (n_in, n_out)   h δᵀ: the sample's share of ∂L/∂W, or the mean of the samples' shares
    norms            ‖·‖ of each of these, by name
    """

    inputs: Array
    z: Array
    normed: Array | None
    a: Array
    passed: Array
    error: Array
    slope: Array
    delta: Array
    product: Array
    norms: dict[str, float]


@dataclass(frozen=True)
class LayerInspection(Finding):
    """A layer. shape (n_in, n_out) of W; weight, gradient (n_in, n_out), bias (n_out,) before the update.

    gradient         ∂L/∂W, penalties included; gradient_norm and weight_norm: their norms
    bias_gradient    (n_out,) ∂L/∂b
    mean_slope       mean of |σ′| over all units and samples; saturated, dead: numbers of the units, from 0
    taken_over       the loss has taken the activation over, so that error = δ and slope = 1
    between          what else stands between error and δ: "dropout", "normalisation"
    """

    place: Place
    step: int
    batch: int
    activation: str
    normalised: bool
    taken_over: bool
    between: tuple[str, ...]
    shape: tuple[int, int]
    weight: Array
    weight_norm: float
    bias: Array
    gradient: Array
    gradient_norm: float
    bias_gradient: Array
    mean_slope: float
    saturated: tuple[int, ...]
    dead: tuple[int, ...]
    sample: LayerView
    mean: LayerView
    update: LayerUpdate


def inspect_layer(trainer: Trainer, trace: Trace, place: Place) -> LayerInspection:
    """From what comes in to what is subtracted from the weights."""
    network, layer = trace.network, place.layer
    weight, gradient = trace.parameters[f"layer{layer}.weight"], trace.gradients[f"layer{layer}.weight"]
    slopes, activation = trace.mean_slopes[layer - 1], network.activations[layer - 1]
    saturated, dead = saturated_and_dead(slopes, activation)
    hidden = layer < len(network.sizes) - 1
    stages = ("dropout", hidden and network.dropout > 0), ("normalisation", network.normalised(layer))
    return LayerInspection(
        place, trace.step, len(trace.x), activation, network.normalised(layer), not hidden and network.fused,
        tuple(name for name, there in stages if there), (weight.shape[0], weight.shape[1]),
        weight, norm(weight), trace.parameters[f"layer{layer}.bias"],
        gradient, norm(gradient), trace.gradients[f"layer{layer}.bias"], float(slopes.astype(np.float64).mean()),
        tuple(np.flatnonzero(saturated).tolist()), tuple(np.flatnonzero(dead).tolist()),
        layer_view(trace, layer, lambda array: array[trace.shown : trace.shown + 1]),
        layer_view(trace, layer, lambda array: array),
        take_layers_update_apart(trainer, trace, layer),
    )  # fmt: skip


def layer_view(trace: Trace, layer: int, of: Look) -> LayerView:
    """The means over those samples that `of` picks from a batch."""

    def mean(values: list[Array], at: int = layer) -> Array:
        found: Array = of(values[at]).astype(np.float64).mean(axis=0)
        return found

    inputs, delta = of(trace.h[layer - 1]).astype(np.float64), of(trace.delta[layer]).astype(np.float64)
    found = {
        "inputs": mean(trace.h, layer - 1), "z": mean(trace.z),
        "normed": mean(trace.normed) if trace.network.normalised(layer) else None,
        "a": mean(trace.a), "passed": mean(trace.h), "error": mean(trace.error), "slope": mean(trace.slope),
        "delta": mean(trace.delta), "product": inputs.T.dot(delta) / len(inputs),
    }  # fmt: skip
    return LayerView(**found, norms={name: norm(value) for name, value in found.items() if value is not None})
