"""Runs of students over real sockets: forks to the bit, the way back, everybody from here, everybody still."""

import contextlib
import sqlite3
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from nablascope.engine import Experiment, Trainer, to_address
from nablascope.server.wire.protocol import EXACT, PARAMETERS, PULSE, Header

Open = Callable[..., Any]
EXPERIMENTS = {
    "adam": Experiment(dataset="moons", hidden=[5, 4], optimiser="adam", learning_rate=0.02, batch_size=16, seed=4),
    "dropout": Experiment(dataset="moons", hidden=[8], dropout=0.3, learning_rate=0.2, seed=5),
    "everything": Experiment(
        dataset="xor", hidden=[6, 6], optimiser="momentum", schedule="cosine", schedule_epochs=20,
        normalisation="batch", l2=0.001, batch_size=24, seed=6, learning_rate=0.1,
    ),
}  # fmt: skip


def theta(viewer: Any, ahead: int) -> tuple[int, Any]:
    """A step, so many ahead of where a viewer's run is made to stand, and the parameters there."""
    viewer.send(type="pause")
    viewer.event("state", playing=False)
    viewer.send(type="again")
    viewer.event("state", playing=False)
    here = Header.unpack(viewer.frame(PULSE)).step
    step = here + ahead
    viewer.send(type="advance", steps=ahead, pictures=True)
    frame = viewer.frame(PARAMETERS, where=lambda header: header.step == step)
    assert Header.unpack(frame).flags & EXACT
    return step, np.frombuffer(frame, "<f4", offset=64)


def made(experiment: Experiment, steps: int) -> Any:
    trainer = Trainer(experiment)
    trainer.run(steps)
    return np.concatenate([layer.reshape(-1) for layer in trainer.network.thetas[1:]])


@pytest.mark.parametrize("name", EXPERIMENTS)
@pytest.mark.parametrize(("speed", "least"), [(5, 40), (1, 2)], ids=["streaming", "in mid-wave"])
def test_a_fork_is_the_stage_to_the_bit_and_goes_on_as_it_does(
    open_class: Open, name: str, speed: int, least: int
) -> None:
    experiment = EXPERIMENTS[name]
    lesson = open_class(experiment=to_address(experiment))
    teacher = lesson.teacher
    teacher.send(type="speed", value=speed)
    teacher.frame(PULSE, where=lambda header: header.step >= least)
    ann = lesson.forked()
    assert Header.unpack(ann.frame(PULSE)).step >= least - 1
    for viewer in (ann, teacher):
        step, parameters = theta(viewer, 60)
        expected = made(experiment, step)
        assert np.array_equal(parameters[: expected.size], expected)


def test_a_fork_is_a_run_of_its_own_and_nothing_of_the_stage_is_seen_in_it(lesson: Any) -> None:
    teacher, ann = lesson.teacher, lesson.forked()
    me = ann.told("me", forked=True)
    assert (me["driving"], me["role"]) == (True, "student")
    for event in ("run", "settings", "marks", "state", "diagnosis"):
        ann.event(event)
    ann.send(type="set", changes={"learning_rate": 0.0123})
    assert ann.event("settings", revision=1)["experiment"]["learning_rate"] == 0.0123
    ann.send(type="pause")
    ann.event("state", playing=False)
    teacher.send(type="speed", value=5)
    teacher.send(type="set", changes={"learning_rate": 0.5})
    teacher.frame(PULSE, where=lambda header: header.step > 200)
    ann.send(type="again")
    ann.event("state")
    seen = [Header.unpack(frame) for frame in ann.frames]
    rates = [header.learning_rate for header in seen]
    assert all(rate != 0.5 for rate in rates[rates.index(np.float32(0.0123)) :])
    assert all(event["experiment"]["learning_rate"] != 0.5 for event in ann.events if "experiment" in event)
    assert teacher.told("class", forks=1)


def test_one_tap_returns_to_the_stage_and_the_fork_ends(lesson: Any) -> None:
    ann = lesson.forked()
    ann.send(type="set", changes={"learning_rate": 0.0123})
    ann.event("settings", revision=1)
    ann.send(type="follow")
    moved = ann.event("moved")
    assert (moved["forked"], moved["driving"]) == (False, False)
    assert ann.event("settings")["experiment"]["learning_rate"] == 0.3
    ann.send(type="pause")
    assert ann.event("error")["was"] == "pause from a student"
    lesson.teacher.event("class", forks=0)


def test_until_the_fork_is_there_the_stage_stays_the_teachers(lesson: Any, server: Any) -> None:
    lesson.teacher.send(type="allow_forks", allowed=True)
    ann = lesson.student("Ann")
    ann.told("class", allow_forks=True)
    with contextlib.closing(sqlite3.connect(server.data / "rooms.sqlite3")) as disk:
        disk.execute("begin immediate")  # what is written waits, and with it the way to the fork
        ann.send(type="fork")
        for _ in range(50):
            ann.send(type="set", changes={"learning_rate": 7.0})
            time.sleep(0.01)
        disk.rollback()
    assert ann.event("error")["field"] == "type"
    ann.event("moved", forked=True)
    lesson.teacher.send(type="set", changes={"learning_rate": 0.25})
    lesson.teacher.event("settings", revision=1)
    told = [event["experiment"]["learning_rate"] for event in lesson.teacher.events if event["type"] == "settings"]
    assert set(told) == {0.3, 0.25}


def test_students_fork_only_when_they_may(lesson: Any) -> None:
    ann = lesson.student("Ann")
    ann.send(type="fork", id=7)
    error = ann.event("error")
    assert (error["command"], error["field"], error["expected"]) == (7, "fork", "a class whose teacher allows them")
    lesson.teacher.send(type="fork")
    assert lesson.teacher.event("error")["expected"] == "a command of a student"


def test_all_start_from_here_and_all_are_sent_back(open_class: Open) -> None:
    experiment = EXPERIMENTS["adam"]
    lesson = open_class(experiment=to_address(experiment))
    teacher = lesson.teacher
    students = [lesson.student(name) for name in ("Ann", "Bob", "Cem")]
    teacher.send(type="advance", steps=1)
    teacher.event("error")
    teacher.send(type="pause")
    teacher.event("state", playing=False)
    teacher.send(type="advance", steps=50)
    step = Header.unpack(teacher.frame(PULSE, where=lambda header: header.step >= 50)).step
    teacher.send(type="start_here")
    for student in students:
        student.event("moved", forked=True)
        reached, parameters = theta(student, 10)
        expected = made(experiment, step + 10)
        assert reached == step + 10 and np.array_equal(parameters[: expected.size], expected)
    teacher.send(type="start_here")
    for student in students:
        student.event("moved", forked=True)
        assert Header.unpack(student.frame(PULSE)).step == step
    teacher.send(type="recall")
    for student in students:
        student.event("moved", forked=False)
    assert teacher.event("class", forks=0)["allow_forks"] is False


def test_pausing_all_holds_every_run_until_it_is_lifted(lesson: Any) -> None:
    teacher, ann = lesson.teacher, lesson.forked()
    bob = lesson.student("Bob")
    teacher.send(type="speed", value=5)
    ann.send(type="speed", value=5)
    ann.frame(PULSE, where=lambda header: header.step > 100)
    teacher.send(type="pause_all", paused=True)
    for viewer in (teacher, ann, bob):
        viewer.told("state", playing=False)
        viewer.told("class", paused=True)
    for viewer, command in ((ann, "play"), (ann, "step"), (ann, "layer"), (teacher, "play"), (teacher, "step")):
        viewer.send(type=command)
        error = viewer.event("error")
        assert (error["field"], error["expected"]) == (command, "a class that goes on")
    ann.send(type="set", changes={"hidden": [3]}, reset=True)  # settings can be turned; nothing moves
    assert ann.event("state")["playing"] is False
    bob.send(type="fork")
    bob.event("moved", forked=True)
    assert bob.event("state")["playing"] is False
    time.sleep(0.5)
    steps = []
    for viewer in (teacher, ann, bob):
        viewer.send(type="again")
        viewer.event("state")
        steps.append(Header.unpack(viewer.frame(PULSE)).step)
    assert steps[1] == 0
    teacher.send(type="pause_all", paused=False)
    for viewer, step in zip((teacher, ann, bob), steps, strict=True):
        viewer.event("state", playing=True)
        viewer.frame(PULSE, where=lambda header, step=step: header.step > step)  # type: ignore[misc]
