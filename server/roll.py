"""What a class is told about itself: events made from its state. Pure."""

from importlib.metadata import version
from typing import Any

from .classroom import Classroom, Member
from .commands import PROTOCOL
from .policy import STUDENT

Event = dict[str, Any]


def welcome(room: Classroom, member: Member, token: str | None) -> Event:
    """The first event of a connection."""
    return {
        "type": "welcome", "room": room.code, "role": member.role, "driving": room.drives(member),
        "leading": room.leader == member.number, "member": member.number, "name": member.name, "token": token,
        "protocol": PROTOCOL, "version": version("nablascope"),
    }  # fmt: skip


def me(room: Classroom, member: Member) -> Event:
    """What somebody is at this moment."""
    return {
        "type": "me", "member": member.number, "role": member.role, "driving": room.drives(member),
        "leading": room.leader == member.number, "name": member.name, "hand": member.hand, "forked": member.forked,
    }  # fmt: skip


def class_(room: Classroom) -> Event:
    """What everybody may know of the class."""
    students = [member for member in room.members.values() if member.role == STUDENT]
    return {
        "type": "class", "students": sum(member.connected for member in students),
        "forks": sum(member.forked for member in students), "teacher": room.taught,
        "driver": room.given, "driver_name": name(room, room.given),
    }  # fmt: skip


def name(room: Classroom, number: int | None) -> str | None:
    """A member's name, as far as all may read it."""
    return None if number is None else room.members[number].name


def personal(room: Classroom, member: Member) -> list[Event]:
    """What one member is told when it changes."""
    return [me(room, member)]


def common(room: Classroom, connections: int) -> list[Event]:
    """What all are told when it changes."""
    return [class_(room), {"type": "viewers", "count": connections}]
