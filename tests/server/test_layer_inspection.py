"""A layer under the inspector: its numbers are the trace's, its check agrees, a false gradient is found."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from nablascope.engine import Experiment, Trainer
from nablascope.engine.diagnostics import Place, check_layer, inspect
from nablascope.engine.diagnostics.what_if import Replay
from nablascope.engine.optimisers import OPTIMISERS
from nablascope.server.training import controls
from nablascope.server.training.run import TrainingRun

USUAL: dict[str, Any] = {"dataset": "moons", "hidden": [5, 5, 4]}
#: Everything that can stand between two layers.
RUNS: dict[str, dict[str, Any]] = {
    "plain": {},
    "dropout and residual": {"dropout": 0.3, "residual": True, "batch_size": 16},
    "batch normalisation": {"normalisation": "batch", "residual": True},
    "layer normalisation": {"normalisation": "layer"},
    "penalties": {"l1": 0.01, "l2": 0.02, "output_activation": "tanh", "loss": "mse"},
    "clipped": {"clip_norm": 0.05, "clip_value": 0.01},
    "smoothed": {"label_smoothing": 0.2},
}
BIAS = Place("bias", 2, 1)


def trained(steps: int = 7, **settings: Any) -> Trainer:
    trainer = Trainer(Experiment(**(USUAL | settings)))
    for _ in range(steps):
        trainer.step()
    return trainer


@pytest.mark.parametrize("settings", RUNS.values(), ids=RUNS)
def test_a_layer_is_told_with_the_traces_own_arrays_and_their_norms(settings: dict[str, Any]) -> None:
    trainer = trained(**settings)
    trace = trainer.trace
    assert trace is not None
    for layer in range(1, 5):
        found: Any = inspect(trainer, Place("layer", layer))
        weight, gradient = trace.parameters[f"layer{layer}.weight"], trace.gradients[f"layer{layer}.weight"]
        assert found.shape == weight.shape and np.array_equal(found.weight, weight)
        assert np.array_equal(found.gradient, gradient)
        assert found.gradient_norm == pytest.approx(float(trace.gradient_norms[layer - 1]), rel=1e-6)
        assert found.update.ratio == pytest.approx(float(trace.update_ratios[layer - 1]), rel=1e-6)
        assert np.array_equal(found.update.change, trace.change[f"layer{layer}.weight"])
        for view, look in (
            (found.sample, lambda a: a[0].astype(float)),
            (found.mean, lambda a: a.astype(float).mean(0)),
        ):
            for name in ("z", "a", "error", "slope", "delta"):
                assert np.array_equal(getattr(view, name), look(getattr(trace, name)[layer])), name
                assert view.norms[name] == float(np.linalg.norm(look(getattr(trace, name)[layer])))
            assert np.array_equal(view.inputs, look(trace.h[layer - 1]))
        outer = np.outer(found.sample.inputs, found.sample.delta)
        assert np.allclose(found.sample.product, outer, rtol=1e-12, atol=0)
        penalties = trainer.experiment.l1 * np.sign(weight) + trainer.experiment.l2 * weight
        assert np.allclose(found.mean.product * found.batch + penalties, gradient, rtol=1e-3, atol=1e-6)
        slopes = np.abs(trace.slope[layer].astype(float))
        assert found.mean_slope == pytest.approx(float(slopes.mean()), rel=1e-5)
        assert len(found.dead) == int((slopes == 0).all(axis=0).sum())


@pytest.mark.parametrize("name", OPTIMISERS)
def test_a_layers_pending_update_is_the_one_that_is_made(name: str) -> None:
    trainer = trained(optimiser=name, learning_rate=0.03, weight_decay=0.1, clip_norm=0.05)
    trainer.begin()
    memory = trainer.memory.copy()
    update = inspect(trainer, Place("layer", 2)).update  # type: ignore[union-attr]
    assert not update.made and update.clipped and np.array_equal(trainer.memory, memory)
    made = Trainer.from_state(trainer.state()).step()
    assert np.array_equal(update.change, made.change["layer2.weight"])  # type: ignore[union-attr]


@pytest.mark.parametrize("settings", RUNS.values(), ids=RUNS)
def test_the_check_of_a_layers_gradient_agrees(settings: dict[str, Any]) -> None:
    trainer = trained(activation="tanh", **settings)
    theta = trainer.network.theta.copy()
    for layer in (1, 2, 4):
        found = check_layer(trainer, Place("layer", layer))
        assert found is not None and found.agrees and found.relative_error < 1e-6
        assert (
            found.checked
            == found.of
            == sum(trainer.network.views(trainer.network.theta)[layer].shape[:1]) * (trainer.network.sizes[layer])
        )
        at = found.worst.flat(trainer.network)
        assert found.analytic == pytest.approx(float(trainer.trace.gradient[at]), rel=1e-3, abs=1e-7)  # type: ignore[union-attr]
    assert np.array_equal(trainer.network.theta, theta)


def test_a_false_gradient_of_a_layer_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer, true = trained(), Replay.differentiated

    def false(self: Replay, theta: np.ndarray) -> Iterator[None]:
        slope = yield from true(self, theta)
        slope[BIAS.flat(trainer.network)] *= 1.01
        return slope

    monkeypatch.setattr(Replay, "differentiated", false)
    found = check_layer(trainer, Place("layer", BIAS.layer))
    assert found is not None and not found.agrees and found.worst == BIAS
    other = check_layer(trainer, Place("layer", 4))
    assert other is not None and other.agrees


def test_of_a_large_layer_the_largest_gradients_and_others_are_checked() -> None:
    trainer = Trainer(Experiment(dataset="digits", hidden=[128, 64], loss="softmax_cross_entropy"))
    trainer.step()
    found = check_layer(trainer, Place("layer", 1))
    assert found is not None and found.agrees and 16 <= found.checked < found.of == 65 * 128


def test_a_layer_goes_over_the_wire_as_a_picture_needs_it() -> None:
    trainer = Trainer(Experiment(dataset="digits", hidden=[128, 64], loss="softmax_cross_entropy"))
    run = TrainingRun(trainer.experiment, 0.0, playing=False)
    trainer.step()
    run.trainer.step()
    about = {"kind": "layer", "layer": 2}
    controls.apply(run, {"type": "ask", "what": "inspection", "about": about}, 7, 1.0)
    found, whole = run.outbox[-1][2]["found"], inspect(trainer, Place("layer", 2))
    assert len(json.dumps(found)) < 20_000
    assert found["gradient_norm"] == whole.gradient_norm and found["shape"] == [128, 64]  # type: ignore[union-attr]
    assert np.allclose(found["weight"], whole.weight[:16, :16], rtol=1e-4)  # type: ignore[union-attr]
    controls.apply(run, {"type": "ask", "what": "inspection_check", "about": about}, 7, 2.0)
    now = 2.0
    while run.queue.question is not None:  # it pauses now and then
        now += 1.0
        run.advance(now, now)
    (answer,) = [out[2] for out in run.outbox if out[0] == "reply" and out[2]["what"] == "inspection_check"]
    assert answer["found"]["agrees"]
