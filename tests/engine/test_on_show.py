"""What a pulse takes from a trace, in few calls, beside the same from the trace's arrays."""

import numpy as np
import pytest
from nablascope.engine import Experiment, Trainer


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
