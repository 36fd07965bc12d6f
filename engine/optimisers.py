"""Optimisers: how the gradient changes the parameters.

One pass over two flat vectors, θ and ∂L/∂θ, whatever the number of layers: an optimiser first remembers what it
keeps of the gradient, then writes down its step, which is subtracted. Rates are 0-d arrays, which turning a knob
overwrites in place.

When the optimiser is changed in mid-run its memory starts empty. When one of its numbers is changed, it counts from
the next update on; averages keep their values.
"""

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from .tape import Array, Tape, copy
from .tape.memory import like

#: What RMSProp and Adam add to a root, so that none is 0.
EPSILON = 1e-8
#: What a person turns while the network trains, by the names that an experiment gives them.
KNOBS = ("learning_rate", "momentum", "beta1", "beta2", "rho", "weight_decay")


class Rates:
    """The numbers that a person turns while the network trains, as 0-d arrays of the network's dtype.

    Also how many updates the optimiser has made (`count`), and what follows from it: Adam's averages start at 0, so
    they are too small at first; `scale` and `shift` correct them (Kingma and Ba 2015, section 3).
    """

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.count = 0
        self.values: dict[str, float] = {}
        self.learning_rate, self.momentum, self.rho, self.unrho, self.beta1, self.beta2 = (
            np.zeros((), dtype) for _ in range(6)
        )
        self.epsilon, self.tiny = np.array(EPSILON, dtype), np.array(1e-10, dtype)
        self.scale, self.shift, self.decay = (np.zeros((), dtype) for _ in range(3))

    def set(self, knobs: Mapping[str, float]) -> None:
        """Overwrite them, all of KNOBS by name; every prepared call sees the new values."""
        self.values = dict(knobs)
        for name in ("momentum", "rho", "beta1", "beta2"):
            getattr(self, name)[...] = self.values[name]
        self.unrho[...] = 1 - self.values["rho"]
        self.use(self.values["learning_rate"])

    def use(self, learning_rate: float) -> None:
        """The rate in force from now on, where a schedule makes it another than the base rate."""
        self.values["learning_rate"] = learning_rate
        self.learning_rate[...] = learning_rate
        self.decay[...] = learning_rate * self.values["weight_decay"]

    def advance(self) -> None:
        """One more update; for Adam, which keeps M = m / (1 − β₁) and V = v / (1 − β₂) to save two calls.

        With √v̂ = s √V its step, η m̂ / (√v̂ + ε), is scale · M / (√V + shift), where shift = ε / s: a third call saved.
        """
        self.count += 1
        beta1, beta2 = self.values["beta1"], self.values["beta2"]
        root = math.sqrt((1 - beta2) / (1 - beta2**self.count))
        self.scale.fill(self.values["learning_rate"] * (1 - beta1) / (1 - beta1**self.count) / root)
        self.shift.fill(EPSILON / root)


class Optimiser:
    """What the table holds: how many state vectors it keeps, and its calls.

    memory is (slots, parameters); `change` takes the step, and is free for use before.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    help: ClassVar[str]
    #: Vectors of θ's size that it remembers from step to step.
    slots: ClassVar[int] = 0
    #: Of the knobs, those that it reads besides the learning rate.
    knobs: ClassVar[tuple[str, ...]] = ()

    def begin(self, rates: Rates) -> Tape:
        """Calls that come once before the update, whatever the number of parameters."""
        return []

    def remember(self, gradient: Array, change: Array, memory: Array, rates: Rates) -> Tape:
        """Calls that bring the memory up to date with this gradient."""
        return []

    def step(self, theta: Array, gradient: Array, change: Array, memory: Array, rates: Rates, weights: Array) -> Tape:
        """Calls that write the step into change, and alter nothing else: from θ before it and the memory after it.

        weights is 1 at weights and 0 at biases, for whoever decays weights only.
        """
        raise NotImplementedError

    def tape(
        self, theta: Array, gradient: Array, change: Array, memory: Array, rates: Rates, weights: Array,
        before: Array | None = None,
    ) -> Tape:  # fmt: skip
        """The whole update: remember, step, keep θ in `before`, subtract the step.

        θ comes in last, so that fewer arrays are in use at a time: with Adam's order, 5 % of a long vector's update.
        """
        return [
            *self.remember(gradient, change, memory, rates),
            *self.step(theta, gradient, change, memory, rates, weights),
            *([] if before is None else [copy(before, theta)]),
            (np.subtract, (theta, change, theta)),
        ]

    def turned(self, memory: Array, old: dict[str, float], new: dict[str, float]) -> None:
        """Called when a knob was turned, for whoever keeps averages that are scaled by it."""


class SGD(Optimiser):
    """θ ← θ − η ∂L/∂θ."""

    name, label = "sgd", "SGD"
    help = "Walks downhill: each parameter moves against its gradient, times the learning rate."

    def step(self, theta: Array, gradient: Array, change: Array, memory: Array, rates: Rates, weights: Array) -> Tape:
        """One call."""
        return [(np.multiply, (gradient, rates.learning_rate, change))]


class Momentum(Optimiser):
    """v ← μ v + ∂L/∂θ, θ ← θ − η v (as PyTorch's SGD with momentum and no dampening)."""

    name, label = "momentum", "momentum"
    help = "Rolls downhill like a ball: keeps a share of its last velocity, so it crosses flat ground faster."
    slots, knobs = 1, ("momentum",)

    def remember(self, gradient: Array, change: Array, memory: Array, rates: Rates) -> Tape:
        """The velocity: two calls."""
        return [(np.multiply, (memory[0], rates.momentum, memory[0])), (np.add, (memory[0], gradient, memory[0]))]

    def step(self, theta: Array, gradient: Array, change: Array, memory: Array, rates: Rates, weights: Array) -> Tape:
        """One call."""
        return [(np.multiply, (memory[0], rates.learning_rate, change))]


class Nesterov(Momentum):
    """v ← μ v + ∂L/∂θ, θ ← θ − η (∂L/∂θ + μ v) (Nesterov 1983, in the form of Sutskever et al. 2013 and PyTorch)."""

    name, label = "nesterov", "Nesterov momentum"
    help = "Momentum that looks ahead: it corrects its course with where the velocity is about to carry it."

    def step(self, theta: Array, gradient: Array, change: Array, memory: Array, rates: Rates, weights: Array) -> Tape:
        """Three calls."""
        return [
            (np.multiply, (memory[0], rates.momentum, change)),
            (np.add, (change, gradient, change)),
            (np.multiply, (change, rates.learning_rate, change)),
        ]


class AdaGrad(Optimiser):
    """s ← s + (∂L/∂θ)², θ ← θ − η ∂L/∂θ / (√s + 10⁻¹⁰) (Duchi, Hazan and Singer 2011)."""

    name, label = "adagrad", "AdaGrad"
    help = "Each parameter has a rate of its own, which shrinks with all the gradient it has ever seen."
    slots = 1

    def remember(self, gradient: Array, change: Array, memory: Array, rates: Rates) -> Tape:
        """The sum of squares: two calls."""
        return [(np.multiply, (gradient, gradient, change)), (np.add, (memory[0], change, memory[0]))]

    def step(self, theta: Array, gradient: Array, change: Array, memory: Array, rates: Rates, weights: Array) -> Tape:
        """Four calls."""
        return [
            (np.sqrt, (memory[0], change)),
            (np.add, (change, rates.tiny, change)),
            (np.divide, (gradient, change, change)),
            (np.multiply, (change, rates.learning_rate, change)),
        ]


class RMSProp(Optimiser):
    """v ← ρ v + (1 − ρ)(∂L/∂θ)², θ ← θ − η ∂L/∂θ / (√v + 10⁻⁸) (Tieleman and Hinton 2012).

    The memory holds v / (1 − ρ), which saves a call.
    """

    name, label = "rmsprop", "RMSProp"
    help = "Each parameter's step is divided by the recent size of its gradient, so that all move about equally fast."
    slots, knobs = 1, ("rho",)

    def remember(self, gradient: Array, change: Array, memory: Array, rates: Rates) -> Tape:
        """The average of squares: three calls."""
        squares = memory[0]
        return [
            (np.multiply, (squares, rates.rho, squares)),
            (np.multiply, (gradient, gradient, change)),
            (np.add, (squares, change, squares)),
        ]

    def step(self, theta: Array, gradient: Array, change: Array, memory: Array, rates: Rates, weights: Array) -> Tape:
        """Five calls."""
        return [
            (np.multiply, (memory[0], rates.unrho, change)),
            (np.sqrt, (change, change)),
            (np.add, (change, rates.epsilon, change)),
            (np.divide, (gradient, change, change)),
            (np.multiply, (change, rates.learning_rate, change)),
        ]

    def turned(self, memory: Array, old: dict[str, float], new: dict[str, float]) -> None:
        """v stays what it was."""
        memory[0] *= (1 - old["rho"]) / (1 - new["rho"])


class Adam(Optimiser):
    """m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², θ ← θ − η m̂ / (√v̂ + 10⁻⁸) (Kingma and Ba 2015).

    m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) after t updates. The memory holds m / (1 − β₁) and v / (1 − β₂).
    """

    name, label = "adam", "Adam"
    help = "Momentum, and a rate of its own for each parameter: the usual choice when nothing is known."
    slots = 2
    knobs: ClassVar[tuple[str, ...]] = ("beta1", "beta2")

    def begin(self, rates: Rates) -> Tape:
        """One more update counted."""
        return [(rates.advance, ())]

    def remember(self, gradient: Array, change: Array, memory: Array, rates: Rates) -> Tape:
        """Both averages, v first: five calls."""
        mean, squares = memory
        return [
            (np.multiply, (squares, rates.beta2, squares)),
            (np.multiply, (gradient, gradient, change)),
            (np.add, (squares, change, squares)),
            (np.multiply, (mean, rates.beta1, mean)),
            (np.add, (mean, gradient, mean)),
        ]

    def step(self, theta: Array, gradient: Array, change: Array, memory: Array, rates: Rates, weights: Array) -> Tape:
        """Four calls."""
        mean, squares = memory
        return [
            (np.sqrt, (squares, change)),
            (np.add, (change, rates.shift, change)),
            (np.divide, (mean, change, change)),
            (np.multiply, (change, rates.scale, change)),
        ]

    def turned(self, memory: Array, old: dict[str, float], new: dict[str, float]) -> None:
        """m and v stay what they were."""
        memory[0] *= (1 - old["beta1"]) / (1 - new["beta1"])
        memory[1] *= (1 - old["beta2"]) / (1 - new["beta2"])


class AdamW(Adam):
    """Adam, and θ ← θ − ηλθ for the weights (Loshchilov and Hutter 2019): a decay that Adam does not rescale."""

    name, label = "adamw", "AdamW"
    help = "Adam with weight decay: every weight also shrinks by a fixed share, whatever its gradient."
    knobs = ("beta1", "beta2", "weight_decay")

    def step(self, theta: Array, gradient: Array, change: Array, memory: Array, rates: Rates, weights: Array) -> Tape:
        """Seven calls; biases do not decay."""
        shrinkage = like(theta)
        return [
            *super().step(theta, gradient, change, memory, rates, weights),
            (np.multiply, (theta, weights, shrinkage)),
            (np.multiply, (shrinkage, rates.decay, shrinkage)),
            (np.add, (change, shrinkage, change)),
        ]


OPTIMISERS: dict[str, Optimiser] = {
    row.name: row for row in (SGD(), Momentum(), Nesterov(), AdaGrad(), RMSProp(), Adam(), AdamW())
}
