"""The rooms of a server, by their codes. Pure: no sockets, no clock, no event loop."""

import secrets
from collections.abc import Iterator

from ..limits import MOST_ROOMS
from ..wire.refusal import FULL, Refused
from .classroom import Classroom
from .member import digest

#: No 0 O 1 I L: codes are read aloud and from a wall.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 6
TOKEN_BYTES = 16


class Rooms:
    """Every room that is open; others may be on disk."""

    def __init__(self) -> None:
        self._by_code: dict[str, Classroom] = {}

    def __iter__(self) -> Iterator[Classroom]:
        return iter(list(self._by_code.values()))

    def __len__(self) -> int:
        return len(self._by_code)

    def open(self) -> tuple[Classroom, str]:
        """A new room and its teacher's token, which is told once."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        return self.add(Classroom(self._free_code(), digest(token))), token

    def add(self, room: Classroom) -> Classroom:
        """A room that was there before, or a new one."""
        if len(self._by_code) >= MOST_ROOMS:
            raise Refused("room", "one more", f"at most {MOST_ROOMS} rooms on this server", FULL)
        self._by_code[room.code] = room
        return room

    def _free_code(self) -> str:
        while True:
            code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
            if code not in self._by_code:
                return code

    def find(self, code: str) -> Classroom | None:
        """By code."""
        return self._by_code.get(code)

    def close(self, room: Classroom) -> None:
        """Forget a room."""
        self._by_code.pop(room.code, None)
