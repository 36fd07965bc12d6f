"""Looking back: a run stands at any step of its past, to the bit, and returns; or goes another way from there."""

from typing import Any

import numpy as np
import pytest
from nablascope.engine import Experiment, Trainer
from nablascope.server.training import checkpoint, controls
from nablascope.server.training.instruments.scores import figures
from nablascope.server.training.run import TrainingRun
from nablascope.server.wire.protocol import HEADER, HISTORY

EXPERIMENT = Experiment(dataset="moons", hidden=[5, 4], optimiser="adam", learning_rate=0.02, batch_size=16, seed=4)

#: What else a run goes on from: random numbers that silence units, running statistics, a schedule's patience.
RICH = Experiment(
    dataset="moons", hidden=[5, 4], activation="relu", dropout=0.2, normalisation="batch", schedule="plateau",
    schedule_epochs=2, optimiser="momentum", batch_size=8, seed=9,
)  # fmt: skip
#: Numbers of a record of three layers: step, losses, norms, and one that fills it up.
WIDTH = 8


class Room:
    """A run and what it says."""

    def __init__(self, steps: int = 0, experiment: Experiment = EXPERIMENT) -> None:
        self.run, self.now = TrainingRun(experiment, 100.0, speed=4, playing=False), 100.0
        self.said: list[Any] = []
        if steps:
            self.make(steps)

    def tell(self, type: str, **more: Any) -> list[Any]:
        self.run.outbox.clear()
        controls.apply(self.run, {"type": type, **more}, 1, self.now)
        self.said = list(self.run.outbox)
        return self.said

    def make(self, steps: int) -> None:
        """So many steps, measured now and then."""
        for _ in range(steps // 50):
            self.run.trainer.run(50)
            self.run.measure(self.now)
        self.run.trainer.run(steps % 50)

    def event(self, type: str) -> dict[str, Any]:
        return next(event for kind, event, *_ in reversed(self.said) if kind == "event" and event["type"] == type)

    @property
    def theta(self) -> bytes:
        return bytes(self.run.trainer.network.theta.tobytes())

    def rows(self, since: int = -1) -> np.ndarray:
        """The history as a viewer is sent it, as numbers."""
        self.run.outbox.clear()
        self.run.send_history(since)
        frame = self.run.outbox[-1][2]
        return np.frombuffer(frame, "<f4", offset=HEADER.size).reshape(-1, WIDTH)


def after(steps: int, *changes: tuple[int, dict[str, Any]], experiment: Experiment = EXPERIMENT) -> bytes:
    """The parameters of an unbroken run after so many steps, with changes of settings on the way."""
    trainer = Trainer(experiment)
    for at, change in changes:
        trainer.run(min(steps, at) - trainer.steps)
        if steps > at:
            trainer.set(**change)
    trainer.run(steps - trainer.steps)
    return bytes(trainer.network.theta.tobytes())


@pytest.mark.parametrize("experiment", [EXPERIMENT, RICH])
def test_any_step_is_visited_to_the_bit_and_the_run_returns_to_where_it_was(experiment: Experiment) -> None:
    room = Room(450, experiment)
    rows, theta = room.rows(), room.theta
    for step in (449, 0, 1, 117, 100, 318, 99, 450):
        room.tell("visit", step=step)
        assert room.run.trainer.steps == step and room.theta == after(step, experiment=experiment)
        assert room.event("state")["tip"] == (450 if step < 450 else None)
        assert room.event("state")["status"] == "paused"
        # What comes after is still told to whoever comes now.
        np.testing.assert_array_equal(room.rows(), rows)
    assert room.theta == theta
    room.run.trainer.run(50)
    assert room.theta == after(500, experiment=experiment)


def test_settings_and_marks_are_those_of_the_moment_and_come_back() -> None:
    changes = (120, {"learning_rate": 0.2}), (260, {"optimiser": "sgd"}), (300, {"batch_size": 8})
    room = Room()
    for at, change in changes:
        room.make(at - room.run.trainer.steps)
        room.tell("set", changes=change)
    room.make(100)
    assert room.run.trainer.steps == 400 and room.theta == after(400, *changes)
    marks = room.run.marks
    for step, rate, optimiser in ((60, 0.02, "adam"), (200, 0.2, "adam"), (299, 0.2, "sgd"), (119, 0.02, "adam")):
        room.tell("visit", step=step)
        experiment = room.run.trainer.experiment
        assert (experiment.learning_rate, experiment.optimiser) == (rate, optimiser)
        assert room.theta == after(step, *changes) and room.run.marks == marks
    room.tell("visit", step=400)
    assert room.theta == after(400, *changes) and room.run.trainer.experiment.batch_size == 8
    assert room.run.marks == marks and len(marks) == 3


@pytest.mark.parametrize("way", ["play", "layer", "step", "advance", "set"])
def test_whatever_goes_on_from_there_begins_another_future(way: str) -> None:
    room = Room(200)
    room.tell("set", changes={"learning_rate": 0.05})
    room.make(100)
    room.tell("visit", step=150)
    assert len(room.run.marks) == 1
    more = {"advance": {"steps": 3, "pictures": False}, "set": {"changes": {"learning_rate": 0.5}}}.get(way, {})
    room.tell(way, **more)
    assert room.run.tip is None and room.event("state")["tip"] is None
    assert [mark["step"] for mark in room.run.marks] == ([150] if way == "set" else [])
    frame = next(said[2] for said in room.said if said[0] == "frame" and said[1] == HISTORY)
    assert len(frame) == HEADER.size + 4 * WIDTH  # the row of step 150: what was after it goes
    assert room.rows()[-1, 0].view("<u4") == 150


def test_what_changes_nothing_leaves_the_future_as_it_is() -> None:
    room = Room(200)
    room.tell("visit", step=90)
    for command in (
        {"type": "pause"},
        {"type": "speed", "value": 5},
        {"type": "back"},
        {"type": "history", "since": 0},
    ):
        room.tell(**command)
        assert room.run.tip is not None and room.run.tip.steps == 200, command
    room.tell("set", changes={"hidden": [3]})  # is asked back
    assert room.run.tip is not None and any(said[0] == "reply" and said[2]["type"] == "confirm" for said in room.said)
    room.tell("set", changes={"learning_rate": EXPERIMENT.learning_rate})  # is so already
    assert room.run.tip is not None
    room.tell("set", changes={"learning_rate": -1})  # is refused
    assert room.run.tip is not None
    room.tell("preset", name="no such preset")
    assert room.run.tip is not None and room.run.trainer.steps == 89
    room.tell("reset")
    assert room.run.tip is None and room.run.trainer.steps == 0


def test_a_half_made_step_and_a_run_that_ran_away_can_be_left_for_the_past() -> None:
    room = Room(120)
    room.tell("layer")
    assert room.run.trainer.pending
    room.tell("visit", step=120)
    assert not room.run.trainer.pending and room.theta == after(120) and room.run.tip is None
    room.run.trainer.set(learning_rate=10, activation="relu", loss="mse", optimiser="sgd", l2=1.0)
    room.run.trainer.run(5000)
    assert room.run.status == "diverged"
    room.tell("visit", step=60)
    assert room.run.status == "paused" and room.theta == after(60)


def test_as_far_back_as_is_kept_and_no_further_than_it_came() -> None:
    room = Room(250)
    room.run.trainer.timeline.bound(1)  # the last two states
    room.tell("visit", step=3)
    assert room.run.trainer.steps == room.run.trainer.timeline.oldest > 3
    room.tell("visit", step=10_000)
    assert room.run.trainer.steps == 250 and room.run.tip is None and room.theta == after(250)


def test_another_process_knows_where_it_had_come() -> None:
    room = Room(1530)
    room.tell("visit", step=700)
    run = checkpoint.unpack(checkpoint.pack(room.run), room.now)
    assert run.tip is not None and run.tip.steps == 1530 and run.trainer.steps == 700
    other = Room()
    other.run = run
    assert other.theta == after(700) and 700 < len(other.rows()) <= 1001
    other.tell("visit", step=1530)
    assert other.theta == after(1530) and run.tip is None
    # And goes on from the step where it stands, if it is told to.
    run = checkpoint.unpack(checkpoint.pack(room.run), room.now)
    run.trainer.run(30)
    assert bytes(run.trainer.network.theta.tobytes()) == after(730)


def test_the_table_of_its_figures_holds_the_past_whole_while_it_looks_back() -> None:
    room = Room(60)
    room.tell("set", changes={"learning_rate": 0.5})
    room.make(20)
    whole = figures(room.run, {})["csv"]
    lines = whole.splitlines()
    assert [int(line.split(",")[0]) for line in lines[1:]] == list(range(1, 81))
    assert [line.rpartition(",")[2] for line in lines[1:]] == [""] * 60 + [room.run.marks[0]["text"]] + [""] * 19
    room.tell("visit", step=30)
    assert figures(room.run, {}) == {"step": 30, "csv": whole}
