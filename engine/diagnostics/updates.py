"""The update of one weight or bias, taken apart: what the optimiser remembers of it, and the step that follows."""

import copy
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ..optimisers import OPTIMISERS
from ..step.clipping import clip
from ..step.trace import Trace
from ..tape import Array, play
from ..training.trainer import Trainer
from .finding import Finding, norm
from .place import Place

State = dict[str, float]
#: A step that differs from what the memory says by more was made under other settings; float32 is far better.
SAME = 1e-3


@dataclass(frozen=True)
class Arithmetic:
    """What a step is made of.

    memory (slots,) with this gradient in it; the gradient that the optimiser was given; knobs by name; the count of
    updates with this one; the number itself if it is a weight, else 0.
    """

    memory: Array
    gradient: float
    knobs: Mapping[str, float]
    count: int
    weight: float

    @property
    def rate(self) -> float:
        """η."""
        return self.knobs["learning_rate"]


def sgd(at: Arithmetic) -> tuple[State, float]:
    """η g."""
    return {}, at.rate * at.gradient


def momentum(at: Arithmetic) -> tuple[State, float]:
    """η v."""
    velocity = float(at.memory[0])
    return {"mu": at.knobs["momentum"], "v": velocity}, at.rate * velocity


def nesterov(at: Arithmetic) -> tuple[State, float]:
    """η (g + μ v)."""
    state, _ = momentum(at)
    return state, at.rate * (at.gradient + state["mu"] * state["v"])


def adagrad(at: Arithmetic) -> tuple[State, float]:
    """η g / (√s + ε)."""
    squares = float(at.memory[0])
    return {"s": squares}, at.rate * at.gradient / (math.sqrt(squares) + 1e-10)


def rmsprop(at: Arithmetic) -> tuple[State, float]:
    """η g / (√v + ε); the memory holds v / (1 − ρ)."""
    rho = at.knobs["rho"]
    squares = float(at.memory[0]) * (1 - rho)
    return {"rho": rho, "v": squares}, at.rate * at.gradient / (math.sqrt(squares) + 1e-8)


def adam(at: Arithmetic) -> tuple[State, float]:
    """η m̂ / (√v̂ + ε); the memory holds m / (1 − β₁) and v / (1 − β₂)."""
    beta1, beta2 = at.knobs["beta1"], at.knobs["beta2"]
    mean, squares = float(at.memory[0]) * (1 - beta1), float(at.memory[1]) * (1 - beta2)
    first, second = 1 - beta1**at.count, 1 - beta2**at.count
    state = {
        "beta1": beta1, "beta2": beta2, "t": at.count, "m": mean, "v": squares,
        "first": first, "second": second, "m_hat": mean / first, "v_hat": squares / second,
    }  # fmt: skip
    return state, at.rate * state["m_hat"] / (math.sqrt(state["v_hat"]) + 1e-8)


def adamw(at: Arithmetic) -> tuple[State, float]:
    """Adam's, and η λ w."""
    state, step = adam(at)
    decay = at.rate * at.knobs["weight_decay"] * at.weight
    return {**state, "decay": decay}, step + decay


#: Optimiser → what its memory says, and the step that it makes of it. As `optimisers` has them, one number at a time.
UPDATES: dict[str, Callable[[Arithmetic], tuple[State, float]]] = {
    "sgd": sgd, "momentum": momentum, "nesterov": nesterov, "adagrad": adagrad, "rmsprop": rmsprop,
    "adam": adam, "adamw": adamw,
}  # fmt: skip


@dataclass(frozen=True)
class Update(Finding):
    """One number's update in the step on show.

    made       False while the step is pending: then it is what the update would be now
    before, change, after   θ, what is subtracted, θ − that
    gradient   ∂L/∂θ, penalties included; given: the same after clipping
    clipped    whether any clipping is in force
    state      what the optimiser remembers, with this gradient in it; None when it has been changed since the step
    """

    optimiser: str
    learning_rate: float
    made: bool
    before: float
    gradient: float
    given: float
    clipped: bool
    change: float | None
    after: float | None
    state: State | None


def take_update_apart(trainer: Trainer, trace: Trace, place: Place) -> Update:
    """The update of a weight or a bias (of a unit: its bias)."""
    experiment, network = trainer.experiment, trace.network
    at, rate = place.flat(network), trace.learning_rate if trace.updated else trainer.rate
    gradient = trace.gradient.copy()
    clipped, tape = clip(gradient, experiment.clip_norm, experiment.clip_value)
    with np.errstate(all="ignore"):
        play(tape)
    before, given = float(trace.theta[at]), float(clipped[at])
    memory, count = trainer.memory[:, at : at + 1].copy(), trainer.rates.count
    change, after = float(trace.flat_change[at]), float(network.theta[at])
    if trainer.pending:
        change, after, count = rehearsed(trainer, place, before, given, memory)
    knobs = {**trainer.rates.values, "learning_rate": rate}
    weight = before if place.kind == "weight" else 0.0
    state, step = UPDATES[experiment.optimiser](Arithmetic(memory[:, 0], given, knobs, max(1, count), weight))
    known = abs(step - change) <= SAME * max(abs(step), abs(change))
    finite = math.isfinite(change)
    return Update(
        experiment.optimiser, rate, trace.updated, before, float(trace.gradient[at]), given, tape != [],
        change if finite else None, after if finite else None, state if known else None,
    )  # fmt: skip


def rehearsed(trainer: Trainer, place: Place, before: float, given: float, memory: Array) -> tuple[float, float, int]:
    """The pending update of one number: what it would subtract, what would come out, and which update it would be.

    The memory handed in is written.
    """
    theta, gradient, weight = (np.array([value], trainer.dtype) for value in (before, given, place.kind == "weight"))
    change, count = rehearse(trainer, theta, gradient, memory, weight)
    return float(change[0]), float(theta[0]), count


def rehearse(trainer: Trainer, theta: Array, gradient: Array, memory: Array, weight: Array) -> tuple[Array, int]:
    """What the optimiser's own calls would subtract, and which update it would be; all but `weight` is written."""
    optimiser, rates = OPTIMISERS[trainer.experiment.optimiser], copy.deepcopy(trainer.rates)
    rates.use(trainer.rate)
    change = np.zeros_like(theta)
    with np.errstate(all="ignore"):
        play([*optimiser.begin(rates), *optimiser.tape(theta, gradient, change, memory, rates, weight)])
    return change, rates.count


@dataclass(frozen=True)
class LayerUpdate(Finding):
    """The update of a layer's weights in the step on show; while it is pending, what it would be now.

    change (n_in, n_out)   what is subtracted; None when numbers have run away, as are its norm and its ratio to ‖W‖
    """

    optimiser: str
    learning_rate: float
    made: bool
    clipped: bool
    change: Array | None
    change_norm: float | None
    ratio: float | None


def take_layers_update_apart(trainer: Trainer, trace: Trace, layer: int) -> LayerUpdate:
    """The update of all weights of a layer."""
    experiment, network = trainer.experiment, trace.network
    places = network.views(np.arange(network.theta.size))[layer][: network.sizes[layer - 1]]
    gradient = trace.gradient.copy()
    clipped, tape = clip(gradient, experiment.clip_norm, experiment.clip_value)
    change = trace.flat_change[places]
    if trainer.pending:
        with np.errstate(all="ignore"):
            play(tape)
        flat = places.reshape(-1)
        memory, weight = trainer.memory[:, flat], np.ones(flat.size, trainer.dtype)
        change = rehearse(trainer, trace.theta[flat], clipped[flat], memory, weight)[0].reshape(places.shape)
    size, of = norm(change), norm(trace.theta[places])
    finite = math.isfinite(size)
    return LayerUpdate(
        experiment.optimiser, trace.learning_rate if trace.updated else trainer.rate, trace.updated, tape != [],
        change if finite else None, size if finite else None, size / of if finite and of > 0 else None,
    )  # fmt: skip
