"""What a pulse takes from a trace, in few calls, beside the same from the trace's arrays."""

import numpy as np
import pytest
from nablascope.engine import Experiment, Trainer

EVERYTHING = (
    "x",
    "y",
    "delta_norms",
    "gradient_norms",
    "update_ratios",
    "weight_norms",
    "theta",
    "gradient",
    "flat_change",
)


@pytest.mark.parametrize("changes", [{}, {"dropout": 0.3}, {"residual": True}, {"loss": "mse"}, {"batch_size": 7}])
def test_a_live_trace_says_the_same_and_copies_nothing(changes: dict[str, object]) -> None:
    trainer = Trainer(Experiment(hidden=[8, 8, 8], **changes))
    trainer.run(8)
    live, network = trainer.live, trainer.network
    assert live is not None and trainer.trace is not None
    live.keep()
    assert np.shares_memory(live.gradient, network.gradient) and not trainer.trace.kept
    for name in EVERYTHING:
        assert np.array_equal(getattr(live, name), getattr(trainer.trace, name)), name
    for name in ("z", "a", "delta"):
        assert np.array_equal(live.on_show(name), trainer.trace.on_show(name)), name
    assert trainer.live is trainer.trace  # which has been copied by now, and stays


def test_a_live_trace_of_a_pending_step_has_the_parameters_before_it_and_no_change() -> None:
    trainer = Trainer(Experiment(hidden=[4]))
    trainer.run(3)
    trainer.begin()
    live = trainer.live
    assert live is not None and trainer.trace is not None
    assert np.isnan(live.flat_change).all()
    assert np.array_equal(live.theta, trainer.network.theta)
    trainer.finish()
    assert not np.array_equal(live.theta, trainer.network.theta)


@pytest.mark.parametrize("normalisation", ["none", "batch"])
def test_what_a_pulse_takes_from_a_trace_is_what_its_arrays_say(normalisation: str) -> None:
    trace = Trainer(Experiment(hidden=[8, 8, 8], normalisation=normalisation), dtype="float64").step()
    for name in ("z", "a", "delta"):
        joined = np.concatenate([values[trace.shown] for values in getattr(trace, name)[1:]])
        assert np.array_equal(trace.on_show(name), joined), name
    weights = [value for name, value in trace.parameters.items() if name.endswith("weight")]
    changes = [value for name, value in trace.change.items() if name.endswith("weight")]
    ratios = [
        np.linalg.norm(change) / np.linalg.norm(weight) for change, weight in zip(changes, weights, strict=True)
    ]
    assert len(weights) == 4
    assert trace.weight_norms == pytest.approx([np.linalg.norm(weight) for weight in weights], rel=1e-12)
    assert trace.update_ratios == pytest.approx(ratios, rel=1e-12)
    assert trace.delta_norms == pytest.approx([np.linalg.norm(delta) for delta in trace.delta[1:]], rel=1e-12)
