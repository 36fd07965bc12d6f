"""Norms of the gradient in few calls: those of every layer, and what bounds them, by each way to take them."""

from typing import Any

import numpy as np
import pytest
from nablascope.engine import Experiment, Network, Trainer
from nablascope.engine.step.norms import exact_squares, norms_tape
from nablascope.engine.step.summary import BOUND, SMALL, TINY
from nablascope.engine.tape import play

#: One product for all layers; a call for a group of like layers; no biases in the bound.
WAYS = {"one": [2, 8, 8, 3], "groups": [2, 16, 16, 16, 8, 8, 1], "large": [20, 80, 80, 80, 10]}


@pytest.mark.parametrize("normalisation", ["none", "batch"])
@pytest.mark.parametrize("way", WAYS)
def test_squares_and_their_bound(way: str, normalisation: str) -> None:
    sizes, rng = WAYS[way], np.random.default_rng(0)
    layers = len(sizes) - 1
    network = Network(sizes, ["tanh"] * layers, "mse", rng, "float64", normalisation=normalisation)
    size = (layers + 1) * network.theta.size
    assert way == ("one" if size <= TINY else "groups" if size <= SMALL else "large")
    network.gradient[...] = rng.normal(size=network.theta.size)
    workspace = network.workspace(5)
    workspace.summary.fill(np.nan)
    play(norms_tape(network, workspace))
    summed = workspace.summary[BOUND:]
    expected = [float(np.square(network.gradients[layer][:-1]).sum()) for layer in range(1, layers + 1)]
    assert summed[1:] == pytest.approx(expected, rel=1e-12)
    assert exact_squares(network) == pytest.approx(expected, rel=1e-12)
    everything = float(network.gradient @ network.gradient)
    assert summed[0] == pytest.approx(sum(expected) if way == "large" else everything, rel=1e-12)


@pytest.mark.parametrize("hidden", [[8, 8], [16] * 6, [64, 64, 64]])
def test_an_ordinary_step_needs_no_closer_look(hidden: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    monkeypatch.setattr("nablascope.engine.step.norms.exact_squares", lambda _: looked.append(1) or [1.0])
    Trainer(Experiment(hidden=hidden)).run(50)
    assert not looked


#: Terms of the loss in the product, and where there is none: a penalty, too many samples or classes, a wide network.
LOSSES: dict[str, dict[str, Any]] = {
    "in the product": {}, "a penalty": {"l2": 0.01}, "smoothed": {"label_smoothing": 0.1},
    "many samples": {"hidden": [16, 16], "samples": 1000, "batch_size": 480}, "not tiny": {"hidden": [40, 40]},
    "classes": {"dataset": "digits", "hidden": [3, 3], "loss": "softmax_cross_entropy"},
    "outputs": {"dataset": "digits", "hidden": [3, 3], "loss": "binary_cross_entropy", "batch_size": 4},
}  # fmt: skip


@pytest.mark.parametrize("name", LOSSES)
def test_the_loss_of_a_step_is_that_of_its_batch(name: str) -> None:
    trainer = Trainer(Experiment(**{"hidden": [6, 6], "samples": 600, "batch_size": 32} | LOSSES[name]))
    assert (trainer._workspace.mean is not None) == (name == "in the product")
    for _ in range(20):
        trace = trainer.begin()
        assert trace.loss == pytest.approx(trainer.network.training_loss(trace.x, trace.y), rel=1e-5)
        trainer.finish()


def test_squares_beyond_the_range_leave_the_loss_alone() -> None:
    trainer = Trainer(Experiment(hidden=[4, 4], activation="linear"))
    trainer.network.theta *= 1e12
    trace = trainer.begin()
    assert not trainer.stopped and trace.gradient_norms.max() > 1e20
    assert trace.loss == pytest.approx(trainer.network.training_loss(trace.x, trace.y), rel=1e-5)
    trainer.finish()
    assert trainer.history.since(0, 9)[0, 1] == pytest.approx(trace.loss, rel=1e-5)
