"""‖∂L/∂W‖ of every layer, at every step, and whether all is still finite, in few calls.

Squares of small numbers leave float32's range long before the numbers do: a gradient of 10⁻²⁰ has a square of
10⁻⁴⁰. Where that comes near, the norm is taken again in float64.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from .tape import Array, Tape

if TYPE_CHECKING:
    from .network import Network

#: Of (layers + 1) · parameters: up to TINY a product with a layer-indicator matrix is faster than a call for each run
#: of like layers; up to SMALL the bound takes in biases at next to no cost.
TINY, SMALL = 4_096, 32_768
#: Squares, and sums of them, within these bounds are exact enough in float32.
LOW, HIGH = 1e-30, 1e30


class GradientNorms:
    """Play `tape` after a backward pass; `read()` then gives the squares, and last what bounds them all.

    Of layer 1..L the weights alone, biases left out. The bound is the sum of all squares (where a network is not
    large those of biases, too): as long as it is below HIGH every square is, so that one comparison finds inf and
    NaN. `closer()` takes the squares again in float64.
    """

    def __init__(self, network: "Network") -> None:
        layers, count = len(network.sizes) - 1, network.theta.size
        self._weights = [gradient[:-1].reshape(-1) for gradient in network.gradients[1:]]
        squares = np.zeros(layers + 1, network.dtype)
        self.read: Callable[[], list[float]] = squares.tolist
        self.tape: Tape
        if (layers + 1) * count <= TINY:
            square, indicator = np.zeros(count, network.dtype), np.ones((layers + 1, count), network.dtype)
            for layer, row in enumerate(indicator[:-1], 1):
                row.fill(0)
                network.views(row)[layer][:-1] = 1
            self.tape = [
                (np.multiply, (network.gradient, network.gradient, square)),
                (indicator.dot, (square, squares)),
            ]
        else:
            ones, gradient, bound = np.ones(layers, network.dtype), network.gradient, squares[layers, ...]
            total = (
                (gradient.dot, (gradient, bound))
                if (layers + 1) * count <= SMALL
                else (squares[:-1].dot, (ones, bound))
            )
            self.tape = [*_by_runs(network, squares), total]

    def closer(self) -> list[float]:
        """The squares of layer 1..L in float64."""
        return [float(weight @ weight) for weight in (part.astype(np.float64) for part in self._weights)]


def _by_runs(network: "Network", squares: Array) -> Tape:
    """One call for each run of neighbouring layers of the same shape, whose gradients stand at equal distances."""
    layers, tape, start = len(network.sizes) - 1, Tape(), 0
    kinds = [(view.shape, network.normalised(layer)) for layer, view in enumerate(network.gradients)]
    first = 1
    while first <= layers:
        (inputs, units), normalised = kinds[first]
        count = 1
        while first + count <= layers and kinds[first + count] == kinds[first]:
            count += 1
        distance = (inputs + 2 * normalised) * units
        run = network.gradient[start : start + count * distance].reshape(count, distance)
        weights, out = run[:, : (inputs - 1) * units], squares[first - 1 : first - 1 + count]
        alone = weights.reshape(-1)
        tape.append((np.vecdot, (weights, weights, out)) if count > 1 else (alone.dot, (alone, out.reshape(()))))
        first, start = first + count, start + count * distance
    return tape
