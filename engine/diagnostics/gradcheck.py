"""Is the backward pass right? Central differences (Karpathy, CS231n, "Gradient checks")."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..step.network import Network
from ..tape import Array
from ..training.trainer import Trainer
from .patience import A_DRAW, FRESH, PORTION, Meter, Pauses, completed

#: Numbers that are checked while somebody waits: as many as take about a tenth of a second.
WHILE_WAITING = 4_000_000


@dataclass(frozen=True)
class GradientCheck:
    """How far analytic and numeric gradients are apart.

    relative_error   of the tensor that disagrees most, ‖analytic − numeric‖ / max(‖analytic‖, ‖numeric‖)
    parameter, index   the worst single number of that tensor; analytic and numeric are its two gradients
    checked, of      how many numbers were compared, of how many
    by_parameter     the relative error of every tensor
    """

    relative_error: float
    parameter: str
    index: tuple[int, ...]
    analytic: float
    numeric: float
    checked: int
    of: int
    by_parameter: dict[str, float]


def gradient_check(
    network: Network, x: npt.ArrayLike, y: npt.ArrayLike, step: float = 1e-6, at_most: int | None = None
) -> GradientCheck:
    """Compare ∂L/∂θ with (L(θ + h) − L(θ − h)) / 2h; h = `step`. Meant for float64.

    Every number is checked, or at most so many of each tensor, evenly spread. Rounding makes the numeric gradient
    uncertain by about 2·10⁻¹⁶ |L| / h a number: a tensor whose gradients are below ten times that has error 0. Two
    forward passes a number. The network is left as it was.

    >>> network = Network([2, 3, 1], ["tanh", "sigmoid"], "mse", np.random.default_rng(0), "float64")
    >>> check = gradient_check(network, [[0.5, -1.0]], [[1.0]])
    >>> check.relative_error < 1e-6, check.checked
    (True, 13)
    """
    return completed(gradient_check_with_pauses(network, x, y, step, at_most))


def gradient_check_with_pauses(
    network: Network, x: npt.ArrayLike, y: npt.ArrayLike, step: float = 1e-6, at_most: int | None = None
) -> Pauses[GradientCheck]:
    """The same, with pauses."""
    workspace, meter = network.filled(x, y), Meter()
    work = workspace.batch * network.theta.size

    def loss_at(parameter: Array, index: tuple[int, ...], value: float) -> Pauses[float]:
        """With another value of one number, which stays."""
        parameter[index] = value
        yield from meter.played(workspace.measure_tape, work)
        return float(workspace.loss)

    if work < PORTION:
        loss, gradients = network.loss_and_gradients(x, y)
    else:  # the same in parts, and memory is taken in parts before
        yield
        yield from meter.played(workspace.measure_tape, FRESH * work)
        yield
        kept = network.gradient.copy()
        yield from meter.played(workspace.tape, FRESH * work)
        loss, gradients = float(workspace.loss), network.named(network.gradient.copy())
        network.gradient[...] = kept
    noise = 10 * np.finfo(network.dtype).eps * max(1.0, abs(loss)) / step
    errors: dict[str, float] = {}
    worst, checked = ("", 0, 0.0, 0.0), 0
    for name, parameter in network.parameters.items():
        places = spread(parameter.size, at_most)
        numeric = np.empty(len(places))
        for at, place in enumerate(places):
            here = tuple(int(axis) for axis in np.unravel_index(int(place), parameter.shape))
            was = parameter[here]
            above = yield from loss_at(parameter, here, was + step)
            below = yield from loss_at(parameter, here, was - step)
            parameter[here] = was
            numeric[at] = (above - below) / (2 * step)
        analytic = gradients[name].reshape(-1)[places]
        larger, apart = max(np.linalg.norm(analytic), np.linalg.norm(numeric)), np.abs(analytic - numeric)
        errors[name] = float(np.linalg.norm(apart) / larger) if larger > noise * len(places) ** 0.5 else 0.0
        checked += len(places)
        if not worst[0] or errors[name] > errors[worst[0]]:
            at = int(apart.argmax())
            worst = name, int(places[at]), float(analytic[at]), float(numeric[at])
    name, place, analytic_there, numeric_there = worst
    index = tuple(int(axis) for axis in np.unravel_index(place, network.parameters[name].shape))
    return GradientCheck(
        errors[name], name, index, analytic_there, numeric_there, checked, network.theta.size, errors
    )


def spread(size: int, at_most: int | None) -> Array:
    """Places in a tensor of so many numbers: all, or so many from the first to the last."""
    if at_most is None or size <= at_most:
        return np.arange(size)
    return np.unique(np.linspace(0, size - 1, at_most).round().astype(int))


def check_run(trainer: Trainer) -> GradientCheck | None:
    """Check a run where it stands, on its last batch: its parameters in a float64 twin, the run itself untouched.

    Of a large network only as many numbers of each tensor as do not keep anybody waiting. None before the first step,
    or when numbers have run away.
    """
    return completed(check_run_with_pauses(trainer))


def check_run_with_pauses(trainer: Trainer) -> Pauses[GradientCheck | None]:
    """The same, with pauses."""
    trace = trainer.trace
    if trace is None or not np.isfinite(trainer.network.theta).all():
        return None
    twin = trainer.twin()
    x, y = trace.x.astype(np.float64), trace.y.astype(np.float64)
    if A_DRAW * twin.theta.size >= PORTION:
        yield
    work = twin.theta.size * len(trace.x) * len(twin.parameters)
    at_most = max(2, WHILE_WAITING // max(1, work))
    found = yield from gradient_check_with_pauses(twin, x, y, at_most=at_most)
    return found if np.isfinite([found.relative_error, found.analytic, found.numeric]).all() else None
