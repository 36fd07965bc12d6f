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


def test_the_first_seven_presets_stay_where_they_are() -> None:
    assert list(PRESETS)[:7] == [
        "First look", "XOR", "Vanishing gradient", "Cured: ReLU + He", "Exploding gradient", "Digits", "Sine",
    ]  # fmt: skip


def only_difference(one: str, two: str) -> set[str]:
    first, second = (PRESETS[name].experiment.to_dict() for name in (one, two))
    return {name for name in first if first[name] != second[name]}


def test_zero_initialisation_never_breaks_the_symmetry() -> None:
    trainer = after("Zero initialisation", 2000)
    for weights in trainer.network.weights[1:-1]:
        assert (weights == weights[:, :1]).all()
    assert diagnose(trainer).kind == "symmetric"
    assert trainer.metrics().train_accuracy < 0.6


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_thirty_relu_layers_stall_with_xavier_and_train_with_he(seed: int) -> None:
    assert only_difference("30 ReLU layers, Xavier", "30 ReLU layers, He") == {"initialiser"}
    stalled, trained = (
        Trainer(PRESETS[f"30 ReLU layers, {start}"].experiment.change(seed=seed)) for start in ("Xavier", "He")
    )
    factors = [np.exp(np.mean(np.log(run.step().delta_norms[:-2] / run.trace.delta_norms[1:-1])))
               for run in (stalled, trained)]  # fmt: skip
    # Without the last layer, whose one unit is no layer's width.
    assert factors[0] == pytest.approx(0.5**0.5, rel=0.12)
    assert factors[1] == pytest.approx(1, rel=0.12)
    stalled.run(600)
    trained.run(600)
    assert stalled.metrics().train_loss == pytest.approx(np.log(2), abs=1e-3)
    assert diagnose(stalled).severity == "warning"
    assert trained.metrics().test_accuracy > 0.95
    assert diagnose(trained).severity == "good"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_each_earlier_sigmoid_layer_has_a_gradient_several_times_smaller(seed: int) -> None:
    trainer = Trainer(PRESETS["Nielsen: four hidden layers"].experiment.change(seed=seed))
    norms = trainer.step().delta_norms[:4]
    factors = norms[1:] / norms[:-1]
    assert (factors > 2.5).all() and (factors < 6).all()
    assert norms[3] / norms[0] > 30
    trainer.run(100)
    assert diagnose(trainer).kind == "vanishing"


def test_the_error_fades_with_the_standard_start_of_tanh_layers_and_not_with_the_normalised_one() -> None:
    names = "tanh, standard initialisation", "tanh, normalised initialisation"
    assert only_difference(*names) == {"initialiser", "gain"}
    standard, normalised = (Trainer(PRESETS[name].experiment) for name in names)
    weights = standard.network.weights[2]
    assert 0.95 / 8 < np.abs(weights).max() <= 1 / 8  # ±1/√64
    fading, kept = (run.step().delta_norms[:5] for run in (standard, normalised))
    # Var[W] n = 1/3 makes the factor √⅓ where slopes are 1; 1 as Glorot and Bengio start them.
    assert fading[:-1] / fading[1:] == pytest.approx([3**-0.5] * 4, rel=0.1)
    assert kept[:-1] / kept[1:] == pytest.approx([0.9] * 4, rel=0.1)
    standard.run(300)
    normalised.run(300)
    assert standard.metrics().test_accuracy < 0.5 < 0.9 < normalised.metrics().test_accuracy


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_twenty_layers_untangle_the_spirals_only_with_a_way_around_each(seed: int) -> None:
    assert only_difference("Residual off", "Residual on") == {"residual"}
    off, on = (Trainer(PRESETS[f"Residual {name}"].experiment.change(seed=seed)) for name in ("off", "on"))
    off.run(1000)
    on.run(1000)
    assert off.metrics().train_loss > 0.5
    assert on.metrics().train_loss < 0.2 and on.metrics().test_accuracy > 0.9


@pytest.mark.parametrize("name", PRESETS)
def test_presets_survive_the_way_through_json(name: str) -> None:
    experiment = PRESETS[name].experiment
    assert Experiment.from_json(experiment.to_json()) == experiment
    assert np.isfinite(after(name, 5).loss)
