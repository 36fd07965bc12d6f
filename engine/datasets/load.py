"""One draw of a data set, split into a part to train on and a part to test with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..features import select
from ..tape import Array
from .base import Dataset

#: A plane has colours and shapes for so many classes.
COLOURED = 4


@dataclass(frozen=True)
class Data:
    """One draw of a data set, split into two parts.

    Shapes, for each part:
        x (samples, n_inputs), points or images    labels (samples,), class numbers, or values for regression
        y (samples, n_out), the same as targets of the network

    `features` are what the network is shown of a point in the plane; `inputs` makes them. With `mean` and
    `deviation` (n_in,), those of the training part, it also standardises them: mean 0 and standard deviation 1.
    """

    dataset: Dataset
    x_train: Array
    y_train: Array
    labels_train: Array
    x_test: Array
    y_test: Array
    labels_test: Array
    features: tuple[str, ...] = ("x1", "x2")
    mean: Array | None = None
    deviation: Array | None = None

    @property
    def bounds(self) -> tuple[float, float]:
        """The part of the input space that is drawn, for every input."""
        return self.dataset.bounds

    @property
    def space(self) -> str:
        """What can be drawn: plane (two inputs, few classes), line (one input and one output), values or none.

        Values are the answers to the test samples against the true ones; of classes there are only counts.
        """
        n_inputs = self.dataset.n_inputs
        if n_inputs == 2 and len(self.dataset.classes) <= COLOURED:
            return "plane"
        if n_inputs == 1 and self.y_train.shape[1] == 1:
            return "line"
        return "values" if self.dataset.task == "regression" else "none"

    @property
    def mapped(self) -> bool:
        """Whether the input space can be drawn, and each neuron's answers over it."""
        return self.space in ("plane", "line")

    def inputs(self, x: Array) -> Array:
        """What the network sees (samples, n_in) of x (samples, n_inputs): a plane's features, else x itself."""
        seen = select(x, self.features) if self.dataset.n_inputs == 2 else x
        return seen if self.mean is None else (seen - self.mean) / self.deviation

    def standardised(self) -> "Data":
        """The same with inputs brought to mean 0 and standard deviation 1; an input that never varies only to 0."""
        seen = self.inputs(self.x_train)
        deviation = seen.std(axis=0)
        # Rounding alone gives a constant column a deviation of about 1e-17.
        deviation[deviation < 1e-12] = 1
        return replace(self, mean=seen.mean(axis=0), deviation=deviation)


def targets(labels: Array, n_out: int) -> Array:
    """Labels as an output layer of n_out units should say them: one number, or one-hot rows."""
    if n_out == 1:
        return labels[:, None].astype(np.float64)
    return np.eye(n_out)[labels]


def load(
    dataset: Dataset, rng: np.random.Generator, samples: int, noise: float, test_share: float, n_out: int,
    features: Sequence[str] = ("x1", "x2"), balance: float = 0.5, standardise: bool = False,
) -> Data:  # fmt: skip
    """Draw the set and split it at random, each class in the same proportion; at least one sample on each side."""
    x, labels = dataset.make(rng, samples, noise, balance)
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
    data = Data(dataset, x[~test], y[~test], labels[~test], x[test], y[test], labels[test], tuple(features))
    return data.standardised() if standardise else data
