"""How good a network is on all samples, not just on a batch."""

from dataclasses import dataclass

import numpy as np

from .losses import LOSSES
from .network import Network
from .tape import Array, play


@dataclass(frozen=True)
class Metrics:
    """Mean losses, and the share of right answers (NaN for regression)."""

    train_loss: float
    test_loss: float
    train_accuracy: float
    test_accuracy: float


def decided(network: Network, a: Array) -> Array:
    """The classes that outputs a (n_out, samples) stand for: the largest, or over the threshold when there is one."""
    threshold = 0.5 if network.fused else LOSSES[network.loss].threshold
    classes: Array = np.argmax(a, axis=0) if len(a) > 1 else (a[0] > threshold).astype(np.int64)
    return classes


def evaluate(network: Network, rows: Array, labels: Array, classification: bool) -> tuple[float, float]:
    """Loss and accuracy on rows (samples, n_in + 1 + n_out), laid out as a workspace's; labels (samples,)."""
    workspace = network.workspace(len(rows), "measure")
    np.copyto(workspace.rows, rows)
    with np.errstate(all="ignore"):
        play(workspace.forward_tape)
        play(workspace.loss_tape)
    loss = float(workspace.loss)
    if not classification:
        return loss, float("nan")
    return loss, float(np.mean(decided(network, workspace.a[-1]) == labels))
