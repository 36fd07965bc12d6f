"""What a class is told about itself: events made from its state. Pure."""

from importlib.metadata import version
from typing import Any

from ..wire.commands import PROTOCOL
from ..wire.policy import STUDENT, TEACHER
from .classroom import Classroom
from .member import Member

Event = dict[str, Any]
#: Read once: it is in a file, to find it takes longer than the rest of a welcome, and every look leaves garbage.
VERSION = version("nablascope")
NOT_KEPT = "The disk cannot be written ({}). Training goes on, but this room would not outlive the server."
KEPT_AGAIN = "The disk can be written again; this room is kept."
LOST = "Your own run could not be read from the server's disk. You are back with the class's run."
RESUMED = "A training process had to be replaced; this run goes on from its last checkpoint, at most 2 s back."
NO_PROCESS = "Nothing can be trained for the moment: the server cannot start a process for it. Its log says why."
PROCESS_AGAIN = "The server can start training processes again."
#: Of a class in which nothing was pointed at yet.
NO_LOOK = {"selection": None, "lab": None, "ladder": None, "lesson": None, "pointer": None}


def welcome(room: Classroom, member: Member, token: str | None) -> Event:
    """The first event of a connection."""
    return {
        "type": "welcome", "room": room.code, "role": member.role, "driving": room.drives(member),
        "leading": room.leader == member.number, "member": member.number, "name": member.name, "token": token,
        "protocol": PROTOCOL, "version": VERSION,
    }  # fmt: skip


def me(room: Classroom, member: Member) -> Event:
    """What somebody is at this moment."""
    return {
        "type": "me", "member": member.number, "role": member.role, "driving": room.drives(member),
        "leading": room.leader == member.number, "name": member.name, "hand": member.hand, "forked": member.forked,
    }  # fmt: skip


def moved(room: Classroom, member: Member) -> Event:
    """Another run is in front of somebody from here on."""
    return {"type": "moved", "forked": member.forked, "driving": room.drives(member)}


def class_(room: Classroom) -> Event:
    """What everybody may know of the class."""
    students = [member for member in room.members.values() if member.role == STUDENT]
    return {
        "type": "class", "students": sum(member.connected for member in students),
        "forks": sum(member.forked for member in students), "allow_forks": room.allow_forks, "locked": room.locked,
        "paused": room.paused, "names_hidden": room.names_hidden, "teacher": room.taught,
        "arrangement": room.arrangement,
        "driver": room.given, "driver_name": name(room, room.given),
        "on_stage": room.on_stage, "on_stage_name": name(room, room.on_stage),
    }  # fmt: skip


def only_counts(before: Event | None, event: Event) -> bool:
    """Whether nothing but numbers of people differs from how an event was told before."""
    return before is not None and {**before, "students": 0, "count": 0} == {**event, "students": 0, "count": 0}


def name(room: Classroom, number: int | None) -> str | None:
    """A member's name, as far as all may read it."""
    return None if number is None or room.names_hidden else room.members[number].name


def members(room: Classroom) -> Event:
    """The list, for teachers."""
    return {
        "type": "members",
        "members": [
            {
                "member": member.number, "name": member.name, "role": member.role, "hand": member.hand,
                "forked": member.forked, "connected": member.connected, "driving": room.drives(member),
            }
            for member in room.members.values()
        ],
    }  # fmt: skip


def look(room: Classroom) -> Event:
    """What the teacher points at."""
    return {"type": "look", "look": room.look or NO_LOOK}


def question(room: Classroom, member: Member) -> Event:
    """The question, as one member may see it."""
    asked = room.question
    if asked is None:
        return {"type": "question", "question": None}
    return {
        "type": "question",
        "question": {
            "number": asked.number, "text": asked.text, "options": asked.options, "open": asked.open,
            "voted": len(asked.votes), "mine": asked.votes.get(member.number), "votes": asked.counts(),
            "outcome": asked.outcome, "changes": asked.changes if member.role == TEACHER else None,
        },
    }  # fmt: skip


def personal(room: Classroom, member: Member, arrives: bool) -> list[Event]:
    """What one member is told when it changes; who arrives, also where they looked themselves before."""
    told = [me(room, member)]
    if room.look is not None and (arrives or room.looker != member.number):
        told.append(look(room))
    if room.last_question:
        told.append(question(room, member))
    return told


def disk(trouble: str | None) -> Event:
    """What keeps rooms from being written, or that nothing does any more; for teachers."""
    return {"type": "notice", "kind": "disk", "text": KEPT_AGAIN if trouble is None else NOT_KEPT.format(trouble)}


def lost_run() -> Event:
    """A student's own run is damaged on disk."""
    return {"type": "notice", "kind": "lost", "text": LOST}


def resumed() -> Event:
    """A run goes on in another process."""
    return {"type": "notice", "kind": "resumed", "text": RESUMED}


def training(well: bool) -> Event:
    """Whether training processes can be started; for teachers."""
    return {"type": "notice", "kind": "training", "text": PROCESS_AGAIN if well else NO_PROCESS}


def common(room: Classroom, connections: int) -> list[Event]:
    """What all are told when it changes."""
    return [class_(room), {"type": "viewers", "count": connections}]
