"""A hundred steps of every optimiser, in float64, beside the same of torch.optim: the weights stay together."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from nablascope.engine import OPTIMISERS, Experiment, Trainer
from nablascope.engine.optimisers import SGD

torch = pytest.importorskip("torch", reason="PyTorch is not installed: `scripts/test --peers` installs it")

STEPS, MOMENTUM, DECAY = 100, 0.9, 0.01
#: Relative to the norm of each layer's weights, after all steps: rounding adds up, and each step builds on the last.
TOLERANCE = 1e-10
Factory = Callable[[list[Any], float], Any]

#: Name in OPTIMISERS → a learning rate that suits it, and PyTorch's own with the constants we share, spelt out.
TORCH_OPTIMISERS: dict[str, tuple[float, Factory]] = {
    "sgd": (0.3, lambda weights, rate: torch.optim.SGD(weights, rate)),
    "momentum": (0.1, lambda weights, rate: torch.optim.SGD(weights, rate, momentum=MOMENTUM)),
    "nesterov": (0.1, lambda weights, rate: torch.optim.SGD(weights, rate, momentum=MOMENTUM, nesterov=True)),
    "adagrad": (0.1, lambda weights, rate: torch.optim.Adagrad(weights, rate, eps=1e-10)),
    "rmsprop": (0.01, lambda weights, rate: torch.optim.RMSprop(weights, rate, alpha=0.99, eps=1e-8)),
    "adam": (0.01, lambda weights, rate: torch.optim.Adam(weights, rate, betas=(0.9, 0.999), eps=1e-8)),
    "adamw": (0.01, lambda weights, rate: adamw(weights, rate)),
}


def adamw(weights: list[Any], rate: float) -> Any:
    """Only weights decay, biases do not."""
    groups = [
        {"params": [one for one in weights if one.ndim == 2], "weight_decay": DECAY},
        {"params": [one for one in weights if one.ndim == 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, rate, betas=(0.9, 0.999), eps=1e-8)


def peer(name: str) -> tuple[float, Factory]:
    """PyTorch's optimiser for a row of ours."""
    assert name in TORCH_OPTIMISERS, f"OPTIMISERS[{name!r}] has no peer: add torch.optim's to TORCH_OPTIMISERS"
    return TORCH_OPTIMISERS[name]


def experiment(name: str) -> Experiment:
    """Two moons; 70 training samples in batches of 16, so that the last batch of an epoch is smaller."""
    settings = {
        "dataset": "moons", "samples": 100, "hidden": [6, 5], "optimiser": name, "learning_rate": peer(name)[0],
        "momentum": MOMENTUM, "batch_size": 16, "weight_decay": DECAY,
    }  # fmt: skip
    return Experiment(**settings)


def torch_step(weights: dict[str, Any], optimiser: Any, x: np.ndarray, y: np.ndarray) -> None:
    """Forward, binary cross-entropy, backward, update."""
    a = torch.tensor(x)
    for layer in (1, 2):
        a = torch.tanh(a @ weights[f"layer{layer}.weight"] + weights[f"layer{layer}.bias"])
    z = a @ weights["layer3.weight"] + weights["layer3.bias"]
    optimiser.zero_grad()
    torch.nn.functional.binary_cross_entropy_with_logits(z, torch.tensor(y)).backward()
    optimiser.step()


def disagreement(name: str) -> float:
    """The largest relative difference of any layer's parameters; the learning rate is halved in mid-run."""
    trainer, (rate, factory) = Trainer(experiment(name), "float64"), peer(name)
    weights = {key: torch.tensor(value, requires_grad=True) for key, value in trainer.network.parameters.items()}
    optimiser = factory(list(weights.values()), rate)
    for step in range(STEPS):
        if step == STEPS // 2:
            trainer.set(learning_rate=rate / 2)
            for group in optimiser.param_groups:
                group["lr"] = rate / 2
        trace = trainer.step()
        torch_step(weights, optimiser, trace.x, trace.y)
    true = {key: weight.detach().numpy() for key, weight in weights.items()}
    return max(
        float(np.linalg.norm(value - true[key]) / np.linalg.norm(true[key]))
        for key, value in trainer.network.parameters.items()
    )


@pytest.mark.parametrize("name", OPTIMISERS)
def test_an_optimiser_walks_with_its_peer(name: str) -> None:
    assert disagreement(name) < TOLERANCE


def test_a_step_that_is_too_long_by_a_thousandth_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    true_tape = SGD.tape

    def wrong(self, theta, gradient, *more):
        return [(np.multiply, (gradient, 1.001, gradient)), *true_tape(self, theta, gradient, *more)]

    monkeypatch.setattr(SGD, "tape", wrong)
    assert disagreement("sgd") > 1e-5


def test_a_row_without_a_peer_is_named() -> None:
    with pytest.raises(AssertionError, match=r"OPTIMISERS\['lion'\] has no peer: add torch.optim's"):
        peer("lion")
