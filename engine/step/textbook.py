"""One training step as a textbook prints it: forward, loss, backward, update.

This is the specification: for every choice that an experiment offers, the prepared tapes must give these numbers.
Samples are rows: x (batch, n_in), W (n_in, n_out), z = x W + b. Every line makes its arrays, and nothing is clever.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ..experiment import Experiment
from ..tape import Array
from .formulas import ACTIVATIONS, BELONGS, LOSSES, clipped, optimise

Values = dict[str, Array]
#: What the means of a normalisation go over: the batch, or the units of a layer.
AXES = {"batch": 0, "layer": 1}
ONE = np.ones(())


class Layer(NamedTuple):
    """What the forward pass computes for one layer; each is (batch, units), save its input x and the deviation."""

    x: Array
    z: Array
    standard: Array
    deviation: Array
    n: Array
    a: Array
    h: Array


class Textbook:
    """A network, its parameters named as those of `Network`, and what its optimiser remembers.

    masks are what dropout lets through of layer 1, 2, …: 0, or 1 / (1 − share); masks[0] is not read.
    """

    def __init__(self, experiment: Experiment, parameters: Mapping[str, Array]) -> None:
        self.experiment, self.sizes, self.activations = experiment, experiment.layer_sizes, experiment.activations
        self.parameters: Values = {name: value.copy() for name, value in parameters.items()}
        self.updates = 0
        self.m, self.v = ({name: np.zeros_like(value) for name, value in parameters.items()} for _ in "mv")
        self.running = {number: (np.zeros(()), np.ones(())) for number in range(1, len(self.sizes))}

    def step(self, x: Array, y: Array, rate: float, masks: Sequence[Array] | None = None) -> float:
        """Train on one batch; its loss."""
        layers = self.forward(x, masks)
        loss, error = self.loss(layers[-1], y)
        gradients = self.backward(layers, error, masks)
        loss = self.penalise(loss, gradients)
        self.update(gradients, rate)
        self.remember(layers)
        return loss

    def hidden(self, number: int) -> bool:
        """Whether a layer is hidden; they count from 1."""
        return number < len(self.activations)

    def normalised(self, number: int) -> bool:
        """Whether a layer's sums are normalised."""
        return self.hidden(number) and self.experiment.normalisation != "none"

    def skips(self, number: int) -> bool:
        """Whether a layer's input is added to its output: where both are hidden and equally wide."""
        wide = self.sizes[number - 1] == self.sizes[number]
        return self.experiment.residual and self.hidden(number) and number > 1 and wide

    def forward(self, x: Array, masks: Sequence[Array] | None) -> list[Layer]:
        """From x to the output, layer by layer."""
        layers, p = [], self.parameters
        for number, activation in enumerate(self.activations, 1):
            z = x @ p[f"layer{number}.weight"] + p[f"layer{number}.bias"]
            standard, deviation, n = z, ONE, z
            if self.normalised(number):
                axis = AXES[self.experiment.normalisation]
                mean, variance = z.mean(axis, keepdims=True), z.var(axis, keepdims=True)
                deviation = np.sqrt(variance + 1e-5)
                standard = (z - mean) / deviation
                n = p[f"layer{number}.scale"] * standard + p[f"layer{number}.shift"]
            a = h = ACTIVATIONS[activation][0](n)
            if self.hidden(number) and masks is not None:
                h = masks[number] * a
            if self.skips(number):
                h = h + x
            layers.append(Layer(x, z, standard, deviation, n, a, h))
            x = h
        return layers

    @property
    def fused(self) -> bool:
        """Whether the loss has the output activation in it: its derivative is then ∂L/∂z."""
        return BELONGS.get(self.experiment.loss) == self.activations[-1]

    def loss(self, output: Layer, y: Array) -> tuple[float, Array]:
        """The loss of the output, and the error that it receives."""
        experiment, out = self.experiment, output.z if self.fused else output.a
        if experiment.label_smoothing and experiment.loss in BELONGS:
            share, classes = experiment.label_smoothing, y.shape[1] if experiment.loss.startswith("softmax") else 2
            y = (1 - share) * y + share / classes
        value, derivative = LOSSES[experiment.loss]
        return float(value(out, y)), derivative(out, y)

    def backward(self, layers: Sequence[Layer], error: Array, masks: Sequence[Array] | None) -> Values:
        """From the error at the output back to the first layer: ∂L/∂θ of every parameter."""
        gradients: Values = {}
        for number in range(len(layers), 0, -1):
            layer, weight = layers[number - 1], self.parameters[f"layer{number}.weight"]
            delta = error if masks is None or not self.hidden(number) else error * masks[number]
            if self.hidden(number) or not self.fused:
                delta = delta * ACTIVATIONS[self.activations[number - 1]][1](layer.n, layer.a)
            if self.normalised(number):
                gradients[f"layer{number}.scale"] = (delta * layer.standard).sum(axis=0)
                gradients[f"layer{number}.shift"] = delta.sum(axis=0)
                axis, g = AXES[self.experiment.normalisation], delta * self.parameters[f"layer{number}.scale"]
                along = layer.standard * (g * layer.standard).mean(axis, keepdims=True)
                delta = (g - g.mean(axis, keepdims=True) - along) / layer.deviation
            gradients[f"layer{number}.weight"] = layer.x.T @ delta
            gradients[f"layer{number}.bias"] = delta.sum(axis=0)
            if number > 1:
                error = delta @ weight.T + error if self.skips(number) else delta @ weight.T
        return gradients

    def penalise(self, loss: float, gradients: Values) -> float:
        """λ₁ Σ|w| + ½ λ₂ Σw² over all weights: added to the loss, and its derivative to the gradients."""
        l1, l2 = self.experiment.l1, self.experiment.l2
        for name, w in self.parameters.items():
            if name.endswith("weight") and (l1 or l2):
                loss += float(l1 * np.abs(w).sum() + l2 * (w**2).sum() / 2)
                gradients[name] = gradients[name] + l1 * np.sign(w) + l2 * w
        return loss

    def update(self, gradients: Values, rate: float) -> None:
        """Each parameter moves against its gradient, which is clipped, as far as the optimiser says."""
        self.updates += 1
        for name, g in clipped(gradients, self.experiment).items():
            theta, m, v = self.parameters[name], self.m[name], self.v[name]
            self.m[name], self.v[name], direction = optimise(self.experiment, self.updates, g, m, v)
            if self.experiment.optimiser == "adamw" and name.endswith("weight"):
                direction = direction + self.experiment.weight_decay * theta
            self.parameters[name] = theta - rate * direction

    def remember(self, layers: Sequence[Layer]) -> None:
        """A tenth of the batch's mean and variance goes into the running ones, with which a network is asked."""
        for number, layer in enumerate(layers, 1):
            if self.experiment.normalisation == "batch":
                (mean, variance), batch = self.running[number], len(layer.z)
                unbiased = layer.z.var(axis=0) * batch / max(1, batch - 1)
                self.running[number] = 0.9 * mean + 0.1 * layer.z.mean(axis=0), 0.9 * variance + 0.1 * unbiased
