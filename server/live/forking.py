"""Runs of students: each begins as an exact copy of the run on the stage, in whatever process has room for it."""

import itertools
import struct
from typing import TYPE_CHECKING

from ..classroom.classroom import STAGE
from ..storage.store import Store
from .runs import Run, Runs

if TYPE_CHECKING:
    from .lesson import Lesson


class Forking:
    """The copies that a class waits for, by their tickets: of which run, and for whom."""

    def __init__(self, lesson: "Lesson", runs: Runs, store: Store | None) -> None:
        self._lesson, self._runs, self._store = lesson, runs, store
        self._asked: dict[int, tuple[Run, set[int]]] = {}
        self._tickets = itertools.count(1)
        #: Whose run could not be read from disk, and who does not know it yet.
        self.lost: set[int] = set()

    def follow(self) -> None:
        """Ask for what members wait for; runs of those who have none any more end."""
        room, runs = self._lesson.room, self._lesson.runs
        for owner in [owner for owner in runs if owner != STAGE]:
            if owner not in room.members or not room.members[owner].forked:
                self._end(owner)
        self._asked = {
            ticket: (run, members) for ticket, (run, members) in self._asked.items() if self._runs.lives(run)
        }
        asked = {member for _, members in self._asked.values() for member in members}
        wanting = room.forking - asked
        if wanting:
            ticket = next(self._tickets)
            self._asked[ticket] = runs[room.shown], wanting
            self._runs.copy(runs[room.shown], ticket)

    def arrive(self, payload: bytes) -> None:
        """A copy is there: whoever still wants it goes on from it."""
        (ticket,) = struct.unpack_from("<I", payload)
        _, wanting = self._asked.pop(ticket, (None, set()))
        lesson, state = self._lesson, payload[4:]
        for owner in sorted(wanting):
            if lesson.room.begin_fork(owner):
                if owner in lesson.runs:
                    self._runs.close(lesson.runs[owner])
                lesson.runs[owner] = self._runs.restore(lesson, owner, state)
                self._runs.show_cards(lesson.runs[owner])
                if self._store is not None:
                    self._store.save_run(lesson.room.code, owner, state)
        lesson.settle()

    def again(self, run: Run) -> None:
        """Its process has died, and what it was asked for with it."""
        self._asked = {ticket: asked for ticket, asked in self._asked.items() if asked[0] is not run}

    def lose(self, owner: int) -> None:
        """A run is damaged on disk: its student goes on with the class's, and is told."""
        member = self._lesson.room.members.get(owner)
        if member is not None:
            self._lesson.room.end_fork(member)
            self.lost.add(owner)
        if owner in self._lesson.runs:
            self._end(owner)
        elif self._store is not None:
            self._store.drop_run(self._lesson.room.code, owner)

    def _end(self, owner: int) -> None:
        self._lesson.board.drop(owner)
        self._runs.close(self._lesson.runs.pop(owner))
        if self._store is not None:
            self._store.drop_run(self._lesson.room.code, owner)
