"""Optimisers: how the gradient changes the parameters.

One pass over two flat vectors, θ and ∂L/∂θ, whatever the number of layers. The step that is subtracted stays in
`change`, so that it can be looked at. Rates are 0-d arrays, which turning a knob overwrites in place.
"""

from typing import Any, ClassVar

import numpy as np

from .tape import Array, Tape


class Rates:
    """The numbers that a person turns while the network trains, as 0-d arrays of the network's dtype."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.learning_rate = np.zeros((), dtype)
        self.momentum = np.zeros((), dtype)

    def set(self, learning_rate: float, momentum: float) -> None:
        """Overwrite both; every prepared call sees the new values."""
        self.learning_rate[...] = learning_rate
        self.momentum[...] = momentum


class Optimiser:
    """What the table holds: how many state vectors it keeps, and its tape."""

    name: ClassVar[str]
    label: ClassVar[str]
    help: ClassVar[str]
    #: Vectors of θ's size that it remembers from step to step.
    slots: ClassVar[int] = 0

    def tape(self, theta: Array, gradient: Array, change: Array, memory: Array, rates: Rates) -> Tape:
        """Calls that write the step into change and subtract it from theta; memory is (slots, parameters)."""
        raise NotImplementedError


class SGD(Optimiser):
    """θ ← θ − η ∂L/∂θ."""

    name, label = "sgd", "SGD"
    help = "Walks downhill: each parameter moves against its gradient, times the learning rate."

    def tape(self, theta: Array, gradient: Array, change: Array, memory: Array, rates: Rates) -> Tape:
        """Two calls."""
        return [
            (np.multiply, (gradient, rates.learning_rate, change)),
            (np.subtract, (theta, change, theta)),
        ]


class Momentum(Optimiser):
    """v ← μ v + ∂L/∂θ, θ ← θ − η v (as PyTorch's SGD with momentum and no dampening)."""

    name, label = "momentum", "momentum"
    help = "Rolls downhill like a ball: keeps a share of its last velocity, so it crosses flat ground faster."
    slots = 1

    def tape(self, theta: Array, gradient: Array, change: Array, memory: Array, rates: Rates) -> Tape:
        """Four calls."""
        velocity = memory[0]
        return [
            (np.multiply, (velocity, rates.momentum, velocity)),
            (np.add, (velocity, gradient, velocity)),
            (np.multiply, (velocity, rates.learning_rate, change)),
            (np.subtract, (theta, change, theta)),
        ]


OPTIMISERS: dict[str, Optimiser] = {optimiser.name: optimiser for optimiser in (SGD(), Momentum())}
