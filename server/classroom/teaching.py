"""What each command about the class does to it. Pure: runs and connections follow from the state, in `lesson`."""

from collections.abc import Callable
from typing import Any

from ...engine import COURSES
from ...engine.content.courses import Page
from ..wire.policy import STUDENT
from ..wire.refusal import Refused
from .classroom import Classroom
from .member import Member, name_of
from .question import Question

Command = Any  # of `class_commands`


def member_of(room: Classroom, number: int, role: str | None = None) -> Member:
    """A member by number, of a role; raises Refused."""
    member = room.members.get(number)
    if member is None or (role is not None and member.role != role):
        raise Refused("member", number, f"the number of a {role or 'member'} of this class")
    return member


def name(room: Classroom, sender: Member, command: Command) -> None:
    """A nickname of one's own; the teacher's word stands."""
    if sender.named:
        raise Refused("name", command.name, f"{sender.name}: the teacher has given this name")
    sender.name = name_of(command.name)


def hand(room: Classroom, sender: Member, command: Command) -> None:
    """I am lost, or not any more."""
    sender.hand = command.raised


def fork(room: Classroom, sender: Member, command: Command) -> None:
    """A run of one's own from what is on the stage; who has one keeps it."""
    if not room.allow_forks:
        raise Refused("fork", "a class without forks", "a class whose teacher allows them")
    if not sender.forked:
        room.want_forks([sender])


def follow(room: Classroom, sender: Member, command: Command) -> None:
    """Back to the stage; the fork ends."""
    room.end_fork(sender)


def look(room: Classroom, sender: Member, command: Command) -> None:
    """Look here."""
    read = command.look.lesson
    if read is not None:
        page_of(read.name, read.page)
    room.look, room.looker = command.look.model_dump(), sender.number


def page_of(name: str, page: int) -> Page:
    """A page of a lesson, counted from 1; raises Refused."""
    if name not in COURSES:
        raise Refused("look.lesson.name", name, f"one of {', '.join(COURSES)}")
    pages = COURSES[name].pages
    if page > len(pages):
        raise Refused("look.lesson.page", page, f"a page of {name}, from 1 to {len(pages)}")
    return pages[page - 1]


def allow_forks(room: Classroom, sender: Member, command: Command) -> None:
    """Whether students may fork; forks that there are go on."""
    room.allow_forks = command.allowed


def lock(room: Classroom, sender: Member, command: Command) -> None:
    """Whether newcomers stay outside."""
    room.locked = command.locked


def pause_all(room: Classroom, sender: Member, command: Command) -> None:
    """Every run stands still."""
    room.paused = command.paused


def hide_names(room: Classroom, sender: Member, command: Command) -> None:
    """Whether names are for the teacher alone."""
    room.names_hidden = command.hidden


def arrange(room: Classroom, sender: Member, command: Command) -> None:
    """How the board stands; what is not said stays."""
    room.arrangement = {**room.arrangement, **command.arrangement.model_dump(exclude_unset=True)}


def rename(room: Classroom, sender: Member, command: Command) -> None:
    """Another name, which stays."""
    member = member_of(room, command.member)
    member.name = name_of(command.name)
    member.named = member is not sender


def remove(room: Classroom, sender: Member, command: Command) -> None:
    """Out, and this tab does not come back."""
    member = member_of(room, command.member)
    if member is sender:
        raise Refused("member", command.member, "somebody else")
    if member.tab is not None:
        room.removed.add(member.tab)
    room.forget(member)


def recall(room: Classroom, sender: Member, command: Command) -> None:
    """All forks end."""
    for member in room.members.values():
        room.end_fork(member)


def start_here(room: Classroom, sender: Member, command: Command) -> None:
    """A fork for every student who is there, and a new one for who has one."""
    students = [member for member in room.members.values() if member.role == STUDENT]
    room.want_forks([member for member in students if member.connected or member.forked])


def give(room: Classroom, sender: Member, command: Command) -> None:
    """The stage's controls to a student, who is brought back to the stage; or back to the teacher."""
    if command.member is None:
        room.given = None
        return
    student = member_of(room, command.member, STUDENT)
    if not student.connected:
        raise Refused("member", command.member, "a student who is there")
    room.end_fork(student)
    room.given = student.number


def take(room: Classroom, sender: Member, command: Command) -> None:
    """This teacher's tab has the class and its controls."""
    room.leader, room.given = sender.number, None


def bring(room: Classroom, sender: Member, command: Command) -> None:
    """A student's run onto the stage, or the class's own again."""
    if command.member is not None and not member_of(room, command.member).forked:
        raise Refused("member", command.member, "a student with a run of their own")
    room.on_stage = command.member


def question(room: Classroom, sender: Member, command: Command) -> None:
    """A new one, in place of the one there is."""
    room.last_question += 1
    room.question = Question(room.last_question, command.text, list(command.options), command.changes)


def open_question(room: Classroom) -> Question:
    """The one that can be voted on; raises Refused."""
    if room.question is None or not room.question.open:
        was = "none" if room.question is None else "one whose votes are closed"
        raise Refused("question", was, "a question that can still be voted on")
    return room.question


def option_of(asked: Question, field: str, option: int) -> int:
    """One of the question's options; raises Refused."""
    if option >= len(asked.options):
        raise Refused(field, option, f"an option from 0 to {len(asked.options) - 1}")
    return option


def vote(room: Classroom, sender: Member, command: Command) -> None:
    """A vote, in place of one's earlier one."""
    asked = open_question(room)
    asked.votes[sender.number] = option_of(asked, "option", command.option)


def close_votes(room: Classroom, sender: Member, command: Command) -> None:
    """No vote counts any more, as the answer begins to show; they stay hidden."""
    open_question(room).open = False


def reveal(room: Classroom, sender: Member, command: Command) -> None:
    """Votes are closed and shown; the outcome may follow later."""
    if room.question is None:
        raise Refused("question", "none", "a question")
    if command.outcome is not None:
        option_of(room.question, "outcome", command.outcome)
    room.question.open, room.question.revealed, room.question.outcome = False, True, command.outcome


def close_question(room: Classroom, sender: Member, command: Command) -> None:
    """It is over."""
    room.question = None


TEACHING: dict[str, Callable[[Classroom, Member, Command], None]] = {
    "name": name, "hand": hand, "fork": fork, "follow": follow, "look": look, "allow_forks": allow_forks,
    "lock": lock, "pause_all": pause_all, "hide_names": hide_names, "arrange": arrange,
    "rename": rename, "remove": remove,
    "recall": recall, "start_here": start_here, "give": give, "take": take, "bring": bring,
    "question": question, "vote": vote, "close_votes": close_votes, "reveal": reveal,
    "close_question": close_question,
}  # fmt: skip
