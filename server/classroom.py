"""A class: its members, who leads it, who drives, what each sees. Pure: no sockets, no clock, no event loop."""

import hashlib
import hmac
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .policy import DRIVING, LEADING, NOT_WELCOME, PRESENTING, PROJECTOR, STUDENT, TEACHER, Refused, Who

#: Members, also those who are away; runs of students at a time.
MOST_MEMBERS, MOST_FORKS = 1000, 100
LONGEST_NAME = 24
#: The run that the class is about. The others are numbered as their members.
STAGE = 0


def digest(secret: str) -> bytes:
    """What is kept of a token, or of a tab's secret."""
    return hashlib.sha256(secret.encode()).digest()


def name_of(text: str | None) -> str | None:
    """A nickname as it is shown: one line, nothing invisible; None when nothing is left."""
    if text is None:
        return None
    shown = "".join(" " if c.isspace() else c for c in unicodedata.normalize("NFC", text))
    shown = "".join(c for c in shown if unicodedata.category(c)[0] != "C")
    return " ".join(shown.split())[:LONGEST_NAME].strip() or None


@dataclass
class Member:
    """One browser tab in a class."""

    number: int
    role: str
    tab: bytes | None = None
    name: str | None = None
    #: The teacher has named them: they do not do it themselves any more.
    named: bool = False
    hand: bool = False
    forked: bool = False
    connected: bool = False


@dataclass(eq=False)
class Classroom:
    """A room with a code. What is meant for disk goes through `to_data` and `from_data`."""

    code: str
    token: bytes
    members: dict[int, Member] = field(default_factory=dict)
    last_number: int = 0
    #: The teacher's tab that has the controls, and the student it has handed them to.
    leader: int | None = None
    given: int | None = None
    removed: set[bytes] = field(default_factory=set)

    # --- coming and going --------------------------------------------------------------------------------------

    def enter(
        self, token: str | None, tab: str | None = None, projector: bool = False, name: str | None = None
    ) -> Member:
        """Whoever says hello: a member that is back, or a new one. Raises Refused."""
        right = token is not None and hmac.compare_digest(digest(token), self.token)
        # One tab may show a projector beside what else it is: that is another member.
        key = None if tab is None else digest(f"projector {tab}" if projector and not right else tab)
        if key is not None and key in self.removed:
            raise Refused("room", self.code, "a room that this tab has not been removed from", NOT_WELCOME)
        member = next((m for m in self.members.values() if key is not None and m.tab == key), None)
        if member is None:
            role = TEACHER if right else PROJECTOR if projector else STUDENT
            member = self._admit(role, key)
        elif right:
            self._promote(member)
        if not member.named and name_of(name) is not None and member.name is None:
            member.name = name_of(name)
        member.connected = True
        if member.role == TEACHER and not self._leads(self.leader):
            self.leader = member.number
        return member

    def _admit(self, role: str, key: bytes | None) -> Member:
        if len(self.members) >= MOST_MEMBERS:
            away = next((m for m in self.members.values() if not m.connected and not m.forked), None)
            if away is None:
                raise Refused("room", self.code, f"a room with fewer than {MOST_MEMBERS} members")
            self.forget(away)
        self.last_number += 1
        member = self.members[self.last_number] = Member(self.last_number, role, key)
        return member

    def _promote(self, member: Member) -> None:
        member.role, member.hand, member.forked = TEACHER, False, False
        if self.given == member.number:
            self.given = None

    def leave(self, member: Member) -> None:
        """A connection has ended; a tab that can come back stays a member."""
        member.connected = False
        if member.tab is None:
            self.forget(member)

    def forget(self, member: Member) -> None:
        """Nothing of them is left."""
        self.members.pop(member.number, None)
        if self.leader == member.number:
            self.leader = None
        if self.given == member.number:
            self.given = None

    # --- who may what ------------------------------------------------------------------------------------------

    def _leads(self, number: int | None) -> bool:
        """Whether this member is there, and so the class is led."""
        return number in self.members and self.members[number].connected

    @property
    def presenter(self) -> int | None:
        """Who has the controls of the stage."""
        return self.leader if self.given is None else self.given

    def sees(self, member: Member) -> int:
        """The number of the run in front of a member: its own, or the class's."""
        return member.number if member.forked else STAGE

    def drives(self, member: Member) -> bool:
        """Whether a member may move the run that it sees."""
        return self.sees(member) == member.number or member.number == self.presenter

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

    def connected(self) -> Iterator[Member]:
        """Members who are there."""
        return (member for member in self.members.values() if member.connected)

    @property
    def taught(self) -> bool:
        """Whether a teacher is there."""
        return any(member.role == TEACHER for member in self.connected())

    # --- on disk -----------------------------------------------------------------------------------------------

    def to_data(self) -> dict[str, Any]:
        """JSON, without who is connected."""
        return {}
