"""Features: what a network is shown of a point in the plane. Adding one is one class and one line."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from .tape import Array


class Feature:
    """What the table holds: a column made from points."""

    name: ClassVar[str]
    label: ClassVar[str]
    help: ClassVar[str]

    def of(self, points: Array) -> Array:
        """Points (samples, 2) to the feature's values (samples,)."""
        raise NotImplementedError


class X1(Feature):
    """x₁."""

    name, label = "x1", "x₁"
    help = "Where the point lies from left to right."

    def of(self, points: Array) -> Array:
        """The first coordinate."""
        return points[:, 0]


class X2(Feature):
    """x₂."""

    name, label = "x2", "x₂"
    help = "Where the point lies from bottom to top."

    def of(self, points: Array) -> Array:
        """The second coordinate."""
        return points[:, 1]


FEATURES: dict[str, Feature] = {feature.name: feature for feature in (X1(), X2())}


def select(points: Array, names: Sequence[str]) -> Array:
    """The network's inputs (samples, len(names)) for points (samples, 2).

    >>> select(np.array([[0.5, -1.0]]), ["x2"]).tolist()
    [[-1.0]]
    """
    return np.stack([FEATURES[name].of(points) for name in names], axis=1)
