"""Norms of the gradient in few calls: those of every layer, and what bounds them, by each way to take them."""

import numpy as np
import pytest
from nablascope.engine import Experiment, Network, Trainer
from nablascope.engine.norms import SMALL, TINY, exact_squares, norms_tape
from nablascope.engine.tape import play

#: One product for all layers; a call for a run of like layers; no biases in the bound.
WAYS = {"one": [2, 8, 8, 3], "runs": [2, 16, 16, 16, 8, 8, 1], "large": [20, 80, 80, 80, 10]}


@pytest.mark.parametrize("normalisation", ["none", "batch"])
@pytest.mark.parametrize("way", WAYS)
def test_squares_and_their_bound(way: str, normalisation: str) -> None:
    sizes, rng = WAYS[way], np.random.default_rng(0)
    layers = len(sizes) - 1
    network = Network(sizes, ["tanh"] * layers, "mse", rng, "float64", normalisation=normalisation)
    size = (layers + 1) * network.theta.size
    assert way == ("one" if size <= TINY else "runs" if size <= SMALL else "large")
    network.gradient[...] = rng.normal(size=network.theta.size)
    summed = np.full(1 + layers, np.nan)
    play(norms_tape(network, summed))
    expected = [float(np.square(network.gradients[layer][:-1]).sum()) for layer in range(1, layers + 1)]
    assert summed[1:] == pytest.approx(expected, rel=1e-12)
    assert exact_squares(network) == pytest.approx(expected, rel=1e-12)
    everything = float(network.gradient @ network.gradient)
    assert summed[0] == pytest.approx(sum(expected) if way == "large" else everything, rel=1e-12)


@pytest.mark.parametrize("hidden", [[8, 8], [16] * 6, [64, 64, 64]])
def test_an_ordinary_step_needs_no_closer_look(hidden: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    monkeypatch.setattr("nablascope.engine.loop.exact_squares", lambda _: looked.append(1) or [1.0])
    Trainer(Experiment(hidden=hidden)).run(50)
    assert not looked
