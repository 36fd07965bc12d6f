"""The policy table: every command by every standing; what is not declared fails."""

import itertools
import json
import types
from collections.abc import Callable
from typing import Any, get_args

import pytest
from nablascope.server import limits
from nablascope.server.classroom.teaching import TEACHING
from nablascope.server.training import controls
from nablascope.server.training.instruments.queue import ASKS, JOBS
from nablascope.server.wire import commands
from nablascope.server.wire.command import CommandError
from nablascope.server.wire.policy import (
    DRIVING,
    EVERYBODY,
    LEADING,
    POLICY,
    PRESENTING,
    QUESTIONS,
    Allowance,
    authorise,
)
from nablascope.server.wire.refusal import Refused

Open = Callable[..., Any]
#: Commands that only read, of which everybody may send any; all others belong to somebody.
READING = {"ack", "history", "ask", "again"}
ROLES = sorted(EVERYBODY)
FLAGS = [frozenset(some) for n in range(4) for some in itertools.combinations((DRIVING, LEADING, PRESENTING), n)]


def may(standing: frozenset[str], role: str, command: str, what: str | None = None) -> bool:
    try:
        authorise(standing, role, command, what)
    except Refused:
        return False
    return True


@pytest.mark.parametrize("command", POLICY)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("flags", FLAGS, ids=lambda flags: "+".join(sorted(flags)))
def test_a_command_is_whose_the_table_says_and_nobody_elses(command: str, role: str, flags: frozenset[str]) -> None:
    what = "lens" if command == "ask" else None
    declared = bool(POLICY[command].who & (flags | {role}))
    assert may(flags | {role}, role, command, what) == declared
    if command in READING:
        assert declared
    elif not flags and role != "student":
        assert not declared or command in TEACHERS_OWN | EVERYBODYS_OWN


#: Commands that need neither controls nor a run.
TEACHERS_OWN = {"take", "give"}
EVERYBODYS_OWN = {"name"}


@pytest.mark.parametrize("role", ROLES)
def test_what_is_not_in_the_table_cannot_be_dispatched(role: str) -> None:
    everything = EVERYBODY | {DRIVING, LEADING, PRESENTING}
    for unknown in ("fly", "hello", "", "SET"):
        assert not may(everything, role, unknown)
    assert not may(everything, role, "ask", "the time")
    assert not may(everything, role, "ask", None)
    for hand in ("nudge", *JOBS):
        assert may(everything, role, "ask", hand) and not may(everything - {DRIVING}, role, "ask", hand)


def test_the_decoder_the_table_and_what_is_dispatched_have_the_same_names() -> None:
    decoded: set[str] = set()
    assert isinstance(commands.AnyCommand, types.UnionType)
    for model in get_args(commands.AnyCommand):
        decoded |= set(get_args(model.model_fields["type"].annotation))
    assert decoded == {"hello", *POLICY}
    assert {*controls.ACTIONS, *TEACHING, "ack", "again"} == set(POLICY)
    assert not set(controls.ACTIONS) & set(TEACHING)
    assert set(QUESTIONS) == {*ASKS, *JOBS}


@pytest.mark.parametrize("command", POLICY)
def test_a_connection_has_so_many_a_second_and_is_told_once(command: str) -> None:
    allowance, rate = Allowance(), POLICY[command].rate
    assert all(allowance.spend(command, 5.0) for _ in range(rate))
    with pytest.raises(Refused, match=f"at most {rate}"):
        allowance.spend(command, 5.9)
    assert not allowance.spend(command, 5.9)
    assert allowance.spend(command, 6.0)


@pytest.mark.parametrize("command", POLICY)
def test_every_command_has_a_length_of_its_own(command: str) -> None:
    assert 0 < POLICY[command].size <= limits.LONGEST_COMMAND


def test_one_that_is_too_long_for_its_type_is_refused() -> None:
    padding = " " * POLICY["play"].size
    with pytest.raises(CommandError, match="at most 512 bytes of play"):
        commands.decode(json.dumps({"type": "play"}) + padding)


def test_commands_beyond_their_rate_are_refused_with_a_word(client: Open) -> None:
    teacher = client()
    teacher.event("welcome")
    for _ in range(100):
        teacher.send(type="preset", name="Sine")
    assert teacher.event("error", 60)["expected"].startswith(f"at most {POLICY['preset'].rate}")


def test_an_unknown_question_is_refused_before_it_reaches_a_run(client: Open) -> None:
    teacher = client()
    teacher.send(type="ask", what="the time", id=4)
    error = teacher.event("error")
    assert (error["command"], error["field"]) == (4, "what")


def test_a_second_tab_of_the_teacher_does_not_drive_and_the_same_tab_does_at_once(client: Open) -> None:
    first = client(tab="a" * 16)
    welcome = first.event("welcome")
    assert (welcome["role"], welcome["driving"], welcome["leading"], welcome["member"]) == ("teacher", True, True, 1)
    again = client(welcome["room"], welcome["token"], tab="b" * 16)
    second = again.event("welcome")
    assert (second["role"], second["driving"], second["member"]) == ("teacher", False, 2)
    again.send(type="pause")
    assert again.event("error")["expected"] == "a command of whoever drives this run"
    again.send(type="take")
    again.event("me", driving=True)
    assert first.event("me", driving=False)["leading"] is False
    first.send(type="take")
    again.event("me", driving=False)
    reloaded = client(welcome["room"], welcome["token"], tab="a" * 16)
    back = reloaded.event("welcome")
    assert (back["driving"], back["member"]) == (True, 1)
    assert first.event("error")["field"] == "tab"
    reloaded.send(type="pause")
    reloaded.event("state", playing=False)


def test_a_tab_is_known_again_without_a_token(client: Open) -> None:
    teacher = client()
    room = teacher.event("welcome")["room"]
    student = client(room, tab="s" * 20, name="  Ann\u202e \n Lee ")
    assert student.event("welcome")["name"] == "Ann Lee"
    assert teacher.event("class", students=1)
    student.close()
    teacher.event("class", students=0)
    back = client(room, tab="s" * 20)
    welcome = back.event("welcome")
    assert (welcome["member"], welcome["name"], welcome["role"]) == (2, "Ann Lee", "student")
    projector = client(room, tab="s" * 20, projector=True)
    assert projector.event("welcome")["role"] == "projector"
    assert teacher.event("class")["students"] == 1
