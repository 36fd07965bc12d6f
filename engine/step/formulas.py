"""Activations, losses and optimisers as a textbook prints them: the formulas that `textbook` computes a step with.

Shapes: z, out (outputs) and y (targets) are (batch, units); g (a gradient), m and v are shaped like a parameter.
"""

from collections.abc import Callable
from math import pi, sqrt
from typing import Any

import numpy as np

from ..experiment import Experiment
from ..tape import Array

#: The constants of SELU: λ, and λα.
LAMBDA, LAMBDA_ALPHA = 1.0507009873554805, 1.0507009873554805 * 1.6732632423543772


def sigmoid(z: Array) -> Array:
    """1 / (1 + e⁻ᶻ)."""
    return np.asarray(1 / (1 + np.exp(-z)))


def softmax(z: Array) -> Array:
    """eᶻⁱ / Σ eᶻʲ over the units of each sample."""
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def log_softmax(z: Array) -> Array:
    """Its logarithm, which stays finite where it is 0."""
    shifted = z - z.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


def decay(z: Array) -> Array:
    """eᶻ where z is negative, else 1."""
    return np.asarray(np.exp(np.minimum(z, 0)))


def gelu(z: Array) -> Array:
    """z σ(2u) with u = √(2/π) (z + 0.044715 z³), which is ½ z (1 + tanh u)."""
    return np.asarray(z * sigmoid(2 * sqrt(2 / pi) * (z + 0.044715 * z**3)))


def gelu_slope(z: Array) -> Array:
    """s + z s (1 − s) 2u′ with s = σ(2u)."""
    s = sigmoid(2 * sqrt(2 / pi) * (z + 0.044715 * z**3))
    return np.asarray(s + z * s * (1 - s) * 2 * sqrt(2 / pi) * (1 + 3 * 0.044715 * z**2))


#: By name: a = σ(z), and σ′(z), which may be written with a. At a corner the slope is that of the left side.
ACTIVATIONS: dict[str, tuple[Callable[[Array], Array], Callable[[Array, Array], Array]]] = {
    "linear": (lambda z: z, lambda z, a: np.ones_like(z)),
    "sigmoid": (sigmoid, lambda z, a: a * (1 - a)),
    "tanh": (np.tanh, lambda z, a: 1 - a**2),
    "relu": (lambda z: np.maximum(z, 0), lambda z, a: z > 0),
    "leaky_relu": (lambda z: np.maximum(z, 0.01 * z), lambda z, a: np.maximum(z > 0, 0.01)),
    "elu": (lambda z: np.where(z > 0, z, decay(z) - 1), lambda z, a: decay(z)),
    "selu": (
        lambda z: np.where(z > 0, LAMBDA * z, LAMBDA_ALPHA * (decay(z) - 1)),
        lambda z, a: np.where(z > 0, LAMBDA, LAMBDA_ALPHA * decay(z)),
    ),
    "gelu": (gelu, lambda z, a: gelu_slope(z)),
    "silu": (lambda z: z * sigmoid(z), lambda z, a: sigmoid(z) + a * (1 - sigmoid(z))),
    "softplus": (lambda z: np.logaddexp(0, z), lambda z, a: sigmoid(z)),
    "softsign": (lambda z: z / (1 + np.abs(z)), lambda z, a: 1 / (1 + np.abs(z)) ** 2),
    "softmax": (softmax, lambda z, a: np.ones_like(z)),  # of outputs alone: its slope is in the loss
}
#: By name: L, and ∂L/∂out. The two cross-entropies take logits.
LOSSES: dict[str, tuple[Callable[[Array, Array], Any], Callable[[Array, Array], Array]]] = {
    "mse": (lambda out, y: np.mean((out - y) ** 2), lambda out, y: 2 * (out - y) / y.size),
    "half_sse": (lambda out, y: np.sum((out - y) ** 2) / 2 / len(y), lambda out, y: (out - y) / len(y)),
    "mae": (lambda out, y: np.mean(np.abs(out - y)), lambda out, y: np.sign(out - y) / y.size),
    "huber": (
        lambda out, y: np.mean(np.where(np.abs(out - y) <= 1, (out - y) ** 2 / 2, np.abs(out - y) - 1 / 2)),
        lambda out, y: np.clip(out - y, -1, 1) / y.size,
    ),
    "hinge": (
        lambda out, y: np.mean(np.maximum(0, 1 - (2 * y - 1) * out)),
        lambda out, y: np.where((2 * y - 1) * out < 1, 1 - 2 * y, 0) / y.size,
    ),
    "binary_cross_entropy": (
        lambda out, y: np.mean(np.logaddexp(0, out) - y * out),
        lambda out, y: (sigmoid(out) - y) / y.size,
    ),
    "softmax_cross_entropy": (
        lambda out, y: -np.sum(y * log_softmax(out)) / len(y),
        lambda out, y: (softmax(out) - y) / len(y),
    ),
}
#: The output activation that a loss has in it: what it takes are that one's logits.
BELONGS = {"binary_cross_entropy": "sigmoid", "softmax_cross_entropy": "softmax"}


def clipped(gradients: dict[str, Array], limits: Experiment) -> dict[str, Array]:
    """Each entry at most `clip_value`, then all together at most `clip_norm` long."""
    most, longest = limits.clip_value, limits.clip_norm
    if most is not None:
        gradients = {name: np.clip(g, -most, most) for name, g in gradients.items()}
    if longest is not None:
        norm = sqrt(sum((g**2).sum() for g in gradients.values()))
        gradients = {name: g * (longest / max(norm, longest)) for name, g in gradients.items()}
    return gradients


def optimise(knobs: Experiment, t: int, g: Array, m: Array, v: Array) -> tuple[Array, Array, Array]:
    """m and v after the t-th gradient g, and the direction: θ moves against it, as far as the learning rate says."""
    match knobs.optimiser:
        case "momentum":
            m = knobs.momentum * m + g
            return m, v, m
        case "nesterov":
            m = knobs.momentum * m + g
            return m, v, g + knobs.momentum * m
        case "adagrad":
            v = v + g**2
            return m, v, g / (np.sqrt(v) + 1e-10)
        case "rmsprop":
            v = knobs.rho * v + (1 - knobs.rho) * g**2
            return m, v, g / (np.sqrt(v) + 1e-8)
        case "adam" | "adamw":
            m = knobs.beta1 * m + (1 - knobs.beta1) * g
            v = knobs.beta2 * v + (1 - knobs.beta2) * g**2
            mean, square = m / (1 - knobs.beta1**t), v / (1 - knobs.beta2**t)
            return m, v, mean / (np.sqrt(square) + 1e-8)
    return m, v, g
