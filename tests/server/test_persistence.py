"""A class outlives its processes: what was acknowledged is there again, and a disk that fails breaks nothing."""

import os
import resource
import signal
import socket
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nablascope.engine import Experiment, Trainer, to_address
from nablascope.server.wire.protocol import PARAMETERS, PULSE, Header
from processes import spawned
from programs import program

Open = Callable[..., Any]
EXPERIMENT = Experiment(dataset="moons", hidden=[5, 4], optimiser="adam", learning_rate=0.02, batch_size=16, seed=4)


def back(client: Open, url: str, lesson: Any, tab: str, **hello: Any) -> Any:
    return client(lesson.code, hello.pop("token", None), url=url, tab=f"{tab:a<16}", **hello)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_class_outlives_the_server(serve: Open, open_class: Open, client: Open, tmp_path: Path, end: int) -> None:
    server = serve(data=tmp_path)
    lesson = open_class(url=server.url, experiment=to_address(EXPERIMENT))
    teacher, ann = lesson.teacher, lesson.forked("Ann")
    bob, cem = lesson.student("Bob"), lesson.student("Cem")
    ann.send(type="speed", value=5)
    ann.send(type="set", changes={"learning_rate": 0.0123})
    ann.event("settings", revision=1)
    ann.frame(PULSE, where=lambda header: header.step > 100)
    time.sleep(2.2)  # a checkpoint at most two seconds old
    step = Header.unpack(ann.frames[-1]).step
    bob.send(type="hand", raised=True)
    bob.told("me", hand=True)
    teacher.send(type="remove", member=cem.number)
    teacher.send(type="question", text="?", options=["a", "b"])
    bob.event("question")
    bob.send(type="vote", option=1)
    bob.event("question")
    looked = {"selection": {"kind": "unit", "layer": 2, "unit": 1, "source": 0}, "lab": "health", "ladder": "delta"}
    teacher.send(type="look", look={**looked, "pointer": {"region": "output", "x": 0.5, "y": 0.25}})
    bob.event("look")
    arrangement = {"open": True, "whole": True, "by": "name", "show": "curve", "across": "depth"}
    teacher.send(type="arrange", arrangement=arrangement)
    bob.told("class", arrangement=arrangement)
    time.sleep(1)
    teacher.send(type="hide_names", hidden=True)
    teacher.send(type="lock", locked=True)
    teacher.told("class", locked=True)
    os.kill(server.process.pid, end)
    server.process.wait(10)
    again = serve(data=tmp_path)
    teacher = client(lesson.code, lesson.token, url=again.url, tab="t" * 16)
    welcome = teacher.event("welcome")
    assert (welcome["member"], welcome["leading"]) == (1, True)
    told = teacher.told("class")
    assert (told["locked"], told["names_hidden"], told["allow_forks"], told["forks"]) == (True, True, True, 1)
    assert teacher.told("question")["question"]["voted"] == 1
    assert {card["member"] for card in teacher.event("board")["cards"]} <= {ann.number}
    ann = back(client, again.url, lesson, "Ann")
    assert (ann.event("welcome")["driving"], ann.told("me")["forked"]) == (True, True)
    assert ann.event("settings")["experiment"]["learning_rate"] == 0.0123
    assert Header.unpack(ann.frame(PULSE)).step >= step
    bob = back(client, again.url, lesson, "Bob")
    assert bob.event("welcome")["name"] == "Bob" and bob.told("me")["hand"]
    assert bob.told("question")["question"]["mine"] == 1
    assert looked.items() <= bob.told("look")["look"].items() and bob.told("look")["look"]["pointer"] is None
    assert bob.told("class")["arrangement"] == arrangement
    assert back(client, again.url, lesson, "Cem").event("error")["field"] == "room"
    assert back(client, again.url, lesson, "Dan").event("error")["expected"] == "a room that is not locked"


@pytest.mark.parametrize("n", range(4))
def test_what_was_acknowledged_is_there_after_a_kill_in_the_next_moment(
    serve: Open, open_class: Open, client: Open, tmp_path: Path, n: int
) -> None:
    server = serve(data=tmp_path)
    lesson = open_class(url=server.url)
    ann = lesson.student("Ann")
    commands: list[dict[str, Any]] = [
        {"type": "lock", "locked": True}, {"type": "start_here"}, {"type": "rename", "member": 2, "name": "A."},
        {"type": "give", "member": 2},
    ]  # fmt: skip
    lesson.teacher.send(**commands[n])
    if n == 1:
        ann.event("moved", forked=True)
    elif n == 2:
        ann.event("me", name="A.")
    else:
        ann.told("class", **({"locked": True} if n == 0 else {"driver": 2}))
    server.process.kill()
    server.process.wait()
    again = serve(data=tmp_path)
    teacher = client(lesson.code, lesson.token, url=again.url, tab="t" * 16)
    told = teacher.told("class")
    assert (told["locked"], told["forks"], told["driver"]) == (n == 0, int(n == 1), 2 if n == 3 else None)
    assert teacher.told("members")["members"][1]["name"] == ("A." if n == 2 else "Ann")


def test_forks_go_on_after_their_process_has_died_and_are_still_exact(
    serve: Open, open_class: Open, client: Open
) -> None:
    server = serve("--port", "0", "--workers", "2", "--no-data")
    lesson = open_class(url=server.url, experiment=to_address(EXPERIMENT))
    ann = lesson.forked("Ann")
    lesson.teacher.send(type="pause_all", paused=True)
    ann.told("state", playing=False)
    for child in spawned(server.process.pid):
        os.kill(child, signal.SIGKILL)
    assert ann.event("notice")["kind"] == "resumed"
    ann.event("state", playing=False)
    ann.send(type="play")
    assert ann.event("error")["expected"] == "a class that goes on"
    lesson.teacher.send(type="pause_all", paused=False)
    ann.event("state", playing=True)
    ann.send(type="pause")
    ann.event("state", playing=False)
    ann.send(type="again")
    ann.event("state")
    step = Header.unpack(ann.frame(PULSE)).step + 100
    ann.send(type="advance", steps=100, pictures=True)
    frame = ann.frame(PARAMETERS, where=lambda header: header.step >= step)
    own = Trainer(EXPERIMENT)
    own.run(Header.unpack(frame).step)
    expected = np.concatenate([layer.reshape(-1) for layer in own.network.thetas[1:]])
    assert np.array_equal(np.frombuffer(frame, "<f4", expected.size, 64), expected)


def test_when_the_teacher_has_gone_the_stage_goes_on_for_a_while_then_stands_until_one_is_back(
    serve: Open, open_class: Open, client: Open, tmp_path: Path
) -> None:
    server = serve(program=program(tmp_path, "lesson.PATIENCE = 1.0"))
    lesson = open_class(url=server.url)
    ann, bob = lesson.forked("Ann"), lesson.student("Bob")
    gone = time.monotonic()
    lesson.teacher.socket.socket.shutdown(socket.SHUT_RDWR)  # a polite end would first read all that waits
    bob.event("class", teacher=False)
    bob.event("state", playing=False)
    assert 0.8 < time.monotonic() - gone < 4
    step = Header.unpack(ann.frames[-1]).step if ann.frames else 0
    ann.frame(PULSE, where=lambda header: header.step > step)
    teacher = client(lesson.code, lesson.token, url=server.url, tab="t" * 16)
    assert teacher.event("welcome")["driving"]
    bob.event("state", playing=True)


def test_a_room_ends_a_day_after_a_teacher_was_last_there(
    serve: Open, open_class: Open, client: Open, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    server = serve(data=data, program=program(tmp_path, "hub.SWEEP = 0.2", "hub.DAY = 1.5", "hub.SECOND_LOOK = 0.5"))
    lesson = open_class(url=server.url)
    ann = lesson.student("Ann")
    time.sleep(2)  # a teacher is there: it does not end
    lesson.teacher.send(type="lock", locked=True)
    ann.told("class", locked=True)
    lesson.teacher.close()
    assert ann.event("error")["expected"] == "a room that has not ended"
    assert client(lesson.code, lesson.token, url=server.url).event("error")["field"] == "room"
    server.stop()
    rows = sqlite3.connect(data / "rooms.sqlite3")
    assert rows.execute("select count(*) from classes where code = ?", (lesson.code,)).fetchone() == (0,)
    rows.close()


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process are Linux's")
def test_a_disk_that_cannot_be_written_is_told_and_breaks_nothing(
    serve: Open, open_class: Open, client: Open, tmp_path: Path
) -> None:
    server = serve(data=tmp_path)
    lesson = open_class(url=server.url)
    ann = lesson.student("Ann")
    _, hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (0, hard))
    lesson.teacher.send(type="allow_forks", allowed=True)
    notice = lesson.teacher.event("notice")
    assert notice["kind"] == "disk" and "cannot be written" in notice["text"]
    ann.told("class", allow_forks=True)
    second = lesson.enter("u", token=lesson.token)  # who comes while it lasts is told as well
    assert second.event("notice", kind="disk")["text"] == notice["text"]
    ann.send(type="fork")
    ann.event("moved", forked=True)
    ann.frame(PULSE, where=lambda header: header.step > 2)
    assert not any(event["type"] == "notice" for event in ann.events)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
    assert "again" in lesson.teacher.event("notice")["text"]
    lesson.teacher.send(type="lock", locked=True)
    ann.told("class", locked=True)
    time.sleep(2.5)
    server.process.kill()
    server.process.wait()
    again = serve(data=tmp_path)
    teacher = client(lesson.code, lesson.token, url=again.url, tab="t" * 16)
    told = teacher.told("class")
    assert (told["allow_forks"], told["locked"], told["forks"]) == (True, True, 1)


def test_what_the_teacher_looked_at_is_kept_though_nothing_else_happens(
    serve: Open, open_class: Open, client: Open, tmp_path: Path
) -> None:
    server = serve(data=tmp_path)
    lesson = open_class(url=server.url)
    bob = lesson.student("Bob")
    for unit in range(5):
        place = {"kind": "unit", "layer": 1, "unit": unit, "source": 0}
        lesson.teacher.send(type="look", look={"selection": place, "lab": None, "ladder": "ratio"})
    while bob.event("look")["look"]["selection"]["unit"] < 4:
        pass
    time.sleep(1.5)
    server.process.kill()
    server.process.wait()
    again = serve(data=tmp_path)
    seen = back(client, again.url, lesson, "Bob").event("look")["look"]
    assert (seen["selection"]["unit"], seen["ladder"]) == (4, "ratio")
