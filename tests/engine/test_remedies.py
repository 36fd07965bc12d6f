"""Normalisation, residual connections, dropout, penalties, smoothing, clipping: right, and only where they belong."""

import itertools

import numpy as np
import pytest
from nablascope.engine import NORMALISATIONS, Experiment, Network, State, Trainer
from nablascope.engine.diagnostics import gradient_check
from nablascope.engine.normalisations import BatchNormalisation

LOSSES = [("binary_cross_entropy", "sigmoid", 1), ("softmax_cross_entropy", "softmax", 3), ("mse", "tanh", 2)]
REMEDIES = list(itertools.product(NORMALISATIONS, [False, True], [0.0, 0.3]))
BASE = Experiment(hidden=[6, 6, 6], learning_rate=0.2, batch_size=16)


def made(loss: tuple[str, str, int], activation: str = "tanh", **options: object) -> tuple[Network, ...]:
    name, output, n_out = loss
    rng = np.random.default_rng(3)
    network = Network([3, 5, 5, 5, n_out], [activation] * 3 + [output], name, rng, "float64", **options)
    for key, parameter in network.parameters.items():
        if not key.endswith("weight"):
            parameter[...] += rng.normal(0, 0.2, parameter.shape)
    return network, rng.normal(size=(7, 3)), rng.integers(0, 3, 7) if n_out == 3 else rng.integers(0, 2, (7, n_out))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(("normalisation", "residual", "dropout"), REMEDIES)
@pytest.mark.parametrize("penalty", [{}, {"l1": 0.01}, {"l2": 0.02, "label_smoothing": 0.1}])
def test_gradients_agree_with_finite_differences(
    loss: tuple[str, str, int], normalisation: str, residual: bool, dropout: float, penalty: dict[str, float]
) -> None:
    options = {"normalisation": normalisation, "residual": residual, "dropout": dropout, **penalty}
    assert gradient_check(*made(loss, **options)).relative_error < 1e-6


@pytest.mark.parametrize("activation", ["sigmoid", "relu", "linear"])
@pytest.mark.parametrize("normalisation", NORMALISATIONS)
def test_every_activation_goes_with_every_normalisation(activation: str, normalisation: str) -> None:
    network = made(LOSSES[0], activation, normalisation=normalisation, residual=True, dropout=0.2)
    assert gradient_check(*network).relative_error < 1e-6


def test_a_rule_that_is_wrong_by_a_thousandth_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    true_tapes = BatchNormalisation.tapes

    def wrong(self, site, training):
        tapes = true_tapes(self, site, training)
        tapes.backward.append((np.multiply, (site.delta, 1.001, site.delta)))
        return tapes

    monkeypatch.setattr(BatchNormalisation, "tapes", wrong)
    assert gradient_check(*made(LOSSES[0], normalisation="batch")).relative_error > 1e-4


def test_batch_normalisation_brings_every_unit_to_mean_0_and_spread_1() -> None:
    trainer = Trainer(BASE.change(normalisation="batch"), "float64")
    normed = trainer.step().normed[2]
    assert np.allclose(normed.mean(axis=0), 0, atol=1e-12)
    assert np.allclose(normed.std(axis=0), 1, atol=1e-3)


def test_layer_normalisation_brings_every_sample_to_mean_0_and_spread_1() -> None:
    normed = Trainer(BASE.change(normalisation="layer"), "float64").step().normed[2]
    assert np.allclose(normed.mean(axis=1), 0, atol=1e-12)
    assert np.allclose(normed.std(axis=1), 1, atol=2e-2)


def test_a_network_that_is_asked_uses_running_statistics_and_drops_nothing() -> None:
    trainer = Trainer(BASE.change(normalisation="batch", dropout=0.5), "float64")
    trainer.run(300)
    x = trainer.data.x_test
    whole = trainer.network.forward(x)
    assert np.allclose(whole[:1], trainer.network.forward(x[:1]))
    weight, bias = (trainer.network.parameters[f"layer1.{part}"] for part in ("weight", "bias"))
    mean, variance = trainer.network.statistics_of(1)
    z = trainer.data.x_train @ weight + bias
    assert np.allclose(mean, z.mean(axis=0), atol=0.35)
    assert np.allclose(variance, z.var(axis=0), rtol=0.6)


def test_a_residual_layer_passes_on_its_input_too_and_its_error_as_well() -> None:
    trace = Trainer(BASE.change(residual=True), "float64").step()
    assert np.allclose(trace.h[1], trace.a[1])
    assert np.allclose(trace.h[2], trace.a[2] + trace.h[1])
    weight = trace.parameters["layer3.weight"]
    assert np.allclose(trace.error[2], trace.delta[3] @ weight.T + trace.error[3])
    assert np.allclose(trace.gradients["layer3.weight"], trace.h[2].T @ trace.delta[3])


def test_dropout_silences_about_its_share_and_others_at_each_step() -> None:
    trainer = Trainer(BASE.change(hidden=[100, 100], dropout=0.4, batch_size=64), "float64")
    first, second = trainer.step().h[1] == 0, trainer.step().h[1] == 0
    assert 0.35 < first.mean() < 0.45
    assert not np.array_equal(first, second)


@pytest.mark.parametrize("changes", [{"l1": 0.05}, {"l2": 0.05}])
def test_a_penalty_is_part_of_the_loss_and_leaves_biases_alone(changes: dict[str, float]) -> None:
    plain, other = Trainer(BASE, "float64").step(), Trainer(BASE.change(**changes), "float64").step()
    weights = np.concatenate([plain.parameters[f"layer{layer}.weight"].ravel() for layer in range(1, 5)])
    size = np.abs(weights).sum() if "l1" in changes else 0.5 * (weights**2).sum()
    assert other.loss == pytest.approx(plain.loss + 0.05 * size, rel=1e-12)
    for name, gradient in plain.gradients.items():
        weight = plain.parameters[name]
        slope = 0 if name.endswith("bias") else np.sign(weight) if "l1" in changes else weight
        assert np.allclose(other.gradients[name], gradient + 0.05 * slope, rtol=1e-12, atol=1e-15)


def test_smoothed_targets_are_for_training_only() -> None:
    network, x, y = made(LOSSES[1], label_smoothing=0.3)
    sharp, _, _ = made(LOSSES[1])
    loss, _ = network.loss_and_gradients(x, y)
    expected, _ = sharp.loss_and_gradients(x, 0.7 * np.eye(3)[y] + 0.1)
    assert loss == pytest.approx(expected, rel=1e-12)
    rates = [Trainer(BASE.change(label_smoothing=share), "float64").metrics() for share in (0.0, 0.3)]
    assert rates[0].test_loss == rates[1].test_loss


def test_clipping_by_norm_shortens_the_step_and_the_trace_keeps_the_true_gradient() -> None:
    plain = Trainer(BASE, "float64").step()
    clipped = Trainer(BASE.change(clip_norm=0.05), "float64").step()
    assert np.array_equal(clipped.gradient, plain.gradient)
    change = np.concatenate([part.ravel() for part in clipped.change.values()])
    assert np.linalg.norm(change) == pytest.approx(0.2 * 0.05, rel=1e-12)
    direction = change / np.linalg.norm(change)
    flat = np.concatenate([part.ravel() for part in plain.gradients.values()])
    assert np.allclose(direction, flat / np.linalg.norm(flat))


def test_clipping_by_value_cuts_every_entry() -> None:
    clipped = Trainer(BASE.change(clip_value=0.01), "float64").step()
    for name, gradient in clipped.gradients.items():
        assert np.allclose(clipped.change[name], 0.2 * np.clip(gradient, -0.01, 0.01), rtol=1e-12)


@pytest.mark.parametrize(
    "changes",
    [
        {"normalisation": "batch"}, {"normalisation": "layer", "residual": True}, {"dropout": 0.3},
        {"optimiser": "adam", "dropout": 0.2, "normalisation": "batch"}, {"optimiser": "rmsprop", "l2": 0.01},
        {"schedule": "plateau", "schedule_epochs": 1}, {"schedule": "one_cycle", "optimiser": "nesterov"},
        {"clip_norm": 0.1, "optimiser": "adamw"}, {"stop_watch": "test", "stop_patience": 500},
    ],
)  # fmt: skip
def test_a_saved_run_and_a_run_gone_back_go_on_bit_for_bit(changes: dict[str, object]) -> None:
    trainer = Trainer(BASE.change(**changes))
    trainer.run(333)
    copy = Trainer.from_state(State.from_bytes(trainer.state().to_bytes()))
    trainer.run(100)
    copy.run(100)
    assert np.array_equal(trainer.network.theta, copy.network.theta)
    assert np.array_equal(trainer.network.statistics, copy.network.statistics)
    end = trainer.network.theta.copy()
    for _ in range(7):
        assert trainer.back()
    trainer.run(7)
    assert np.array_equal(trainer.network.theta, end)


def test_normalisation_asks_for_a_new_network_and_the_other_remedies_do_not() -> None:
    trainer = Trainer(BASE)
    trainer.run(10)
    theta = trainer.network.theta.copy()
    for changes in ({"residual": True}, {"dropout": 0.1}, {"l1": 0.1}, {"l2": 0.1}, {"label_smoothing": 0.1}):
        assert trainer.set(**changes) == "live"
        assert np.array_equal(trainer.network.theta, theta)
    assert trainer.set(normalisation="batch") == "restart"
    assert trainer.steps == 0
