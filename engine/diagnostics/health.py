"""Gradient health: how values and gradients are distributed in every layer, and how δ changes between them."""

from dataclasses import dataclass

import numpy as np

from ..activations import ACTIVATIONS
from ..tape import Array
from ..training.trainer import Trainer
from .finding import Finding
from .patience import A_DRAW, Meter, Pauses, completed
from .theory import predicted_factors

#: Bins of sizes, as powers of ten: from what float32 calls nothing to what ends a run, four to a factor of ten.
POWERS = np.linspace(-12, 3, 61)
#: Bins of values that have a sign and no limit: half a unit each.
VALUES = np.linspace(-10, 10, 41)
#: What a number in a distribution costs, in multiplications.
A_NUMBER = 100
#: So many for the swing of an activation that has one.
SWING_BINS = 40


@dataclass(frozen=True)
class Distribution(Finding):
    """How often values fall where: a histogram over bins that never move, so that two steps can be compared.

    edges (bins + 1,), counts (bins,); logarithmic: edges are powers of ten, of |value|.
    below, above      how many lie outside; zeros: how many are exactly 0 (logarithmic ones only); missing: no numbers
    mean, deviation   of the finite values themselves; None without any
    """

    logarithmic: bool
    edges: Array
    counts: Array
    below: int
    above: int
    zeros: int
    missing: int
    mean: float | None
    deviation: float | None


@dataclass(frozen=True)
class LayerHealth(Finding):
    """One layer of the last step.

    z, a, delta, gradient   of all units and samples; gradient: ∂L/∂W, biases left out
    factor                  ‖δ^l‖ / ‖δ^(l+1)‖, measured; None for the output layer, and where there is no error
    predicted               what theory expects of it, for random weights as large as those of this step
    predicted_at_start      the same for the weights that the initialiser draws
    """

    layer: int
    activation: str
    z: Distribution
    a: Distribution
    delta: Distribution
    gradient: Distribution
    factor: float | None
    predicted: float | None
    predicted_at_start: float | None


def gradient_health(trainer: Trainer) -> tuple[LayerHealth, ...] | None:
    """Every layer of the last step, layer 1 first; None before the first. See `theory` for what is predicted."""
    return completed(gradient_health_with_pauses(trainer))


def gradient_health_with_pauses(trainer: Trainer) -> Pauses[tuple[LayerHealth, ...] | None]:
    """The same, with pauses; the run may go on meanwhile."""
    trace, network = trainer.trace, trainer.network
    if trace is None:
        return None
    meter = Meter()
    norms, x = trace.delta_norms, trace.x
    gradients, z, a, delta = trace.gradients, trace.z, trace.a, trace.delta
    twin, experiment, x_train = trainer.twin(), trainer.experiment, trainer.data.inputs(trainer.data.x_train)
    twin.theta[...] = trace.theta
    predicted = (*predicted_factors(twin, x), None)
    if meter.due(A_DRAW * twin.theta.size):
        yield
    twin.initialise(experiment.initialiser, np.random.default_rng(0), experiment.gain, experiment.init_size)
    if experiment.weights is not None:
        twin.theta[...] = experiment.weights
    at_start = (*predicted_factors(twin, x_train), None)
    if meter.due(A_DRAW * twin.theta.size):
        yield
    layers = []
    for layer, activation in enumerate(network.activations, 1):
        if meter.due(A_NUMBER * (3 * z[layer].size + gradients[f"layer{layer}.weight"].size)):
            yield
        layers.append(
            LayerHealth(
                layer,
                activation,
                linear(z[layer], VALUES),
                linear(a[layer], swing(activation)),
                logarithmic(delta[layer]),
                logarithmic(gradients[f"layer{layer}.weight"]),
                ratio(norms, layer),
                predicted[layer - 1],
                at_start[layer - 1],
            )
        )
    return tuple(layers)


def ratio(norms: Array, layer: int) -> float | None:
    """‖δ‖ of a layer over that of the next."""
    if layer == len(norms) or not norms[layer] > 0 or not np.isfinite(norms[layer - 1 : layer + 1]).all():
        return None
    return float(norms[layer - 1] / norms[layer])


def swing(activation: str) -> Array:
    """Bins for an activation's values: its own range where it has one."""
    row = ACTIVATIONS[activation]
    if row.swing is None:
        return VALUES
    return np.linspace(row.centre - row.swing, row.centre + row.swing, SWING_BINS + 1)


def linear(values: Array, edges: Array) -> Distribution:
    """The distribution of the values themselves.

    >>> found = linear(np.array([-11.0, 0.1, 0.2, np.inf]), VALUES)
    >>> int(found.counts[20]), found.below, found.missing
    (2, 1, 1)
    """
    flat = values.reshape(-1).astype(np.float64)
    finite = flat[np.isfinite(flat)]
    return _distribution(False, finite, finite, edges, flat.size - finite.size, 0)


def logarithmic(values: Array) -> Distribution:
    """The distribution of their sizes, in powers of ten.

    >>> found = logarithmic(np.array([0.0, -1e-15, 0.02, 0.03]))
    >>> found.zeros, found.below, int(found.counts[(found.edges[1:] > -2) & (found.edges[:-1] < -1)].sum())
    (1, 1, 2)
    """
    flat = values.reshape(-1).astype(np.float64)
    finite = flat[np.isfinite(flat)]
    sizes = np.log10(np.abs(finite[finite != 0]))
    return _distribution(True, finite, sizes, POWERS, flat.size - finite.size, finite.size - sizes.size)


def _distribution(
    logarithmic: bool, finite: Array, placed: Array, edges: Array, missing: int, zeros: int
) -> Distribution:
    counts, _ = np.histogram(placed, bins=len(edges) - 1, range=(edges[0], edges[-1]))
    below, above = int((placed < edges[0]).sum()), int((placed > edges[-1]).sum())
    mean, deviation = (float(finite.mean()), float(finite.std())) if finite.size else (None, None)
    return Distribution(logarithmic, edges, counts, below, above, zeros, missing, mean, deviation)
