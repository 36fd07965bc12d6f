"""Every command and every question × whoever is in a class × this room and another, over real sockets."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from nablascope.server.wire.policy import (
    DRIVING,
    LEADING,
    POLICY,
    PRESENTING,
    PROJECTOR,
    QUESTIONS,
    STUDENT,
    TEACHER,
    Rule,
)

Open = Callable[..., Any]
NOBODY = 999
PLACE = {"kind": "unit", "layer": 1, "unit": 0, "source": 0}
BOARD = {"by": "loss", "across": "learning_rate"}
#: An example of each command that leaves the class as it is, as far as there is one. What is not here is not allowed.
EXAMPLES: dict[str, dict[str, Any]] = {
    "ack": {"seq": 0}, "history": {"since": 0}, "ask": {"what": "report"}, "cancel": {}, "again": {},
    "set": {"changes": {"learning_rate": 0.3}}, "preset": {"name": "No such"}, "play": {}, "pause": {}, "layer": {},
    "step": {}, "back": {}, "reset": {}, "rewind": {}, "visit": {"step": 0}, "speed": {"value": 1},
    "advance": {"steps": 1},
    "name": {"name": "Zoë"}, "hand": {"raised": False}, "fork": {}, "follow": {}, "vote": {"option": 5},
    "look": {"look": {"selection": PLACE}}, "take": {}, "give": {"member": NOBODY},
    "allow_forks": {"allowed": False}, "lock": {"locked": False}, "pause_all": {"paused": False},
    "hide_names": {"hidden": False}, "arrange": {"arrangement": BOARD},
    "rename": {"member": NOBODY, "name": "Zoë"}, "remove": {"member": NOBODY}, "recall": {}, "start_here": {},
    "bring": {"member": NOBODY}, "question": {"text": "?", "options": ["a", "b"]}, "close_votes": {},
    "reveal": {}, "close_question": {},
}  # fmt: skip
#: These change who is what: each has a class of its own.
CHANGING = ("follow", "recall", "start_here", "take", "fork")
#: Who is in a class, and what the policy may ask about them; the second class's controls are with a student.
STANDINGS = {
    "the teacher": {TEACHER, LEADING, PRESENTING, DRIVING},
    "a second tab of the teacher": {TEACHER},
    "a student": {STUDENT},
    "a student with a run of their own": {STUDENT, DRIVING},
    "the teacher of another room": {STUDENT},
    "the wall": {PROJECTOR},
    "a teacher without the controls": {TEACHER, LEADING},
    "a student with the controls": {STUDENT, PRESENTING, DRIVING},
}


def undeclared(policy: dict[str, Rule]) -> set[str]:
    """Commands of which this test has no example, and examples of what is no command."""
    return set(policy) ^ set(EXAMPLES)


def test_every_command_is_declared_and_one_that_is_not_is_found() -> None:
    assert undeclared(POLICY) == set(), "declare it in EXAMPLES"
    assert undeclared({**POLICY, "planted": Rule(frozenset({STUDENT}), 1)}) == {"planted"}


class People:
    """Two classes with everybody of STANDINGS in them, and one that nobody has to do with."""

    def __init__(self, open_class: Open, client: Open) -> None:
        self.elsewhere, first, second = (open_class() for _ in range(3))
        first.forked("Forked").send(type="pause")
        first.teacher.send(type="pause")
        first.teacher.send(type="allow_forks", allowed=False)
        presenter = second.student("Presenter")
        second.teacher.send(type="give", member=presenter.number)
        presenter.told("me", driving=True)
        self.first, self.second = first, second
        self.of = {
            "the teacher": first.teacher,
            "a second tab of the teacher": first.enter("second", token=first.token),
            "a student": first.student("Ann"),
            "a student with a run of their own": first.enter("Forked"),
            "the teacher of another room": first.enter("stranger", token=self.elsewhere.token),
            "the wall": first.student("wall", projector=True),
            "a teacher without the controls": second.teacher,
            "a student with the controls": presenter,
        }
        for name, viewer in self.of.items():
            if viewer is not first.teacher and viewer is not second.teacher:
                role = viewer.told("welcome")["role"]
                assert {role} == STANDINGS[name] & {TEACHER, STUDENT, PROJECTOR}
        self.number = 0

    def refuses(self, name: str, command: str, /, **fields: Any) -> bool:
        """Whether it is none of theirs: said at once, before the answer to the nonsense that follows."""
        viewer, self.number = self.of[name], self.number + 2
        viewer.send(type=command, id=self.number, **fields)
        viewer.send(type="fly", id=self.number + 1)
        while True:
            error = viewer.event("error", timeout=20)
            if error["command"] == self.number + 1:
                return False
            if error["command"] == self.number and error["code"] == "not_yours":
                viewer.event("error", command=self.number + 1)
                return True


@pytest.fixture
def people(open_class: Open, client: Open) -> Iterator[People]:
    yield People(open_class, client)


def told_since(viewer: Any, seen: int) -> set[str]:
    """The types of events that have come to somebody who has sent nothing, but for signs of life."""
    viewer.send(type="fly", id=7)
    viewer.event("error", command=7)
    return {event["type"] for event in viewer.events[seen:-1]} - {"beat"}


def still(people: People) -> list[tuple[Any, int]]:
    """Those of the other room, once nothing more comes to them."""
    watcher = people.elsewhere.student("Watcher")
    people.elsewhere.teacher.send(type="pause")
    watcher.event("state", playing=False)
    people.elsewhere.teacher.told("class", students=1)
    time.sleep(1.0)
    for viewer in (watcher, people.elsewhere.teacher):
        told_since(viewer, len(viewer.events))
    return [(viewer, len(viewer.events)) for viewer in (watcher, people.elsewhere.teacher)]


def test_a_command_is_carried_out_for_whom_the_policy_names_and_refused_to_all_others(people: People) -> None:
    elsewhere = still(people)
    for command in (name for name in EXAMPLES if name not in CHANGING):
        for name, standing in STANDINGS.items():
            expected = not POLICY[command].who & standing
            assert people.refuses(name, command, **EXAMPLES[command]) == expected, (command, name)
    for what, who in QUESTIONS.items():
        for name, standing in STANDINGS.items():
            assert people.refuses(name, "ask", what=what) == (not who & standing), (what, name)
    for viewer, seen in elsewhere:
        assert told_since(viewer, seen) == set(), "nothing of it leaves the room"


@pytest.mark.parametrize("command", CHANGING)
def test_so_is_one_that_changes_who_is_what(people: People, command: str) -> None:
    may = [name for name, standing in STANDINGS.items() if POLICY[command].who & standing]
    for name in STANDINGS:
        if name not in may:
            assert people.refuses(name, command, **EXAMPLES[command]), name
    for name in may[:1]:
        assert not people.refuses(name, command, **EXAMPLES[command]), name


@pytest.mark.parametrize("command", ["give", "bring", "rename", "remove"])
def test_members_of_another_room_cannot_be_named(open_class: Open, command: str) -> None:
    here, there = open_class(), open_class()
    for name in ("Ann", "Bob", "Cem"):
        there.forked(name)
    far = there.student("Dan")  # a number that nobody has here
    here.teacher.send(type=command, member=far.number, id=1, **({"name": "Eve"} if command == "rename" else {}))
    assert here.teacher.event("error", command=1)["code"] == "cannot_be"
    assert far.told("me", name="Dan")["driving"] is False
    assert there.teacher.told("class", students=4)["driver"] is None
