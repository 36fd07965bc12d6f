"""The class itself, held by a machine that tries every order of coming, going, commands, and restarts."""

import json
import os
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from nablascope.server.classroom import roll
from nablascope.server.classroom.classroom import STAGE, Classroom
from nablascope.server.classroom.member import Member, digest, name_of
from nablascope.server.classroom.teaching import TEACHING
from nablascope.server.limits import FEW, MOST_FORKS, MOST_MEMBERS, RESERVED
from nablascope.server.wire.policy import DRIVING, LEADING, POLICY, PRESENTING, PROJECTOR, STUDENT, TEACHER, authorise
from nablascope.server.wire.refusal import NOT_WELCOME, Refused

#: Sequences of coming, going, commands, kills and restarts that are tried.
SEQUENCES = int(os.environ.get("NABLASCOPE_SEQUENCES", 150))
TOKEN = "the teacher's token"
TABS = st.sampled_from([f"tab{n}" for n in range(6)]) | st.none()
MEMBERS = st.integers(1, 8)
COMMANDS = st.one_of(
    st.sampled_from(["fork", "follow", "recall", "start_here", "take", "close_votes", "close_question"]).map(
        lambda name: (name, {})
    ),
    st.tuples(st.just("name"), st.fixed_dictionaries({"name": st.none() | st.text(max_size=24)})),
    st.tuples(st.just("hand"), st.fixed_dictionaries({"raised": st.booleans()})),
    st.tuples(st.just("allow_forks"), st.fixed_dictionaries({"allowed": st.booleans()})),
    st.tuples(st.just("lock"), st.fixed_dictionaries({"locked": st.booleans()})),
    st.tuples(st.just("pause_all"), st.fixed_dictionaries({"paused": st.booleans()})),
    st.tuples(st.just("hide_names"), st.fixed_dictionaries({"hidden": st.booleans()})),
    st.tuples(st.just("rename"), st.fixed_dictionaries({"member": MEMBERS, "name": st.text(max_size=24)})),
    st.tuples(st.just("remove"), st.fixed_dictionaries({"member": MEMBERS})),
    st.tuples(st.sampled_from(["give", "bring"]), st.fixed_dictionaries({"member": MEMBERS | st.none()})),
    st.tuples(
        st.just("question"),
        st.fixed_dictionaries({"text": st.just("?"), "options": st.just(["a", "b"]), "changes": st.none()}),
    ),
    st.tuples(st.just("vote"), st.fixed_dictionaries({"option": st.integers(0, 3)})),
    st.tuples(st.just("reveal"), st.fixed_dictionaries({"outcome": st.none() | st.integers(0, 3)})),
)


def command(sender: Member, room: Classroom, name: str, /, **fields: Any) -> None:
    """As the hub does it: the policy first, then what it means."""
    authorise(room.standing(sender), sender.role, name)
    TEACHING[name](room, sender, SimpleNamespace(**fields))


class ClassMachine(RuleBasedStateMachine):
    """People come, go, command and come back; copies arrive late or never; the server restarts, or is killed."""

    @initialize()
    def open(self) -> None:
        self.room = Classroom("ABCDEF", digest(TOKEN))
        self.here: dict[int, Member] = {}
        self.teachers: set[int] = set()
        #: Tabs, and whether as a projector: one tab may be two members.
        self.removed: set[tuple[str, bool]] = set()
        self.tabs: dict[int, tuple[str, bool] | None] = {}
        self.write()

    @rule()
    def write(self) -> None:
        """What there is, is on disk, and told."""
        self.disk = json.dumps(self.room.to_data())
        self.known = self.teachers.copy(), self.removed.copy(), self.tabs.copy()

    @rule(tab=TABS, right=st.booleans(), projector=st.booleans(), name=st.none() | st.text(max_size=24))
    def enter(self, tab: str | None, right: bool, projector: bool, name: str | None) -> None:
        known = set(self.room.members)
        try:
            member = self.room.enter(TOKEN if right else "wrong", tab, projector, name)
        except Refused as refusal:
            assert refusal.ends == NOT_WELCOME and not right
            assert self.room.locked or (tab, projector) in self.removed
            return
        assert right or (tab, projector) not in self.removed
        self.here[member.number] = member
        self.tabs[member.number] = None if tab is None else (tab, projector and not right)
        if right:
            self.teachers.add(member.number)
            assert member.role == TEACHER
        assert member.number not in known or tab is not None

    @rule(number=MEMBERS)
    def leave(self, number: int) -> None:
        member = self.here.pop(number, None)
        if member is not None:
            self.room.leave(member)

    @rule(number=MEMBERS, said=COMMANDS)
    def say(self, number: int, said: tuple[str, dict[str, Any]]) -> None:
        member = self.here.get(number)
        if member is None:
            return
        name, fields = said
        standing = self.room.standing(member)
        try:
            command(member, self.room, name, **fields)
        except Refused as refusal:
            assert refusal.field and refusal.expected
            return
        assert POLICY[name].who & standing
        if name == "remove":
            gone = fields["member"]
            self.here.pop(gone, None)
            if (tab := self.tabs.get(gone)) is not None:
                self.removed.add(tab)

    @rule(number=MEMBERS)
    def a_copy_arrives(self, number: int) -> None:
        wanted = number in self.room.forking
        assert self.room.begin_fork(number) == wanted

    @rule(lost=st.sets(MEMBERS))
    def restart(self, lost: set[int]) -> None:
        before, told = self.room, json.dumps(self.room.to_data())
        self.room = Classroom(before.code, before.token)
        self.room.adopt(json.loads(told), {n for n, m in before.members.items() if m.forked} - lost)
        self.here = {}
        kept = {number for number, member in before.members.items() if member.tab is not None}
        assert set(self.room.members) == kept
        assert json.dumps(self.room.to_data()) == told or before.members.keys() - kept or lost
        assert self.room.forking == set()

    @rule(lost=st.sets(MEMBERS))
    def kill(self, lost: set[int]) -> None:
        """Nobody was told what is not on disk; runs may be lost. Whoever was known comes back as they were."""
        told = json.loads(self.disk)
        forked = {member["number"] for member in told["members"] if member["forked"]}
        self.room = Classroom("ABCDEF", digest(TOKEN))
        self.room.adopt(told, forked - lost)
        self.here = {}
        self.teachers, self.removed, self.tabs = (each.copy() for each in self.known)
        for name in ("allow_forks", "locked", "paused", "names_hidden"):
            assert getattr(self.room, name) == told[name]
        assert [member["number"] for member in told["members"]] == [*self.room.members]
        for number, member in self.room.members.items():
            token, known = TOKEN if number in self.teachers else "wrong", self.tabs[number]
            back = self.room.enter(token, known and known[0], member.role == PROJECTOR)
            assert back.number == number and back.forked == (number in forked - lost)
            self.here[number] = back

    @invariant()
    def what_it_says_is_possible(self) -> None:
        room = self.room
        for number, member in room.members.items():
            assert member.number == number <= room.last_number
            assert member.role == STUDENT or not (member.forked or member.hand)
            assert room.sees(member) == STAGE or room.members[room.sees(member)].forked
            assert not member.forked or room.drives(member)
        assert {m.number for m in room.connected()} == set(self.here)
        assert room.leader is None or room.members[room.leader].role == TEACHER
        assert room.given is None or (
            room.members[room.given].role == STUDENT and not room.members[room.given].forked
        )
        assert room.on_stage is None or room.members[room.on_stage].forked
        assert all(room.members[number].role == STUDENT for number in room.forking)

    @invariant()
    def no_more_than_one_drives_the_stage_and_it_is_a_teacher_or_whom_they_chose(self) -> None:
        room = self.room
        drivers = [m for m in room.connected() if not m.forked and room.drives(m)]
        assert len(drivers) <= 1
        assert all(m.role == TEACHER or m.number == room.given for m in drivers)
        assert sum(LEADING in room.standing(m) for m in room.connected()) <= 1
        assert sum(PRESENTING in room.standing(m) for m in room.connected()) <= 1
        assert all(DRIVING not in room.standing(m) for m in room.connected() if m.role == PROJECTOR)

    @invariant()
    def nobody_reads_what_is_not_for_them(self) -> None:
        room = self.room
        for member in room.connected():
            told = json.dumps([*roll.personal(room, member, True), *roll.common(room, 1)])
            asked = room.question
            if asked is not None and asked.open:
                assert roll.question(room, member)["question"]["votes"] is None
            if room.names_hidden:
                assert roll.class_(room)["driver_name"] is None is roll.class_(room)["on_stage_name"]
            assert TOKEN not in told


ClassMachine.TestCase.settings = settings(max_examples=SEQUENCES, stateful_step_count=60, deadline=None)
TestClass = ClassMachine.TestCase


def a_class() -> tuple[Classroom, Member, Member, Member]:
    """A teacher and two students."""
    room = Classroom("ABCDEF", digest(TOKEN))
    return room, room.enter(TOKEN, "t"), room.enter(None, "a"), room.enter(None, "b")


def test_there_is_an_end_to_members_and_whoever_is_away_makes_room() -> None:
    room, teacher, ann, _ = a_class()
    for _ in range(MOST_MEMBERS - 3):
        room.enter(None)
    with pytest.raises(Refused, match="fewer than 1200"):
        room.enter(None)
    room.leave(ann)
    assert room.enter(None).number not in (ann.number, teacher.number)
    assert ann.number not in room.members


@pytest.mark.parametrize("stay", [True, False], ids=["connected", "away"])
def test_a_student_enters_beside_more_invented_tabs_than_a_room_has_places(stay: bool) -> None:
    room, teacher, ann, _ = a_class()
    room.leave(teacher)
    for number in range(MOST_MEMBERS + 50):
        with suppress(Refused):
            invented = room.enter(None, f"invented {number}", site="198.51.100.7")
            if not stay:
                room.leave(invented)
    assert len(room.members) == MOST_MEMBERS - RESERVED
    for number in range(FEW):
        room.enter(None, f"student {number}", site="203.0.113.5")
    with pytest.raises(Refused, match="fewer than 1200"):
        room.enter(None, "one more than a class", site="203.0.113.5")
    room.enter(TOKEN, "colleague", site="203.0.113.5")
    assert {teacher.number, ann.number} <= room.members.keys()


def test_the_most_crowded_address_makes_place_first() -> None:
    room, teacher, ann, bob = a_class()
    crowd = [room.enter(None, f"{number}", site="198.51.100.7") for number in range(MOST_MEMBERS - RESERVED - 3)]
    for number in range(RESERVED):
        room.enter(None, f"student {number}", site=f"203.0.113.{number}")
    for member in (teacher, ann, bob, *crowd[:2]):
        room.leave(member)
    room.enter(None, "late", site="203.0.113.200")
    room.enter(None, "later", site="203.0.113.201")
    assert not {crowd[0].number, crowd[1].number} & room.members.keys() and ann.number in room.members
    room.enter(None, "last", site="203.0.113.202")
    assert ann.number not in room.members and teacher.number in room.members


def test_there_is_an_end_to_forks() -> None:
    room, teacher, *_ = a_class()
    for _ in range(MOST_FORKS - 2):
        room.enter(None)
    command(teacher, room, "start_here")
    assert len(room.forking) == MOST_FORKS
    late = room.enter(None)
    command(teacher, room, "allow_forks", allowed=True)
    with pytest.raises(Refused, match="at most 100"):
        command(late, room, "fork")


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("Ann", "Ann"), (" Ann\t\n Lee ", "Ann Lee"), ("\u202e\u200bx\x00", "x"), ("   ", None), ("", None),
        (None, None), ("é" * 30, "é" * 24),
        # What cannot be seen is no name, whatever kind of character Unicode calls it.
        ("\u3164", None), ("\u2800\u2800", None), ("\u115f\u1160\uffa0", None), ("\u00ad", None), ("\u17b4", None),
        ("\u0301\u0302", None), (" \u0301 ", None), ("\ufe0f", None), ("\U000e0100", None),
        ("\U000e0041\U000e007f", None),
        ("\u200d\u200c", None), ("\u2800\u0301\u3164", None), ("\u034f\ufffc", None),
        ("\u3164Ann\u2800", "Ann"), ("\u0301Ann", "Ann"), ("Ann\u200d", "Ann"), ("Ann \u200dLee", "Ann Lee"),
        # Scripts and emoji are as they are written.
        ("Zoe\u0308", "Zoë"), ("نیلوفر می\u200cآید", "نیلوفر می\u200cآید"),
        ("ක්\u200dරිස්", "ක්\u200dරිස්"), ("김민준", "김민준"),
        ("👩\u200d🔬", "👩\u200d🔬"), ("🏳\ufe0f\u200d🌈 Bo", "🏳\ufe0f\u200d🌈 Bo"), ("x" * 23 + "\u200d👩", "x" * 23),
    ],
)  # fmt: skip
def test_a_name_is_one_line_of_what_can_be_seen(told: str | None, shown: str | None) -> None:
    assert name_of(told) == shown


def test_a_name_that_the_teacher_has_given_stands() -> None:
    room, teacher, ann, _ = a_class()
    command(ann, room, "name", name="rude")
    command(teacher, room, "rename", member=ann.number, name="Ann")
    with pytest.raises(Refused):
        command(ann, room, "name", name="rude")
    room.leave(ann)
    assert room.enter(None, "a", name="rude").name == "Ann"


def test_without_anybody_who_could_stop_it_the_stage_is_deserted_until_a_teacher_comes() -> None:
    room, teacher, ann, _ = a_class()
    command(teacher, room, "give", member=ann.number)
    room.leave(teacher)
    assert room.attended and not room.taught
    room.leave(ann)
    assert not room.attended
    room.deserted = True
    assert room.holds(STAGE) and not room.holds(2)
    room.enter(None, "a")
    assert room.holds(STAGE)
    room.enter(TOKEN, "t")
    assert not room.holds(STAGE)
