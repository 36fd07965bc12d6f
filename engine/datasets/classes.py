"""More than two classes of points in about [−1, 1]²."""

import numpy as np

from ..tape import Array
from .base import CLASSIFY_MANY, Classes, jitter, polar


class Rings(Classes):
    """Three rings of radius 0.45, linked like a chain's; their centres lie on a circle of radius 0.35."""

    name, label = "rings", "three rings"
    help = "Three rings that run through each other, a class each; where they cross nobody can tell them apart."
    classes = ("top", "left", "right")
    losses = CLASSIFY_MANY

    def points(self, rng: np.random.Generator, labels: Array, noise: float) -> Array:
        """The distance from a ring's centre is normal with standard deviation 0.03."""
        count = len(labels)
        centre = polar(np.full(count, 0.35), np.pi / 2 + 2 * np.pi / 3 * labels)
        ring = polar(rng.normal(0.45, 0.03, count), rng.uniform(0, 2 * np.pi, count))
        return jitter(rng, centre + ring, 0.3 * noise)


class Concentric(Classes):
    """A disc and three rings around it, 0.08 apart, class 0 in the middle."""

    name, label = "concentric", "target"
    help = "A bull's eye and three rings around it: four classes, each but the first around another."
    classes = ("disc", "ring 1", "ring 2", "ring 3")
    losses = CLASSIFY_MANY

    def points(self, rng: np.random.Generator, labels: Array, noise: float) -> Array:
        """Uniform over the area of disc or ring: inner radii 0, 0.27, 0.54 and 0.81, each 0.19 wide."""
        count = len(labels)
        inner = 0.27 * labels
        outer = inner + 0.19
        radius = np.sqrt(rng.uniform(inner**2, outer**2, count))
        return jitter(rng, polar(radius, rng.uniform(0, 2 * np.pi, count)), 0.3 * noise)
