"""δ taken apart: for every layer the error that arrives, the slope that it is multiplied by, and what comes out."""

from dataclasses import dataclass

import numpy as np

from ..activations import ACTIVATIONS
from ..tape import Array
from ..training.trainer import Trainer
from .finding import Finding, norm

#: A unit whose mean slope is below this share of its activation's largest slope lets hardly any error through.
SATURATED = 0.05


@dataclass(frozen=True)
class LayerTakenApart(Finding):
    """One layer of the last step.

    error_norm, slope_norm, delta_norm   ‖·‖ over all units and all samples of the batch
    error, slope, delta                  (units,) of the shown sample, the batch's first
    mean_slope                           (units,) mean of |σ′(z)| over the batch
    saturated    numbers of the units (from 0) whose mean slope is below 5 % of the activation's largest, but above 0
    dead         numbers of the units whose slope is exactly 0 for every sample: no error gets through at all
    taken_over   the loss has taken the output activation over: slope 1, and error is ∂L/∂z itself
    between      what else stands between error and δ: "dropout", "normalisation". Without any, δ = error · slope
    """

    layer: int
    activation: str
    error_norm: float
    slope_norm: float
    delta_norm: float
    error: Array
    slope: Array
    delta: Array
    mean_slope: Array
    saturated: tuple[int, ...]
    dead: tuple[int, ...]
    taken_over: bool
    between: tuple[str, ...]


def take_apart(trainer: Trainer) -> tuple[LayerTakenApart, ...] | None:
    """Every layer of the last step, layer 1 first; None before the first step."""
    trace, network = trainer.trace, trainer.network
    if trace is None:
        return None
    errors, slopes, deltas, means = trace.error, trace.slope, trace.delta, trace.mean_slopes
    last, shown, layers = len(network.sizes) - 1, trace.shown, []
    for layer, activation in enumerate(network.activations, 1):
        saturated, dead = saturated_and_dead(means[layer - 1], activation)
        hidden = layer < last
        stages = ("dropout", hidden and network.dropout > 0), ("normalisation", network.normalised(layer))
        layers.append(
            LayerTakenApart(
                layer,
                activation,
                norm(errors[layer]),
                norm(slopes[layer]),
                norm(deltas[layer]),
                errors[layer][shown],
                slopes[layer][shown],
                deltas[layer][shown],
                means[layer - 1],
                tuple(np.flatnonzero(saturated).tolist()),
                tuple(np.flatnonzero(dead).tolist()),
                not hidden and network.fused,
                tuple(name for name, there in stages if there),
            )
        )
    return tuple(layers)


def saturated_and_dead(mean_slope: Array, activation: str) -> tuple[Array, Array]:
    """Which units are saturated, and which dead, as flags; see `LayerTakenApart`.

    >>> saturated, dead = saturated_and_dead(np.array([0.0, 0.01, 0.2]), "sigmoid")
    >>> saturated.tolist(), dead.tolist()
    ([False, True, False], [True, False, False])
    """
    dead = mean_slope == 0
    return (mean_slope < SATURATED * ACTIVATIONS[activation].steepest) & ~dead, dead
