"""The loss landscape around a network (Li, Xu, Taylor, Studer and Goldstein 2018)."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from ..errors import ExperimentError
from ..tape import Array
from ..training.trainer import Trainer
from .finding import Finding, norm
from .patience import A_DRAW, without_pauses
from .plane import PLANES
from .surface import LossSurface

#: Points to a side, and training samples: more of either would keep people waiting without showing more.
FEWEST_POINTS, MOST_POINTS, MOST_SAMPLES = 5, 101, 1024


@dataclass(frozen=True)
class LandscapeRow(Finding):
    """Row `row` of `of`: losses (points,) along α at one β, lowest β first."""

    row: int
    of: int
    beta: float
    losses: Array


@dataclass(frozen=True)
class Landscape(Finding):
    """L(θ + α d₁ + β d₂) on training samples.

    plane                "random" or "path"; samples: how many the loss was measured on
    alphas, betas        (points,); losses (points, points): a row for each β
    here, step           L(θ), at α = β = 0, and when that was
    path, path_steps     (states, 2) coordinates of recorded states, the present last: their shadow in the plane
    shares               of the path's variance along d₁ and d₂; None in a random plane
    downhill             (2,) coordinates of −∇L(θ)'s shadow, for a step of 1
    in_plane             ‖that shadow‖ / ‖∇L(θ)‖: how much of the gradient the plane shows; None where that is 0
    """

    plane: str
    samples: int
    alphas: Array
    betas: Array
    losses: Array
    here: float
    step: int
    path: Array
    path_steps: Array
    shares: Array | None
    downhill: Array
    in_plane: float | None


def landscape(
    trainer: Trainer, rng: np.random.Generator, plane: str = "random", points: int = 25, samples: int = 500
) -> Generator[LandscapeRow, None, Landscape]:
    """Measure the loss on a grid of points to a side, in a plane of PLANES through the parameters; row by row.

    The loss is the training loss with its penalties, on at most so many training samples, drawn by rng; dropout is
    off and batch normalisation uses these samples' statistics. Whoever asks may stop between two rows; the value of
    the generator is the whole (see `completed`).
    """
    return (yield from without_pauses(landscape_with_pauses(trainer, rng, plane, points, samples)))


def landscape_with_pauses(
    trainer: Trainer, rng: np.random.Generator, plane: str = "random", points: int = 25, samples: int = 500
) -> Generator[LandscapeRow | None, None, Landscape]:
    """The same; in a large network it pauses within a row as well."""
    if plane not in PLANES:
        raise ExperimentError("plane", plane, f"one of {', '.join(PLANES)}")
    if not FEWEST_POINTS <= points <= MOST_POINTS:
        raise ExperimentError("points", points, f"a whole number from {FEWEST_POINTS} to {MOST_POINTS}")
    if not 1 <= samples <= MOST_SAMPLES:
        raise ExperimentError("samples", samples, f"a whole number from 1 to {MOST_SAMPLES:,}")
    experiment, data = trainer.experiment, trainer.data
    chosen = np.sort(rng.permutation(len(data.x_train))[:samples])
    surface = LossSurface(trainer, data.inputs(data.x_train[chosen]), data.y_train[chosen])
    size = trainer.network.theta.size
    if surface.meter.due(surface.work + A_DRAW * size):
        yield None
        if trainer.experiment != experiment:  # other settings, perhaps other samples: from the beginning
            return (yield from landscape_with_pauses(trainer, rng, plane, points, samples))
    if not np.isfinite(trainer.network.theta).all():
        raise ExperimentError("run", "diverged", "a run whose numbers are finite; rewind or reset it")
    step = trainer.steps  # it may have trained on in the pause
    laid = PLANES[plane](trainer, rng)
    if surface.meter.due(2 * A_DRAW * size):
        yield None
    alphas, betas = (np.linspace(low, high, points) for low, high in laid.ranges())
    losses = np.empty((points, points))
    for row, beta in enumerate(betas.tolist()):
        start = laid.theta + beta * laid.axes[1]
        for place, alpha in enumerate(alphas.tolist()):
            losses[row, place] = yield from surface.measured(start + alpha * laid.axes[0])
        yield LandscapeRow(row, points, beta, losses[row].copy())
    gradient = yield from surface.differentiated(laid.theta)
    downhill, length = laid.coordinates(-gradient)[0], norm(gradient)
    in_plane = norm(downhill @ laid.axes) / length if length else None
    here = yield from surface.measured(laid.theta)
    return Landscape(
        plane, len(chosen), alphas, betas, losses, here, step, laid.path, laid.steps, laid.shares,
        downhill, in_plane,
    )  # fmt: skip
