"""How good a network is on all samples, not just on a batch."""

from dataclasses import dataclass

import numpy as np

from ..datasets import Data
from ..errors import ExperimentError
from ..losses import LOSSES
from ..step.network import Network
from ..tape import Array, play


@dataclass(frozen=True)
class Metrics:
    """Mean losses, and the share of right answers (NaN for regression)."""

    train_loss: float
    test_loss: float
    train_accuracy: float
    test_accuracy: float


def decided(network: Network, a: Array) -> Array:
    """The classes that outputs a (n_out, samples) stand for: the largest, or over the threshold when there is one.

    −1 where an output is no finite number: that is no answer.
    """
    threshold = 0.5 if network.fused else LOSSES[network.loss].threshold
    classes: Array = np.argmax(a, axis=0) if len(a) > 1 else (a[0] > threshold).astype(np.int64)
    classes[~np.isfinite(a).all(axis=0)] = -1
    return classes


def evaluate(network: Network, rows: Array, labels: Array, classification: bool) -> tuple[float, float]:
    """Loss and accuracy on rows (samples, n_in + 1 + n_out), laid out as a workspace's; labels (samples,)."""
    workspace = network.workspace(len(rows), "measure", training=False)
    np.copyto(workspace.rows, rows)
    with np.errstate(all="ignore"):
        play(workspace.measure_tape)
    loss = float(workspace.loss)
    if not classification:
        return loss, float("nan")
    return loss, float(np.mean(decided(network, workspace.a[-1]) == labels))


@dataclass(frozen=True)
class Report:
    """One part of the data, told in more detail than training needs.

    Classes: accuracy; confusion (classes, classes), counts, a row for the truth and a column for the answer, without
    the samples to which there is no finite answer; precision, the share of right ones among the answers that name a
    class, and recall, the share of a class that is found, of each class; NaN where there is nothing to share.
    Regression: R², the share of the targets' variance that the network explains (NaN when they do not vary), and the
    root of the mean squared error, in the targets' own unit. What does not apply is None.
    """

    samples: int
    loss: float
    accuracy: float | None = None
    confusion: Array | None = None
    precision: Array | None = None
    recall: Array | None = None
    r_squared: float | None = None
    rmse: float | None = None


def report(network: Network, data: Data, part: str = "test") -> Report:
    """Everything that can be measured on a part of the data, "train" or "test"; nothing is written to the network."""
    if part not in ("train", "test"):
        raise ExperimentError("part", part, "train or test")
    train = part == "train"
    x, y = (data.x_train, data.y_train) if train else (data.x_test, data.y_test)
    labels = data.labels_train if train else data.labels_test
    workspace = network.workspace(len(x), "measure", training=False)
    workspace.rows[...] = network.as_rows(data.inputs(x), y)
    with np.errstate(all="ignore"):
        play(workspace.measure_tape)
    loss, a = float(workspace.loss), workspace.a[-1]
    if data.dataset.task == "regression":
        r_squared, rmse = _distances(a[0].astype(np.float64), labels)
        return Report(len(x), loss, r_squared=r_squared, rmse=rmse)
    every = confusion(decided(network, a), labels, len(data.dataset.classes))
    counts = every[:, :-1]
    right = np.diag(counts)
    with np.errstate(invalid="ignore"):
        precision, recall = right / counts.sum(axis=0), right / every.sum(axis=1)
    return Report(len(x), loss, float(right.sum() / len(x)), counts, precision, recall)


def confusion(answers: Array, labels: Array, classes: int) -> Array:
    """How often each class was taken for each: (classes, classes + 1), row = truth, column = answer.

    The last column counts samples without an answer (−1).
    """
    columns = np.where(answers < 0, classes, answers)
    counts = np.bincount(labels * (classes + 1) + columns, minlength=classes * (classes + 1))
    return counts.reshape(classes, classes + 1)


def _distances(predicted: Array, values: Array) -> tuple[float, float]:
    """R² and root mean squared error of a regression."""
    with np.errstate(all="ignore"):
        error, spread = float(np.mean((predicted - values) ** 2)), float(values.var())
        return 1 - error / spread if spread else float("nan"), float(np.sqrt(error))
