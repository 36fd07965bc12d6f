"""Runs of students: each begins as an exact copy of the run on the stage, in whatever process has room for it."""

import itertools
import struct
from collections.abc import Callable

from ..classroom.board import Board
from ..classroom.classroom import STAGE, Classroom
from ..storage.store import Store
from .runs import Run, Runs


class Forking:
    """The copies that a class waits for, by their tickets: of which run, and for whom.

    `ours` are the class's runs by their owners; `begin` makes another one, of an owner and from a state.
    """

    def __init__(
        self,
        room: Classroom,
        board: Board,
        ours: dict[int, Run],
        begin: Callable[[int, bytes], Run],
        runs: Runs,
        store: Store | None,
    ) -> None:
        self._room, self._board, self._ours, self._begin = room, board, ours, begin
        self._runs, self._store = runs, store
        self._asked: dict[int, tuple[Run, set[int]]] = {}
        self._tickets = itertools.count(1)
        #: Whose run could not be read from disk, and who does not know it yet.
        self.lost: set[int] = set()

    def follow(self) -> None:
        """Ask for what members wait for; runs of those who have none any more end."""
        room, runs = self._room, self._ours
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
        room, runs, state = self._room, self._ours, payload[4:]
        for owner in sorted(wanting):
            if room.begin_fork(owner):
                if owner in runs:
                    self._runs.close(runs[owner])
                runs[owner] = self._begin(owner, state)
                self._runs.show_cards(runs[owner])
                if self._store is not None:
                    self._store.save_run(room.code, owner, state)

    def again(self, run: Run) -> None:
        """Its process has died, and what it was asked for with it."""
        self._asked = {ticket: asked for ticket, asked in self._asked.items() if asked[0] is not run}

    def lose(self, owner: int) -> None:
        """A run is damaged on disk: its student goes on with the class's, and is told."""
        member = self._room.members.get(owner)
        if member is not None:
            self._room.end_fork(member)
            self.lost.add(owner)
        if owner in self._ours:
            self._end(owner)
        elif self._store is not None:
            self._store.drop_run(self._room.code, owner)

    def _end(self, owner: int) -> None:
        self._board.drop(owner)
        self._runs.close(self._ours.pop(owner))
        if self._store is not None:
            self._store.drop_run(self._room.code, owner)
