"""How the weights start. Biases start at 0.

Each draws an (n_in, n_out) matrix from the generator it is given. Adding one is one class and one line.
"""

from typing import ClassVar

import numpy as np

from .tape import Array


class Initialiser:
    """What the table holds."""

    name: ClassVar[str]
    label: ClassVar[str]
    help: ClassVar[str]

    def draw(self, rng: np.random.Generator, n_in: int, n_out: int) -> Array:
        """Weights (n_in, n_out), float64."""
        raise NotImplementedError


class Zeros(Initialiser):
    """W = 0: all units of a layer stay copies of each other."""

    name, label = "zeros", "zeros"
    help = "All weights 0: every unit of a layer learns the same thing, the symmetry is never broken."

    def draw(self, rng: np.random.Generator, n_in: int, n_out: int) -> Array:
        """No draw is made."""
        return np.zeros((n_in, n_out))


class SmallNormal(Initialiser):
    """W ~ N(0, 0.1²), whatever the layer's size."""

    name, label = "normal", "small normal"
    help = "Small random weights of the same size everywhere: signals fade in deep networks."

    def draw(self, rng: np.random.Generator, n_in: int, n_out: int) -> Array:
        """Standard deviation 0.1."""
        return rng.normal(0.0, 0.1, (n_in, n_out))


class LargeNormal(Initialiser):
    """W ~ N(0, 1), whatever the layer's size."""

    name, label = "large_normal", "large normal"
    help = "Large random weights: every layer of a deep network makes signals and errors larger."

    def draw(self, rng: np.random.Generator, n_in: int, n_out: int) -> Array:
        """Standard deviation 1."""
        return rng.normal(0.0, 1.0, (n_in, n_out))


class Xavier(Initialiser):
    """W ~ N(0, 2 / (n_in + n_out)): Glorot and Bengio 2010, for tanh and sigmoid."""

    name, label = "xavier", "Xavier"
    help = "Scaled so that signals and errors keep their size through tanh layers (Glorot and Bengio 2010)."

    def draw(self, rng: np.random.Generator, n_in: int, n_out: int) -> Array:
        """Variance 2 / (n_in + n_out)."""
        return rng.normal(0.0, (2 / (n_in + n_out)) ** 0.5, (n_in, n_out))


class He(Initialiser):
    """W ~ N(0, 2 / n_in): He et al. 2015, for ReLU, which stops half of its inputs."""

    name, label = "he", "He"
    help = "Twice the variance, because ReLU stops half of all signals (He et al. 2015)."

    def draw(self, rng: np.random.Generator, n_in: int, n_out: int) -> Array:
        """Variance 2 / n_in."""
        return rng.normal(0.0, (2 / n_in) ** 0.5, (n_in, n_out))


INITIALISERS: dict[str, Initialiser] = {
    initialiser.name: initialiser for initialiser in (Zeros(), SmallNormal(), LargeNormal(), Xavier(), He())
}
