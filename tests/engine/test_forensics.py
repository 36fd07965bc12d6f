"""After a divergence: the last steps once more, to the bit, and the chain that led there."""

import json

import numpy as np
import pytest
from nablascope.engine import Experiment, State, Trainer
from nablascope.engine.diagnostics import Autopsy, autopsy

SINE = Experiment(dataset="sine", loss="mse", hidden=[12, 12], activation="relu", initialiser="he", batch_size=16)
#: Grows for some two hundred steps before anything overflows.
GROWING = Experiment(dataset="plane", loss="mse", hidden=[4], activation="linear", learning_rate=1.5, batch_size=1024)
RUNS = [
    SINE.change(learning_rate=10), GROWING.change(hidden=[], learning_rate=1.1),
    SINE.change(learning_rate=5, optimiser="momentum", dropout=0.2),
    SINE.change(hidden=[30] * 25, gain=5.0, learning_rate=0.1),
    GROWING.change(hidden=[], learning_rate=1.05, l2=0.01),
]  # fmt: skip


def diverged(experiment: Experiment) -> tuple[Trainer, Autopsy]:
    trainer = Trainer(experiment)
    trainer.run(5000)
    assert trainer.stopped_by_divergence
    found = autopsy(trainer)
    assert found is not None
    return trainer, found


@pytest.mark.parametrize("experiment", RUNS)
def test_the_last_steps_are_those_of_the_run(experiment: Experiment) -> None:
    trainer, found = diverged(experiment)
    stop = trainer.stopped
    assert (found.step, found.layer, found.quantity) == (stop.step, stop.layer, stop.quantity)
    assert found.last_finite == trainer.steps == stop.step - 1
    assert found.steps.tolist() == list(range(max(1, stop.step - 11), stop.step + 1))
    rows = trainer.history.since(int(found.steps[0]) - 1, 100)
    assert np.array_equal(rows[:, 1], found.losses[:-1])
    assert np.allclose(rows[:, 4:], found.gradient[:-1], rtol=1e-5)
    assert np.isfinite(found.losses[:-1]).all()
    layers = len(trainer.network.sizes) - 1
    for values in (found.weights, found.z, found.delta, found.gradient):
        assert values.shape == (len(found.steps), layers)
    end = np.concatenate([[found.losses[-1]], found.weights[-1], found.z[-1], found.delta[-1], found.gradient[-1]])
    overflowed = found.quantity == "gradient norm"  # in float32; here all is float64
    assert overflowed or not np.isfinite(end).all()


def test_the_chain_tells_in_order_what_grew_and_how_it_ended() -> None:
    trainer, found = diverged(RUNS[0])
    assert found.chain.endswith(trainer.stopped.sentence)
    assert " → " in found.chain and found.chain.startswith("step ")
    steps = [link.step for link in found.links]
    assert steps == sorted(steps) and steps
    for link in found.links:
        values = getattr(found, link.quantity)[:, link.layer - 1]
        at = found.steps.tolist().index(link.step)
        assert not values[at] <= 100 * values[0]
        assert (values[:at] <= 100 * values[0]).all()
        assert np.array_equal(link.value, values[at], equal_nan=True)


def test_of_a_slow_divergence_the_chain_tells_what_grew_most() -> None:
    trainer, found = diverged(RUNS[1])
    begin, end = found.links[:2]
    assert (begin.step, end.step) == (found.steps[0], found.last_finite)
    assert (begin.layer, begin.quantity) == (end.layer, end.quantity)
    x = np.column_stack([trainer.data.x_train, np.ones(len(trainer.data.x_train))])
    largest = np.linalg.eigvalsh(2 * x.T @ x / len(x))[-1]
    assert end.value / begin.value == pytest.approx(abs(1 - 1.1 * largest) ** 10, rel=1e-3)


def test_settings_changed_on_the_way_count_from_where_they_did() -> None:
    trainer = Trainer(SINE.change(learning_rate=0.05))
    trainer.run(123)
    trainer.set(learning_rate=8.0)
    trainer.run(2)
    trainer.set(optimiser="momentum")
    trainer.run(500)
    found = autopsy(trainer)
    assert trainer.stopped_by_divergence and found.steps[0] <= 125
    rows = trainer.history.since(int(found.steps[0]) - 1, 100)
    assert np.array_equal(rows[:, 1], found.losses[:-1])


def test_the_strip_is_shorter_where_the_past_is_not_known_and_the_first_step_may_fail() -> None:
    trainer = Trainer(SINE.change(learning_rate=0.05))
    trainer.run(70)
    copy = Trainer.from_state(State.from_bytes(trainer.state().to_bytes()))
    copy.set(learning_rate=10.0)
    copy.run(500)
    assert autopsy(copy).steps[0] == 71
    _, first = diverged(SINE.change(hidden=[70] * 32, gain=5.0))
    assert (first.step, first.last_finite, first.steps.tolist()) == (1, 0, [1])


@pytest.mark.parametrize("experiment", RUNS)
def test_an_autopsy_is_valid_json_alters_nothing_and_is_for_the_dead_only(experiment: Experiment) -> None:
    trainer, found = diverged(experiment)
    json.dumps(found.to_dict(), allow_nan=False)
    other = Trainer(experiment)
    other.run(5000)
    assert np.array_equal(other.network.theta, trainer.network.theta, equal_nan=True)
    assert trainer.rewind() and other.rewind()
    assert np.array_equal(other.network.theta, trainer.network.theta)
    assert other.step().loss == trainer.step().loss
    assert autopsy(trainer) is None
