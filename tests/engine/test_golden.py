"""Published numbers that the engine must reproduce; sources in fixtures/golden.json."""

import json
from pathlib import Path

import numpy as np
import pytest
from nablascope.engine import Network

GOLDEN = json.loads((Path(__file__).parent.parent / "fixtures" / "golden.json").read_text(encoding="utf-8"))


def mazur() -> tuple[Network, np.ndarray, np.ndarray]:
    golden = GOLDEN["mazur_2015_step_by_step"]
    # The mean of squares over two outputs is the post's sum of halved squares.
    network = Network([2, 2, 2], ["sigmoid", "sigmoid"], "mse", np.random.default_rng(0), "float64")
    w = np.array(golden["w1_to_w8"])
    network.parameters["layer1.weight"][...] = w[:4].reshape(2, 2).T
    network.parameters["layer2.weight"][...] = w[4:].reshape(2, 2).T
    network.parameters["layer1.bias"][...] = golden["b1"]
    network.parameters["layer2.bias"][...] = golden["b2"]
    return network, np.array([golden["x"]]), np.array([golden["target"]])


def test_mazurs_step_by_step_example_to_the_printed_digits() -> None:
    golden = GOLDEN["mazur_2015_step_by_step"]
    network, x, y = mazur()
    loss, gradients = network.loss_and_gradients(x, y)
    assert network.forward(x)[0] == pytest.approx(golden["out_o"], abs=5e-9)
    assert loss == pytest.approx(golden["loss"], abs=5e-10)
    assert gradients["layer2.weight"][0, 0] == pytest.approx(golden["dloss_dw5"], abs=5e-10)
    assert gradients["layer1.weight"][0, 0] == pytest.approx(golden["dloss_dw1"], abs=5e-10)
    for name in ("layer1.weight", "layer2.weight"):
        network.parameters[name][...] -= 0.5 * gradients[name]
    after = [network.parameters[f"layer{layer}.weight"].T.ravel() for layer in (1, 2)]
    assert np.concatenate(after) == pytest.approx(golden["w1_to_w8_after_one_step"], abs=5e-9)
    loss, _ = network.loss_and_gradients(x, y)
    assert loss == pytest.approx(golden["loss_after_one_simultaneous_step"], abs=1e-14)


def test_cs231n_spiral_within_the_published_bounds() -> None:
    golden = GOLDEN["cs231n_spiral"]
    rng = np.random.default_rng(0)
    x, y = np.zeros((300, 2)), np.repeat(np.arange(3), 100)
    for j in range(3):
        radius, angle = np.linspace(0, 1, 100), np.linspace(4 * j, 4 * (j + 1), 100) + rng.normal(0, 0.2, 100)
        x[100 * j : 100 * (j + 1)] = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)
    network = Network([2, 100, 3], ["relu", "softmax"], "softmax_cross_entropy", rng, "float64", "zeros")
    weights = [network.parameters[f"layer{layer}.weight"] for layer in (1, 2)]
    for weight in weights:
        weight[...] = 0.01 * rng.normal(size=weight.shape)
    loss, _ = network.loss_and_gradients(x, y)
    assert loss == pytest.approx(np.log(3), abs=0.01)
    for _ in range(10_000):
        loss, gradients = network.loss_and_gradients(x, y)
        penalty = sum(0.5 * 1e-3 * float(np.sum(weight**2)) for weight in weights)
        for name, parameter in network.parameters.items():
            decay = 1e-3 * parameter if name.endswith("weight") else 0
            parameter -= gradients[name] + decay
    accuracy = np.mean(np.argmax(network.forward(x), axis=1) == y)
    low, high = golden["bounds_over_seeds"]["loss"]
    assert low < loss + penalty < high
    assert accuracy >= golden["bounds_over_seeds"]["training_accuracy_at_least"]


def test_ten_classes_at_small_weights_start_at_the_chance_level() -> None:
    network = Network([64, 16, 10], ["relu", "softmax"], "softmax_cross_entropy", np.random.default_rng(0))
    for weight in network.weights[1:]:
        weight *= 1e-3
    loss, _ = network.loss_and_gradients(np.random.default_rng(1).random((50, 64)), np.arange(50) % 10)
    assert loss == pytest.approx(GOLDEN["chance_level"]["softmax_10_classes_at_small_weights"], abs=1e-3)
