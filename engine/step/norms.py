"""‖∂L/∂W‖ of every layer, at every step, and whether all is still finite, in few calls.

On a tiny network one product with rows of ones and zeros gives all of them, and the loss besides.

Squares of small numbers leave float32's range long before the numbers do: a gradient of 10⁻²⁰ has a square of
10⁻⁴⁰. Where that comes near, the norm is taken again in float64.
"""

import numpy as np

from ..tape import Array, Tape, play
from ..tape.memory import fresh, padding
from .groups import groups
from .layers import Layers
from .summary import BOUND, LOSS, SMALL, SQUARES, is_tiny
from .workspace import Workspace

#: Squares, and sums of them, within these bounds are exact enough in float32.
LOW, HIGH = 1e-30, 1e30


def norms_tape(network: Layers, workspace: Workspace) -> Tape:
    """After a backward pass: the squares of layer 1..L into `summary[SQUARES:]`, before them what bounds them all.

    Of the weights alone, biases left out. The bound is the sum of all squares (where a network is not large those of
    biases, too): as long as it is below HIGH every square is, so that one comparison finds inf and NaN. A tiny
    network's product also does what the workspace's `mean` would do: with its rows at cache lines, 7 % of a step.
    """
    layers, count, summary = len(network.sizes) - 1, network.theta.size, workspace.summary
    if is_tiny(network):
        return _at_once(network, workspace)
    ones, gradient = np.ones(layers, network.dtype), network.gradient
    bound, squares = summary[BOUND, ...], summary[SQUARES:]
    total = (gradient.dot, (gradient, bound)) if (layers + 1) * count <= SMALL else (squares.dot, (ones, bound))
    return [*_by_groups(network, squares), total]


def _at_once(network: Layers, workspace: Workspace) -> Tape:
    """One product with the squares, and with the terms of the loss: a row of ones and zeros for each sum."""
    squares, first = workspace.summands[: network.theta.size], LOSS if workspace.mean else BOUND
    summed = workspace.summands if workspace.mean else workspace.summands[: padding(len(squares), network.dtype)]
    rows = fresh((len(workspace.summary), len(summed)), network.dtype)
    if workspace.mean:
        rows[LOSS, -len(workspace.terms) :] = 1 / len(workspace.terms)
    rows[BOUND, : len(squares)] = 1
    for layer, row in enumerate(rows[SQUARES:, : len(squares)], 1):
        network.views(row)[layer][:-1] = 1
    return [
        (np.multiply, (network.gradient, network.gradient, squares)),
        (rows[first:].dot, (summed, workspace.summary[first:])),
    ]


def exact_squares(network: Layers) -> list[float]:
    """The squares of layer 1..L in float64."""
    weights = (gradient[:-1].reshape(-1).astype(np.float64) for gradient in network.gradients[1:])
    return [float(weight @ weight) for weight in weights]


def exact_sums(network: Layers, workspace: Workspace, numbers: list[float]) -> float:
    """A step's numbers where squares leave float32's range: these in float64, and the loss, as ∞ · 0 is no number.

    Their sum, which is finite if they are.
    """
    if workspace.mean:
        play([workspace.mean])
        numbers[LOSS] = float(workspace.loss)
    numbers[SQUARES:] = exact_squares(network)
    return numbers[LOSS] + sum(numbers[SQUARES:])


def _by_groups(network: Layers, squares: Array) -> Tape:
    """One call for each group of neighbouring layers of the same shape, whose gradients stand at equal distances."""
    tape = Tape()
    kinds = [(view.shape, network.normalised(layer)) for layer, view in enumerate(network.gradients) if layer]
    for layers in groups(kinds):
        weights = network.stacked(network.gradient, layers)[:, :-1].reshape(len(layers), -1)
        out, alone = squares[layers.start - 1 : layers.stop - 1], weights.reshape(-1)
        tape.append(
            (np.vecdot, (weights, weights, out)) if len(layers) > 1 else (alone.dot, (alone, out.reshape(())))
        )
    return tape
