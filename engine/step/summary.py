"""The numbers that sum a step up, and room for what they are summed from.

They are in one vector, so that one call reads all: the loss, a bound of the squared gradient norms, and these.
"""

from ..tape import Array
from ..tape.memory import fresh, padding
from .layers import Layers

#: Where the numbers that sum a step up stand: the loss, what bounds the squares, and from there on they themselves.
LOSS, BOUND, SQUARES = range(3)
#: Of (layers + 1) · parameters: up to TINY a product with a layer-indicator matrix is faster than a call for each
#: group of like layers; up to SMALL the bound takes in biases at next to no cost.
TINY, SMALL = 4_096, 32_768


def is_tiny(network: Layers) -> bool:
    """Whether one product takes all norms."""
    return len(network.sizes) * network.theta.size <= TINY


def summands(network: Layers, terms: int) -> tuple[Array, Array]:
    """Room for what a tiny network sums up: all squares, and behind them so many terms of the loss; that for these.

    Where they are too many, or the network is not tiny, there is none for them.
    """
    squares = padding(network.theta.size, network.dtype)
    few = (1 + len(network.sizes)) * (squares + terms) <= TINY
    room = fresh(squares * is_tiny(network) + terms * few, network.dtype)
    return room, room[len(room) - terms * few :]
