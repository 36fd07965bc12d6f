"""Each preset shows what its sentence says."""

import numpy as np
import pytest
from nablascope.engine import PRESETS, Experiment, Trainer
from nablascope.engine.diagnostics import diagnose


def after(name: str, steps: int) -> Trainer:
    trainer = Trainer(PRESETS[name].experiment)
    trainer.run(steps)
    return trainer


@pytest.mark.parametrize("name", ["First look", "XOR", "Cured: ReLU + He", "Digits"])
def test_a_preset_that_should_learn_classifies_nine_of_ten_unseen_samples(name: str) -> None:
    assert after(name, 600).metrics().test_accuracy > 0.9


def test_the_sine_is_fitted_down_to_its_noise() -> None:
    trainer = after("Sine", 3000)
    assert trainer.metrics().test_loss < 0.03  # the noise alone is 0.1² = 0.01


def test_the_vanishing_gradient_vanishes_and_its_cure_cures() -> None:
    sick, cured = after("Vanishing gradient", 300), after("Cured: ReLU + He", 300)
    assert diagnose(sick).kind == "vanishing"
    assert diagnose(sick).layer == 1
    assert sick.metrics().train_accuracy < 0.6
    assert diagnose(cured).kind == "healthy"
    assert sick.experiment.change(activation="relu", initialiser="he", learning_rate=0.1) == cured.experiment


def test_the_exploding_gradient_explodes_on_its_way_back() -> None:
    trainer = Trainer(PRESETS["Exploding gradient"].experiment)
    for _ in range(20):
        trainer.step()
        assert diagnose(trainer).kind == "exploding"
    norms = trainer.step().gradient_norms
    assert norms[0] > 10 * norms[-1]


@pytest.mark.parametrize("name", PRESETS)
def test_presets_survive_the_way_through_json(name: str) -> None:
    experiment = PRESETS[name].experiment
    assert Experiment.from_json(experiment.to_json()) == experiment
    assert np.isfinite(after(name, 5).loss)
