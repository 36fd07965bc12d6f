"""A training step with its trace, against its own bare matrix products and against textbook NumPy.

All three run interleaved in one process, in short blocks; the 10th percentile of the blocks is what the machine can
do when nobody else wants it, the median what it did.
"""

import argparse
import os
import time
from collections.abc import Callable
from itertools import pairwise

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import numpy as np
from machine import machine, percentile, table
from nablascope.engine import Experiment, Trainer

WORKLOADS = {
    "W1 2-8-8-8-1 tanh, BCE, batch 32": Experiment(hidden=[8] * 3, activation="tanh", batch_size=32),
    "W2 2-[16]×10-1 sigmoid, BCE, batch 64": Experiment(hidden=[16] * 10, activation="sigmoid", batch_size=64),
    "W3 64-128-64-10 ReLU, softmax CE, batch 128": Experiment(
        dataset="digits", hidden=[128, 64], activation="relu", loss="softmax_cross_entropy", batch_size=128
    ),
}


def floor(experiment: Experiment) -> Callable[[], None]:
    """Only the products of a step: forward, back through the weights, gradients."""
    sizes, batch, calls = experiment.layer_sizes, experiment.batch_size, []
    ones = lambda *shape: np.full(shape, 0.5, np.float32)  # noqa: E731
    h = [ones(n + 1, batch) for n in sizes]
    for layer, (n_in, n_out) in enumerate(pairwise(sizes), 1):
        theta, delta = ones(n_in + 1, n_out), ones(n_out, batch)
        calls.append((np.dot, (theta.T, h[layer - 1], ones(n_out, batch))))
        calls.append((np.dot, (h[layer - 1], delta.T, ones(n_in + 1, n_out))))
        if layer > 1:
            calls.append((np.dot, (theta[:-1], delta, ones(n_in, batch))))

    def run() -> None:
        for function, arguments in calls:
            function(*arguments)

    return run


def textbook(experiment: Experiment) -> Callable[[], None]:
    """As it stands in tutorials: a list of layers, arrays made at every step."""
    trainer = Trainer(experiment)
    x, y = trainer.data.inputs(trainer.data.x_train).astype(np.float32), trainer.data.y_train.astype(np.float32)
    weights = [weight.copy() for weight in trainer.network.weights[1:]]
    biases = [bias.copy() for bias in trainer.network.biases[1:]]
    name, rng = experiment.activation, np.random.default_rng(0)
    softmax = experiment.loss == "softmax_cross_entropy"

    def step() -> None:
        rows = rng.choice(len(x), experiment.batch_size)
        a, activations = x[rows], [x[rows]]
        for layer, (w, b) in enumerate(zip(weights, biases, strict=True)):
            z = a @ w + b
            if layer == len(weights) - 1:
                shifted = np.exp(z - z.max(axis=1, keepdims=True))
                a = shifted / shifted.sum(axis=1, keepdims=True) if softmax else 1 / (1 + np.exp(-z))
            else:
                a = np.tanh(z) if name == "tanh" else np.maximum(z, 0) if name == "relu" else 1 / (1 + np.exp(-z))
            activations.append(a)
        p = np.clip(a, 1e-7, 1 - 1e-7)
        float(-np.mean(y[rows] * np.log(p) + (1 - y[rows]) * np.log(1 - p)))
        delta = (a - y[rows]) / len(rows)
        for layer in range(len(weights) - 1, -1, -1):
            w_gradient, b_gradient = activations[layer].T @ delta, delta.sum(axis=0)
            a = activations[layer]
            if layer:
                slope = 1 - a**2 if name == "tanh" else (a > 0) if name == "relu" else a * (1 - a)
                delta = (delta @ weights[layer].T) * slope
            weights[layer] -= 0.1 * w_gradient
            biases[layer] -= 0.1 * b_gradient

    return step


def measure(functions: dict[str, Callable[[], object]], blocks: int, block: int) -> dict[str, list[float]]:
    """Microseconds a call, for each block of calls, one function after the other."""
    times: dict[str, list[float]] = {name: [] for name in functions}
    for function in functions.values():
        for _ in range(block):
            function()
    for _ in range(blocks):
        for name, function in functions.items():
            start = time.perf_counter()
            for _ in range(block):
                function()
            times[name].append(1e6 * (time.perf_counter() - start) / block)
    return times


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--blocks", type=int, default=200)
    options = parser.parse_args()
    print(
        f"## A training step with its trace\n\n{machine()}; microseconds, p10 and median of {options.blocks} blocks\n"
    )
    rows = []
    for name, experiment in WORKLOADS.items():
        trainer = Trainer(experiment)
        block = 20 if "W3" in name or "W2" in name else 100
        times = measure(
            {"floor": floor(experiment), "step": trainer.step, "textbook": textbook(experiment)},
            options.blocks,
            block,
        )
        p10 = {key: percentile(values, 0.1) for key, values in times.items()}
        middle = percentile(times["step"], 0.5)
        rows.append([
            name, f"{p10['floor']:.1f}", f"**{p10['step']:.1f}**", f"{middle:.1f}", f"{p10['textbook']:.1f}",
            f"{p10['step'] / p10['floor']:.2f}", f"{p10['textbook'] / p10['step']:.1f}×",
        ])  # fmt: skip
    head = [
        "",
        "bare products",
        "step + trace",
        "its median",
        "textbook NumPy",
        "step / bare",
        "faster than textbook",
    ]
    print(table(head, rows))


if __name__ == "__main__":
    main()
