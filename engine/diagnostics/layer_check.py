"""A layer's whole gradient against finite differences."""

from dataclasses import dataclass

import numpy as np

from ..step.network import Network
from ..tape import Array
from ..training.trainer import Trainer
from .finding import Finding
from .patience import Pauses, completed
from .place import Place, last_step
from .what_if import DISTANCES, Replay, best_difference

#: Multiplications while somebody waits, about a tenth of a second of them, and what a pass costs besides them.
WHILE_WAITING, A_PASS = 400_000_000, 20_000
#: Passes for a number, and numbers that are checked of the largest layer.
PASSES, LEAST = 4 * len(DISTANCES), 16


@dataclass(frozen=True)
class LayerCheck(Finding):
    """∂L/∂W and ∂L/∂b of a layer, by the backward pass and by finite differences, in float64.

    checked, of      how many numbers were compared, of how many
    relative_error   ‖analytic − numeric‖ / the larger norm of both; 0 where both are 0
    rounding         ‖analytic − numeric‖ that rounding alone explains: 10 ε max(1, |L|) / h for each number
    agrees           relative_error is below 10⁻⁴, or the difference no larger than rounding
    worst            where they are furthest apart, with both gradients there
    """

    place: Place
    step: int
    checked: int
    of: int
    relative_error: float
    rounding: float
    agrees: bool
    worst: Place
    analytic: float
    numeric: float


def check_layer(trainer: Trainer, place: Place) -> LayerCheck | None:
    """Check a layer's gradient in the last step: every number, or of a large layer its largest ones and others evenly
    spread, as many as keep nobody waiting. None when there is no finite step."""
    return completed(check_layer_with_pauses(trainer, place))


def check_layer_with_pauses(trainer: Trainer, place: Place) -> Pauses[LayerCheck | None]:
    """The same, with pauses."""
    trace = last_step(trainer)
    if trace is None:
        return None
    network = trace.network
    replay = yield from Replay.prepared(trainer, place)
    places = network.views(np.arange(network.theta.size))[place.layer][: network.sizes[place.layer - 1] + 1]
    work = PASSES * (network.theta.size * len(trace.x) + A_PASS)
    chosen = choice(np.abs(replay.slope[places.reshape(-1)]), max(LEAST, WHILE_WAITING // work))
    analytic = replay.slope[places.reshape(-1)[chosen]]
    numeric = np.empty(len(chosen))
    for at, index in enumerate(places.reshape(-1)[chosen].tolist()):
        replay.turn_to(index)
        numeric[at], _ = yield from best_difference(replay)
    if not np.isfinite([analytic, numeric]).all():
        return None
    apart, larger = float(np.linalg.norm(analytic - numeric)), max(map(np.linalg.norm, (analytic, numeric)))
    error = apart / float(larger) if larger else 0.0
    rounding = 10 * np.finfo(np.float64).eps * max(1.0, abs(trace.loss)) / DISTANCES[0] * len(chosen) ** 0.5
    at = int(np.abs(analytic - numeric).argmax())
    return LayerCheck(
        place, trace.step, len(chosen), places.size, error, float(rounding), error < 1e-4 or apart <= rounding,
        place_of(network, place.layer, int(chosen[at])), float(analytic[at]), float(numeric[at]),
    )  # fmt: skip


def choice(sizes: Array, at_most: int) -> Array:
    """Which of so many gradients are checked: all, or the largest and as many others, evenly spread.

    >>> choice(np.array([1.0, 5.0, 2.0, 0.0, 0.5, 3.0]), 4).tolist()
    [0, 1, 5]
    """
    if len(sizes) <= at_most:
        return np.arange(len(sizes))
    largest = np.argsort(-sizes, kind="stable")[: at_most // 2]
    spread = np.linspace(0, len(sizes) - 1, at_most - at_most // 2).round().astype(int)
    return np.union1d(largest, spread)


def place_of(network: Network, layer: int, at: int) -> Place:
    """Of a number of a layer, row by row: weights into every unit by source, then biases."""
    source, unit = divmod(at, network.sizes[layer])
    return Place("bias", layer, unit) if source == network.sizes[layer - 1] else Place("weight", layer, unit, source)
