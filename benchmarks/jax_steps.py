"""JAX: a compiled step whose loss is read, and 50 steps compiled into one, whose losses are read at its end."""

from collections.abc import Callable
from itertools import cycle
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from rounds import Contender
from workload import Workload, start

SCAN = 50
ACTIVATIONS: dict[str, Callable[[Any], Any]] = {"tanh": jnp.tanh, "sigmoid": jax.nn.sigmoid, "relu": jax.nn.relu}


def step_of(workload: Workload, x: Any, y: Any) -> Callable[[Any, Any], tuple[Any, Any]]:
    """(state, row numbers) → (state, loss); the state is (parameters, m, v, t), of which SGD uses the first."""
    activate, rate = ACTIVATIONS[workload.activation], workload.learning_rate

    def loss_of(parameters: Any, inputs: Any, targets: Any) -> Any:
        a = inputs
        for weight, bias in parameters[:-1]:
            a = activate(a @ weight + bias)
        z = a @ parameters[-1][0] + parameters[-1][1]
        if workload.loss == "softmax_cross_entropy":
            return -jnp.mean(jnp.sum(targets * jax.nn.log_softmax(z), axis=1))
        return jnp.mean(jnp.logaddexp(0, -jnp.abs(z)) + jnp.maximum(z, 0) - z * targets)

    def step(state: Any, rows: Any) -> tuple[Any, Any]:
        parameters, m, v, t = state
        loss, gradients = jax.value_and_grad(loss_of)(parameters, x[rows], y[rows])
        if workload.optimiser != "adam":
            moved = jax.tree.map(lambda p, g: p - rate * g, parameters, gradients)
            return (moved, m, v, t), loss
        t = t + 1
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, gradients)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, gradients)

        def move(p: Any, m: Any, v: Any) -> Any:
            return p - rate * (m / (1 - 0.9**t)) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8)

        return (jax.tree.map(move, parameters, m, v), m, v, t), loss

    return step


def prepare(workload: Workload) -> tuple[Callable[[Any, Any], tuple[Any, Any]], Any, list[Any]]:
    """The step, the first state, and the row numbers of the batches."""
    x, y, rows, weights, biases = start(workload)
    parameters = [(jnp.asarray(weight), jnp.asarray(bias)) for weight, bias in zip(weights, biases, strict=True)]
    zeros = [jax.tree.map(jnp.zeros_like, parameters) if workload.optimiser == "adam" else () for _ in range(2)]
    state = (parameters, *zeros, jnp.zeros((), jnp.float32))
    return step_of(workload, jnp.asarray(x), jnp.asarray(y)), state, rows


def compiled(workload: Workload) -> Contender:
    step, state, prepared = prepare(workload)
    rows, play = cycle([jnp.asarray(batch) for batch in prepared]), jax.jit(step, donate_argnums=0)

    def run(n: int) -> float:
        nonlocal state
        value = 0.0
        for _ in range(n):
            state, loss = play(state, next(rows))
            value = float(loss)
        return value

    return Contender(run)


def scanned(workload: Workload) -> Contender:
    step, state, prepared = prepare(workload)
    stacks = [jnp.asarray(np.stack(prepared[start : start + SCAN])) for start in range(0, len(prepared), SCAN)]
    rows, play = cycle(stacks), jax.jit(lambda state, rows: jax.lax.scan(step, state, rows), donate_argnums=0)

    def run(n: int) -> float:
        nonlocal state
        losses = np.zeros(1)
        for _ in range(n // SCAN):
            state, read = play(state, next(rows))
            losses = np.asarray(read)
        return float(losses[-1])

    return Contender(run, SCAN)
