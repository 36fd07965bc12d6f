"""What a data set is, and how often each of its classes comes."""

import numpy as np

from ..tape import Array

CLASSIFY_TWO = ("binary_cross_entropy", "softmax_cross_entropy", "mse", "half_sse", "mae", "huber", "hinge")
CLASSIFY_MANY = ("softmax_cross_entropy", "binary_cross_entropy", "mse", "half_sse", "mae", "huber", "hinge")
REGRESSION = ("mse", "half_sse", "mae", "huber")
Points = tuple[Array, Array]


class Dataset:
    """What the table holds; `losses` are those that fit, the usual one first.

    `noise` (0..1) is the standard deviation of a jitter, times each set's own scale. `balance` (0..1) is to
    1 − balance as the last class is to each other one: for two classes the share of the last, and all classes are
    equally frequent at ½.
    """

    name: str
    label: str
    help: str
    task: str = "classification"
    n_inputs: int = 2
    classes: tuple[str, ...] = ("orange", "blue")
    losses: tuple[str, ...] = CLASSIFY_TWO
    #: The part of the input space that is drawn, for every input.
    bounds: tuple[float, float] = (-1.2, 1.2)
    #: Between which values the targets of a regression lie, noise apart.
    target_range: tuple[float, float] = (-1.0, 1.0)
    #: Whether samples are drawn, as many as one wants, or are all that there are.
    drawn: bool = True
    #: Whether the inputs are the pixels of a square picture.
    image: bool = False

    def make(self, rng: np.random.Generator, samples: int, noise: float, balance: float = 0.5) -> Points:
        """x (samples, n_inputs) and y: class numbers (samples,) or values (samples,)."""
        raise NotImplementedError


class Classes(Dataset):
    """Points of a plane, drawn for class numbers that are given."""

    def make(self, rng: np.random.Generator, samples: int, noise: float, balance: float = 0.5) -> Points:
        """As many of each class as the balance asks for, in turn."""
        labels = in_turn(samples, len(self.classes), balance)
        return self.points(rng, labels, noise), labels

    def points(self, rng: np.random.Generator, labels: Array, noise: float) -> Array:
        """Points (samples, 2) of the classes `labels` (samples,)."""
        raise NotImplementedError


def shares(classes: int, balance: float) -> Array:
    """The share of each class, the sum 1.

    >>> shares(3, 0.5).round(3).tolist(), shares(3, 0.8).round(3).tolist()
    ([0.333, 0.333, 0.333], [0.167, 0.167, 0.667])
    """
    weights = np.full(classes, 1 - balance)
    weights[-1] = balance
    return np.asarray(weights / weights.sum())


def in_turn(samples: int, classes: int, balance: float = 0.5) -> Array:
    """Class numbers in the shares asked for, evenly mixed: every stretch has them, within one sample.

    >>> in_turn(6, 2).tolist(), in_turn(6, 2, 0.7).tolist()
    ([0, 1, 0, 1, 0, 1], [1, 0, 1, 1, 0, 1])
    """
    # The k-th sample of a class with share s is due at (k + ½) / s.
    due = (np.arange(samples) + 0.5) / shares(classes, balance)[:, None]
    order = np.argsort(due.reshape(-1), kind="stable")[:samples]
    return np.asarray(order // samples)


def earlier(labels: Array) -> Array:
    """How many samples of its own class came before each.

    >>> earlier(np.array([0, 1, 1, 0, 1])).tolist()
    [0, 0, 1, 1, 2]
    """
    count = np.zeros(len(labels), np.int64)
    for label in np.unique(labels):
        mine = labels == label
        count[mine] = np.arange(mine.sum())
    return count


def polar(radius: Array, angle: Array) -> Array:
    """Points (samples, 2) at distances from the origin, in directions counted from the x₁ axis."""
    return np.asarray(radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1))


def jitter(rng: np.random.Generator, points: Array, deviation: float) -> Array:
    """Points moved by a normal draw of this standard deviation; with 0 the draw is made all the same."""
    return np.asarray(points + rng.normal(0, 1, points.shape) * deviation)
