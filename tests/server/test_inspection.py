"""The inspector: its numbers are the trace's, checks agree, nudges predict, and a wrong place is refused."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from nablascope.engine import Experiment, ExperimentError, Trainer
from nablascope.engine.diagnostics import Place, check_place, inspect, nudge
from nablascope.engine.diagnostics.updates import UPDATES
from nablascope.engine.losses import LOSSES
from nablascope.engine.optimisers import OPTIMISERS
from nablascope.server.training import controls
from nablascope.server.training.run import TrainingRun

Start = Callable[..., Any]
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
WEIGHT, BIAS = Place("weight", 2, 1, 3), Place("bias", 2, 1)


def trained(steps: int = 7, **settings: Any) -> Trainer:
    trainer = Trainer(Experiment(**(USUAL | settings)))
    for _ in range(steps):
        trainer.step()
    return trainer


@pytest.mark.parametrize("settings", RUNS.values(), ids=RUNS)
def test_a_units_numbers_are_the_traces(settings: dict[str, Any]) -> None:
    trainer = trained(**settings)
    trace = trainer.trace
    assert trace is not None
    for layer, unit in ((1, 0), (2, 1), (3, 3), (4, 0)):
        found: Any = inspect(trainer, Place("unit", layer, unit))
        for view, look in ((found.sample, lambda a: a[0]), (found.mean, lambda a: a.astype(float).mean(0))):
            for name in ("z", "a", "error", "slope", "delta"):
                assert getattr(view, name) == look(getattr(trace, name)[layer])[unit], name
            assert view.passed == look(trace.h[layer])[unit]
            assert sum(term.product for term in view.terms) + found.bias == pytest.approx(view.z, abs=1e-5)
            sizes = [abs(term.product) for term in view.terms]
            assert sizes == sorted(sizes, reverse=True)
            assert sorted(term.unit for term in view.terms) == list(range(trace.h[layer - 1].shape[1]))
            if view.back:
                arriving = sum(term.product for term in view.back) + (view.past or 0.0)
                assert arriving == pytest.approx(view.error, rel=1e-4, abs=1e-8)
        if not found.normalised:
            passed = found.sample.mask if found.sample.mask is not None else 1.0
            assert found.sample.error * passed * found.sample.slope == pytest.approx(found.sample.delta, abs=1e-7)
            assert found.delta_sum == pytest.approx(float(trace.gradients[f"layer{layer}.bias"][unit]), abs=1e-6)


@pytest.mark.parametrize("settings", RUNS.values(), ids=RUNS)
def test_a_gradient_is_the_sum_of_delta_times_input_and_what_penalties_add(settings: dict[str, Any]) -> None:
    trainer = trained(**settings)
    trace = trainer.trace
    assert trace is not None
    for place in (WEIGHT, BIAS, Place("weight", 1, 2, 1)):
        found: Any = inspect(trainer, place)
        row = "bias" if place.kind == "bias" else "weight"
        index = (place.unit,) if row == "bias" else (place.source, place.unit)
        assert found.update.gradient == trace.gradients[f"layer{place.layer}.{row}"][index]
        assert found.total + found.l1 + found.l2 == pytest.approx(found.update.gradient, rel=1e-4, abs=1e-7)
        assert found.mean.product * found.batch == pytest.approx(found.total, abs=1e-9)
        assert found.sample.product == found.sample.delta * found.sample.value


@pytest.mark.parametrize("pending", [False, True], ids=["made", "pending"])
@pytest.mark.parametrize("name", OPTIMISERS)
def test_every_optimisers_update_is_explained_by_what_it_remembers(name: str, pending: bool) -> None:
    assert set(UPDATES) == set(OPTIMISERS)
    trainer = trained(optimiser=name, learning_rate=0.03, weight_decay=0.1, clip_norm=0.05)
    if pending:
        trainer.begin()
    before = trainer.memory.copy()
    for place in (WEIGHT, BIAS):
        update = inspect(trainer, place).update  # type: ignore[union-attr]
        assert update.made is not pending
        assert update.state is not None
        assert ("v" in update.state) is (name in ("momentum", "nesterov", "rmsprop", "adam", "adamw"))
        assert np.array_equal(trainer.memory, before)
        if pending:
            at = place.flat(trainer.network)
            twin = Trainer.from_state(trainer.state())
            trace = twin.step()
            assert (update.change, update.after) == (trace.flat_change[at], twin.network.theta[at])
        else:
            assert update.before - update.change == pytest.approx(update.after, abs=1e-7)


def test_what_an_optimiser_remembers_is_not_told_when_it_is_another_one() -> None:
    trainer = trained(optimiser="adam")
    trainer.set(optimiser="momentum")
    update = inspect(trainer, WEIGHT).update  # type: ignore[union-attr]
    assert update.state is None and update.change is not None


@pytest.mark.parametrize("name", LOSSES)
def test_the_loss_is_told_output_by_output(name: str) -> None:
    several = name == "softmax_cross_entropy"
    trainer = trained(dataset="rings" if several else "moons", loss=name, l2=0.01)
    found: Any = inspect(trainer, Place("loss"))
    assert found.mean + found.penalty == pytest.approx(found.loss, rel=1e-5)
    assert found.loss == trainer.trace.loss  # type: ignore[union-attr]
    whole = sum(output.share for output in found.outputs)
    assert found.sample == pytest.approx(whole if several else whole / len(found.outputs))


@pytest.mark.parametrize("settings", RUNS.values(), ids=RUNS)
def test_the_check_of_one_gradient_agrees(settings: dict[str, Any]) -> None:
    trainer = trained(activation="tanh", **settings)
    for place in (WEIGHT, BIAS, Place("weight", 4, 0, 2), Place("input", 0, 1)):
        found = check_place(trainer, place)
        assert found is not None
        # Of a normalised layer's bias the gradient is 0 but for rounding.
        assert found.relative_error < 1e-6 or max(abs(found.numeric), abs(found.analytic)) < 1e-11, (place, found)
        if found.in_run is not None:
            assert found.in_run == pytest.approx(found.analytic, rel=1e-3, abs=1e-7)


@pytest.mark.parametrize("settings", RUNS.values(), ids=RUNS)
def test_a_small_nudge_does_what_the_gradient_predicts_and_the_run_stays_as_it_was(settings: dict[str, Any]) -> None:
    trainer, other = trained(activation="tanh", **settings), trained(activation="tanh", **settings)
    for place in (Place("weight", 4, 0, 2), Place("weight", 1, 0, 1), Place("input", 0, 0)):
        found = nudge(trainer, place, 1e-4)
        assert found is not None
        assert found.change == pytest.approx(found.predicted, rel=2e-2, abs=1e-9), place
        assert found.loss == pytest.approx(trainer.trace.loss, rel=1e-5)  # type: ignore[union-attr]
        untouched = range(1, place.layer)
        assert all(not found.changes[layer - 1].any() for layer in untouched)
        assert found.changes[place.layer - 1 if place.layer else 0].any()
    for _ in range(3):
        assert np.array_equal(trainer.step().theta, other.step().theta)
    assert np.array_equal(trainer.network.theta, other.network.theta)


def test_a_large_nudge_leaves_the_straight_line() -> None:
    found = nudge(trained(), BIAS, 5.0)
    assert found is not None
    assert abs(found.change - found.predicted) > abs(found.predicted) / 10
    assert found.predicted == found.gradient * 5.0


def test_before_the_first_step_and_with_another_network_there_is_nothing_to_look_into() -> None:
    trainer = trained(0)
    assert inspect(trainer, WEIGHT) is check_place(trainer, WEIGHT) is nudge(trainer, WEIGHT, 0.1) is None
    trainer.step()
    trainer.set(activation="relu")
    assert inspect(trainer, WEIGHT) is None
    trainer.step()
    assert inspect(trainer, WEIGHT) is not None


@pytest.mark.parametrize(
    ("what", "about", "field"),
    [
        ("inspection", {}, "kind"),
        ("inspection", {"kind": "neuron"}, "kind"),
        ("inspection", {"kind": "unit", "layer": 0, "unit": 0}, "layer"),
        ("inspection", {"kind": "unit", "layer": 5, "unit": 0}, "layer"),
        ("inspection", {"kind": "unit", "layer": 1, "unit": 5}, "unit"),
        ("inspection", {"kind": "unit", "layer": True, "unit": 0}, "layer"),
        ("inspection", {"kind": "weight", "layer": 1, "unit": 0}, "source"),
        ("inspection", {"kind": "weight", "layer": 1, "unit": 0, "source": 2}, "source"),
        ("inspection", {"kind": "loss", "layer": 1}, "layer"),
        ("inspection", {"kind": "layer", "layer": 5}, "layer"),
        ("inspection", {"kind": "layer", "layer": 1, "unit": 0}, "unit"),
        ("nudge", {"kind": "layer", "layer": 1, "by": 0.1}, "kind"),
        ("inspection_check", {"kind": "unit", "layer": 1, "unit": 0}, "kind"),
        ("nudge", {"kind": "loss", "by": 0.1}, "kind"),
        ("nudge", {"kind": "bias", "layer": 1, "unit": 0}, "by"),
        ("nudge", {"kind": "bias", "layer": 1, "unit": 0, "by": 1e9}, "by"),
        ("nudge", {"kind": "bias", "layer": 1, "unit": 0, "by": "much"}, "by"),
    ],
)
def test_a_wrong_place_is_refused(what: str, about: dict[str, Any], field: str) -> None:
    run = TrainingRun(Experiment(**USUAL), 0.0, playing=False)
    run.trainer.step()
    controls.apply(run, {"type": "ask", "what": what, "about": about}, 7, 1.0)
    refused = [out[2] for out in run.outbox if out[0] == "reply"]
    assert [(event["type"], event["field"]) for event in refused] == [("error", field)]


def test_a_running_run_is_not_nudged() -> None:
    run = TrainingRun(Experiment(**USUAL), 0.0)
    run.trainer.step()
    about = {"kind": "bias", "layer": 1, "unit": 0, "by": 0.1}
    controls.apply(run, {"type": "ask", "what": "nudge", "about": about}, 7, 1.0)
    assert run.outbox[-1][2]["field"] == "nudge"
    with pytest.raises(ExperimentError):
        nudge(run.trainer, BIAS, float("nan"))


def test_a_watcher_may_look_and_check_but_not_nudge(client: Start) -> None:
    driver = client()
    room = driver.event("welcome")["room"]
    driver.send(type="step")
    driver.send(type="pause")
    driver.event("state", playing=False)
    watcher = client(room)
    about = {"kind": "weight", "layer": 1, "unit": 0, "source": 1}
    for what in ("inspection", "inspection_check"):
        watcher.send(type="ask", what=what, about=about)
        found = watcher.event("answer", what=what)["found"]
        assert found["place"] == about
    watcher.send(type="ask", what="nudge", about=about | {"by": 0.1})
    assert watcher.event("error")["was"] == "nudge from a student"
    driver.send(type="ask", what="nudge", about=about | {"by": 0.1})
    nudged = driver.event("answer", what="nudge")["found"]
    assert nudged["by"] == 0.1 and len(nudged["changes"]) == 4
