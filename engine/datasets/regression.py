"""Numbers to predict, between −1 and 1: a curve over a line, surfaces over a plane. Noise is on the numbers."""

import numpy as np

from ..tape import Array
from .base import REGRESSION, Dataset, Points


class Regression(Dataset):
    """x uniform in [−1, 1], for every input; y = f(x), and the noise as standard deviation."""

    task, classes, losses = "regression", (), REGRESSION

    def value(self, x: Array) -> Array:
        """f(x): (samples,) for x (samples, n_inputs)."""
        raise NotImplementedError

    def make(self, rng: np.random.Generator, samples: int, noise: float, balance: float = 0.5) -> Points:
        """There are no classes to balance."""
        x = rng.uniform(-1, 1, (samples, self.n_inputs))
        return x, self.value(x) + rng.normal(0, 1, samples) * noise


class Sine(Regression):
    """y = sin(1.5 π x), to be learned as a number."""

    name, label = "sine", "noisy sine"
    help = "A curve to fit: the network's answer is a number, not a class."
    n_inputs = 1

    def value(self, x: Array) -> Array:
        """One and a half waves."""
        return np.asarray(np.sin(1.5 * np.pi * x[:, 0]))


class Plane(Regression):
    """y = (x₁ + x₂) / 2."""

    name, label = "plane", "tilted plane"
    help = "A number that grows from one corner to the opposite one: a single linear unit can learn it."

    def value(self, x: Array) -> Array:
        """The mean of both coordinates."""
        return np.asarray(x.mean(axis=1))


class Hills(Regression):
    """Three hills and three valleys in turn, on two rows: y = Σ ± exp(−‖x − c‖² / 2s²) with s = 0.2.

    The places and signs are those of TensorFlow Playground's regression set "multi gaussian".
    """

    name, label = "hills", "hills and valleys"
    help = "Three hills and three valleys: a number that no straight slope can follow."
    CENTRES = np.array([[-0.8, 0.5], [0, 0.5], [0.8, 0.5], [-0.8, -0.5], [0, -0.5], [0.8, -0.5]])
    HEIGHTS = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])
    WIDTH = 0.2

    def value(self, x: Array) -> Array:
        """The sum of six bell curves that hardly touch."""
        squares = ((x[:, None, :] - self.CENTRES) ** 2).sum(axis=2)
        return np.asarray(np.exp(-squares / (2 * self.WIDTH**2)) @ self.HEIGHTS)
