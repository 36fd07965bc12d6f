"""A plane through the space of all parameters, and where points and directions lie in it."""

from typing import ClassVar

import numpy as np

from ..errors import ExperimentError
from ..step.network import Network
from ..tape import Array
from ..training.trainer import Trainer

#: States of the path that are looked at, evenly spread.
MOST_STATES = 100
#: How far beyond the path a picture of it reaches, as a share of the path's extent.
MARGIN = 0.2
#: The narrower axis reaches at least so far, as a share of the wider one.
NARROWEST = 0.1


class Plane:
    """θ + α · axes[0] + β · axes[1], with θ the run's parameters now; float64.

    steps (states,), path (states, 2)   recorded states of the run, the present last, and their (α, β): the nearest
                                        point of the plane
    shares (2,)                         of the path's variance along each axis; None where the plane is no path's
    """

    name: ClassVar[str]
    shares: Array | None = None

    def __init__(self, trainer: Trainer, rng: np.random.Generator) -> None:
        self.theta = trainer.network.theta.astype(np.float64)
        states = list(trainer.timeline.states)
        chosen = np.unique(np.linspace(0, len(states) - 1, min(len(states), MOST_STATES)).round().astype(int))
        kept = {states[place].steps: states[place].theta for place in chosen.tolist()}
        kept[trainer.steps] = trainer.network.theta
        self.steps = np.array(sorted(kept))
        away = np.array([kept[step] for step in self.steps.tolist()], np.float64) - self.theta
        self.axes = self._axes(trainer.network, away, rng)
        self.path = self.coordinates(away)

    def _axes(self, network: Network, away: Array, rng: np.random.Generator) -> Array:
        """(2, parameters); `away` (states, parameters) is where the path was, seen from θ."""
        raise NotImplementedError

    def ranges(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """How far α and β go in a picture."""
        raise NotImplementedError

    def coordinates(self, directions: Array) -> Array:
        """(α, β) of vectors (…, parameters), by least squares: axes need not be at right angles."""
        gram = self.axes @ self.axes.T
        return np.asarray(np.linalg.solve(gram, self.axes @ np.atleast_2d(directions).T).T)


class RandomPlane(Plane):
    """Two random directions, filter by filter as long as the weights (Li et al. 2018, section 4).

    A filter is what comes into a unit: its column of W. Biases and what normalisation learns stay as they are.
    """

    name = "random"

    def _axes(self, network: Network, away: Array, rng: np.random.Generator) -> Array:
        axes = np.zeros((2, network.theta.size))
        for axis in axes:
            for direction, theta in zip(network.views(axis)[1:], network.views(self.theta)[1:], strict=True):
                drawn = rng.normal(size=theta[:-1].shape)
                direction[:-1] = drawn * np.linalg.norm(theta[:-1], axis=0) / np.linalg.norm(drawn, axis=0)
        if np.linalg.matrix_rank(axes) < 2:
            raise ExperimentError("plane", "random", "weights other than 0, or path")
        return axes

    def ranges(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """From −1 to 1: as far as the weights are large."""
        return (-1.0, 1.0), (-1.0, 1.0)


class PathPlane(Plane):
    """The two directions in which the path went furthest: principal components of its states (Li et al. 2018, 7).

    Differences to the present state are taken, as there. Axes have length 1.
    """

    name = "path"

    def _axes(self, network: Network, away: Array, rng: np.random.Generator) -> Array:
        # Of few states and many parameters the small matrix of products has the same components.
        values, vectors = np.linalg.eigh(away @ away.T)
        values, vectors = values[::-1].clip(0), vectors[:, ::-1]
        if len(values) < 3 or not values[1] > 1e-12 * values[0]:
            raise ExperimentError(
                "plane", "path", "random, or a run with at least two recorded states before the present one"
            )
        self.shares = values[:2] / values.sum()
        return np.asarray((vectors[:, :2] / np.sqrt(values[:2])).T @ away)

    def ranges(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The path, and a fifth more on each side; neither axis much narrower than the other."""
        low, high = self.path.min(axis=0), self.path.max(axis=0)
        middle, half = (low + high) / 2, (0.5 + MARGIN) * (high - low)
        half = np.maximum(half, NARROWEST * half.max())
        first, second = zip((middle - half).tolist(), (middle + half).tolist(), strict=True)
        return first, second


PLANES: dict[str, type[Plane]] = {row.name: row for row in (RandomPlane, PathPlane)}
