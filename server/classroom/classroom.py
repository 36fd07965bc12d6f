"""A class: its members, who leads it, who drives, what each sees. Pure: no sockets, no clock, no event loop."""

import hmac
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..limits import FEW, MOST_FORKS, MOST_MEMBERS, RESERVED
from ..wire.class_commands import Arrangement
from ..wire.policy import DRIVING, LEADING, PRESENTING, PROJECTOR, STUDENT, TEACHER, Who
from ..wire.refusal import FULL, LOCKED, NOT_WELCOME, REMOVED, Refused
from .member import Member, digest, name_of
from .question import Question

#: The run that the class is about. The others are numbered as their members.
STAGE = 0
#: What is kept as it is; the rest has a form of its own on disk.
KEPT = (
    "last_number", "leader", "given", "on_stage", "allow_forks", "locked", "paused", "names_hidden", "last_question",
    "opening", "looker", "arrangement",
)  # fmt: skip


def key_of(tab: str, projector: bool) -> bytes:
    """What a tab is known by. One may show a projector beside what else it is: that is another member."""
    return digest(f"projector {tab}" if projector else tab)


@dataclass(eq=False)
class Classroom:
    """A room with a code. What is meant for disk goes through `to_data` and `adopt`."""

    code: str
    token: bytes
    #: The address of the experiment that its run was opened with.
    opening: str = ""
    members: dict[int, Member] = field(default_factory=dict)
    last_number: int = 0
    #: The teacher's tab that has the controls, and the student it has handed them to.
    leader: int | None = None
    given: int | None = None
    #: The member whose run everybody sees.
    on_stage: int | None = None
    allow_forks: bool = False
    locked: bool = False
    paused: bool = False
    names_hidden: bool = False
    #: How the board stands, see `class_commands.Arrangement`.
    arrangement: dict[str, Any] = field(default_factory=lambda: Arrangement().model_dump())
    removed: set[bytes] = field(default_factory=set)
    #: Members who shall have a run of their own as soon as the stage's state is there.
    forking: set[int] = field(default_factory=set)
    look: dict[str, Any] | None = None
    looker: int | None = None
    question: Question | None = None
    last_question: int = 0
    #: Nobody who drives the stage has been there for a while.
    deserted: bool = False

    # --- coming and going --------------------------------------------------------------------------------------

    def enter(
        self,
        token: str | None,
        tab: str | None = None,
        projector: bool = False,
        name: str | None = None,
        site: str = "",
    ) -> Member:
        """Whoever says hello: a member that is back, or a new one. Raises Refused."""
        right = self._right(token)
        key = None if tab is None else key_of(tab, projector and not right)
        if key is not None and key in self.removed and not right:
            raise Refused("room", self.code, "a room that this tab has not been removed from", REMOVED, NOT_WELCOME)
        member = self._member(key)
        if member is None:
            member = self._admit(TEACHER if right else PROJECTOR if projector else STUDENT, key, site)
        elif right and member.role != TEACHER:
            self._promote(member)
        if member.name is None:
            member.name = name_of(name)
        member.connected, member.site = True, site
        if member.role == TEACHER:
            self.deserted = False
            if not self._there(self.leader):
                self.leader = member.number
        return member

    def knows(self, token: str | None, tab: str | None, projector: bool) -> bool:
        """Whether somebody has the teacher's token, or is a member that comes back."""
        return self._right(token) or (tab is not None and self._member(key_of(tab, projector)) is not None)

    def _right(self, token: str | None) -> bool:
        return token is not None and hmac.compare_digest(digest(token), self.token)

    def _member(self, key: bytes | None) -> Member | None:
        return next((m for m in self.members.values() if key is not None and m.tab == key), None)

    def _admit(self, role: str, key: bytes | None, site: str) -> Member:
        if self.locked and role != TEACHER:
            raise Refused("room", self.code, "a room that is not locked", LOCKED, NOT_WELCOME)
        if len(self.members) >= MOST_MEMBERS - RESERVED:
            self._make_place(role, site)
        self.last_number += 1
        member = self.members[self.last_number] = Member(self.last_number, role, key)
        return member

    def _make_place(self, role: str, site: str) -> None:
        """The last places are for teachers, and for addresses that have few members here. Raises Refused."""
        crowds = Counter(member.site for member in self.members.values())
        crowded = bool(site) and role != TEACHER and crowds[site] >= FEW
        if len(self.members) < MOST_MEMBERS and not crowded:
            return
        away = [m for m in self.members.values() if not m.connected and not m.forked]
        if crowded:
            away = [member for member in away if member.site == site]
        if not away:
            raise Refused("room", self.code, f"a room with fewer than {MOST_MEMBERS} members", FULL)
        self.forget(max(away, key=lambda member: (crowds[member.site], member.role != TEACHER, -member.number)))

    def _promote(self, member: Member) -> None:
        """A student's tab has shown the teacher's token."""
        self.end_fork(member)
        member.role, member.hand = TEACHER, False
        if self.given == member.number:
            self.given = None
        if self.question is not None:
            self.question.votes.pop(member.number, None)

    def leave(self, member: Member) -> None:
        """A connection has ended; a tab that can come back stays a member."""
        member.connected = False
        self.forking.discard(member.number)
        if member.tab is None:
            self.forget(member)

    def forget(self, member: Member) -> None:
        """Nothing of them is left."""
        self.end_fork(member)
        self.members.pop(member.number, None)
        if self.leader == member.number:
            self.leader = None
        if self.given == member.number:
            self.given = None
        if self.question is not None:
            self.question.votes.pop(member.number, None)

    # --- forks -------------------------------------------------------------------------------------------------

    def want_forks(self, members: list[Member]) -> None:
        """These shall have runs of their own, from the state of what is on the stage. Raises Refused."""
        forked = {m.number for m in self.members.values() if m.forked} | self.forking | {m.number for m in members}
        if len(forked) > MOST_FORKS:
            raise Refused("fork", f"{len(forked)} runs", f"at most {MOST_FORKS} runs of students in a class")
        self.forking |= {member.number for member in members}

    def begin_fork(self, number: int) -> bool:
        """The state is there; whether the member still is, and still wants it."""
        if number not in self.forking:
            return False
        self.forking.discard(number)
        self.members[number].forked = True
        if self.given == number:
            self.given = None
        return True

    def end_fork(self, member: Member) -> None:
        """Back to the class's run."""
        member.forked = False
        self.forking.discard(member.number)
        if self.on_stage == member.number:
            self.on_stage = None

    # --- who may what ------------------------------------------------------------------------------------------

    def _there(self, number: int | None) -> bool:
        return number in self.members and self.members[number].connected

    @property
    def presenter(self) -> int | None:
        """Who has the controls of the stage."""
        return self.leader if self.given is None else self.given

    @property
    def shown(self) -> int:
        """The run on the stage."""
        return STAGE if self.on_stage is None else self.on_stage

    def sees(self, member: Member) -> int:
        """The number of the run in front of a member: its own, or the one on the stage."""
        return member.number if member.forked else self.shown

    def drives(self, member: Member) -> bool:
        """Whether a member may move the run that it sees. A student's run on the stage is also the teacher's."""
        if member.forked:
            return True
        return member.number == (self.presenter if self.on_stage is None else self.leader)

    def standing(self, member: Member) -> Who:
        """What the policy asks about."""
        found = {member.role}
        if member.number == self.leader:
            found.add(LEADING)
        if member.number == self.presenter:
            found.add(PRESENTING)
        if self.drives(member):
            found.add(DRIVING)
        return frozenset(found)

    def holds(self, owner: int) -> bool:
        """Whether a run has to stand still."""
        return self.paused or (owner == STAGE and self.deserted)

    def connected(self) -> Iterator[Member]:
        """Members who are there."""
        return (member for member in self.members.values() if member.connected)

    @property
    def taught(self) -> bool:
        """Whether a teacher is there."""
        return any(member.role == TEACHER for member in self.connected())

    @property
    def attended(self) -> bool:
        """Whether somebody is there who could stop the stage."""
        return self.taught or self._there(self.given)

    # --- on disk -----------------------------------------------------------------------------------------------

    def to_data(self) -> dict[str, Any]:
        """JSON of all that a restart must not lose. Who has no tab cannot come back, and is not in it."""
        return {
            **{name: getattr(self, name) for name in KEPT},
            "members": [member.to_data() for member in self.members.values() if member.tab is not None],
            "removed": sorted(key.hex() for key in self.removed),
            # Where the pointer was is of the moment.
            "look": None if self.look is None else {**self.look, "pointer": None},
            "question": None if self.question is None else self.question.to_data(),
        }

    def to_text(self) -> str:
        """The same as it is written."""
        return json.dumps(self.to_data())

    def adopt(self, data: dict[str, Any], runs: set[int]) -> None:
        """Be as it was written, as far as the runs are there."""
        for name in KEPT:
            setattr(self, name, data.get(name, getattr(self, name)))
        members = [Member.of_data(told) for told in data.get("members", [])]
        self.members = {member.number: member for member in members}
        self.removed = {bytes.fromhex(key) for key in data.get("removed", [])}
        self.look = data.get("look")
        self.question = None if not data.get("question") else Question.of_data(data["question"])
        for member in members:
            member.forked = member.forked and member.number in runs
        self.leader, self.given, self.on_stage = (
            number if number in self.members else None for number in (self.leader, self.given, self.on_stage)
        )
        if self.on_stage is not None and not self.members[self.on_stage].forked:
            self.on_stage = None
        self.deserted = True
