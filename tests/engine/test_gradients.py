"""Every gradient against central differences, and a planted fault that these must catch."""

import numpy as np
import pytest
from nablascope.engine import Network
from nablascope.engine.activations import ACTIVATIONS, Tanh
from nablascope.engine.losses import LOSSES

HIDDEN = [name for name, activation in ACTIVATIONS.items() if activation.hidden]
OUTPUTS = {loss: list(ACTIVATIONS) if LOSSES[loss].fuses == "softmax" else HIDDEN for loss in LOSSES}
#: Every hidden activation under every loss, and every output activation under every loss.
CASES = [
    *((hidden, LOSSES[loss].fuses or "linear", loss) for hidden in HIDDEN for loss in LOSSES),
    *(("tanh", output, loss) for loss, outputs in OUTPUTS.items() for output in outputs),
]


def disagreement(network: Network, x: np.ndarray, y: np.ndarray, step: float = 1e-6) -> float:
    """‖analytic − numeric‖ / max(‖analytic‖, ‖numeric‖) over all parameters."""
    _, gradients = network.loss_and_gradients(x, y)
    analytic, numeric = [], []
    for name, parameter in network.parameters.items():
        for index in np.ndindex(parameter.shape):
            kept = parameter[index]
            parameter[index] = kept + step
            above, _ = network.loss_and_gradients(x, y)
            parameter[index] = kept - step
            below, _ = network.loss_and_gradients(x, y)
            parameter[index] = kept
            analytic.append(gradients[name][index])
            numeric.append((above - below) / (2 * step))
    a, n = np.array(analytic), np.array(numeric)
    return float(np.linalg.norm(a - n) / max(np.linalg.norm(a), np.linalg.norm(n), 1e-12))


def case(hidden: str, output: str, loss: str) -> tuple[Network, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    n_out = 3 if loss == "softmax_cross_entropy" else 2
    network = Network([3, 5, 4, n_out], [hidden, hidden, output], loss, rng, "float64")
    for name, parameter in network.parameters.items():
        if name.endswith("bias"):
            parameter[...] = rng.normal(0, 0.3, parameter.shape)
    x = rng.normal(size=(6, 3))
    y = rng.integers(0, 3, 6) if n_out == 3 else rng.random((6, n_out))
    return network, x, y


@pytest.mark.parametrize(("hidden", "output", "loss"), CASES)
def test_gradients_agree_with_finite_differences(hidden: str, output: str, loss: str) -> None:
    assert disagreement(*case(hidden, output, loss)) < 1e-6


def test_a_slope_that_is_wrong_by_a_thousandth_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    true_slope = Tanh.slope

    def wrong(self, z, a, slope):
        return [*true_slope(self, z, a, slope), (np.multiply, (slope, 1.001, slope))]

    monkeypatch.setattr(Tanh, "slope", wrong)
    assert disagreement(*case("tanh", "linear", "mse")) > 1e-5


def test_a_second_call_does_not_change_the_gradients_of_the_first() -> None:
    network, x, y = case("tanh", "sigmoid", "binary_cross_entropy")
    _, first = network.loss_and_gradients(x, y)
    kept = {name: value.copy() for name, value in first.items()}
    network.loss_and_gradients(2 * x, y)
    assert all(np.array_equal(first[name], kept[name]) for name in kept)


def test_losses_stay_finite_and_exact_at_extreme_logits() -> None:
    network = Network([1, 1], ["sigmoid"], "binary_cross_entropy", np.random.default_rng(0), "float64")
    network.parameters["layer1.weight"][...] = 1
    loss, gradients = network.loss_and_gradients([[800.0]], [[0.0]])
    assert loss == 800
    assert gradients["layer1.bias"][0] == 1
    loss, _ = network.loss_and_gradients([[30.0]], [[1.0]])
    assert loss == pytest.approx(np.log1p(np.exp(-30)), rel=1e-12)
