"""Memory of a step: all that it writes begins at a cache line, and constants of large arrays are short."""

import numpy as np
import pytest
from nablascope.engine import Experiment, Trainer
from nablascope.engine.activations.rectifiers import ReLU
from nablascope.engine.step.products import gradient_product
from nablascope.engine.tape import Array, Tape, play
from nablascope.engine.tape.memory import LINE, LONGEST, SHORTEST, against, fresh, like


def operands(tape: Tape) -> list[Array]:
    """All arrays that a tape's calls read or write, also those bound to a method or given by name."""
    found = []
    for function, arguments in tape:
        function, given = getattr(function, "func", function), [*arguments, *getattr(function, "args", ())]
        given += [*getattr(function, "keywords", {}).values(), getattr(function, "__self__", None)]
        found += [one for one in given if isinstance(one, np.ndarray)]
    return found


@pytest.mark.parametrize("changes", [
    {}, {"activation": "relu", "loss": "softmax_cross_entropy", "dataset": "digits", "optimiser": "adamw"},
    {"activation": "gelu", "loss": "mse", "clip_norm": 1.0}, {"activation": "selu", "loss": "huber", "l2": 0.01},
    {"activation": "elu", "loss": "hinge", "normalisation": "batch"}, {"normalisation": "layer", "loss": "mae"},
], ids=str)  # fmt: skip
def test_whatever_is_made_for_a_step_begins_at_a_cache_line(changes: dict[str, object]) -> None:
    """Only views into the middle of the parameters or of the arena need not."""
    experiment = Experiment(hidden=[16, 16], batch_size=32).change(**changes)
    trainer = Trainer(experiment)
    trainer.step()
    network, workspace = trainer.network, trainer._workspace
    whole = [network.theta, network.record, network.statistics, trainer.memory, workspace.arena.memory]
    tape = [*workspace.tape, *workspace.late_tape, *trainer._change, *trainer._samples.taking(workspace)[2]]
    made = [one for one in operands(tape) if one.nbytes > LINE and not any(np.shares_memory(one, w) for w in whole)]
    assert made and all(one.ctypes.data % LINE == 0 for one in made)


def test_an_error_that_is_turned_for_its_product_begins_at_a_cache_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nablascope.engine.step.products.CUTS", True)
    h, delta, out = fresh((65, 128), "float32"), fresh((128, 128), "float32"), fresh((65, 128), "float32")
    for _ in range(8):  # NumPy's own memory is so by chance as well
        turn, *products = gradient_product(h, delta, out)
        assert len(products) > 1 and all(one.ctypes.data % LINE == 0 for one in operands([turn]))


@pytest.mark.parametrize("shape", [(512, 128), (1026, 128), (300, 131), (509, 131), (40, 40), (131_328,)])
def test_relu_is_the_same_in_blocks_and_whole(shape: tuple[int, ...]) -> None:
    z = np.random.default_rng(0).normal(size=shape).astype("float32")
    z.flat[:3] = np.nan, np.inf, -np.inf
    a, slope = np.empty_like(z), np.empty_like(z)
    play([*ReLU().forward(z, a), *ReLU().slope(*(array.reshape(-1) for array in (z, a, slope)))])
    assert np.array_equal(a, np.maximum(z, 0), equal_nan=True)
    assert np.array_equal(slope, np.where(np.isnan(z), np.nan, z > 0), equal_nan=True)


def test_a_large_array_meets_a_short_constant_and_a_view_with_gaps_a_whole_one() -> None:
    large = fresh((1024, 128), "float32")
    ones, blocks = against(1, large)
    assert SHORTEST <= ones.size <= LONGEST and blocks.shape == (large.size // ones.size, ones.size)
    assert np.shares_memory(blocks, large) and (ones == 1).all()
    gaps = large[:, :100]
    twos, same = against(2, gaps)
    assert twos.shape == gaps.shape and same is gaps
    assert like(gaps, 3).flags.c_contiguous and (like(gaps, 3) == 3).all()
