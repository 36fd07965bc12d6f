"""Every loss and gradient, in float64, against PyTorch's autograd, which knows none of our formulas."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from nablascope.engine import ACTIVATIONS, LOSSES, Network
from nablascope.engine.activations import Tanh

torch = pytest.importorskip("torch", reason="PyTorch is not installed: `scripts/test --peers` installs it")
F = torch.nn.functional

#: Relative to the norm of each layer's gradient: float64 has 16 digits, a net of ten layers uses up two or three.
TOLERANCE = 1e-12
BATCH = 6

#: Name in ACTIVATIONS → the same of PyTorch, on z (batch, units).
TORCH_ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "linear": lambda z: z,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": F.leaky_relu,
    "elu": F.elu,
    "selu": F.selu,
    "gelu": lambda z: F.gelu(z, approximate="tanh"),
    "silu": F.silu,
    # PyTorch's own default goes over to z itself at z > 20, where the difference is 2e-9.
    "softplus": lambda z: F.softplus(z, threshold=200),
    "softsign": F.softsign,
    "softmax": lambda z: torch.softmax(z, dim=1),
}

#: Name in LOSSES → the same of PyTorch, on what the loss sees and targets, both (batch, n_out).
TORCH_LOSSES: dict[str, Callable[[Any, Any], Any]] = {
    "mse": F.mse_loss,
    "half_sse": lambda seen, y: ((seen - y) ** 2).sum(dim=1).mean() / 2,
    "mae": F.l1_loss,
    "huber": lambda seen, y: F.huber_loss(seen, y, delta=1.0),
    "hinge": lambda seen, y: torch.relu(1 - (2 * y - 1) * seen).mean(),
    "binary_cross_entropy": F.binary_cross_entropy_with_logits,
    "softmax_cross_entropy": F.cross_entropy,
}

HIDDEN = [name for name, activation in ACTIVATIONS.items() if activation.hidden]
ARCHITECTURES = {
    "no hidden layer": [3, 2],
    "two hidden layers": [3, 5, 4, 2],
    "ten hidden layers": [2, *[6] * 10, 3],
}


def peer(table: dict[str, Any], name: str, which: str) -> Any:
    """PyTorch's function for a row of ours."""
    assert name in table, f"{which}[{name!r}] has no peer: add PyTorch's function of that name to TORCH_{which}"
    return table[name]


def allowed(output: str, loss: str) -> bool:
    """A softmax goes under its own loss alone."""
    return output != "softmax" or LOSSES[loss].fuses == "softmax"


def targets(loss: str, n_out: int, rng: np.random.Generator) -> np.ndarray:
    """Such as the loss is for: one class, yes or no, how likely, or any number; (batch, n_out)."""
    if loss == "softmax_cross_entropy":
        return np.eye(n_out)[rng.integers(0, n_out, BATCH)]
    if loss == "hinge":
        return rng.integers(0, 2, (BATCH, n_out)).astype(float)
    if loss == "binary_cross_entropy":
        return rng.random((BATCH, n_out))
    return rng.normal(0, 1.5, (BATCH, n_out))


def from_torch(network: Network, x: np.ndarray, y: np.ndarray) -> tuple[float, dict[str, np.ndarray]]:
    """Loss and gradients of the same weights, by autograd."""
    parameters = {name: torch.tensor(value, requires_grad=True) for name, value in network.parameters.items()}
    a, layers = torch.tensor(x), len(network.activations)
    for layer, name in enumerate(network.activations, 1):
        z = a @ parameters[f"layer{layer}.weight"] + parameters[f"layer{layer}.bias"]
        a = peer(TORCH_ACTIVATIONS, name, "ACTIVATIONS")(z)
    fused = LOSSES[network.loss].fuses == network.activations[layers - 1]
    loss = peer(TORCH_LOSSES, network.loss, "LOSSES")(z if fused else a, torch.tensor(y))
    loss.backward()
    return loss.item(), {name: parameter.grad.numpy() for name, parameter in parameters.items()}


def disagreement(sizes: list[int], hidden: str, output: str, loss: str) -> float:
    """The largest relative difference, of the loss and of any layer's gradients."""
    rng = np.random.default_rng(11)
    network = Network(sizes, [hidden] * (len(sizes) - 2) + [output], loss, rng, "float64")
    for name, parameter in network.parameters.items():
        if name.endswith("bias"):
            parameter[...] = rng.normal(0, 0.3, parameter.shape)
    x, y = rng.normal(size=(BATCH, sizes[0])), targets(loss, sizes[-1], rng)
    true_loss, true = from_torch(network, x, y)
    value, gradients = network.loss_and_gradients(x, y)
    differences = [abs(value - true_loss) / abs(true_loss)]
    for name, gradient in gradients.items():
        distance, size = np.linalg.norm(gradient - true[name]), np.linalg.norm(true[name])
        differences.append(distance / size if size else distance)
    return float(max(differences))


def usual_output(loss: str) -> str:
    return LOSSES[loss].fuses or "linear"


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("hidden", HIDDEN)
def test_hidden_layers_have_the_gradients_of_autograd(hidden: str, loss: str, architecture: str) -> None:
    assert disagreement(ARCHITECTURES[architecture], hidden, usual_output(loss), loss) < TOLERANCE


@pytest.mark.parametrize(
    ("output", "loss"), [(output, loss) for output in ACTIVATIONS for loss in LOSSES if allowed(output, loss)]
)
def test_output_layers_have_the_gradients_of_autograd(output: str, loss: str) -> None:
    assert disagreement([3, 5, 4, 3], "tanh", output, loss) < TOLERANCE


def test_a_slope_that_is_wrong_by_a_thousandth_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    true_slope = Tanh.slope

    def wrong(self, z, a, slope):
        return [*true_slope(self, z, a, slope), (np.multiply, (slope, 1.001, slope))]

    monkeypatch.setattr(Tanh, "slope", wrong)
    assert disagreement([3, 5, 4, 2], "tanh", "linear", "mse") > 1e-5


def test_a_row_without_a_peer_is_named() -> None:
    with pytest.raises(AssertionError, match=r"ACTIVATIONS\['cubic'\] has no peer: add PyTorch's function"):
        peer(TORCH_ACTIVATIONS, "cubic", "ACTIVATIONS")
