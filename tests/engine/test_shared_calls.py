"""Calls that serve several layers at once: to the bit what a call for each layer gives, in every trace."""

from typing import Any

import numpy as np
import pytest
from nablascope.engine import Experiment, Trainer
from nablascope.engine.activations import ACTIVATIONS
from nablascope.engine.tape import Array

DEEP: dict[str, Any] = {"hidden": [8] * 6, "activation": "sigmoid", "samples": 150, "batch_size": 32}
SETTINGS: dict[str, dict[str, Any]] = {
    "sigmoid": DEEP,
    "sigmoid to the end": DEEP | {"dataset": "plane", "loss": "mse", "output_activation": "sigmoid"},
    "between others": DEEP | {"activation": ["tanh", "sigmoid", "sigmoid", "sigmoid", "relu", "sigmoid"]},
    "tanh": DEEP | {"activation": "tanh"},
    "residual": DEEP | {"residual": True},
    "dropout": DEEP | {"dropout": 0.3},
    "batch normalisation": DEEP | {"normalisation": "batch"},
    "wider than the batch": DEEP | {"hidden": [40, 40, 40, 40]},
}


def seen(trainer: Trainer) -> list[Array]:
    """All that can be read of a step, from the trace as it stands, and of one that is held."""
    found = []
    live = trainer.live
    for trace in (live, live, trainer.trace):
        assert trace is not None
        found += [*trace.z, *trace.a, *trace.slope, *trace.error, *trace.delta, trace.theta, trace.gradient]
    return [array.copy() for array in found]


def course(settings: dict[str, Any]) -> list[list[Array]]:
    """Steps made in every way, among them one with fewer samples and one that halts before its update."""
    trainer = Trainer(Experiment(**settings))
    states = []
    for _ in range(6):
        trainer.step()
        states.append(seen(trainer))
    trainer.begin()
    states.append(seen(trainer))
    trainer.finish()
    states.append(seen(trainer))
    trainer.run(20)
    states.append(seen(trainer))
    held = trainer.step()
    trainer.run(3)
    return [*states, [*held.z, *held.a, held.gradient], [trainer.network.theta.copy()]]


@pytest.mark.parametrize("name", SETTINGS)
def test_to_the_bit_what_a_call_for_each_layer_gives(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = course(SETTINGS[name])
    monkeypatch.setattr("nablascope.engine.step.products.TOGETHER_FROM", 1000)
    monkeypatch.setattr(type(ACTIVATIONS["sigmoid"]), "turns", False)
    apart = course(SETTINGS[name])
    for one, other in zip(shared, apart, strict=True):
        assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, other, strict=True))


def test_fewer_calls_are_made() -> None:
    def calls(**more: Any) -> int:
        return len(Trainer(Experiment(**DEEP | more))._workspace.tape)

    # A layer more: a product, three calls of its sigmoid, and on the way back a product and a multiplication.
    assert calls(hidden=[8] * 7) - calls() == 6
    # More parameters than sums: a sign for each layer of its own.
    assert calls(hidden=[40] * 7) - calls(hidden=[40] * 6) == 7


def test_z_is_as_its_own_weights_make_it() -> None:
    trainer = Trainer(Experiment(**DEEP))
    for _ in range(5):
        trace = trainer.step()
        for layer in range(1, 7):
            weight, bias = (trace.parameters[f"layer{layer}.{name}"] for name in ("weight", "bias"))
            assert trace.z[layer] == pytest.approx(trace.a[layer - 1] @ weight + bias, abs=1e-6)
            assert trace.a[layer] == pytest.approx(1 / (1 + np.exp(-trace.z[layer])), abs=1e-6)
