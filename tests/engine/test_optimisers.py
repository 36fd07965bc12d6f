"""Optimisers and schedules, each against its own formula written out once more."""

import math

import numpy as np
import pytest
from nablascope.engine import OPTIMISERS, SCHEDULES, Experiment, Trainer
from nablascope.engine.schedules import PlateauWatch
from nablascope.engine.step.update import BLOCK

BASE = Experiment(hidden=[6, 6], learning_rate=0.05, batch_size=16)


def written_out(name: str, gradients: list[np.ndarray], theta: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The textbook's formulas, allocating and slow. Rates as in Experiment's defaults, η = 0.05."""
    first, second = np.zeros_like(theta), np.zeros_like(theta)
    for t, g in enumerate(gradients, 1):
        match name:
            case "sgd":
                step = 0.05 * g
            case "momentum":
                first = 0.9 * first + g
                step = 0.05 * first
            case "nesterov":
                first = 0.9 * first + g
                step = 0.05 * (g + 0.9 * first)
            case "adagrad":
                second = second + g**2
                step = 0.05 * g / (np.sqrt(second) + 1e-10)
            case "rmsprop":
                second = 0.99 * second + 0.01 * g**2
                step = 0.05 * g / (np.sqrt(second) + 1e-8)
            case "adam" | "adamw":
                first, second = 0.9 * first + 0.1 * g, 0.999 * second + 0.001 * g**2
                corrected = first / (1 - 0.9**t), second / (1 - 0.999**t)
                step = 0.05 * corrected[0] / (np.sqrt(corrected[1]) + 1e-8)
                if name == "adamw":
                    step = step + 0.05 * 0.01 * weights * theta
            case _:
                raise AssertionError(f"{name} is not written out here")
        theta = theta - step
    return theta


@pytest.mark.parametrize("name", OPTIMISERS)
def test_thirty_steps_follow_the_formula(name: str) -> None:
    trainer = Trainer(BASE.change(optimiser=name), "float64")
    start, gradients = trainer.network.theta.copy(), []
    weights = np.zeros_like(start)
    for view in trainer.network.views(weights)[1:]:
        view[:-1] = 1
    for _ in range(30):
        gradients.append(trainer.step().gradient)
    expected = written_out(name, gradients, start, weights)
    assert np.allclose(trainer.network.theta, expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_a_long_vector_in_blocks_makes_the_same_steps(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert BLOCK > 1000
    whole = Trainer(BASE.change(optimiser=name))
    monkeypatch.setattr("nablascope.engine.step.update.BLOCK", 7)
    parts = Trainer(BASE.change(optimiser=name))
    whole.run(40)
    parts.run(40)
    assert np.array_equal(whole.network.theta, parts.network.theta)


@pytest.mark.parametrize(("name", "knob"), [("adam", "beta1"), ("adam", "beta2"), ("rmsprop", "rho")])
def test_turning_a_memory_keeps_the_average(name: str, knob: str) -> None:
    trainer, scale = Trainer(BASE.change(optimiser=name), "float64"), {"beta1": 0, "beta2": 1, "rho": 0}[knob]
    trainer.run(20)
    before = trainer.memory[scale] * (1 - getattr(trainer.experiment, knob))
    trainer.set(**{knob: 0.5})
    assert np.allclose(trainer.memory[scale] * 0.5, before, rtol=1e-12)


def test_another_optimiser_starts_with_empty_memory() -> None:
    trainer = Trainer(BASE.change(optimiser="adam"))
    trainer.run(20)
    trainer.set(optimiser="momentum")
    assert trainer.memory.shape[0] == 1
    assert not trainer.memory.any()
    trainer.set(optimiser="adam")
    assert trainer.rates.count == 0


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_never_goes_above_the_base_or_below_zero(name: str) -> None:
    factors = [SCHEDULES[name].factor(epochs / 7, 20, 0.5) for epochs in range(400)]
    assert all(0 <= factor <= 1 + 1e-12 for factor in factors)


@pytest.mark.parametrize(
    ("name", "epochs", "factor"),
    [
        ("constant", 99, 1), ("step", 19.9, 1), ("step", 20, 0.5), ("step", 45, 0.25), ("exponential", 10, 0.5**0.5),
        ("cosine", 10, 0.5), ("cosine", 20, 0), ("cosine", 99, 0), ("warmup_cosine", 1, 0.5), ("warmup_cosine", 2, 1),
        ("warmup_cosine", 20, 0), ("one_cycle", 0, 1 / 25), ("one_cycle", 6, 1), ("one_cycle", 20, 1 / 250_000),
    ],
)  # fmt: skip
def test_schedules_at_known_points(name: str, epochs: float, factor: float) -> None:
    assert SCHEDULES[name].factor(epochs, 20, 0.5) == pytest.approx(factor, abs=1e-12)


def test_the_rate_in_force_is_what_the_update_used() -> None:
    trainer = Trainer(BASE.change(schedule="cosine", schedule_epochs=5), "float64")
    samples = trainer.batches.samples
    for step in range(30):
        trace = trainer.step()
        epochs = trace.epoch - 1 + (step % math.ceil(samples / 16)) * 16 / samples
        expected = 0.05 * 0.5 * (1 + math.cos(math.pi * epochs / 5))
        assert trace.learning_rate == pytest.approx(expected, rel=1e-12)
        assert np.allclose(trace.change["layer1.weight"], expected * trace.gradients["layer1.weight"], rtol=1e-12)


def test_a_plateau_cuts_the_rate_after_the_wait() -> None:
    watch = PlateauWatch()
    for loss in (1.0, 0.5, 0.5, 0.5, 0.5):
        watch.tell(loss, 2, 0.1)
    assert watch.factor == pytest.approx(0.1)
    watch.tell(0.4, 2, 0.1)
    assert watch.waited == 0


def test_early_stopping_watches_the_test_loss() -> None:
    experiment = BASE.change(
        hidden=[64, 64], samples=40, noise=1.0, learning_rate=0.5, stop_watch="test", stop_patience=20
    )
    trainer = Trainer(experiment)
    trainer.run(100_000)
    assert trainer.stopped is not None
    assert (trainer.stopped.kind, "test loss" in trainer.stopped.sentence) == ("patience", True)
