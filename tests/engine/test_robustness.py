"""Random networks and settings within the bounds never raise, and never write outside their buffers."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nablascope.engine import Experiment, State, Trainer
from nablascope.engine.diagnostics import belief
from nablascope.engine.tape.memory import aligned

GUARD, MARK = 64, -12345.5
NAMES = {name: [choice["name"] for choice in row.get("choices", [])] for name, row in Experiment.describe().items()}
guarded: list[np.ndarray] = []


def fenced(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """As `aligned`, between two fences of marked numbers, rows of a matrix one after the other."""
    size = int(np.prod(shape))
    whole = aligned((size + 2 * GUARD,), dtype)
    whole[:GUARD] = whole[-GUARD:] = MARK
    guarded.append(whole)
    return whole[GUARD:-GUARD].reshape(shape)


@pytest.fixture(autouse=True)
def fences(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for module in ("step.arena", "training.loop", "training.trainer", "step.layers"):
        monkeypatch.setattr(f"nablascope.engine.{module}.aligned", fenced)
    guarded.clear()
    yield
    guarded.clear()


@st.composite
def tables(draw: st.DrawFn) -> str:
    """Of one to four inputs, with classes, or with values to predict."""
    row = st.lists(st.floats(-1e6, 1e6), min_size=(inputs := draw(st.integers(1, 4))), max_size=inputs)
    last = draw(st.sampled_from([["a", "b"], ["1", "2", "3"], ["1.5", "2.5", "-1e9"]]))
    rows = [[*map(str, draw(row)), last[place % len(last)]] for place in range(draw(st.integers(4, 9)))]
    return "\n".join(",".join(cells) for cells in rows)


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    pick = lambda name: draw(st.sampled_from(NAMES[name]))  # noqa: E731
    hidden = draw(st.lists(st.integers(1, 12), max_size=5))
    dataset = draw(st.sampled_from([name for name in NAMES["dataset"] if name != "digits"]))
    return Experiment().change(
        dataset=dataset, own_data=draw(tables()) if dataset == "own" else None,
        samples=draw(st.integers(20, 80)), noise=draw(st.floats(0, 1)), test_share=draw(st.floats(0.05, 0.9)),
        hidden=hidden, activation=[pick("activation") for _ in hidden], normalisation=pick("normalisation"),
        residual=draw(st.booleans()), standardise=draw(st.booleans()), initialiser=pick("initialiser"),
        optimiser=pick("optimiser"), learning_rate=draw(st.floats(1e-5, 10)), batch_size=draw(st.integers(1, 60)),
        schedule=pick("schedule"), schedule_epochs=draw(st.integers(1, 5)), dropout=draw(st.floats(0, 0.9)),
        l1=draw(st.sampled_from([0.0, 0.1])), l2=draw(st.sampled_from([0.0, 0.1])),
        label_smoothing=draw(st.sampled_from([0.0, 0.2])), clip_norm=draw(st.none() | st.floats(1e-6, 1000)),
        clip_value=draw(st.none() | st.floats(1e-6, 1000)), seed=draw(st.integers(0, 99)),
    )  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(experiments(), st.integers(1, 25), st.data())
def test_whatever_is_chosen_trains_measures_goes_back_and_stays_in_its_buffers(
    experiment: Experiment, steps: int, data: st.DataObject
) -> None:
    guarded.clear()
    trainer = Trainer(experiment, data.draw(st.sampled_from(["float32", "float64"])))
    trainer.run(steps)
    trainer.metrics()
    belief(trainer.network, trainer.data)
    trainer.set(learning_rate=0.01, optimiser=data.draw(st.sampled_from(NAMES["optimiser"])), batch_size=7)
    trainer.run(3)
    if trainer.trace is not None:
        assert len(trainer.trace.a) == len(experiment.layer_sizes)
    trainer.rewind() if trainer.stopped_by_divergence else trainer.back()
    copy = Trainer.from_state(State.from_bytes(trainer.state().to_bytes()))
    trainer.run(5)
    copy.run(5)
    assert np.array_equal(trainer.network.theta, copy.network.theta, equal_nan=True)
    assert guarded
    for whole in guarded:
        assert (whole[:GUARD] == MARK).all() and (whole[-GUARD:] == MARK).all()


def test_a_write_beyond_a_buffer_would_be_seen() -> None:
    fenced((4,), "float32")
    guarded[-1][GUARD + 4] = 0
    assert not (guarded[-1][-GUARD:] == MARK).all()
