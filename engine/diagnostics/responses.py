"""What each neuron, and the whole network, answers over the input space."""

from dataclasses import dataclass

import numpy as np

from ..activations import ACTIVATIONS
from ..datasets import Data
from ..losses import LOSSES
from ..metrics import decided
from ..network import Network
from ..tape import Array, play
from ..workspace import Workspace


@dataclass(frozen=True)
class Responses:
    """Heat maps of neurons as bytes: 128 is the centre, 1 and 255 are a range below and above it.

    centres, ranges (L,): what 128 stands for in each layer, and how far it is to the ends.
    maps (bytes,): layer by layer, neuron by neuron, rows · columns each; row 0 has the largest x₂.
    """

    centres: Array
    ranges: Array
    maps: Array


def grid(data: Data, cells: int) -> Array:
    """Points of the drawn part of the input space: (cells², 2) of a plane, (2 · cells, 1) of a line.

    A plane's rows run from the largest x₂ down, as a picture does; points are the middles of cells.
    """
    low, high = data.bounds
    count = cells if data.dataset.n_inputs == 2 else 2 * cells
    middles = low + (np.arange(count) + 0.5) * (high - low) / count
    if data.dataset.n_inputs != 2:
        return middles[:, None]
    x1, x2 = np.meshgrid(middles, middles[::-1])
    return np.stack([x1.reshape(-1), x2.reshape(-1)], axis=1)


def passed_forward(network: Network, x: Array) -> Workspace:
    """Activations of every layer for inputs x (points, n_in), in a workspace of its own."""
    workspace = network.workspace(len(x), "look")
    workspace.rows[:, : network.sizes[0]] = x
    with np.errstate(all="ignore"):
        play(workspace.forward_tape)
    return workspace


def neuron_responses(network: Network, data: Data, cells: int = 10, at_most: int = 16) -> Responses:
    """Heat maps of the first `at_most` neurons of every layer, over a plane or a line."""
    workspace = passed_forward(network, data.inputs(grid(data, cells)))
    centres, ranges, maps = [], [], []
    for layer in range(1, len(network.sizes)):
        activation = ACTIVATIONS[network.activations[layer - 1]]
        a = workspace.a[layer][:at_most]
        finite = np.where(np.isfinite(a), a, 0)
        reach = activation.swing or max(float(np.abs(finite).max()), 1e-12)
        scaled = np.clip((finite - activation.centre) / reach, -1, 1)
        centres.append(activation.centre)
        ranges.append(reach)
        maps.append(np.rint(128 + 127 * scaled).astype(np.uint8).reshape(-1))
    return Responses(np.array(centres), np.array(ranges), np.concatenate(maps))


def belief(network: Network, data: Data, cells: int = 48) -> Array:
    """What the network holds to be true.

    Points of a plane: the probability of class 1 as uint8 0..255, (cells, cells), row 0 the largest x₂.
    A line: the predicted values, float (2 · cells,). Anything else: how often each class of the test set was taken
    for each class, int (classes, classes), a row for the truth.
    """
    if data.dataset.n_inputs > 2:
        return confusion(network, data)
    a = passed_forward(network, data.inputs(grid(data, cells))).a[-1]
    if data.dataset.task == "regression":
        curve: Array = a[0].copy()
        return curve
    with np.errstate(all="ignore"):
        probability = np.nan_to_num(probability_of_one(network, a.astype(np.float64)), nan=0.5)
    picture: Array = np.rint(255 * np.clip(probability, 0, 1)).astype(np.uint8).reshape(cells, cells)
    return picture


def probability_of_one(network: Network, a: Array) -> Array:
    """How sure outputs a (1 or 2, points) are of class 1, 0..1; a probability where the loss makes it one.

    See `Loss.certainty`: cross-entropies give probabilities, squares an estimate of one, the hinge a margin.
    """
    one: Array = (a if network.fused else LOSSES[network.loss].certainty(a))[-1]
    return one


def confusion(network: Network, data: Data) -> Array:
    """Counts (classes, classes) over the test set: row = truth, column = answer."""
    classes = len(data.dataset.classes)
    answers = decided(network, passed_forward(network, data.inputs(data.x_test)).a[-1])
    counts: Array = np.bincount(data.labels_test * classes + answers, minlength=classes * classes)
    return counts.reshape(classes, classes)
