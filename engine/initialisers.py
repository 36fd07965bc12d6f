"""How the weights start. Biases start at 0.

Each draws an (n_in, n_out) matrix from the generator it is given. Adding one is one class and one line.
"""

from typing import ClassVar

import numpy as np

from .tape import Array


class Initialiser:
    """What the table holds.

    `size` counts for those whose weights have the same size everywhere, `gain` for those that scale them by the
    layer's width: it makes up for what the layer's activation takes from a signal.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    help: ClassVar[str]
    #: Whether `size`, and whether `gain`, counts.
    sized: ClassVar[bool] = False
    scaled: ClassVar[bool] = False

    def draw(self, rng: np.random.Generator, n_in: int, n_out: int, gain: float = 1.0, size: float = 0.1) -> Array:
        """Weights (n_in, n_out), float64."""
        raise NotImplementedError


class Zeros(Initialiser):
    """W = 0: all units of a layer stay copies of each other."""

    name, label = "zeros", "zeros"
    help = "All weights 0: every unit of a layer learns the same thing, the symmetry is never broken."

    def draw(self, rng: np.random.Generator, n_in: int, n_out: int, gain: float = 1.0, size: float = 0.1) -> Array:
        """No draw is made."""
        return np.zeros((n_in, n_out))


class Constant(Initialiser):
    """W = size: as symmetric as zeros, but errors get through."""

    name, label = "constant", "constant"
    help = "All weights the same number: something is learned, but all units of a layer learn the same."
    sized = True

    def draw(self, rng: np.random.Generator, n_in: int, n_out: int, gain: float = 1.0, size: float = 0.1) -> Array:
        """No draw is made."""
        return np.full((n_in, n_out), size)


class Normal(Initialiser):
    """W ~ N(0, size²), whatever the layer's width."""

    name, label = "normal", "normal"
    help = "Random weights of the same size everywhere: signals fade in deep networks, or grow when it is large."
    sized = True

    def draw(self, rng: np.random.Generator, n_in: int, n_out: int, gain: float = 1.0, size: float = 0.1) -> Array:
        """Standard deviation `size`."""
        return rng.normal(0.0, size, (n_in, n_out))


class Uniform(Initialiser):
    """W ~ U(−size, size), whatever the layer's width; variance size² / 3."""

    name, label = "uniform", "uniform"
    help = "Random weights up to the same size everywhere, all equally likely."
    sized = True

    def draw(self, rng: np.random.Generator, n_in: int, n_out: int, gain: float = 1.0, size: float = 0.1) -> Array:
        """Half-width `size`."""
        return rng.uniform(-size, size, (n_in, n_out))


class Scaled(Initialiser):
    """Zero mean and a variance that depends on the layer's width: normal, or uniform where `flat` says so."""

    flat: ClassVar[bool] = False
    scaled = True

    def variance(self, n_in: int, n_out: int) -> float:
        """Of a weight, before the gain."""
        raise NotImplementedError

    def draw(self, rng: np.random.Generator, n_in: int, n_out: int, gain: float = 1.0, size: float = 0.1) -> Array:
        """Standard deviation gain · √variance; a uniform draw of half-width w has variance w² / 3."""
        deviation = gain * self.variance(n_in, n_out) ** 0.5
        if self.flat:
            width = 3**0.5 * deviation
            return rng.uniform(-width, width, (n_in, n_out))
        return rng.normal(0.0, deviation, (n_in, n_out))


class LeCun(Scaled):
    """Var W = gain² / n_in: LeCun et al. 1998, Efficient BackProp. With an activation's own gain it fits that one."""

    name, label = "lecun", "LeCun"
    help = "Scaled so that a weighted sum is as large as its inputs (LeCun et al. 1998); SELU needs this one."

    def variance(self, n_in: int, n_out: int) -> float:
        """1 / n_in."""
        return 1 / n_in


class LeCunUniform(LeCun):
    """W ~ U(−w, w), w = gain √(3 / n_in)."""

    name, label = "lecun_uniform", "LeCun, uniform"
    help = "The variance of LeCun, from a uniform draw: no weight is far out."
    flat = True


class Xavier(Scaled):
    """Var W = gain² · 2 / (n_in + n_out): Glorot and Bengio 2010, for tanh and sigmoid."""

    name, label = "xavier", "Xavier"
    help = "Scaled so that signals and errors keep their size through tanh layers (Glorot and Bengio 2010)."

    def variance(self, n_in: int, n_out: int) -> float:
        """2 / (n_in + n_out)."""
        return 2 / (n_in + n_out)


class XavierUniform(Xavier):
    """W ~ U(−w, w), w = gain √(6 / (n_in + n_out)): the form that Glorot and Bengio wrote down."""

    name, label = "xavier_uniform", "Xavier, uniform"
    help = "The variance of Xavier, from a uniform draw, as in the original paper."
    flat = True


class He(Scaled):
    """Var W = gain² · 2 / n_in: He et al. 2015, for ReLU, which stops half of its inputs."""

    name, label = "he", "He"
    help = "Twice the variance, because ReLU stops half of all signals (He et al. 2015)."

    def variance(self, n_in: int, n_out: int) -> float:
        """2 / n_in."""
        return 2 / n_in


class HeUniform(He):
    """W ~ U(−w, w), w = gain √(6 / n_in)."""

    name, label = "he_uniform", "He, uniform"
    help = "The variance of He, from a uniform draw: no weight is far out."
    flat = True


class Orthogonal(Initialiser):
    """W = gain · Q with orthonormal rows or columns, whichever are fewer: Saxe, McClelland and Ganguli 2014.

    Q comes from the QR decomposition of a normal draw, its columns' signs fixed by R's diagonal, which makes it
    uniform over all such matrices (Mezzadri 2007).
    """

    name, label = "orthogonal", "orthogonal"
    help = "Random directions at right angles: a linear network of any depth neither shrinks nor stretches signals."
    scaled = True

    def draw(self, rng: np.random.Generator, n_in: int, n_out: int, gain: float = 1.0, size: float = 0.1) -> Array:
        """The longer side goes down the matrix that is decomposed."""
        q, r = np.linalg.qr(rng.normal(0.0, 1.0, (max(n_in, n_out), min(n_in, n_out))))
        q *= gain * np.copysign(1.0, np.diag(r))
        return q if n_in >= n_out else np.ascontiguousarray(q.T)


INITIALISERS: dict[str, Initialiser] = {
    initialiser.name: initialiser
    for initialiser in (
        Zeros(), Constant(), Normal(), Uniform(), LeCun(), LeCunUniform(), Xavier(), XavierUniform(), He(),
        HeUniform(), Orthogonal(),
    )
}  # fmt: skip
