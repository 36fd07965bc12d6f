"""The learning-rate range test runs on a copy, ends when the loss blows up, and suggests rates that work."""

import json

import numpy as np
import pytest
from nablascope.engine import OPTIMISERS, PRESETS, Experiment, ExperimentError, Trainer
from nablascope.engine.diagnostics import completed, range_test
from nablascope.engine.diagnostics.range_test import suggested


def test_its_first_steps_are_those_that_the_run_itself_would_make_with_these_rates() -> None:
    experiment = Experiment(optimiser="momentum", dropout=0.1)
    trainer, other = Trainer(experiment), Trainer(experiment)
    trainer.run(40)
    other.run(40)
    found = completed(range_test(trainer, steps=60))
    for rate, loss in list(zip(found.rates.tolist(), found.losses.tolist(), strict=True))[:20]:
        other.set(learning_rate=max(rate, 1e-5))
        other.step()
        assert other.train_loss() == loss


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_the_middle_of_the_suggested_rates_learns_and_the_run_goes_on_bit_for_bit(optimiser: str) -> None:
    experiment = Experiment(optimiser=optimiser, hidden=[8, 8], stop_epochs=500, schedule="cosine", seed=3)
    one, two = Trainer(experiment), Trainer(experiment)
    for trainer in (one, two):
        trainer.run(5)
    found = completed(range_test(two, steps=200))
    json.dumps(found.to_dict(), allow_nan=False)
    assert found.lowest is not None and 1e-5 < found.lowest <= found.steepest <= found.best <= 10
    one.run(30)
    two.run(30)
    assert np.array_equal(one.network.theta, two.network.theta)
    middle = (found.lowest * found.steepest) ** 0.5
    suggested_run = Trainer(Experiment(optimiser=optimiser, hidden=[8, 8], learning_rate=middle, seed=3))
    suggested_run.run(600)
    assert suggested_run.metrics().train_loss < 0.35  # half of a coin's ln 2


def test_it_ends_when_the_loss_is_four_times_its_best_or_no_number() -> None:
    for experiment in (Experiment(dataset="sine", loss="mse", activation="relu", initialiser="he"),
                       PRESETS["Digits"].experiment.change(optimiser="adam")):  # fmt: skip
        found = completed(range_test(Trainer(experiment), steps=150))
        assert found.blown_up and len(found.losses) < 150
        assert not found.smoothed[-1] <= 4 * found.smoothed.min()
        assert (found.smoothed[:-1] <= 4 * np.minimum.accumulate(found.smoothed[:-1])).all()


def test_one_can_stop_asking_between_two_steps() -> None:
    test = range_test(Trainer(Experiment()), steps=100)
    progress = [next(test) for _ in range(3)]
    test.close()
    assert [(row.step, row.of) for row in progress] == [(1, 100), (2, 100), (3, 100)]
    assert progress[0].rate == pytest.approx(1e-5) and progress[1].rate > progress[0].rate


def test_suggestions_are_read_off_the_curve() -> None:
    rates = np.geomspace(1e-5, 10, 121)
    power = np.log10(rates)
    lowest, steepest, best = suggested(
        rates, (1 / (1 + np.exp(4 * (power + 2))) + 10 * np.exp(3 * (power - 1))).tolist()
    )
    assert steepest == pytest.approx(1e-2, rel=0.1)
    assert np.log10(lowest) == pytest.approx(-2 - np.log(9) / 4, abs=0.1)
    assert -2 < np.log10(best) < -0.5
    assert suggested(rates, np.linspace(1, 2, 121).tolist()) == (None, None, None)


@pytest.mark.parametrize("steps", [100, 600])
@pytest.mark.parametrize("preset", ["Vanishing gradient", "Zero initialisation", "30 ReLU layers, Xavier"])
def test_where_no_rate_helps_none_is_suggested(preset: str, steps: int) -> None:
    trainer = Trainer(PRESETS[preset].experiment)
    trainer.run(steps)
    found = completed(range_test(trainer))
    assert (found.lowest, found.steepest, found.best) == (None, None, None)


def test_the_loss_is_that_of_the_whole_training_set() -> None:
    trainer = Trainer(Experiment())
    trainer.run(3)
    assert trainer.train_loss() == trainer.metrics().train_loss


def test_bad_input_is_refused_with_what_was_expected() -> None:
    with pytest.raises(ExperimentError, match="steps: was 5, expected a whole number from 20 to 2,000"):
        next(range_test(Trainer(Experiment()), steps=5))
    wild = Trainer(Experiment(dataset="sine", loss="mse", activation="relu", initialiser="he", learning_rate=10))
    wild.run(500)
    with pytest.raises(ExperimentError, match="run: was 'diverged'"):
        next(range_test(wild))
