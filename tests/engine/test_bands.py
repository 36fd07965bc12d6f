"""Gradient health over time: percentiles are NumPy's, memory is bounded, and the run goes on as it would have."""

import numpy as np
import pytest
from nablascope.engine import Experiment, Trainer
from nablascope.engine.diagnostics.bands import KEPT, PERCENTILES, QUANTITIES, Bands

RUNS = {
    "plain": Experiment(hidden=[5, 4]),
    "normalised": Experiment(hidden=[6, 6], normalisation="batch", dropout=0.2, activation="relu", initialiser="he"),
    "digits": Experiment(dataset="digits", hidden=[20], loss="softmax_cross_entropy"),
}


@pytest.mark.parametrize("name", RUNS)
def test_bands_are_numpys_percentiles_of_every_layer_and_quantity(name: str) -> None:
    trainer, bands, wanted = Trainer(RUNS[name]), Bands(), []
    for _ in range(6):
        trace = trainer.step()
        bands.add(trace)
        wanted.append({
            "z": trace.z[1:], "a": trace.a[1:], "delta": [np.abs(delta) for delta in trace.delta[1:]],
            "gradient": [np.abs(trace.gradients[f"layer{layer}.weight"]) for layer in range(1, len(trace.z))],
        })  # fmt: skip
    for quantity in QUANTITIES:
        found = bands.of(quantity)
        assert found.steps == (1, 2, 3, 4, 5, 6) and found.began == (True, *[False] * 5)
        for moment, values in enumerate(wanted):
            for layer, array in enumerate(values[quantity]):
                expected = np.percentile(array.astype(np.float64), PERCENTILES)
                assert np.allclose(found.bands[layer, :, moment], expected, rtol=1e-12, atol=0)


def test_memory_is_bounded_and_what_is_kept_covers_the_run_evenly() -> None:
    trainer, bands = Trainer(Experiment(hidden=[3])), Bands()
    for step in range(1, 3001):
        bands.add(trainer.step(), began=step == 1500)
        assert len(bands.moments) <= KEPT and bands.moments[-1].step == step
    steps = np.array(bands.of("z").steps)
    assert steps[0] == 1 and steps[-1] == 3000
    apart = np.diff(steps)
    assert (apart[:-1] == apart[0]).all() and 0 < apart[-1] <= apart[0] <= 64
    # The hole before step 1,500 is still told, by the first moment behind it.
    began = [step for step, flag in zip(steps, bands.of("z").began, strict=True) if flag]
    assert began[0] == 1 and len(began) == 2 and 1500 <= began[1] <= 1500 + apart[0]
    few = bands.of("gradient", 20)
    assert len(few.steps) == 20 and (few.steps[0], few.steps[-1]) == (1, 3000) and sum(few.began) == 2


def test_a_run_that_goes_back_forgets_what_was_recorded_of_later_steps() -> None:
    trainer, bands = Trainer(Experiment(hidden=[3])), Bands()
    for _ in range(10):
        bands.add(trainer.step())
    for _ in range(4):
        trainer.back()
    bands.add(trainer.step())
    assert bands.of("a").steps == (1, 2, 3, 4, 5, 6, 7)


def test_numbers_that_have_run_away_are_left_out_and_the_run_is_untouched() -> None:
    one, two = (Trainer(Experiment(hidden=[4], optimiser="adam", dropout=0.2)) for _ in range(2))
    bands = Bands()
    for _ in range(40):
        one.step()
        bands.add(two.step())
    assert np.array_equal(one.network.theta, two.network.theta)
    trace = two.step()
    trace.z[1][:, 0] = np.nan
    trace.a[2][...] = np.inf
    bands.add(trace)
    rest = np.percentile(trace.z[1][:, 1:].astype(np.float64), PERCENTILES)
    assert np.array_equal(bands.of("z").bands[0, :, -1], rest)
    assert np.isnan(bands.of("a").bands[1, :, -1]).all() and bands.of("a").to_dict()["bands"][1][0][-1] is None
