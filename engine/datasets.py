"""Data sets to learn: points of a plane, a noisy sine, handwritten digits.

Points lie in about [−1, 1]². `noise` (0..1) is the standard deviation of a jitter, in these units, times each
set's own scale. Everything comes from the generator given. Adding a set is one class and one line.
"""

import gzip
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import ClassVar

import numpy as np

from .features import select
from .tape import Array

CLASSIFY_TWO = ("binary_cross_entropy", "softmax_cross_entropy", "mse", "half_sse", "mae", "huber", "hinge")
CLASSIFY_MANY = ("softmax_cross_entropy", "binary_cross_entropy", "mse", "half_sse", "mae", "huber", "hinge")
REGRESSION = ("mse", "half_sse", "mae", "huber")
Points = tuple[Array, Array]


class Dataset:
    """What the table holds; `losses` are those that fit, the usual one first."""

    name: ClassVar[str]
    label: ClassVar[str]
    help: ClassVar[str]
    task: ClassVar[str] = "classification"
    n_inputs: ClassVar[int] = 2
    classes: ClassVar[tuple[str, ...]] = ("orange", "blue")
    losses: ClassVar[tuple[str, ...]] = CLASSIFY_TWO
    #: The part of the input space that is drawn, for every input.
    bounds: ClassVar[tuple[float, float]] = (-1.2, 1.2)

    def make(self, rng: np.random.Generator, samples: int, noise: float) -> Points:
        """x (samples, n_inputs) and y: class numbers (samples,) or values (samples,)."""
        raise NotImplementedError


def halves(samples: int) -> Array:
    """Class numbers 0, 1, 0, 1, …: both classes equally often."""
    return np.arange(samples) % 2


class Circles(Dataset):
    """A disc of class 1 inside a ring of class 0."""

    name, label = "circles", "circles"
    help = "A disc inside a ring: no straight line separates them."
    classes = ("outside", "inside")

    def make(self, rng: np.random.Generator, samples: int, noise: float) -> Points:
        """Radii 0..0.5 (uniform over the disc) and 0.7..1."""
        y = halves(samples)
        radius = np.where(y == 1, 0.5 * np.sqrt(rng.random(samples)), rng.uniform(0.7, 1.0, samples))
        angle = rng.uniform(0, 2 * np.pi, samples)
        x = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        return x + rng.normal(0, 0.5, x.shape) * noise, y


class Xor(Dataset):
    """Opposite quadrants share a class: the problem that one layer cannot solve (Minsky and Papert 1969)."""

    name, label = "xor", "XOR"
    help = "Opposite corners belong together: the problem that no single layer can solve."
    classes = ("different signs", "same sign")

    def make(self, rng: np.random.Generator, samples: int, noise: float) -> Points:
        """Uniform in four squares that keep 0.05 from the axes."""
        corner = np.arange(samples) % 4
        signs = np.stack([np.where(corner % 2, 1, -1), np.where(corner // 2, 1, -1)], axis=1)
        x = signs * rng.uniform(0.05, 1.0, (samples, 2))
        return x + rng.normal(0, 0.5, x.shape) * noise, (signs[:, 0] == signs[:, 1]).astype(np.int64)


class Moons(Dataset):
    """Two interleaving half circles."""

    name, label = "moons", "two moons"
    help = "Two half moons that reach into each other."
    classes = ("upper", "lower")

    def make(self, rng: np.random.Generator, samples: int, noise: float) -> Points:
        """Half circles of radius 0.6, shifted by 0.6 and 0.3."""
        y = halves(samples)
        angle = rng.uniform(0, np.pi, samples)
        sign = 1 - 2 * y
        x = np.stack([0.6 * np.cos(angle) * sign - 0.3 * sign, 0.6 * np.sin(angle) * sign - 0.15 * sign], axis=1)
        return x + rng.normal(0, 0.5, x.shape) * noise, y


class Spirals(Dataset):
    """Two spirals of one and a half turns (Lang and Witbrock 1988)."""

    name, label = "spirals", "spirals"
    help = "Two arms wound around each other: hard, a deep network is of use."

    def make(self, rng: np.random.Generator, samples: int, noise: float) -> Points:
        """Radius grows with the angle, class 1 is turned by π."""
        y = halves(samples)
        t = rng.random(samples)
        radius, angle = 0.08 + 0.9 * t, 1.5 * 2 * np.pi * t + np.pi * y
        x = radius[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
        return x + rng.normal(0, 0.3, x.shape) * noise, y


class Gaussians(Dataset):
    """Two clouds at (−½, −½) and (½, ½)."""

    name, label = "gaussians", "two clouds"
    help = "Two clouds of points: one straight line is enough."

    def make(self, rng: np.random.Generator, samples: int, noise: float) -> Points:
        """Standard deviation 0.15, and the noise on top."""
        y = halves(samples)
        x = (y - 0.5)[:, None] + rng.normal(0, 0.15, (samples, 2))
        return x + rng.normal(0, 0.6, x.shape) * noise, y


class Sine(Dataset):
    """y = sin(1.5 π x), to be learned as a number."""

    name, label = "sine", "noisy sine"
    help = "A curve to fit: the network's answer is a number, not a class."
    task, n_inputs, classes, losses = "regression", 1, (), REGRESSION

    def make(self, rng: np.random.Generator, samples: int, noise: float) -> Points:
        """x uniform in [−1, 1], noise on y."""
        x = rng.uniform(-1, 1, (samples, 1))
        return x, np.sin(1.5 * np.pi * x[:, 0]) + rng.normal(0, 1, samples) * noise


class Digits(Dataset):
    """1,797 handwritten digits of 8 × 8 pixels, 0 (paper) to 1 (ink): UCI, E. Alpaydin and C. Kaynak 1998.

    The pixels' own grid of 0..16, scaled; CC BY 4.0, the licence text stands beside the data.
    """

    name, label = "digits", "digits 8×8"
    help = "1,797 handwritten digits of 8 × 8 pixels; ten classes."
    n_inputs = 64
    classes = tuple("0123456789")
    losses = CLASSIFY_MANY

    def make(self, rng: np.random.Generator, samples: int, noise: float) -> Points:
        """All of them, in the archive's order; noise is added to the pixels, which stay within 0..1."""
        table = digits_table()
        x = table[:, :64] / 16 + rng.normal(0, 0.5, (len(table), 64)) * noise
        return np.clip(x, 0, 1), table[:, 64].astype(np.int64)


@cache
def digits_table() -> Array:
    """(1797, 65) bytes: 64 pixels of 0..16 and the label."""
    packed = (resources.files(__package__) / "data" / "digits.npy.gz").read_bytes()
    table: Array = np.load(io.BytesIO(gzip.decompress(packed)), allow_pickle=False)
    return table


DATASETS: dict[str, Dataset] = {
    dataset.name: dataset for dataset in (Circles(), Xor(), Moons(), Spirals(), Gaussians(), Sine(), Digits())
}


@dataclass(frozen=True)
class Data:
    """One draw of a data set, split into two parts.

    Shapes, for each part:
        x (samples, n_inputs), points or images    labels (samples,), class numbers, or values for regression
        y (samples, n_out), the same as targets of the network

    `features` are what the network is shown of a point in the plane; `inputs` makes them.
    """

    dataset: Dataset
    x_train: Array
    y_train: Array
    labels_train: Array
    x_test: Array
    y_test: Array
    labels_test: Array
    features: tuple[str, ...] = ("x1", "x2")

    @property
    def bounds(self) -> tuple[float, float]:
        """The part of the input space that is drawn, for every input."""
        return self.dataset.bounds

    def inputs(self, x: Array) -> Array:
        """What the network sees (samples, n_in) of x (samples, n_inputs): a plane's features, else x itself."""
        return select(x, self.features) if self.dataset.n_inputs == 2 else x


def targets(labels: Array, n_out: int) -> Array:
    """Labels as an output layer of n_out units should say them: one number, or one-hot rows."""
    if n_out == 1:
        return labels[:, None].astype(np.float64)
    return np.eye(n_out)[labels]


def load(
    name: str, rng: np.random.Generator, samples: int, noise: float, test_share: float, n_out: int,
    features: Sequence[str] = ("x1", "x2"),
) -> Data:  # fmt: skip
    """Draw the set and split it at random, each class in the same proportion; at least one sample on each side."""
    dataset = DATASETS[name]
    x, labels = dataset.make(rng, samples, noise)
    order = rng.permutation(len(x))
    test = np.zeros(len(x), bool)
    groups = [order] if dataset.task == "regression" else [order[labels[order] == k] for k in np.unique(labels)]
    for group in groups:
        test[group[: round(len(group) * test_share)]] = True
    if test.all():
        test[order[0]] = False
    if not test.any():
        test[order[-1]] = True
    y = targets(labels, n_out)
    return Data(dataset, x[~test], y[~test], labels[~test], x[test], y[test], labels[test], tuple(features))
