"""Features: what a network is shown of a point in the plane. Adding one is one class and one line.

Data sets of one input, or of more than two, are shown as they are.
"""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from .tape import Array

#: TensorFlow Playground's plane is −6..6, ours −1.2..1.2.
SCALE = 5.0


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


class X1Squared(Feature):
    """x₁²."""

    name, label = "x1_squared", "x₁²"
    help = "How far the point is from the vertical axis, squared: left and right look the same."

    def of(self, points: Array) -> Array:
        """The square of the first coordinate."""
        return np.asarray(points[:, 0] ** 2)


class X2Squared(Feature):
    """x₂²."""

    name, label = "x2_squared", "x₂²"
    help = "How far the point is from the horizontal axis, squared; with x₁² a single unit can draw a circle."

    def of(self, points: Array) -> Array:
        """The square of the second coordinate."""
        return np.asarray(points[:, 1] ** 2)


class X1X2(Feature):
    """x₁ x₂."""

    name, label = "x1_x2", "x₁x₂"
    help = "The product of both: its sign is what XOR asks for."

    def of(self, points: Array) -> Array:
        """The product of the coordinates."""
        return np.asarray(points[:, 0] * points[:, 1])


class SinX1(Feature):
    """sin 5x₁: TensorFlow Playground's sin x₁, whose plane reaches to 6 where this one reaches to 1.2."""

    name, label = "sin_x1", "sin 5x₁"
    help = "Stripes from left to right: what repeats is easy with it."

    def of(self, points: Array) -> Array:
        """Nearly two waves across the picture."""
        return np.asarray(np.sin(SCALE * points[:, 0]))


class SinX2(Feature):
    """sin 5x₂; see sin 5x₁."""

    name, label = "sin_x2", "sin 5x₂"
    help = "Stripes from bottom to top; spirals are easier with both."

    def of(self, points: Array) -> Array:
        """Nearly two waves across the picture."""
        return np.asarray(np.sin(SCALE * points[:, 1]))


FEATURES: dict[str, Feature] = {
    feature.name: feature for feature in (X1(), X2(), X1Squared(), X2Squared(), X1X2(), SinX1(), SinX2())
}


def select(points: Array, names: Sequence[str]) -> Array:
    """The network's inputs (samples, len(names)) for points (samples, 2).

    >>> select(np.array([[0.5, -1.0]]), ["x2"]).tolist()
    [[-1.0]]
    """
    return np.stack([FEATURES[name].of(points) for name in names], axis=1)
