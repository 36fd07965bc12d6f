"""Every loss at known points: values, derivatives, what is decided and how sure it is."""

import numpy as np
import pytest
from nablascope.engine import LOSSES, Experiment, Network, Trainer
from nablascope.engine.diagnostics.responses import probability_of_one
from nablascope.engine.losses import End
from nablascope.engine.tape import play
from nablascope.engine.training.metrics import decided


def computed(name: str, seen: object, y: object) -> tuple[float, np.ndarray]:
    """Loss and ∂L/∂seen for outputs and targets (n_out, batch), nothing taken over."""
    seen, y = np.array(seen, float), np.array(y, float)
    derivative, value = np.full_like(seen, -77), np.zeros(())
    with np.errstate(all="ignore"):
        play(LOSSES[name].tape(End(seen, seen, y, derivative, value)))
    return float(value), derivative


#: Two outputs, a batch of two: errors 0.5 and −2 in the first sample, 0 and 3 in the second.
OUTPUTS, TARGETS = [[1.5, 1.0], [-2.0, 3.0]], [[1.0, 1.0], [0.0, 0.0]]
KNOWN = {
    "mse": ((0.25 + 4 + 0 + 9) / 4, [[0.25, 0.0], [-1.0, 1.5]]),
    "half_sse": ((0.25 + 4 + 0 + 9) / 2 / 2, [[0.25, 0.0], [-1.0, 1.5]]),
    "mae": ((0.5 + 2 + 0 + 3) / 4, [[0.25, 0.0], [-0.25, 0.25]]),
    "huber": ((0.125 + 1.5 + 0 + 2.5) / 4, [[0.125, 0.0], [-0.25, 0.25]]),
    # t = 1 and −1: margins 1.5, 1 and 2, −3; what is missing from 1: 0, 0, 0, 4
    "hinge": (4 / 4, [[0.0, 0.0], [0.0, 0.25]]),
    "binary_cross_entropy": (
        sum(np.log1p(np.exp(x)) for x in (-1.5, -1.0, -2.0, 3.0)) / 4,
        [
            [-0.25 / (1 + np.exp(1.5)), -0.25 / (1 + np.exp(1.0))],
            [0.25 / (1 + np.exp(2.0)), 0.25 / (1 + np.exp(-3.0))],
        ],
    ),
    "softmax_cross_entropy": (
        (np.log1p(np.exp(-3.5)) + np.log1p(np.exp(2.0))) / 2,
        [
            [-0.5 / (1 + np.exp(3.5)), -0.5 / (1 + np.exp(-2.0))],
            [0.5 / (1 + np.exp(3.5)), 0.5 / (1 + np.exp(-2.0))],
        ],
    ),
}


@pytest.mark.parametrize("name", LOSSES)
def test_losses_and_derivatives_have_their_known_values(name: str) -> None:
    loss, derivative = computed(name, OUTPUTS, TARGETS)
    assert loss == pytest.approx(KNOWN[name][0], rel=1e-14)
    assert derivative == pytest.approx(np.array(KNOWN[name][1]), rel=1e-13)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("seen", [30.0, -30.0, 0.0, 0.3])
def test_derivatives_agree_with_finite_differences_far_out_and_at_0(name: str, seen: float) -> None:
    for target in (0.0, 1.0):
        if name == "mae" and seen == target:
            continue  # a corner
        other = [[seen], [0.4]]
        ends = [computed(name, [[seen + step], [0.4]], [[target], [1 - target]])[0] for step in (-1e-6, 1e-6)]
        _, derivative = computed(name, other, [[target], [1 - target]])
        assert derivative[0, 0] == pytest.approx((ends[1] - ends[0]) / 2e-6, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("name", LOSSES)
def test_an_output_that_is_no_number_makes_a_loss_that_is_none(name: str) -> None:
    loss, derivative = computed(name, [[np.nan], [0.5]], [[1.0], [0.0]])
    assert np.isnan(loss)
    assert np.isnan(derivative[0, 0])
    loss, _ = computed(name, [[-np.inf], [0.5]], [[1.0], [0.0]])
    assert not np.isfinite(loss)


#: The single output at which a network is in two minds, where that is not ½.
EVEN = {"binary_cross_entropy": 0.0, "hinge": 0.0}


@pytest.mark.parametrize("name", [name for name in LOSSES if name != "softmax_cross_entropy"])
def test_decision_and_certainty_turn_at_the_same_output(name: str) -> None:
    network = Network([1, 1], ["linear"], name, np.random.default_rng(0), "float64")
    even = EVEN.get(name, 0.5)
    a = np.array([[even - 2, even - 0.1, even, even + 0.1, even + 2]])
    sure = probability_of_one(network, a)
    assert decided(network, a).tolist() == [0, 0, 0, 1, 1]
    assert sure[2] == 0.5
    assert (np.diff(sure) >= 0).all()
    assert ((sure >= 0) & (sure <= 1)).all()
    assert ((sure > 0.5) == (decided(network, a) == 1)).all()


def test_certainty_of_two_logits_is_their_softmax() -> None:
    network = Network([1, 2], ["linear"], "softmax_cross_entropy", np.random.default_rng(0), "float64")
    assert probability_of_one(network, np.array([[800.0, 0.0], [802.0, 0.0]])) == pytest.approx(
        [1 / (1 + np.exp(-2)), 0.5]
    )


@pytest.mark.parametrize("name", LOSSES)
def test_two_clouds_are_told_apart_under_every_loss(name: str) -> None:
    trainer = Trainer(Experiment(dataset="gaussians", loss=name, learning_rate=0.3))
    trainer.run(400)
    assert trainer.metrics().test_accuracy > 0.95


def test_the_usual_output_under_hinge_is_linear() -> None:
    assert Experiment(loss="hinge").activations[-1] == "linear"
    assert Experiment(loss="huber").activations[-1] == "sigmoid"
    assert Experiment(dataset="sine", loss="huber").activations[-1] == "linear"
