"""NumPy as it stands in tutorials: a list of layers, arrays made at every step; and the engine's own specification.

`engine/step/textbook.py` knows every choice of an experiment, and takes 1.1 to 1.2 times as long as the loop here,
which knows three activations and two optimisers. So the engine is compared with the loop, the harder one to beat.
"""

from itertools import cycle

import numpy as np
from nablascope.engine.step.textbook import Textbook
from nablascope.engine.tape import Array
from rounds import Contender
from workload import Workload, start


def sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def softmax(z: Array) -> Array:
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


ACTIVATIONS = {
    "tanh": (np.tanh, lambda a: 1 - a**2),
    "sigmoid": (sigmoid, lambda a: a * (1 - a)),
    "relu": (lambda z: np.maximum(z, 0), lambda a: a > 0),
}


class Adam:
    """One parameter array's update (Kingma and Ba 2015)."""

    def __init__(self, rate: float) -> None:
        self.rate, self.m, self.v, self.t = rate, 0.0, 0.0, 0

    def step(self, gradient: Array) -> Array:
        self.t += 1
        self.m = 0.9 * self.m + 0.1 * gradient
        self.v = 0.999 * self.v + 0.001 * gradient**2
        return self.rate * (self.m / (1 - 0.9**self.t)) / (np.sqrt(self.v / (1 - 0.999**self.t)) + 1e-8)


class SGD:
    def __init__(self, rate: float) -> None:
        self.rate = rate

    def step(self, gradient: Array) -> Array:
        return self.rate * gradient


def textbook(workload: Workload) -> Contender:
    x, y, prepared, weights, biases = start(workload)
    parameters = [*weights, *biases]
    last, rows = len(weights) - 1, cycle(prepared)
    activate, slope = ACTIVATIONS[workload.activation]
    many = workload.loss == "softmax_cross_entropy"
    optimisers = [(Adam if workload.optimiser == "adam" else SGD)(workload.learning_rate) for _ in parameters]

    def step() -> float:
        batch = next(rows)
        a, target = x[batch], y[batch]
        activations = [a]
        for layer in range(last + 1):
            z = a @ weights[layer] + biases[layer]
            a = activate(z) if layer < last else softmax(z) if many else sigmoid(z)
            activations.append(a)
        p = np.clip(a, 1e-7, 1 - 1e-7)
        if many:
            loss = float(-np.mean(np.sum(target * np.log(p), axis=1)))
        else:
            loss = float(-np.mean(target * np.log(p) + (1 - target) * np.log(1 - p)))
        delta = (a - target) / len(target)
        gradients: list[Array] = [a] * len(parameters)
        for layer in range(last, -1, -1):
            gradients[layer] = activations[layer].T @ delta
            gradients[last + 1 + layer] = delta.sum(axis=0)
            if layer:
                delta = (delta @ weights[layer].T) * slope(activations[layer])
        for parameter, optimiser, gradient in zip(parameters, optimisers, gradients, strict=True):
            parameter -= optimiser.step(gradient)
        return loss

    def run(n: int) -> float:
        loss = 0.0
        for _ in range(n):
            loss = step()
        return loss

    return Contender(run)


def specification(workload: Workload) -> Contender:
    """What the engine is tested against, on the same course."""
    x, y, prepared, weights, biases = start(workload)
    layers = list(enumerate(zip(weights, biases, strict=True), 1))
    parameters = {f"layer{number}.weight": weight for number, (weight, _) in layers}
    parameters |= {f"layer{number}.bias": bias for number, (_, bias) in layers}
    book, rows = Textbook(workload.experiment, parameters), cycle(prepared)

    def run(n: int) -> float:
        loss = 0.0
        for _ in range(n):
            batch = next(rows)
            loss = book.step(x[batch], y[batch], workload.learning_rate)
        return loss

    return Contender(run)
