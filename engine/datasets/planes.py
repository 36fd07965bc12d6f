"""Two classes of points in about [−1, 1]²."""

import numpy as np

from ..tape import Array
from .base import Classes, earlier, jitter, polar


class Circles(Classes):
    """A disc of class 1 inside a ring of class 0."""

    name, label = "circles", "circles"
    help = "A disc inside a ring: no straight line separates them."
    classes = ("outside", "inside")

    def points(self, rng: np.random.Generator, labels: Array, noise: float) -> Array:
        """Radii 0..0.5 (uniform over the disc) and 0.7..1."""
        count = len(labels)
        radius = np.where(labels == 1, 0.5 * np.sqrt(rng.random(count)), rng.uniform(0.7, 1.0, count))
        return jitter(rng, polar(radius, rng.uniform(0, 2 * np.pi, count)), 0.5 * noise)


class Xor(Classes):
    """Opposite quadrants share a class: the problem that one layer cannot solve (Minsky and Papert 1969)."""

    name, label = "xor", "XOR"
    help = "Opposite corners belong together: the problem that no single layer can solve."
    classes = ("different signs", "same sign")

    def points(self, rng: np.random.Generator, labels: Array, noise: float) -> Array:
        """Uniform in four squares that keep 0.05 from the axes; a class's two squares in turn."""
        first = np.where(earlier(labels) % 2, 1, -1)
        signs = np.stack([first, np.where(labels == 1, first, -first)], axis=1)
        return jitter(rng, signs * rng.uniform(0.05, 1.0, (len(labels), 2)), 0.5 * noise)


class Moons(Classes):
    """Two interleaving half circles."""

    name, label = "moons", "two moons"
    help = "Two half moons that reach into each other."
    classes = ("upper", "lower")

    def points(self, rng: np.random.Generator, labels: Array, noise: float) -> Array:
        """Half circles of radius 0.6, shifted by 0.6 and 0.3."""
        sign = 1 - 2 * labels[:, None]
        moon = polar(np.full(len(labels), 0.6), rng.uniform(0, np.pi, len(labels)))
        return jitter(rng, sign * (moon - [0.3, 0.15]), 0.5 * noise)


class Spirals(Classes):
    """Two spirals of one and a half turns (Lang and Witbrock 1988)."""

    name, label = "spirals", "spirals"
    help = "Two arms wound around each other: hard, a deep network is of use."

    def points(self, rng: np.random.Generator, labels: Array, noise: float) -> Array:
        """Radius grows with the angle, class 1 is turned by π."""
        t = rng.random(len(labels))
        return jitter(rng, polar(0.08 + 0.9 * t, np.pi / 2 - 3 * np.pi * t - np.pi * labels), 0.3 * noise)


class Gaussians(Classes):
    """Two clouds at (−½, −½) and (½, ½)."""

    name, label = "gaussians", "two clouds"
    help = "Two clouds of points: one straight line is enough."

    def points(self, rng: np.random.Generator, labels: Array, noise: float) -> Array:
        """Standard deviation 0.15, and the noise on top."""
        return jitter(rng, (labels - 0.5)[:, None] + rng.normal(0, 0.15, (len(labels), 2)), 0.6 * noise)


class Checkerboard(Classes):
    """Four by four fields of side ½, in two colours; the field at the bottom left is of class 0."""

    name, label = "checkerboard", "checkerboard"
    help = "Sixteen fields in two colours: many corners to cut out, XOR four times over."

    def points(self, rng: np.random.Generator, labels: Array, noise: float) -> Array:
        """Uniform in fields that keep 0.03 from their edges; a class's eight fields in turn."""
        turn = earlier(labels) % 8
        row = turn // 2
        column = 2 * (turn % 2) + (row + labels) % 2
        corner = np.stack([column, row], axis=1) / 2 - 1
        return jitter(rng, corner + rng.uniform(0.03, 0.47, (len(labels), 2)), 0.25 * noise)
