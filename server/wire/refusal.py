"""What is refused: in words for people, with a code for programs."""

from typing import Any

from ...engine import errors

#: Letters of what was given that a refusal repeats at most.
SHOWN = 200

#: What a refusal is, for programs; its words are for people. Of a hello: which is why its connection ends.
NO_SUCH_ROOM, LOCKED, REMOVED, FULL = "no_room", "locked", "removed", "full"
SECOND_TAB, TOO_MANY_CODES, UNREADABLE = "second_tab", "too_many_codes", "unreadable"
#: Of both: the address, or the room, has used up its share for the moment.
BUSY = "busy"
#: Of a command: not one at all; not this sender's; too many within a second; what it asks for cannot be.
MALFORMED, NOT_YOURS, TOO_OFTEN, CANNOT_BE = "malformed", "not_yours", "too_often", "cannot_be"
REFUSALS = (
    NO_SUCH_ROOM, LOCKED, REMOVED, FULL, SECOND_TAB, TOO_MANY_CODES, UNREADABLE, BUSY, MALFORMED, NOT_YOURS,
    TOO_OFTEN, CANNOT_BE,
)  # fmt: skip

#: What a connection is closed with: no such room; not welcome in it; its tab has connected anew; too much of it.
NO_ROOM, NOT_WELCOME, REPLACED, TOO_MANY = 4404, 4403, 4409, 4429


class Refused(ValueError):
    """Something that may not be: which field, what it was, what was expected, and its code, one of REFUSALS.

    `ends` is what a hello's connection is closed with.
    """

    def __init__(self, field: str, was: object, expected: str, code: str = CANNOT_BE, ends: int = NO_ROOM) -> None:
        self.field, self.was, self.expected, self.code, self.ends = field, was, expected, code, ends
        super().__init__(f"{field}: was {was!r}, expected {expected}")


def shown(value: object) -> str:
    """A value as a refusal repeats it."""
    return errors.shown(value, SHOWN)


def words(field: str, was: object, expected: str) -> dict[str, str]:
    """What was wrong, in parts and in a sentence."""
    return {
        "field": field, "was": str(was), "expected": expected, "message": f"{field}: was {was}, expected {expected}",
    }  # fmt: skip


def error_event(field: str, was: object, expected: str, code: str, command: int | None = None) -> dict[str, Any]:
    """What a browser is told of a refusal; `command` is the id of what was refused, if it had one."""
    return {"type": "error", "command": command, "code": code, **words(field, was, expected)}
