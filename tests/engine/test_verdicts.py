"""Every verdict is met in a real run, and healthy runs are called healthy."""

import json
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from nablascope.engine import DATASETS, PRESETS, Experiment, State, Trainer
from nablascope.engine.diagnostics import VERDICTS, Diagnosis, diagnose
from nablascope.engine.diagnostics.verdicts.glance import Glance
from nablascope.engine.diagnostics.verdicts.progress import Healthy

SINE = Experiment(dataset="sine", loss="mse", hidden=[12, 12], learning_rate=0.1, batch_size=16)
#: A run that meets each kind, and within how many steps.
MET = [
    ("starting", Experiment(), 0),
    ("diverged", SINE.change(activation="relu", initialiser="he", learning_rate=10), 500),
    ("converged", Experiment(stop_epochs=3), 100),
    ("converged", SINE, 2500),
    ("symmetric", Experiment(initialiser="zeros"), 50),
    ("symmetric", Experiment(initialiser="constant", init_size=0.5, activation="relu"), 50),
    ("dead", Experiment(activation="relu", initialiser="he", learning_rate=10), 10),
    ("saturated", Experiment(hidden=[16] * 3, initialiser="normal", init_size=5), 10),
    ("vanishing", PRESETS["Vanishing gradient"].experiment, 50),
    ("exploding", PRESETS["Exploding gradient"].experiment, 10),
    ("coarse", Experiment(learning_rate=5), 10),
    ("oscillating", Experiment(dataset="xor", batch_size=1024, learning_rate=3), 150),
    ("slow", Experiment(learning_rate=1e-4), 100),
    ("slow", Experiment(optimiser="adam", learning_rate=1e-5), 100),
    ("overfitting", Experiment(dataset="moons", samples=40, noise=0.5, hidden=[32, 32], optimiser="adam",
                               activation="relu", initialiser="he", learning_rate=0.03), 300),
    ("plateau", Experiment(dataset="spirals", hidden=[2]), 700),
    ("healthy", Experiment(), 50),
]  # fmt: skip
HEALTHY = [(name, seed) for name in ("First look", "XOR", "Digits", "Sine") for seed in (1, 2, 3, 4)]
HEALTHY += [("Cured: ReLU + He", seed) for seed in (2, 3, 4, 5)]


def met(experiment: Experiment, kind: str, steps: int) -> tuple[Diagnosis, Trainer]:
    """The run at the moment when it is first called that, with everything measured on the way."""
    trainer = Trainer(experiment)
    while (found := diagnose(trainer)).kind != kind:
        assert trainer.steps < steps and trainer.stopped is None, f"{kind} was not met: {found.sentence}"
        trainer.run(7)
        trainer.metrics()
    return found, trainer


@pytest.mark.parametrize(("kind", "experiment", "steps"), MET)
def test_a_run_that_has_it_is_told_so_with_what_was_seen_why_and_what_helps(
    kind: str, experiment: Experiment, steps: int
) -> None:
    found, trainer = met(experiment, kind, steps)
    ill = found.severity in ("warning", "critical") or kind == "slow"
    assert found.sentence.endswith(".") and (not ill or any(mark.isdigit() for mark in found.sentence))
    assert bool(found.why) >= ill and len(found.remedies) == (2 if ill else 0)
    for remedy in found.remedies:
        assert trainer.experiment.change(**remedy.changes) != trainer.experiment
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert {"kind", "severity", "layer", "sentence", "advice", "why", "remedies"} == set(plain)


def test_every_verdict_but_stuck_is_met_above_and_names_are_those_of_the_table() -> None:
    assert {kind for kind, _, _ in MET} | {"stuck"} == {verdict.kind for verdict in VERDICTS}


def test_a_network_without_any_gradient_is_stuck() -> None:
    trainer = Trainer(SINE.change(output_activation="relu"))
    trainer.network.biases[-1][...] = -100
    trainer.step()
    found = diagnose(trainer)
    assert (found.kind, found.severity) == ("stuck", "critical")


@pytest.mark.parametrize(("name", "seed"), HEALTHY)
def test_a_healthy_run_is_never_called_anything_else(name: str, seed: int) -> None:
    trainer = Trainer(PRESETS[name].experiment.change(seed=seed))
    while trainer.steps < 800:
        trainer.run(9)
        if trainer.steps % 45 == 0:
            trainer.metrics()
        found = diagnose(trainer)
        assert found.kind in ("healthy", "converged"), f"step {trainer.steps}: {found.sentence}"


def test_layers_far_apart_are_no_sign_of_having_learned() -> None:
    norms, losses = np.array([0.05, 5.0, 1.0]), np.full(100, 0.6)
    for much_left in (True, False):
        glance = SimpleNamespace(norms=norms, losses=losses, baseline=0.69, much_left=much_left)
        found = Healthy().look(cast(Glance, glance))
        assert found is not None and ("It has learned" in found.sentence) is not much_left


def test_a_run_that_has_learned_is_not_called_vanishing_but_one_that_has_not_is() -> None:
    trainer = Trainer(Experiment(hidden=[8] * 6, activation="sigmoid", optimiser="adam", learning_rate=0.03, seed=1))
    kinds: dict[bool, set[str]] = {True: set(), False: set()}
    while trainer.steps < 3000:
        trainer.run(20)
        glance, found = Glance(trainer), diagnose(trainer)
        if glance.norms[:-1].min() * 30 < glance.norms[-1]:
            kinds[glance.much_left].add(found.kind)
            assert ("It has learned" in found.sentence) is (found.kind == "healthy")
    assert kinds[True] == {"vanishing"} and "vanishing" not in kinds[False]
    assert "healthy" in kinds[False] and trainer.metrics().train_loss < 0.01


@pytest.mark.parametrize(
    ("kind", "steps"),
    [("symmetric", 300), ("saturated", 1000), ("vanishing", 300), ("coarse", 100), ("diverged", 300)],
)
def test_the_first_remedy_makes_it_better(kind: str, steps: int) -> None:
    experiment = next(experiment for name, experiment, _ in MET if name == kind)
    found, ill = met(experiment, kind, 500)
    cured = Trainer(experiment.change(**found.remedies[0].changes))
    ill.run(max(0, steps - ill.steps))
    cured.run(steps)
    assert diagnose(cured).kind != kind
    assert not cured.metrics().train_loss >= ill.metrics().train_loss


def test_a_slow_run_gets_on_with_ten_times_the_rate() -> None:
    found, ill = met(Experiment(learning_rate=1e-4), "slow", 100)
    cured = Trainer(ill.experiment.change(**found.remedies[0].changes))
    cured.run(ill.steps)
    assert cured.experiment.learning_rate == 1e-3
    assert cured.metrics().train_loss < ill.metrics().train_loss


def test_what_is_already_so_is_not_advised() -> None:
    experiment = PRESETS["Vanishing gradient"].experiment
    first, _ = met(experiment, "vanishing", 50)
    assert [dict(remedy.changes) for remedy in first.remedies] == [
        {"activation": "relu", "initialiser": "he", "gain": 1.0}, {"residual": True},
    ]  # fmt: skip
    second, _ = met(experiment.change(hidden=[6, 5, 6, 5, 6]), "vanishing", 50)
    assert dict(second.remedies[1].changes) == {"normalisation": "batch"}
    third, _ = met(PRESETS["Exploding gradient"].experiment.change(clip_norm=1.0), "exploding", 10)
    assert "clip_norm" not in {name for remedy in third.remedies for name in remedy.changes}


@pytest.mark.parametrize(("dataset", "loss"), [(name, loss) for name, row in DATASETS.items() for loss in row.losses])
def test_the_baseline_is_what_a_network_without_inputs_learns(dataset: str, loss: str) -> None:
    experiment = Experiment(dataset=dataset, loss=loss, hidden=[], initialiser="zeros", balance=0.4, noise=0.2)
    if not loss.endswith("entropy"):
        experiment = experiment.change(output_activation="linear")  # which reaches every answer
    trainer = Trainer(experiment, "float64")
    network, y = trainer.network, trainer.data.y_train
    x, least = np.zeros((len(y), network.sizes[0])), np.inf
    summed = loss in ("half_sse", "softmax_cross_entropy")
    for step in range(800):
        value, gradients = network.loss_and_gradients(x, y)
        least = min(least, value)
        rate = (1 if summed else network.sizes[-1]) * 20 / (20 + step)
        for name, gradient in gradients.items():
            network.parameters[name][...] -= rate * gradient
    assert Glance(trainer).baseline == pytest.approx(least, rel=0.1 if loss == "huber" else 0.01)


def test_measurements_follow_the_run_through_time() -> None:
    trainer = Trainer(Experiment(batch_size=16))
    for _ in range(300):
        trainer.step()
        trainer.metrics()
        trainer.metrics()
    assert len(trainer.measured) <= 128 and trainer.measured[-1][0] == 300
    steps = [row[0] for row in trainer.measured]
    assert steps == sorted(set(steps))
    trainer.back()
    assert trainer.measured[-1][0] == 299
    copy = Trainer.from_state(State.from_bytes(trainer.state().to_bytes()))
    assert copy.measured[-1] == trainer.measured[-1]
    trainer.set(noise=0.3)
    assert trainer.measured == []
    trainer.metrics()
    trainer.reset()
    assert trainer.measured == []


def test_a_run_goes_on_bit_for_bit_as_if_nobody_had_asked() -> None:
    experiment = Experiment(hidden=[8, 8], activation="relu", dropout=0.1, optimiser="adam", learning_rate=0.01)
    one, two = (Trainer(experiment) for _ in range(2))
    one.run(520)
    for _ in range(520):
        two.begin()
        diagnose(two)
        two.finish()
        diagnose(two)
    assert np.array_equal(one.network.theta, two.network.theta)
