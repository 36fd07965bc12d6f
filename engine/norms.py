"""‖∂L/∂W‖ of every layer, at every step, and whether all is still finite, in few calls.

Squares of small numbers leave float32's range long before the numbers do: a gradient of 10⁻²⁰ has a square of
10⁻⁴⁰. Where that comes near, the norm is taken again in float64.
"""

from typing import TYPE_CHECKING

import numpy as np

from .memory import fresh
from .runs import runs
from .tape import Array, Tape

if TYPE_CHECKING:
    from .network import Network

#: Of (layers + 1) · parameters: up to TINY a product with a layer-indicator matrix is faster than a call for each run
#: of like layers; up to SMALL the bound takes in biases at next to no cost.
TINY, SMALL = 4_096, 32_768
#: Squares, and sums of them, within these bounds are exact enough in float32.
LOW, HIGH = 1e-30, 1e30
#: Where the numbers that sum a step up stand: the loss, what bounds the squares, and from there on they themselves.
LOSS, BOUND, SQUARES = range(3)


def norms_tape(network: "Network", squares: Array) -> Tape:
    """After a backward pass: the squares of layer 1..L into `squares` (1 + L,), before them what bounds them all.

    Of the weights alone, biases left out. The bound is the sum of all squares (where a network is not large those of
    biases, too): as long as it is below HIGH every square is, so that one comparison finds inf and NaN.
    """
    layers, count = len(network.sizes) - 1, network.theta.size
    if (layers + 1) * count <= TINY:
        square, indicator = fresh(count, network.dtype), fresh((layers + 1, count), network.dtype, 1)
        for layer, row in enumerate(indicator[1:], 1):
            row.fill(0)
            network.views(row)[layer][:-1] = 1
        return [
            (np.multiply, (network.gradient, network.gradient, square)),
            (indicator.dot, (square, squares)),
        ]
    ones, gradient, bound = np.ones(layers, network.dtype), network.gradient, squares[0, ...]
    total = (gradient.dot, (gradient, bound)) if (layers + 1) * count <= SMALL else (squares[1:].dot, (ones, bound))
    return [*_by_runs(network, squares[1:]), total]


def exact_squares(network: "Network") -> list[float]:
    """The squares of layer 1..L in float64."""
    weights = (gradient[:-1].reshape(-1).astype(np.float64) for gradient in network.gradients[1:])
    return [float(weight @ weight) for weight in weights]


def _by_runs(network: "Network", squares: Array) -> Tape:
    """One call for each run of neighbouring layers of the same shape, whose gradients stand at equal distances."""
    tape = Tape()
    kinds = [(view.shape, network.normalised(layer)) for layer, view in enumerate(network.gradients) if layer]
    for layers in runs(kinds):
        weights = network.stacked(network.gradient, layers)[:, :-1].reshape(len(layers), -1)
        out, alone = squares[layers.start - 1 : layers.stop - 1], weights.reshape(-1)
        tape.append(
            (np.vecdot, (weights, weights, out)) if len(layers) > 1 else (alone.dot, (alone, out.reshape(())))
        )
    return tape
