"""A class over real sockets: who drives, who is in, what late comers are told, what is asked."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from nablascope.server.wire.protocol import PULSE
from websockets.exceptions import ConnectionClosed

Open = Callable[..., Any]


def test_the_controls_are_handed_to_a_student_and_taken_back(lesson: Any) -> None:
    teacher, ann, bob = lesson.teacher, lesson.student("Ann"), lesson.student("Bob")
    teacher.send(type="give", member=ann.number)
    assert ann.event("me", driving=True)["leading"] is False
    assert bob.event("class", driver=ann.number)["driver_name"] == "Ann"
    me = teacher.event("me", driving=False)
    assert me["leading"] is True
    ann.send(type="pause")
    bob.event("state", playing=False)
    teacher.send(type="play")
    assert teacher.event("error")["expected"] == "a command of whoever drives this run"
    ann.send(type="look", look={"selection": {"kind": "unit", "layer": 1, "unit": 0}})
    assert teacher.event("look")["look"]["selection"]["unit"] == 0
    ann.send(type="lock", locked=True)
    assert ann.event("error")["expected"] == "a command of the teacher who has the controls"
    teacher.send(type="give", member=None)
    ann.event("me", driving=False)
    teacher.event("me", driving=True)
    teacher.send(type="play")
    bob.event("state", playing=True)


def test_a_second_tab_takes_over_and_the_first_is_told(lesson: Any) -> None:
    second = lesson.enter("u", token=lesson.token)
    assert second.event("welcome")["leading"] is False
    second.send(type="lock", locked=True)
    second.event("error")
    second.send(type="take")
    second.event("me", leading=True, driving=True)
    assert lesson.teacher.event("me", leading=False)["driving"] is False
    lesson.teacher.send(type="pause_all", paused=True)
    lesson.teacher.event("error")
    second.send(type="pause_all", paused=True)
    lesson.teacher.event("class", paused=True)


def test_who_is_removed_is_closed_out_and_their_tab_cannot_come_back(lesson: Any) -> None:
    ann = lesson.forked()
    lesson.teacher.send(type="remove", member=ann.number)
    assert ann.event("error")["field"] == "room"
    with pytest.raises(ConnectionClosed) as closed:
        ann.receive(5)
        ann.receive(5)
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 4403
    lesson.teacher.event("class", students=0, forks=0)
    again = lesson.enter("Ann")
    assert again.event("error")["field"] == "room"
    assert lesson.student("Bob").number == 3


def test_a_locked_room_lets_in_who_was_there_before(lesson: Any) -> None:
    ann = lesson.student("Ann")
    lesson.teacher.send(type="lock", locked=True)
    ann.event("class", locked=True)
    ann.close()
    assert lesson.student("Ann").number == ann.number
    late = lesson.enter("b")
    assert late.event("error")["expected"] == "a room that is not locked"
    with pytest.raises(ConnectionClosed) as closed:
        late.receive(5)
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 4403
    assert lesson.enter("v", token=lesson.token).event("welcome")["role"] == "teacher"


def test_who_comes_late_knows_at_once_where_to_look_and_what_is_asked(lesson: Any) -> None:
    teacher = lesson.teacher
    look = {
        "selection": None,
        "lab": "Step lens",
        "ladder": "delta",
        "lesson": {"name": "rate", "page": 2},
        "pointer": {"region": "network", "x": 0.5, "y": 1},
    }
    teacher.send(type="look", look=look)
    teacher.send(type="question", text="η × 10?", options=["faster", "same", "diverges"])
    teacher.event("question")
    started = time.monotonic()
    late = lesson.student("Late")
    late.event("class", teacher=True, allow_forks=False)
    asked = late.told("question")
    assert late.told("look")["look"] == look
    assert (asked["question"]["text"], asked["question"]["voted"], asked["question"]["mine"]) == ("η × 10?", 0, None)
    late.frame(PULSE)
    assert time.monotonic() - started < 1 and not any(event["type"] == "look" for event in teacher.events)


@pytest.mark.parametrize(
    ("lesson_", "field"),
    [
        ({"name": "cooking", "page": 1}, "look.lesson.name"),
        ({"name": "rate", "page": 6}, "look.lesson.page"),
        ({"name": "rate", "page": 0}, "look.lesson.page"),
        ({"name": "rate", "page": 1.5}, "look.lesson.page"),
        ({"name": "rate"}, "look.lesson.page"),
    ],
)
def test_a_page_that_there_is_not_is_shown_to_nobody(lesson: Any, lesson_: dict[str, Any], field: str) -> None:
    ann = lesson.student("Ann")
    lesson.teacher.send(type="look", look={"lesson": lesson_}, id=3)
    error = lesson.teacher.event("error")
    assert (error["command"], error["field"]) == (3, field)
    lesson.teacher.send(type="look", look={"lesson": {"name": "rate", "page": 5}})
    assert ann.event("look")["look"]["lesson"] == {"name": "rate", "page": 5}
    assert len([event for event in ann.events if event["type"] == "look"]) == 1


def test_whoever_looked_is_told_where_on_coming_back_and_only_then(lesson: Any) -> None:
    teacher = lesson.teacher
    teacher.send(type="look", look={"lesson": {"name": "forward", "page": 3}})
    teacher.close()
    back = lesson.enter("t" * 16, token=lesson.token)
    assert back.event("welcome")["leading"]
    assert back.event("look")["look"]["lesson"] == {"name": "forward", "page": 3}
    back.send(type="look", look={"lesson": {"name": "forward", "page": 4}})
    back.send(type="hand", raised=True)  # refused, so that something answers
    back.event("error")
    assert len([event for event in back.events if event["type"] == "look"]) == 1


def test_a_hand_a_name_and_who_is_there_are_told_to_teachers_alone(lesson: Any) -> None:
    ann = lesson.student("Ann")
    ann.send(type="hand", raised=True)
    ann.event("me", hand=True)
    ann.send(type="name", name="Anna")
    ann.event("me", name="Anna")
    while True:
        members = {m["member"]: m for m in lesson.teacher.event("members")["members"]}
        if ann.number in members and members[ann.number]["name"] == "Anna":
            break
    assert members[ann.number]["hand"] and members[ann.number]["connected"]
    assert not any(event["type"] == "members" for event in ann.events)
    lesson.teacher.send(type="rename", member=ann.number, name="Ann B.")
    ann.event("me", name="Ann B.")
    ann.send(type="name", name="Anna")
    assert ann.event("error")["field"] == "name"


def test_one_students_run_is_brought_onto_everybodys_stage(lesson: Any) -> None:
    teacher, ann = lesson.teacher, lesson.forked()
    bob, wall = lesson.student("Bob"), lesson.student("Wall", projector=True)
    ann.send(type="set", changes={"learning_rate": 0.0123})
    ann.event("settings", revision=1)
    teacher.send(type="bring", member=ann.number)
    for viewer in (teacher, bob, wall):
        viewer.event("moved", forked=False)
        assert viewer.event("settings")["experiment"]["learning_rate"] == 0.0123
    assert bob.told("class", on_stage=ann.number)["on_stage_name"] == "Ann"
    teacher.send(type="hide_names", hidden=True)
    assert wall.event("class", names_hidden=True)["on_stage_name"] is None
    ann.send(type="follow")  # it ends: all are back
    for viewer in (teacher, ann, bob, wall):
        viewer.event("moved", forked=False)
        assert viewer.event("settings")["experiment"]["learning_rate"] == 0.3


def test_votes_stay_hidden_until_they_are_revealed(lesson: Any) -> None:
    teacher, ann, bob = lesson.teacher, lesson.student("Ann"), lesson.student("Bob")
    wall = lesson.student("Wall", projector=True)
    changes = {"learning_rate": 3.0}
    teacher.send(type="question", text="η × 10?", options=["faster", "diverges"], changes=changes)
    assert teacher.event("question")["question"]["changes"] == changes
    assert ann.event("question")["question"]["changes"] is None
    ann.send(type="vote", option=0)
    assert ann.event("question")["question"]["mine"] == 0
    ann.send(type="vote", option=1)
    bob.send(type="vote", option=1)
    bob.send(type="vote", option=2)
    assert bob.event("error")["expected"] == "an option from 0 to 1"
    wall.send(type="vote", option=1)
    assert wall.event("error")["was"] == "vote from a projector"
    for viewer in (teacher, ann, bob, wall):
        while viewer.told("question")["question"]["voted"] < 2:
            viewer.receive()
        asked = [event["question"] for event in viewer.events if event["type"] == "question"]
        assert all(question["votes"] is None for question in asked)
    teacher.send(type="close_votes")
    teacher.send(type="set", changes=changes)
    for viewer in (teacher, ann, bob, wall):
        shown = viewer.event("question", timeout=10)["question"]
        assert (shown["votes"], shown["open"], shown["voted"]) == (None, False, 2)
    ann.send(type="vote", option=0, id=3)
    refused = ann.event("error")
    assert (refused["command"], refused["code"], refused["was"]) == (3, "cannot_be", "one whose votes are closed")
    teacher.send(type="reveal", outcome=1)
    for viewer in (teacher, ann, bob, wall):
        shown = viewer.event("question")["question"]
        assert (shown["votes"], shown["outcome"], shown["open"]) == ([0, 2], 1, False)
    ann.send(type="vote", option=0)
    assert ann.event("error")["field"] == "question"
    teacher.send(type="close_question")
    assert ann.event("question")["question"] is None


def test_codes_cannot_be_tried_out(serve: Open, client: Open) -> None:
    server = serve("--port", "0", "--no-data")
    welcome = client(url=server.url).event("welcome")
    for n in range(10):
        assert client(f"ZZZZZ{n}", url=server.url).event("error")["was"] == f"ZZZZZ{n}"
    refused = client(welcome["room"], url=server.url)
    assert "too many codes were wrong" in refused.event("error")["expected"]
    with pytest.raises(ConnectionClosed) as closed:
        refused.receive(5)
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 4429
    assert client(url=server.url).event("welcome")
