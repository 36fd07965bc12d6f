"""Who is in which room and who may do what. Pure: no sockets, no clock, no event loop."""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

#: No 0 O 1 I L: codes are read aloud and from a wall.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 6
TOKEN_BYTES = 16
MOST_ROOMS, MOST_MEMBERS = 200, 1000

DRIVER, WATCHER = "driver", "watcher"
#: The one place that says who may send what. A command that is not here cannot be sent by anybody.
POLICY: dict[str, frozenset[str]] = {
    **dict.fromkeys(("ack", "history", "ask", "cancel", "again"), frozenset({DRIVER, WATCHER})),
    **dict.fromkeys(
        ("set", "preset", "play", "pause", "layer", "step", "back", "reset", "rewind", "speed", "advance"),
        frozenset({DRIVER}),
    ),
}

#: Questions that are a hand on the run, though they never alter it: the driver's.
DRIVERS_QUESTIONS = frozenset({"nudge"})

Member = TypeVar("Member")


class RoomError(ValueError):
    """A room could not be had: what was asked for and what was expected."""

    def __init__(self, field: str, was: object, expected: str) -> None:
        self.field, self.was, self.expected = field, was, expected
        super().__init__(f"{field}: was {was!r}, expected {expected}")


def digest(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


@dataclass
class Room(Generic[Member]):
    """A room: its code, the number its messages carry, the driver's token's digest, and its members' roles."""

    code: str
    number: int
    token: bytes
    members: dict[Member, str] = field(default_factory=dict)

    def role_for(self, token: str | None) -> str:
        """driver with the right token, else watcher; takes the same time whether it is nearly right or not."""
        if token is not None and hmac.compare_digest(digest(token), self.token):
            return DRIVER
        return WATCHER


class Rooms(Generic[Member]):
    """All rooms of a server."""

    def __init__(self) -> None:
        self._by_code: dict[str, Room[Member]] = {}
        self._by_number: dict[int, Room[Member]] = {}
        self._last_number = 0

    def __iter__(self) -> Iterator[Room[Member]]:
        return iter(list(self._by_code.values()))

    def __len__(self) -> int:
        return len(self._by_code)

    def open(self) -> tuple[Room[Member], str]:
        """A new room and its driver's token, which is told once."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        code = self._free_code()
        return self.add(code, digest(token)), token

    def add(self, code: str, token: bytes) -> Room[Member]:
        """A room that was there before, or a new one."""
        if len(self._by_code) >= MOST_ROOMS:
            raise RoomError("room", "one more", f"at most {MOST_ROOMS} rooms on this server")
        self._last_number += 1
        room: Room[Member] = Room(code, self._last_number, token)
        self._by_code[code] = self._by_number[room.number] = room
        return room

    def _free_code(self) -> str:
        while True:
            code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
            if code not in self._by_code:
                return code

    def find(self, code: str) -> Room[Member] | None:
        """By code."""
        return self._by_code.get(code)

    def numbered(self, number: int) -> Room[Member] | None:
        """By number."""
        return self._by_number.get(number)

    def close(self, room: Room[Member]) -> None:
        """Forget a room."""
        self._by_code.pop(room.code, None)
        self._by_number.pop(room.number, None)

    def join(self, room: Room[Member], member: Member, token: str | None) -> str:
        """The member's role from now on."""
        if len(room.members) >= MOST_MEMBERS:
            raise RoomError("room", room.code, f"a room with fewer than {MOST_MEMBERS} viewers")
        role = room.role_for(token)
        room.members[member] = role
        return role

    def leave(self, room: Room[Member], member: Member) -> None:
        """Gone."""
        room.members.pop(member, None)


def allowed(role: str, command: str, what: str | None = None) -> bool:
    """Whether a role may send a command; of a question also: what is asked."""
    if what in DRIVERS_QUESTIONS and role != DRIVER:
        return False
    return role in POLICY.get(command, frozenset())
