"""How weights start: variances as their formulas say, orthogonality, gains, and weights that are given."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nablascope.engine import ACTIVATIONS, INITIALISERS, Experiment, ExperimentError, Network, Trainer

N_IN, N_OUT = 300, 200
#: Variance of a weight at gain 1, and the farthest it may lie from 0 (None: unbounded), for (300, 200) and size 0.4.
EXPECTED = {
    "zeros": (0.0, 0.0),
    "constant": (0.0, 0.4),
    "normal": (0.16, None),
    "uniform": (0.16 / 3, 0.4),
    "lecun": (1 / N_IN, None),
    "lecun_uniform": (1 / N_IN, math.sqrt(3 / N_IN)),
    "xavier": (2 / (N_IN + N_OUT), None),
    "xavier_uniform": (2 / (N_IN + N_OUT), math.sqrt(6 / (N_IN + N_OUT))),
    "he": (2 / N_IN, None),
    "he_uniform": (2 / N_IN, math.sqrt(6 / N_IN)),
    "orthogonal": (1 / N_IN, 1.0),
}
SIZED = {"zeros", "constant", "normal", "uniform"}


@pytest.mark.parametrize("name", INITIALISERS)
@pytest.mark.parametrize("gain", [1.0, 1.5])
def test_measured_variance_is_that_of_the_formula(name: str, gain: float) -> None:
    weights = INITIALISERS[name].draw(np.random.default_rng(3), N_IN, N_OUT, gain, 0.4)
    variance, farthest = EXPECTED[name]
    scale = 1.0 if name in SIZED else gain
    assert weights.shape == (N_IN, N_OUT)
    assert weights.var() == pytest.approx(variance * scale**2, rel=0.03, abs=1e-15)
    assert weights.mean() == pytest.approx(0.4 if name == "constant" else 0, abs=0.01)
    if farthest is not None:
        assert np.abs(weights).max() <= farthest * scale + 1e-12


@pytest.mark.parametrize("shape", [(40, 40), (64, 10), (10, 64), (1, 5), (5, 1), (1, 1)])
def test_orthogonal_weights_are_orthonormal_along_the_shorter_side(shape: tuple[int, int]) -> None:
    weights = INITIALISERS["orthogonal"].draw(np.random.default_rng(0), *shape, 2.0, 0.1)
    short = weights.T @ weights if shape[0] >= shape[1] else weights @ weights.T
    assert short == pytest.approx(4 * np.eye(min(shape)), abs=1e-12)


def test_orthogonal_signs_are_drawn_and_not_the_decompositions() -> None:
    rng = np.random.default_rng(1)
    signs = [np.sign(INITIALISERS["orthogonal"].draw(rng, 6, 6)[0, 0]) for _ in range(400)]
    assert abs(np.mean(signs)) < 0.15


@pytest.mark.parametrize("name", [name for name, activation in ACTIVATIONS.items() if activation.hidden])
def test_no_gain_means_that_of_each_layers_own_activation(name: str) -> None:
    def theta(gain: float | None, activation: str) -> list[np.ndarray]:
        rng = np.random.default_rng(5)
        network = Network([4, 5, 3], [activation, "tanh"], "mse", rng, "float64", "lecun", gain)
        return [weight.copy() for weight in network.weights[1:]]

    plain, own = theta(1.0, name), theta(None, name)
    assert own[0] == pytest.approx(ACTIVATIONS[name].gain * plain[0], rel=1e-12)
    assert own[1] == pytest.approx(5 / 3 * plain[1], rel=1e-12)


def test_lecun_with_the_gain_of_relu_is_he() -> None:
    rngs = np.random.default_rng(2), np.random.default_rng(2)
    lecun = INITIALISERS["lecun"].draw(rngs[0], 7, 9, ACTIVATIONS["relu"].gain)
    assert lecun == pytest.approx(INITIALISERS["he"].draw(rngs[1], 7, 9), rel=1e-12)


def test_size_and_gain_of_an_experiment_reach_the_weights() -> None:
    constant = Trainer(Experiment(initialiser="constant", init_size=0.25)).network
    assert all((weight == 0.25).all() for weight in constant.weights[1:])
    assert all((bias == 0).all() for bias in constant.biases[1:])
    one, two = (Trainer(Experiment(gain=gain), "float64").network.theta for gain in (1.0, 2.0))
    assert two == pytest.approx(2 * one, rel=1e-12)


def test_given_weights_take_the_place_of_the_draw() -> None:
    weights = [0.5, -0.5, 1, 2, 0.1, 0.2, 3.0, 4.0, -5.0]
    experiment = Experiment(hidden=[2], weights=weights)
    network = Trainer(experiment, "float64").network
    assert network.parameters["layer1.weight"].tolist() == [[0.5, -0.5], [1, 2]]
    assert network.parameters["layer1.bias"].tolist() == [0.1, 0.2]
    assert network.parameters["layer2.weight"].tolist() == [[3], [4]]
    assert network.parameters["layer2.bias"].tolist() == [-5]
    assert Trainer(Experiment.from_json(experiment.to_json()), "float64").network.theta.tolist() == weights


def test_given_weights_stay_while_they_fit_and_go_with_another_shape() -> None:
    experiment = Experiment(hidden=[2], weights=[0.0] * 9)
    assert experiment.change(learning_rate=1.0, dataset="xor").weights == (0.0,) * 9
    assert experiment.change(hidden=[3]).weights is None
    assert experiment.change(loss="softmax_cross_entropy").weights is None
    assert experiment.change(dataset="sine").weights is None
    assert experiment.change(hidden=[3], weights=[1] * 13).weights == (1.0,) * 13
    trainer = Trainer(experiment)
    trainer.set(hidden=[4])
    assert np.any(trainer.network.theta != 0)
    with pytest.raises(ExperimentError, match="9 numbers") as refusal:
        experiment.change(hidden=[3], weights=[0] * 9)
    assert refusal.value.field == "weights"


@settings(max_examples=50)
@given(
    st.lists(st.floats(-1000, 1000), min_size=9, max_size=9),
    st.floats(0.001, 5),
    st.none() | st.floats(0.1, 5),
    st.sampled_from(list(INITIALISERS)),
)
def test_starts_survive_the_way_through_json(
    weights: list[float], size: float, gain: float | None, name: str
) -> None:
    experiment = Experiment(hidden=[2], weights=weights, init_size=size, gain=gain, initialiser=name)
    assert Experiment.from_json(experiment.to_json()) == experiment
    assert json.loads(experiment.to_json())["weights"] == weights
