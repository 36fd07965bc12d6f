"""What each neuron, and the whole network, answers over the input space."""

from dataclasses import dataclass

import numpy as np

from ..activations import ACTIVATIONS
from ..datasets import Data
from ..losses import LOSSES
from ..step.network import Network
from ..step.workspace import Workspace
from ..tape import Array, play
from ..training.metrics import confusion, decided

#: Points that a large network is asked about at a time, and the units from which on it is large. Buffers for all
#: 2,304 points of a picture take 27 MB of the largest network, and save no time.
PORTION, LARGE = 384, 512


@dataclass(frozen=True)
class Responses:
    """Heat maps of neurons as bytes: 128 is the centre, 1 and 255 are a range below and above it, 0 no finite number.

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
    count = cells if data.space == "plane" else 2 * cells
    middles = low + (np.arange(count) + 0.5) * (high - low) / count
    if data.space != "plane":
        return middles[:, None]
    x1, x2 = np.meshgrid(middles, middles[::-1])
    return np.stack([x1.reshape(-1), x2.reshape(-1)], axis=1)


def passed_forward(network: Network, x: Array) -> Workspace:
    """Activations of every layer for inputs x (points, n_in), in a workspace of its own."""
    workspace = network.workspace(len(x), "look", training=False)
    workspace.rows[:, : network.sizes[0]] = x
    with np.errstate(all="ignore"):
        play(workspace.forward_tape)
    return workspace


def outputs(network: Network, x: Array) -> Array:
    """The output layer's activation for inputs x (points, n_in): (n_out, points)."""
    portion = len(x) if sum(network.sizes) < LARGE else PORTION
    parts = [passed_forward(network, x[at : at + portion]).a[-1].copy() for at in range(0, len(x), portion)]
    return np.concatenate(parts, axis=1)


def input_maps(data: Data, cells: int = 10) -> Array:
    """What each input of the network is over a plane or a line, as `Responses.maps`: bytes (inputs, points)."""
    inputs = data.inputs(grid(data, cells)).T
    reach = np.abs(inputs).max(axis=1, keepdims=True)
    bytes_: Array = np.rint(128 + 127 * inputs / np.maximum(reach, 1e-12)).astype(np.uint8)
    return bytes_


def neuron_responses(network: Network, data: Data, cells: int = 10, at_most: int = 16) -> Responses:
    """Heat maps of the first `at_most` neurons of every layer, over a plane or a line."""
    workspace = passed_forward(network, data.inputs(grid(data, cells)))
    centres, ranges, maps = [], [], []
    for layer in range(1, len(network.sizes)):
        activation = ACTIVATIONS[network.activations[layer - 1]]
        a = workspace.a[layer][:at_most]
        reach = activation.swing or max(float(np.abs(a[np.isfinite(a)]).max(initial=0.0)), 1e-12)
        centres.append(activation.centre)
        ranges.append(reach)
        maps.append(pictured((a - activation.centre) / reach).reshape(-1))
    return Responses(np.array(centres), np.array(ranges), np.concatenate(maps))


def pictured(values: Array) -> Array:
    """Values from −1 to 1 as bytes 1..255, clipped; 0 where there is no finite number."""
    finite = np.isfinite(values)
    scaled = np.clip(np.where(finite, values, 0), -1, 1)
    return np.asarray(np.where(finite, np.rint(128 + 127 * scaled), 0).astype(np.uint8))


def belief(network: Network, data: Data, cells: int = 48) -> Array:
    """What the network holds to be true.

    Points of a plane: uint8 (cells, cells), row 0 the largest x₂; 0 where there is no finite answer.
        Two classes: 1 + 254 p, with p the probability of class 1.
        More classes: the answer and how sure it is, see `answers`.
        Regression: 128 + 127 v, with v from −1 to 1 over the set's `target_range`.
    A line: the predicted values, float (2 · cells,), finite or not. Values: likewise for the test samples, float
    (samples,). Anything else: how often each class of the test set was taken for each class, a row for the truth,
    int (classes, classes + 1); last, how often there was no answer.
    """
    if not data.mapped:
        told = outputs(network, data.inputs(data.x_test))
        if data.space == "values":
            return np.asarray(told[0].astype(network.dtype))
        answered = decided(network, told)
        return confusion(answered, data.labels_test, len(data.dataset.classes))
    a = outputs(network, data.inputs(grid(data, cells))).astype(np.float64)
    if data.space == "line":
        curve: Array = a[0].astype(network.dtype)
        return curve
    with np.errstate(all="ignore"):
        if data.dataset.task == "regression":
            low, high = data.dataset.target_range
            picture = pictured((2 * a[0] - low - high) / (high - low))
        elif len(data.dataset.classes) > 2:
            picture = answers(network, a, len(data.dataset.classes))
        else:
            finite = np.asarray(np.isfinite(a).all(axis=0))
            picture = pictured(np.where(finite, 2 * probability_of_one(network, a) - 1, np.nan))
    return picture.reshape(cells, cells)


def answers(network: Network, a: Array, classes: int) -> Array:
    """The answer to each point of outputs a (classes, points), and how sure it is, as one byte.

    1 + answer · levels + sure, with levels = ⌊255 / classes⌋ and sure from 0, no more certain than a guess among all
    classes, to levels − 1, certain; 0 where there is no finite answer.
    """
    levels = 255 // classes
    answer = decided(network, a)
    certainty = np.take_along_axis(certainties(network, a), np.maximum(answer, 0)[None], axis=0)[0]
    sure = (classes * certainty - 1) / (classes - 1)
    found = (answer >= 0) & np.isfinite(sure)
    whole = 1 + levels * answer + np.rint((levels - 1) * np.clip(np.where(found, sure, 0), 0, 1))
    return np.asarray(np.where(found, whole, 0).astype(np.uint8))


def certainties(network: Network, a: Array) -> Array:
    """How sure outputs a (n_out, points) are of each class, 0..1; probabilities where the loss makes them such.

    See `Loss.certainty`: cross-entropies give probabilities, squares an estimate of one, the hinge a margin.
    """
    return a if network.fused else LOSSES[network.loss].certainty(a)


def probability_of_one(network: Network, a: Array) -> Array:
    """How sure outputs a (1 or 2, points) are of class 1, 0..1."""
    one: Array = certainties(network, a)[-1]
    return one
