"""‖∂L/∂W‖ of every layer, at every step, in two calls.

Squares of small numbers leave float32's range long before the numbers do: a gradient of 10⁻²⁰ has a square of
10⁻⁴⁰. Where that comes near, the norm is taken again in float64.
"""

from typing import TYPE_CHECKING

import numpy as np

from .tape import Tape

if TYPE_CHECKING:
    from .network import Network

#: Up to this many entries a product with a layer-indicator matrix is faster than a dot product a layer.
SMALL = 32_768


class GradientNorms:
    """Play `tape` after a backward pass; `read()` gives their squares; weights only, biases left out."""

    def __init__(self, network: "Network") -> None:
        layers, count = len(network.sizes) - 1, network.theta.size
        self._weights = [gradient[:-1].reshape(-1) for gradient in network.gradients[1:]]
        self._squares = np.zeros(layers, network.dtype)
        self.tape: Tape
        if layers * count <= SMALL:
            square, indicator = np.zeros(count, network.dtype), np.zeros((layers, count), network.dtype)
            for layer, row in enumerate(indicator, 1):
                network.views(row)[layer][:-1] = 1
            self.tape = [
                (np.multiply, (network.gradient, network.gradient, square)),
                (indicator.dot, (square, self._squares)),
            ]
        else:
            self.tape = [
                (weight.dot, (weight, self._squares[layer : layer + 1].reshape(())))
                for layer, weight in enumerate(self._weights)
            ]

    def read(self) -> list[float]:
        """The squares of the norms, layer 1..L; in float64 where float32 would not do."""
        squares: list[float] = self._squares.tolist()
        if min(squares) > 1e-30 and max(squares) < 1e30:  # false for NaN as well
            return squares
        return [float(weight @ weight) for weight in (part.astype(np.float64) for part in self._weights)]
