"""Gradient health: distributions that count everything, factors that agree with theory where it applies."""

import json

import numpy as np
import pytest
from nablascope.engine import ACTIVATIONS, Experiment, Trainer
from nablascope.engine.diagnostics import LayerHealth, gradient_health
from nablascope.engine.diagnostics.theory import mean_squares

HIDDEN = [name for name, row in ACTIVATIONS.items() if row.hidden]
WIDE = Experiment(hidden=[80] * 5, samples=300, batch_size=128, learning_rate=1e-5)


def health_of(trainer: Trainer) -> tuple[LayerHealth, ...]:
    layers = gradient_health(trainer)
    assert layers is not None
    return layers


def factors(experiment: Experiment) -> tuple[list[float], list[float]]:
    """Measured and predicted, averaged over seeds."""
    runs = []
    for seed in range(4):
        trainer = Trainer(experiment.change(seed=seed))
        trainer.step()
        runs.append([(row.factor, row.predicted) for row in health_of(trainer)[:-1]])
    return tuple(np.exp(np.log(np.array(runs)).mean(axis=0)).T.tolist())


@pytest.mark.parametrize("activation", HIDDEN)
@pytest.mark.parametrize("initialiser", ["xavier", "he", "lecun_uniform"])
def test_the_error_shrinks_from_layer_to_layer_by_the_factor_that_theory_predicts(
    activation: str, initialiser: str
) -> None:
    measured, predicted = factors(WIDE.change(activation=activation, initialiser=initialiser))
    # The first layer has two inputs only: its sums are not as normal as theory has them.
    assert measured[0] == pytest.approx(predicted[0], rel=0.3)
    assert measured[1:] == pytest.approx(predicted[1:], rel=0.2)


def test_theory_has_the_factors_of_the_papers() -> None:
    _, xavier = factors(WIDE.change(activation="relu", initialiser="xavier"))
    _, he = factors(WIDE.change(activation="relu", initialiser="he"))
    _, linear = factors(WIDE.change(activation="linear", initialiser="xavier"))
    # The last one stands before a layer of one unit: its weights are larger.
    assert xavier[:-1] == pytest.approx([0.5**0.5] * 4, rel=0.04)
    assert he[:-1] == pytest.approx([1] * 4, rel=0.04)
    assert linear[:-1] == pytest.approx([1] * 4, rel=0.04)
    assert mean_squares("tanh", 1e-3)[1] == pytest.approx(1, abs=1e-5)
    assert mean_squares("sigmoid", 1e-3)[1] == pytest.approx(1 / 16, abs=1e-5)


def test_the_prediction_for_the_start_stays_while_the_weights_go_on() -> None:
    trainer = Trainer(Experiment(hidden=[20] * 3, learning_rate=1.0), "float64")
    trainer.step()
    first = health_of(trainer)
    trainer.run(500)
    later = health_of(trainer)
    for one, two in zip(first[:-1], later[:-1], strict=True):
        assert one.predicted_at_start == two.predicted_at_start
        assert one.predicted == pytest.approx(one.predicted_at_start, rel=0.35)  # another draw of the same size
    assert later[0].predicted != first[0].predicted


@pytest.mark.parametrize("changes", [{"normalisation": "batch"}, {"residual": True}])
def test_where_theory_does_not_speak_there_is_no_prediction(changes: dict[str, object]) -> None:
    trainer = Trainer(Experiment(**changes))
    trainer.step()
    assert [row.predicted for row in health_of(trainer)] == [None] * 3
    assert all(row.factor is not None for row in health_of(trainer)[:-1])


def test_histograms_count_every_value_once() -> None:
    trainer = Trainer(Experiment(hidden=[7, 9], activation=["relu", "sigmoid"], batch_size=16))
    trace = trainer.step()
    for row in health_of(trainer):
        n_in, n_out = trainer.network.sizes[row.layer - 1 : row.layer + 1]
        for found, size in (
            (row.z, 16 * n_out),
            (row.a, 16 * n_out),
            (row.delta, 16 * n_out),
            (row.gradient, n_in * n_out),
        ):
            assert found.counts.sum() + found.below + found.above + found.zeros + found.missing == size
    first = health_of(trainer)[0]
    assert first.delta.zeros == (trace.delta[1] == 0).sum() > 0
    assert first.z.mean == pytest.approx(trace.z[1].mean(), rel=1e-5)
    place = int(np.floor((np.log10(abs(trace.gradients["layer1.weight"][0, 0])) + 12) * 4))
    assert first.gradient.counts[place] > 0
    assert health_of(trainer)[1].a.edges[[0, -1]].tolist() == [0, 1]


def test_it_is_valid_json_also_after_a_divergence_and_the_run_goes_on_as_without_it() -> None:
    wild = Trainer(Experiment(dataset="sine", loss="mse", activation="relu", initialiser="he", learning_rate=10))
    assert gradient_health(wild) is None
    wild.run(500)
    assert wild.stopped_by_divergence
    json.dumps([row.to_dict() for row in health_of(wild)], allow_nan=False)
    one, two = (Trainer(Experiment(dropout=0.1, batch_size=50)) for _ in range(2))
    for _ in range(20):
        one.step()
        two.begin()
        gradient_health(two)
        two.finish()
        gradient_health(two)
    assert np.array_equal(one.network.theta, two.network.theta)
