"""Batches: every sample once an epoch, and the right numbers of each in the buffers, however they are stored."""

import numpy as np
import pytest
from nablascope.engine import Network
from nablascope.engine.step.samples import NARROW, Samples
from nablascope.engine.training.batches import Batches


def epoch(batches: Batches) -> list[int]:
    seen: list[int] = []
    while True:
        seen += batches.due.tolist()
        if batches.advance():
            return seen


def test_another_size_in_mid_epoch_still_takes_every_sample_once() -> None:
    batches = Batches(100, 32, np.random.default_rng(0))
    seen = batches.due.tolist()
    batches.advance()
    batches.resize(9)
    assert sorted(seen + epoch(batches)) == list(range(100))
    assert sorted(epoch(batches)) == list(range(100))
    assert len(batches.due) == 9


def test_a_state_put_back_in_mid_epoch_goes_on_the_same() -> None:
    batches, other = (Batches(50, 8, np.random.default_rng(seed)) for seed in (0, 1))
    for _ in range(3):
        batches.advance()
    other.restore(batches.state())
    assert [epoch(other) for _ in range(3)] == [epoch(batches) for _ in range(3)]


@pytest.mark.parametrize("n_in", [2, NARROW, 60])
def test_a_batch_has_the_samples_that_were_asked_for(n_in: int) -> None:
    network = Network([n_in, 4, 3], ["tanh", "softmax"], "softmax_cross_entropy", np.random.default_rng(0))
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(40, n_in)), np.eye(3)[rng.integers(3, size=40)]
    workspace = network.workspace(7)
    take, arguments, settle = Samples(network.as_rows(x, y)).taking(workspace)
    indices = rng.permutation(40)[:7]
    take(indices, *arguments)
    for function, rest in settle:
        function(*rest)
    assert np.array_equal(workspace.a[0], x[indices].T.astype(np.float32))
    assert np.array_equal(workspace.arena.targets(), y[indices])
    assert (workspace.rows[:, n_in] == 1).all()
