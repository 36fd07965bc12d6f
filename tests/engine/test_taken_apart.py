"""δ taken apart: error arriving times slope, and which units let nothing through."""

import json

import numpy as np
import pytest
from nablascope.engine import ACTIVATIONS, Experiment, Trainer
from nablascope.engine.diagnostics import LayerTakenApart, take_apart

HIDDEN = [name for name, row in ACTIVATIONS.items() if row.hidden]


def layers_of(trainer: Trainer) -> tuple[LayerTakenApart, ...]:
    layers = take_apart(trainer)
    assert layers is not None
    return layers


@pytest.mark.parametrize("activation", HIDDEN)
@pytest.mark.parametrize("residual", [False, True])
def test_the_error_arriving_times_the_slope_is_delta(activation: str, residual: bool) -> None:
    trainer = Trainer(Experiment(hidden=[5, 5, 5], activation=activation, residual=residual), "float64")
    trainer.run(5)
    trace = trainer.trace
    for row in layers_of(trainer):
        assert row.between == ()
        assert np.allclose(row.error * row.slope, row.delta, rtol=1e-12)
        assert np.array_equal(row.delta, trace.delta[row.layer][0])
        assert row.delta_norm == pytest.approx(trace.delta_norms[row.layer - 1])
        assert row.error_norm == pytest.approx(np.linalg.norm(trace.error[row.layer]))
        assert row.taken_over == (row.layer == 4)
    assert np.array_equal(layers_of(trainer)[3].slope, [1.0])


def test_what_else_stands_between_error_and_delta_is_named() -> None:
    trainer = Trainer(Experiment(normalisation="batch", dropout=0.2))
    trainer.step()
    assert [row.between for row in layers_of(trainer)] == [("dropout", "normalisation")] * 2 + [()]


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "softsign"])
def test_saturated_units_are_those_with_hardly_any_slope_on_the_whole_batch(activation: str) -> None:
    trainer = Trainer(Experiment(hidden=[6, 6], activation=activation), "float64")
    trainer.network.biases[2][[1, 4]] = 8
    trainer.step()
    first, second, _ = layers_of(trainer)
    assert (first.saturated, second.saturated, second.dead) == ((), (1, 4), ())
    assert (second.mean_slope[[1, 4]] < 0.05 * ACTIVATIONS[activation].steepest).all()


def test_dead_units_answer_nothing_to_the_whole_batch_and_are_not_called_saturated() -> None:
    trainer = Trainer(Experiment(hidden=[6, 6], activation="relu", initialiser="he"))
    trainer.network.biases[1][[0, 5]] = -100
    trainer.step()
    first, second, _ = layers_of(trainer)
    assert {0, 5} <= set(first.dead)
    assert not set(first.dead) & set(first.saturated)
    assert (trainer.trace.gradients["layer1.weight"][:, first.dead] == 0).all()
    assert set(second.dead) == set(np.flatnonzero((trainer.trace.z[2] <= 0).all(axis=0)))


def test_it_is_valid_json_before_the_first_step_nothing_and_the_run_goes_on_as_without_it() -> None:
    one, two = (Trainer(Experiment(dropout=0.1, normalisation="layer")) for _ in range(2))
    assert take_apart(one) is None
    for _ in range(20):
        one.step()
        two.begin()
        take_apart(two)
        two.finish()
        json.dumps([row.to_dict() for row in layers_of(two)], allow_nan=False)
    assert np.array_equal(one.network.theta, two.network.theta)
