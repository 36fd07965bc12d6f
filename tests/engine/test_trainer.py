"""The training loop: updates, traces that stay true, settings in mid-run, time travel, divergence."""

import numpy as np
import pytest
from nablascope.engine import Experiment, State, Trainer

BASE = Experiment(
    dataset="circles", hidden=[8, 8, 8], activation="tanh", loss="binary_cross_entropy",
    initialiser="xavier", optimiser="sgd", learning_rate=0.1, batch_size=32, seed=1,
)  # fmt: skip


def trained(steps: int, **changes: object) -> Trainer:
    trainer = Trainer(BASE.change(**changes), dtype="float64")
    trainer.run(steps)
    return trainer


def test_sgd_subtracts_the_rate_times_the_gradient() -> None:
    trainer = Trainer(BASE, dtype="float64")
    trace = trainer.step()
    for name, before in trace.parameters.items():
        expected = before - 0.1 * trace.gradients[name]
        assert np.array_equal(trainer.network.parameters[name], expected)


def test_momentum_keeps_a_share_of_its_velocity() -> None:
    trainer = Trainer(BASE.change(optimiser="momentum", momentum=0.5), dtype="float64")
    first = trainer.step()
    second = trainer.step()
    velocity = 0.5 * first.gradient + second.gradient
    assert np.allclose(trainer.network.theta, second.theta - 0.1 * velocity, rtol=1e-14)


def test_the_trace_is_what_the_network_computes() -> None:
    trainer = trained(10)
    trace = trainer.step()
    probe = Trainer(BASE, dtype="float64").network
    probe.theta[...] = trace.theta
    loss, gradients = probe.loss_and_gradients(trace.x, trace.y)
    assert trace.loss == pytest.approx(loss, rel=1e-12)
    for name, gradient in gradients.items():
        assert np.allclose(trace.gradients[name], gradient, rtol=1e-12, atol=1e-15)
    for layer in (1, 2, 3):
        weight, bias = trace.parameters[f"layer{layer}.weight"], trace.parameters[f"layer{layer}.bias"]
        assert np.allclose(trace.z[layer], trace.a[layer - 1] @ weight + bias)
        assert np.allclose(trace.a[layer], np.tanh(trace.z[layer]))
        assert np.allclose(trace.delta[layer], trace.error[layer] * trace.slope[layer])
        assert np.allclose(trace.gradients[f"layer{layer}.weight"], trace.a[layer - 1].T @ trace.delta[layer])
    assert np.allclose(trace.a[4], 1 / (1 + np.exp(-trace.z[4])), rtol=1e-14)
    assert np.allclose(trace.delta[4], (trace.a[4] - trace.y) / len(trace.y), rtol=1e-12)
    norms = [np.linalg.norm(gradients[f"layer{layer}.weight"]) for layer in (1, 2, 3, 4)]
    assert np.allclose(trace.gradient_norms, norms, rtol=1e-12)


@pytest.mark.parametrize("read_before", [True, False])
def test_a_trace_stays_true_when_training_goes_on(read_before: bool) -> None:
    trainer, twin = Trainer(BASE, dtype="float64"), Trainer(BASE, dtype="float64")
    trace, other = trainer.step(), twin.step()
    expected = other.gradient.copy(), other.theta.copy(), [a.copy() for a in other.a]
    if read_before:
        assert trace.gradient is not None
    trainer.run(50)
    assert np.array_equal(trace.gradient, expected[0])
    assert np.array_equal(trace.theta, expected[1])
    assert all(np.array_equal(a, b) for a, b in zip(trace.a, expected[2], strict=True))


def test_the_same_seed_gives_the_same_bits_and_another_does_not() -> None:
    one, two, other = trained(200), trained(200), trained(200, seed=2)
    assert np.array_equal(one.network.theta, two.network.theta)
    assert not np.array_equal(one.network.theta, other.network.theta)


def test_reset_returns_to_the_same_weights_and_the_same_run() -> None:
    trainer = Trainer(BASE)
    start = trainer.network.theta.copy()
    trainer.run(100)
    end = trainer.network.theta.copy()
    trainer.reset()
    assert np.array_equal(trainer.network.theta, start)
    trainer.run(100)
    assert np.array_equal(trainer.network.theta, end)


def test_a_learning_rate_set_in_mid_run_counts_for_the_next_update_even_a_pending_one() -> None:
    trainer = trained(20)
    trace = trainer.begin()
    assert trainer.set(learning_rate=1.0) == "live"
    before = trainer.network.theta.copy()
    trainer.finish()
    assert np.array_equal(trainer.network.theta, before - 1.0 * trace.gradient)
    assert trainer.steps == 21


def test_begin_and_finish_make_the_same_step_as_step() -> None:
    one, two = trained(5), trained(5)
    for _ in range(20):
        one.step()
        begun = two.begin()
        assert np.isnan(begun.update_ratios).all()
        two.finish()
    assert np.array_equal(one.network.theta, two.network.theta)


@pytest.mark.parametrize(
    "changes",
    [
        {"activation": "relu"}, {"loss": "mse"}, {"optimiser": "momentum"}, {"batch_size": 7},
        {"noise": 0.3}, {"dataset": "xor"}, {"samples": 100}, {"initialiser": "he"}, {"momentum": 0.5},
    ],
)  # fmt: skip
def test_what_keeps_the_shapes_keeps_the_weights(changes: dict[str, object]) -> None:
    trainer = trained(30)
    theta = trainer.network.theta.copy()
    assert trainer.set(**changes) == "live"
    assert np.array_equal(trainer.network.theta, theta)
    assert trainer.step().step == 31


@pytest.mark.parametrize("changes", [{"hidden": [4]}, {"dataset": "digits"}, {"seed": 5}, {"features": ["x1"]}])
def test_new_shapes_or_another_seed_begin_anew(changes: dict[str, object]) -> None:
    trainer = trained(30)
    assert trainer.set(**changes) == "restart"
    assert trainer.steps == 0


def test_the_last_batch_of_an_epoch_is_as_small_as_it_falls() -> None:
    trainer = Trainer(BASE)
    sizes = [len(trainer.step().x) for _ in range(7)]
    assert sizes == [32] * 6 + [18]
    assert trainer.epoch == 1


def test_every_sample_is_used_once_an_epoch() -> None:
    trainer = Trainer(BASE, dtype="float64")
    seen = np.concatenate([trainer.step().x for _ in range(7)])
    assert np.array_equal(np.sort(seen, axis=0), np.sort(trainer.data.x_train, axis=0))


def test_steps_back_are_exact_across_changes_of_settings() -> None:
    trainer = trained(130)
    thetas = {130: trainer.network.theta.copy()}
    trainer.set(learning_rate=0.7)
    for _ in range(5):
        trainer.step()
    trainer.set(optimiser="momentum", batch_size=16)
    for step in range(136, 260):
        trainer.step()
        thetas[step] = trainer.network.theta.copy()
    for step in range(258, 135, -1):
        assert trainer.back()
        assert trainer.steps == step
        assert np.array_equal(trainer.network.theta, thetas[step]), step
        assert trainer.trace is not None
        assert trainer.trace.step == step
    while trainer.steps > 130:
        trainer.back()
    assert np.array_equal(trainer.network.theta, thetas[130])
    trainer.back()
    assert trainer.experiment.learning_rate == 0.1
    assert trainer.experiment.optimiser == "sgd"


def test_back_from_a_pending_step_takes_only_that_one_back() -> None:
    trainer = trained(3)
    theta = trainer.network.theta.copy()
    trainer.begin()
    assert trainer.back()
    assert trainer.steps == 3
    assert np.array_equal(trainer.network.theta, theta)


def test_there_is_nothing_before_the_beginning() -> None:
    trainer = trained(2)
    assert [trainer.back() for _ in range(3)] == [True, True, False]
    assert trainer.steps == 0


def test_a_saved_state_goes_on_bit_for_bit() -> None:
    trainer = trained(333, optimiser="momentum", batch_size=17)
    copy = Trainer.from_state(State.from_bytes(trainer.state().to_bytes()))
    trainer.run(200)
    copy.run(200)
    assert np.array_equal(trainer.network.theta, copy.network.theta)
    assert (trainer.steps, trainer.epoch) == (copy.steps, copy.epoch)
    assert np.array_equal(trainer.history.since(300, 50), copy.history.since(300, 50), equal_nan=True)


@pytest.mark.parametrize("rate", [10.0])
def test_a_run_that_diverges_stops_and_says_where(rate: float) -> None:
    trainer = Trainer(Experiment(dataset="sine", loss="mse", activation="relu", hidden=[8, 8], learning_rate=rate))
    trainer.run(1000)
    assert trainer.stopped is not None
    assert trainer.stopped.kind == "diverged"
    assert f"Step {trainer.steps + 1}" in trainer.stopped.sentence
    assert trainer.stopped.quantity
    last = trainer.step()
    assert trainer.step() is last
    assert trainer.rewind()
    assert trainer.stopped is None
    trainer.set(learning_rate=0.01)
    assert np.isfinite(trainer.step().loss)
    trainer.reset()
    assert trainer.steps == 0


def test_stopping_criteria_stop_and_resume_goes_on() -> None:
    by_epochs = trained(1000, stop_epochs=3)
    assert by_epochs.steps == 21
    assert by_epochs.stopped is not None
    assert by_epochs.stopped.kind == "epochs"
    by_loss = trained(100_000, stop_loss=0.2, learning_rate=1.0)
    assert by_loss.stopped is not None
    assert by_loss.stopped.kind == "loss"
    patient = trained(100_000, stop_patience=2, learning_rate=1.0)
    assert patient.stopped is not None
    assert patient.stopped.kind == "patience"


def test_metrics_are_those_of_all_samples() -> None:
    trainer = trained(500, learning_rate=1.0)
    metrics = trainer.metrics()
    out = trainer.network.forward(trainer.data.x_test)
    accuracy = np.mean((out[:, 0] > 0.5) == trainer.data.labels_test)
    loss, _ = trainer.network.loss_and_gradients(trainer.data.x_test, trainer.data.y_test)
    assert metrics.test_accuracy == accuracy
    assert metrics.test_loss == pytest.approx(loss, rel=1e-12)
    assert trainer.history.since(0, 1)[-1, 3] == metrics.test_loss


def test_a_vanishing_gradient_has_a_norm_even_where_its_square_has_none() -> None:
    trainer = Trainer(BASE.change(hidden=[8] * 30, activation="sigmoid", initialiser="normal"))
    norms = trainer.step().gradient_norms
    assert 0 < norms[0] < 1e-20
    assert norms[0] < norms[-1] * 1e-18


def test_a_bias_that_runs_away_is_found_at_its_step() -> None:
    trainer = Trainer(BASE, dtype="float32")
    trainer.run(3)
    trainer.network.parameters["layer2.bias"][0] = np.nan
    trainer.step()
    assert trainer.stopped is not None
    assert (trainer.stopped.step, trainer.stopped.layer, trainer.stopped.quantity) == (4, 2, "weights")


@pytest.mark.parametrize("hidden", [[64] * 6, [40, 40, 40, 60, 60, 40], [30, 40, 50]])
@pytest.mark.parametrize("normalisation", ["none", "batch"])
def test_norms_of_a_large_network_are_those_of_its_gradients(hidden: list[int], normalisation: str) -> None:
    trainer = Trainer(BASE.change(hidden=hidden, normalisation=normalisation))
    trace = trainer.step()
    layers = range(1, len(hidden) + 2)
    norms = [np.linalg.norm(trace.gradients[f"layer{layer}.weight"].astype(float)) for layer in layers]
    assert np.allclose(trace.gradient_norms, norms, rtol=1e-5)


def test_traces_that_are_held_in_any_way_are_each_their_own() -> None:
    trainer, twin = Trainer(BASE), Trainer(BASE)
    held = {step: trainer.step() for step in range(1, 6)}
    by_attribute = trainer.trace
    trainer.run(10)
    assert by_attribute is held[5]
    for step, trace in held.items():
        fresh = twin.step()
        assert (trace.step, trace.loss) == (step, fresh.loss)
        assert np.array_equal(trace.gradient, fresh.gradient)
        assert np.array_equal(trace.theta, fresh.theta)
        for name, change in fresh.change.items():
            assert np.array_equal(trace.change[name], change)


def test_a_trace_that_nobody_holds_tells_of_the_newest_step_even_after_it_was_read() -> None:
    trainer = Trainer(BASE)
    for step in range(1, 40):  # over the smaller batch at an epoch's end
        assert trainer.step().gradient is not None
        assert trainer.trace is not None
        assert trainer.trace.step == step
        assert np.array_equal(trainer.trace.gradient, trainer.network.gradient)
        assert len(trainer.trace.x) == trainer._workspace.batch


def test_a_half_made_step_is_made_again_the_same_from_a_state_that_was_taken_in_its_midst() -> None:
    trainer = trained(7, dropout=0.4, optimiser="adam", normalisation="batch")
    trainer.begin()
    other = Trainer.from_state(State.from_bytes(trainer.state().to_bytes()))
    trainer.finish()
    assert other.steps == 7
    other.step()
    assert np.array_equal(other.network.theta, trainer.network.theta)
    trainer.run(20)
    other.run(20)
    assert np.array_equal(other.network.theta, trainer.network.theta)
