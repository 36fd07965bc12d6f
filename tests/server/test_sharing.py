"""Many runs in one process: how its time is shared out, so that each of them keeps its frames."""

import socket

import pytest
from nablascope.engine import Experiment
from nablascope.engine.diagnostics.verdicts import VERDICTS
from nablascope.server.training import scheduler as workshop_module
from nablascope.server.training.rates import Rates
from nablascope.server.training.run import TrainingRun
from nablascope.server.training.run_slot import RunSlot
from nablascope.server.training.scheduler import PASS, SLICE, Scheduler
from nablascope.server.wire.protocol import PULSE


@pytest.mark.parametrize(
    ("rooms", "besides", "left"),
    [(1, 0.002, SLICE), (20, 0.015, (PASS - 0.015) / 20), (50, 0.020, (PASS - 0.020) / 50), (50, 2 * PASS, 0.0)],
)
def test_training_gets_what_frames_leave_of_a_pass(rooms: int, besides: float, left: float) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        workshop = Scheduler(theirs)
        for _ in range(30):
            workshop._adjust(besides + rooms * workshop.slice, rooms)
        assert workshop.slice == pytest.approx(left, abs=1e-6)


def test_turns_that_come_up_to_a_pass_late_still_give_twenty_five_pulses_a_second() -> None:
    for seconds in (0.004, 0.011, PASS, 0.03):
        rates, now, pulses = Rates(0.0), 0.0, 0
        while now < 60:
            now += seconds
            if rates.due(PULSE, now):
                rates.sent(PULSE, now, 2664, 0.0, 1)
                pulses += 1
        assert 25 <= pulses / 60 <= 26.5, seconds


def test_a_run_among_many_looks_at_the_clock_after_every_step() -> None:
    for sharers, steps in ((1, 8), (4, 2), (50, 1)):
        run = TrainingRun(Experiment(), 0.0, None, 6)
        run.sharers = sharers
        before = run.trainer.steps
        run.advance(1.0, 0.0)  # there is no time at all
        assert run.trainer.steps - before == steps


def test_the_states_of_many_runs_have_a_bound_and_each_can_still_go_back(monkeypatch: pytest.MonkeyPatch) -> None:
    run = TrainingRun(Experiment(hidden=[16] * 4, optimiser="adam"), 0.0, None, 6)
    size = run.trainer.state(rows=0).size
    monkeypatch.setattr(workshop_module, "STATES", 12 * size)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        workshop = Scheduler(theirs)
        workshop.rooms = {
            number: RunSlot(TrainingRun(run.trainer.experiment, 0.0, None, 6), 0.0) for number in range(3)
        }
        for _ in range(10):
            for room in workshop.rooms.values():
                room.run.trainer.run(100)
            workshop._share_memory()
        timelines = [room.run.trainer.timeline for room in workshop.rooms.values()]
        assert [len(timeline.states) for timeline in timelines] == [4, 4, 4]
        assert [timeline.bytes for timeline in timelines] == [sum(state.size for state in timelines[0].states)] * 3
        workshop.rooms |= {number: RunSlot(TrainingRun(Experiment(), 0.0, None, 6), 0.0) for number in range(3, 20)}
        workshop._share_memory()
        assert [len(timeline.states) for timeline in timelines] == [2, 2, 2]
        trainer = workshop.rooms[0].run.trainer
        assert [trainer.back() for _ in range(100)] == [True] * 100
        assert trainer.steps == 900


def test_the_remedies_of_an_experiment_are_found_once() -> None:
    experiment = Experiment(hidden=[16] * 10, activation="sigmoid")
    vanishing = next(verdict for verdict in VERDICTS if verdict.kind == "vanishing")
    found = vanishing.fitting(experiment)
    assert [remedy.label for remedy in found] == ["ReLU with He initialisation", "residual connections"]
    assert vanishing.fitting(experiment.change()) is found
    assert vanishing.fitting(experiment.change(residual=True)) != found
