"""Features are columns of the network's input, and nothing else changes with them."""

import itertools

import numpy as np
import pytest
from nablascope.engine import FEATURES, Experiment, Trainer
from nablascope.engine.diagnostics import belief, neuron_responses
from nablascope.engine.features import select

KNOWN = {
    "x1": 0.3, "x2": -0.5, "x1_squared": 0.09, "x2_squared": 0.25, "x1_x2": -0.15,
    "sin_x1": np.sin(1.5), "sin_x2": np.sin(-2.5),
}  # fmt: skip


@pytest.mark.parametrize("name", FEATURES)
def test_features_have_their_known_values(name: str) -> None:
    points = np.array([[0.0, 0.0], [0.3, -0.5]])
    assert FEATURES[name].of(points) == pytest.approx([0.0, KNOWN[name]])


@pytest.mark.parametrize("names", [*itertools.combinations(FEATURES, 1), *itertools.combinations(FEATURES, 2)])
def test_any_features_are_the_inputs_in_the_tables_order(names: tuple[str, ...]) -> None:
    trainer = Trainer(Experiment(features=names[::-1], hidden=[3]))
    assert trainer.network.sizes[0] == len(names)
    assert trainer.data.inputs(trainer.data.x_test) == pytest.approx(select(trainer.data.x_test, names))


def test_all_features_together_train_and_are_drawn() -> None:
    trainer = Trainer(Experiment(features=list(FEATURES), dataset="spirals", standardise=True, learning_rate=0.3))
    trainer.run(300)
    assert len(neuron_responses(trainer.network, trainer.data).maps) == 17 * 100
    assert belief(trainer.network, trainer.data).shape == (48, 48)


def test_one_unit_draws_a_circle_from_squares_and_solves_xor_from_the_product() -> None:
    squares = Experiment(dataset="circles", hidden=[], features=["x1_squared", "x2_squared"], learning_rate=3.0)
    product = Experiment(dataset="xor", hidden=[], features=["x1_x2"], learning_rate=3.0, noise=0)
    for experiment in (squares, product):
        trainer = Trainer(experiment)
        trainer.run(1500)
        assert trainer.metrics().test_accuracy > 0.97


@pytest.mark.parametrize("dataset", ["sine", "digits", "iris"])
def test_sets_without_a_plane_are_seen_as_they_are(dataset: str) -> None:
    trainer = Trainer(Experiment().change(dataset=dataset, features=["x1_x2"]))
    assert trainer.network.sizes[0] == trainer.data.dataset.n_inputs
    assert np.array_equal(trainer.data.inputs(trainer.data.x_test), trainer.data.x_test)
