"""The step lens shows the true loss along the step, before it is made."""

import json

import numpy as np
import pytest
from nablascope.engine import OPTIMISERS, Experiment, ExperimentError, Trainer
from nablascope.engine.diagnostics import Lens, step_lens

BASE = Experiment(hidden=[6, 6], learning_rate=0.3, batch_size=16)
#: A linear network without hidden layers under the mean squared error: the loss is a quadratic form.
QUADRATIC = Experiment(dataset="plane", loss="mse", hidden=[], batch_size=1024, noise=0.3, learning_rate=0.5)
VARIANTS = [
    {}, {"dropout": 0.3, "optimiser": "momentum"}, {"normalisation": "batch", "residual": True, "optimiser": "adam"},
    {"l2": 0.01, "label_smoothing": 0.1, "clip_norm": 0.05}, {"schedule": "one_cycle", "optimiser": "adamw"},
    {"dataset": "digits", "loss": "softmax_cross_entropy"}, {"dataset": "sine", "loss": "mse", "noise": 0.2},
]  # fmt: skip


def lens_of(trainer: Trainer, direction: str = "optimiser") -> Lens:
    lens = step_lens(trainer, direction)
    assert lens is not None
    return lens


def eigenvalues(trainer: Trainer) -> tuple[np.ndarray, np.ndarray]:
    """Of the quadratic's second derivatives, 2/n Σ (x, 1)(x, 1)ᵀ."""
    x = np.column_stack([trainer.data.inputs(trainer.data.x_train), np.ones(len(trainer.data.x_train))])
    return np.linalg.eigh(2 * x.T @ x / len(x))


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_the_lens_foresees_the_step_that_the_optimiser_then_makes(optimiser: str) -> None:
    trainer = Trainer(BASE.change(optimiser=optimiser, learning_rate=0.01), "float64")
    trainer.run(20)
    trace = trainer.begin()
    before, foreseen = lens_of(trainer), 0.01 * trainer.step_per_rate()
    trainer.finish()
    made = np.concatenate([part.reshape(-1) for part in trainer.trace.change.values()])
    assert np.allclose(made, foreseen, rtol=1e-9, atol=1e-15)
    assert before.start == pytest.approx(trace.loss, rel=1e-12)
    after = trainer.network.training_loss(trace.x, trace.y)
    assert before.loss == pytest.approx(after, rel=1e-9)
    assert lens_of(trainer).losses == pytest.approx(before.losses, rel=1e-9)


@pytest.mark.parametrize("changes", VARIANTS)
def test_the_lens_starts_at_the_loss_of_the_last_batch_whatever_the_settings(changes: dict[str, object]) -> None:
    trainer = Trainer(BASE.change(**changes), "float64")
    trainer.run(30)
    for trace in (trainer.begin(), trainer.finish()):
        for direction in ("optimiser", "gradient"):
            assert lens_of(trainer, direction).start == pytest.approx(trace.loss, rel=1e-9)


def test_of_a_quadratic_the_best_rate_and_the_critical_rate_are_those_of_the_textbook() -> None:
    trainer = Trainer(QUADRATIC, "float64")
    trace = trainer.begin()
    values, vectors = eigenvalues(trainer)
    gradient = trace.gradient
    curvature = np.sum(values * (vectors.T @ gradient) ** 2) / gradient.dot(gradient)
    lens = lens_of(trainer, "gradient")
    assert lens.curvature == pytest.approx(curvature, rel=1e-6)
    assert lens.critical_rate == pytest.approx(2 / curvature, rel=1e-6)
    assert lens.best_rate == pytest.approx(1 / curvature, rel=1e-3)
    names, highs = [zone.name for zone in lens.zones], [zone.high * curvature for zone in lens.zones]
    assert names == ["crawls", "fits", "overshoots", "diverges"]
    # A parabola's drop at the share s of its best step is s (2 − s) of the best drop.
    assert highs[:3] == pytest.approx([1 - 0.9**0.5, 1 + 0.5**0.5, 1 + 2**0.5], rel=0.03)


@pytest.mark.parametrize(("factor", "ends"), [(0.95, "below"), (1.05, "above")])
def test_a_rate_above_two_over_the_largest_eigenvalue_diverges_and_one_below_does_not(
    factor: float, ends: str
) -> None:
    probe = Trainer(QUADRATIC, "float64")
    values, vectors = eigenvalues(probe)
    limit = 2 / values[-1]
    trainer = Trainer(QUADRATIC.change(learning_rate=factor * limit, stop_epochs=None), "float64")
    first = trainer.step().loss
    trainer.run(400)
    lens = lens_of(trainer, "gradient")
    aligned = abs(vectors[:, -1] @ trainer.trace.gradient) / np.linalg.norm(trainer.trace.gradient)
    if ends == "above":
        assert trainer.loss > 100 * first
        assert aligned > 0.9999  # what is left of the error points along the steepest direction
        assert lens.critical_rate == pytest.approx(limit, rel=1e-3)
        assert lens.zone == "overshoots" and lens.loss > lens.start
    else:
        assert trainer.loss < first
        assert lens.rate < limit <= lens.critical_rate * (1 + 1e-9)


def test_a_rate_that_is_far_too_small_crawls_and_one_that_is_far_too_large_diverges() -> None:
    for rate, zone in ((1e-4, "crawls"), (0.5, "fits"), (10, "diverges")):
        trainer = Trainer(QUADRATIC.change(learning_rate=rate))
        trainer.begin()
        assert lens_of(trainer).zone == zone


def test_zones_follow_each_other_without_gaps_and_the_current_rate_is_in_its_own() -> None:
    trainer = Trainer(BASE.change(optimiser="momentum", momentum=0.99))
    for _ in range(40):
        trainer.step()
        lens = lens_of(trainer)
        assert lens.zones[0].low == lens.rates[0] and lens.zones[-1].high == lens.rates[-1]
        for one, two in zip(lens.zones[:-1], lens.zones[1:], strict=True):
            assert one.high == two.low
        assert any(zone.name == lens.zone and zone.low <= lens.rate <= zone.high for zone in lens.zones)
        if lens.best_rate is not None:
            assert lens.best_loss <= lens.losses.min()


def test_the_lens_is_valid_json_even_where_losses_overflow() -> None:
    trainer = Trainer(Experiment(dataset="sine", loss="mse", hidden=[30] * 25, activation="relu", initialiser="he",
                                 gain=3.0, learning_rate=1e-5))  # fmt: skip
    trainer.step()
    lens = lens_of(trainer)
    assert not np.isfinite(lens.losses).all()
    assert json.loads(json.dumps(lens.to_dict(), allow_nan=False))["losses"][-1] is None


def test_without_a_step_or_with_numbers_run_away_there_is_no_lens_and_a_wrong_direction_is_refused() -> None:
    trainer = Trainer(BASE)
    assert step_lens(trainer) is None
    trainer.step()
    trainer.network.theta[...] = np.nan
    trainer.step()
    assert step_lens(trainer) is None
    with pytest.raises(ExperimentError, match=r"direction: was 'uphill', expected optimiser or gradient"):
        step_lens(trainer, "uphill")


@pytest.mark.parametrize("changes", VARIANTS)
def test_a_run_goes_on_bit_for_bit_as_if_nobody_had_looked_through_the_lens(changes: dict[str, object]) -> None:
    one, two = (Trainer(BASE.change(**changes)) for _ in range(2))
    for _ in range(30):
        one.step()
        two.begin()
        step_lens(two)
        two.finish()
        step_lens(two, "gradient")
    assert np.array_equal(one.network.theta, two.network.theta)
    assert np.array_equal(one.network.statistics, two.network.statistics)
