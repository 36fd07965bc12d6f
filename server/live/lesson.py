"""A class that is going on: what its state means for runs and connections, and who has to be told of it.

The state changes at once, in `classroom`, and runs follow it. What is acknowledged outlives the server: only when the
state is on disk is anybody told of it, or moved to another run.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

from ..classroom import roll
from ..classroom.board import Board, Card
from ..classroom.classroom import STAGE, Classroom
from ..limits import A_MEMBER, PACE, TOGETHER
from ..storage.store import Store
from ..wire.policy import PROJECTOR, TEACHER
from ..wire.refusal import NOT_WELCOME, REMOVED, error_event
from .forking import Forking
from .later import Later
from .letters import Letter, Letters
from .runs import Run, Runs
from .viewer import Viewer, event_text

#: Seconds that the stage goes on after the last who could stop it has left.
PATIENCE = 60.0
#: Seconds for which the teacher has to look at the same thing until it is kept.
LOOK_STANDS = 0.5
#: Seconds between two accounts of the board, and who gets them.
BOARD_EVERY, BOARD_READERS = 0.5, (TEACHER, PROJECTOR)


class Lesson:
    """Viewers by their members' numbers, runs by their owners'."""

    def __init__(self, room: Classroom, runs: Runs, store: Store | None) -> None:
        self.room, self._runs, self._store = room, runs, store
        self.viewers: dict[int, Viewer] = {}
        self.runs: dict[int, Run] = {}
        self.board = Board()
        self._board_later, self._look_later = Later(), Later()
        self.forking = Forking(room, self.board, self.runs, partial(runs.restore, self), runs, store)
        self.used_at = time.time()
        self._kept = ""
        self._on_the_way = 0
        self._letters = Letters(room, self.viewers)
        self._later = Later()
        #: Connections that nothing has been told yet; when what comes and goes was settled, and will be.
        self._arriving: list[Viewer] = []
        self._settled_at = -TOGETHER
        self._settling, self._patience = Later(), Later()

    @property
    def code(self) -> str:
        """What it is entered with."""
        return self.room.code

    # --- coming and going --------------------------------------------------------------------------------------

    def join(self, viewer: Viewer) -> None:
        """A connection of a member that has entered."""
        self.viewers[viewer.member.number] = viewer
        viewer.code = self.code
        self._arriving.append(viewer)
        self._settle_soon()

    def part(self, viewer: Viewer) -> None:
        """A connection has ended."""
        del self.viewers[viewer.member.number]
        viewer.code = None
        self.room.leave(viewer.member)
        seen = viewer.run
        viewer.see(None)
        if seen is not None:
            self._runs.watch(seen)
        self._settle_soon()

    def _settle_soon(self) -> None:
        """At once, or together with all who come and go shortly after each other."""
        if self._settling.waits:
            return
        due = self._settled_at + max(TOGETHER, A_MEMBER * len(self.room.members))
        if asyncio.get_running_loop().time() >= due:
            self.settle()
        else:
            self._settling.at(due, self.settle)

    def end(self) -> None:
        """Its runs end, nothing more is told."""
        for later in (self._later, self._patience, self._board_later, self._look_later, self._settling):
            later.cancel()
        for run in self.runs.values():
            self._runs.close(run)

    def close(self, viewer: Viewer, code: int, event: roll.Event) -> None:
        """One connection is told a last word."""
        self.viewers.pop(viewer.member.number, None)
        seen = viewer.run
        viewer.close(code, event)
        if seen is not None and self._runs.lives(seen):
            self._runs.watch(seen)

    # --- after every change ------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Runs and connections follow the state, and who is concerned hears of it."""
        self._settling.cancel()
        self._settled_at = asyncio.get_running_loop().time()
        for viewer in list(self.viewers.values()):
            if viewer.member.number not in self.room.members:
                shown = error_event(
                    "room", "a member who has been removed", "a room that this tab may be in", REMOVED
                )
                self.close(viewer, NOT_WELCOME, shown)
        self.forking.follow()
        self.board.name_all(self.room)
        self._tell_board()
        self._watch_over()
        for owner, run in self.runs.items():
            self._runs.hold(run, self.room.holds(owner))
        self._publish()

    def _watch_over(self) -> None:
        """While nobody is there who could stop the stage, it goes on only for a while."""
        if self.room.attended or not self.viewers:
            self._patience.cancel()
            self.room.deserted = self.room.deserted and not self.room.attended
        elif not self.room.deserted:
            self._patience.after(PATIENCE, self._desert)

    def _desert(self) -> None:
        self.room.deserted = True
        self.settle()

    def show_look(self) -> None:
        """Where the teacher looks: to all others, many times a second; written down once it has stood for a while."""
        event = roll.look(self.room)
        for viewer in self.viewers.values():
            if viewer.arrival.is_set() and viewer.member.number != self.room.looker:
                viewer.told["look"] = event
                viewer.tell_latest(event)
        if self._store is not None:
            self._look_later.cancel()
            self._look_later.after(LOOK_STANDS, self._keep_look)

    def _keep_look(self) -> None:
        if (state := self.room.to_text()) != self._kept:
            self.keep(lambda well: None, state)

    # --- what its runs say -------------------------------------------------------------------------------------

    def copied(self, payload: bytes) -> None:
        """A copy is there, for those who wait for it."""
        self.forking.arrive(payload)
        self.settle()

    def lose(self, owner: int) -> None:
        """A student's run could not begin: the class goes on without it."""
        self.forking.lose(owner)
        self.settle()

    def resume(self, run: Run) -> None:
        """A run goes on in another process, which knows nothing of what was asked of it."""
        if run.owner != STAGE:
            self._runs.show_cards(run)
        self.forking.again(run)
        self.settle()
        viewers = [viewer for viewer in self.viewers.values() if viewer.run is run]
        for viewer in viewers:
            viewer.answered(viewer.waiting)
            viewer.tell(roll.resumed())
        self._runs.snapshot(run, viewers)

    def show_card(self, owner: int, card: Card) -> None:
        """A new card, told with the others that come within half a second."""
        self.board.put(owner, card)
        self._tell_board()

    def _tell_board(self) -> None:
        if self.board.due:
            self._board_later.after(BOARD_EVERY, self._board_due)

    def _board_due(self) -> None:
        event = self.board.take(self.room)
        for viewer in self.viewers.values():
            if viewer.arrival.is_set() and viewer.member.role in BOARD_READERS:
                viewer.tell(event)

    def keep(self, then: Callable[[bool], None], state: str | None = None) -> None:
        """Write the state, and call when it is on disk, or cannot be."""
        assert self._store is not None
        loop = asyncio.get_running_loop()
        if self.room.taught:
            self.used_at = time.time()
        self._kept, self._on_the_way = self.room.to_text() if state is None else state, self._on_the_way + 1
        written = self._store.save_class(self.room.code, self.room.token, self._kept, self.used_at)

        def done(future: "Future[bool]") -> None:
            loop.call_soon_threadsafe(self._written, future.result(), then)

        written.add_done_callback(done)

    def _written(self, well: bool, then: Callable[[bool], None]) -> None:
        self._on_the_way -= 1
        if not well:
            self._kept = ""  # again, as soon as there is an occasion
        then(well)

    def save_again(self) -> None:
        """The disk could not be written for a while: where nobody is there is no other occasion."""
        if not self.viewers:
            self.keep(lambda well: None)
            for run in self.runs.values():
                if not run.watched:
                    self._runs.rest(run)

    def _publish(self) -> None:
        arrived, self._arriving = self._arriving, []
        letters, again = self._letters.due(arrived, asyncio.get_running_loop().time())
        if again is not None:
            self._later.at(again, self._account)
        state = None if self._store is None else self.room.to_text()
        if state is None or (not self._on_the_way and state == self._kept):
            self._deliver(letters, arrived)
        else:
            self.keep(lambda well: self._deliver(letters, arrived), state)

    def _account(self) -> None:
        if self._on_the_way or self._settling.waits:  # told no sooner, and all would be written once more
            self._later.after(PACE, self._account)
        else:
            self._publish()

    def _deliver(self, letters: list[Letter], arrived: list[Viewer]) -> None:
        texts = {id(event): event_text(event) for event in {id(event): event for _, event in letters}.values()}
        for viewer, event in letters:
            if viewer.code is not None:
                viewer.pass_on(texts[id(event)])  # made once for all who get the same
        for viewer in arrived:
            if viewer.code is not None:
                viewer.arrival.set()
                self._show_around(viewer)
        turned: dict[Run, list[Viewer]] = {}
        for viewer in self.viewers.values():
            if viewer.arrival.is_set() and viewer.member.number in self.forking.lost:
                self.forking.lost.discard(viewer.member.number)
                viewer.tell(roll.lost_run())
            run = self.runs[self.room.sees(viewer.member)] if viewer.arrival.is_set() else None
            if run is not None and viewer.run is not run:
                self._turn(viewer, run)
                turned.setdefault(run, []).append(viewer)
        for run, viewers in turned.items():
            self._runs.watch(run)
            self._runs.snapshot(run, viewers)

    def _show_around(self, viewer: Viewer) -> None:
        """What somebody who has arrived has to know besides, by their role."""
        role, trouble = viewer.member.role, None if self._store is None else self._store.trouble
        if role in BOARD_READERS:
            viewer.tell(self.board.all(self.room))
        if role == TEACHER and trouble is not None:
            viewer.tell(roll.disk(trouble))
        if role == TEACHER and self._runs.pool.short:
            viewer.tell(roll.training(False))

    def _turn(self, viewer: Viewer, run: Run) -> None:
        """Another run is in front of a viewer from here on."""
        before = viewer.run
        viewer.see(run)
        if before is not None:
            viewer.tell(roll.moved(self.room, viewer.member))
            if self._runs.lives(before):
                self._runs.watch(before)
