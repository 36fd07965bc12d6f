"""Between browsers and training processes: who comes into which room, and what happens to what they say.

Runs in the event loop of the web process. A training process that dies is replaced, and its runs go on from
their last checkpoints; the same checkpoints survive the server on disk.
"""

import asyncio
import itertools
import json
import logging
import secrets
import time

from ..classroom import roll
from ..classroom.classroom import STAGE, Classroom
from ..classroom.codes import new_token
from ..classroom.member import digest
from ..classroom.teaching import TEACHING
from ..limits import ACCOUNT_EVERY, BEAT, DAY, EMPTY_RUN_GRACE, ENDING, LAST_WRITING, SECOND_LOOK
from ..quotas.shares import Shares
from ..quotas.throttle import site_of
from ..storage.store import Store
from ..training import heap
from ..wire import messages
from ..wire.commands import Ack, AnyCommand, Ask, Hello
from ..wire.policy import DRIVING, TEACHER, authorise
from ..wire.refusal import NO_ROOM, NO_SUCH_ROOM, REPLACED, SECOND_TAB, SHOWN, UNREADABLE, Refused, error_event
from .admission import Admission
from .keeping import Keeping
from .lag import Lag
from .later import Later
from .lesson import Lesson
from .periodic import periodically
from .registry import Registry
from .runs import KEPT, Run, Runs
from .sweeping import Sweeping
from .viewer import Viewer
from .waking import Waking

log = logging.getLogger("nablascope")
#: Seconds between two looks for rooms that have ended, and for memory that is not used any more.
SWEEP = heap.EVERY


class Hub:
    """All rooms of this server."""

    def __init__(self, processes: int, store: Store | None, local_network: bool = False) -> None:
        self.epoch = secrets.randbits(32)
        self.registry = Registry()
        self.runs = Runs(processes, self._receive, self._trainable)
        self.store = store
        self._keeping = Keeping(store, self.runs.written, self._rested)
        self._leaving: dict[Lesson, Later] = {}
        self.admission = Admission(Shares(local_network), store, self.registry, self._close, self._end)
        self.waking = Waking(store, self.runs, self.admission.wanted, self._awake)
        self._sweeping = Sweeping(store, self._end, self.admission.forget, self.waking.__contains__)
        self._lag = Lag()
        self._numbers = itertools.count(1)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Start the training processes."""
        await self.runs.pool.start()
        acts = (BEAT, self._beat), (SWEEP, self._sweep), (ACCOUNT_EVERY, self.admission.look)
        loops = self._lag.watch(), *(periodically(seconds, act) for seconds, act in acts)
        self._tasks = [asyncio.create_task(each) for each in loops]
        if self.store is not None:
            loop = asyncio.get_running_loop()

            def report(trouble: str | None) -> None:
                loop.call_soon_threadsafe(self._disk, trouble)

            self.store.report = report

    def _beat(self) -> None:
        for lesson in self.registry:
            for viewer in lesson.viewers.values():
                if viewer.arrival.is_set():
                    viewer.tell({"type": "beat"})

    async def close(self) -> None:
        """Save every run, end every process."""
        for task in self._tasks:
            task.cancel()
        for later in self._leaving.values():
            later.cancel()
        self._leaving.clear()
        loop = asyncio.get_running_loop()
        end = loop.time() + ENDING
        await self.runs.close_all()
        lost = 0 if self.store is None else await self.store.close(max(LAST_WRITING, end - loop.time()))
        if lost:
            log.error("The disk did not take everything. Rooms whose last changes are not saved: %d", lost)

    # --- viewers -----------------------------------------------------------------------------------------------

    def enter(self, hello: Hello, address: str) -> Viewer:
        """A connection's place in a room that does not sleep; its welcome is on the way. Raises Refused."""
        token = hello.token
        if hello.room is None:
            self.admission.new_room(address)
            lesson, token = self._open(hello.experiment or "", address)
        else:
            lesson = self._find(hello.room)
        try:
            member = lesson.room.enter(token, hello.tab, hello.projector, hello.name, site_of(address))
        except Refused:
            self._wait(lesson)
            raise
        older = lesson.viewers.get(member.number)
        if older is not None:
            lesson.close(older, REPLACED, error_event("tab", "another connection of this tab", "one", SECOND_TAB))
        if lesson in self._leaving:
            self._leaving.pop(lesson).cancel()
        token = token if hello.room is None else None
        viewer = Viewer(next(self._numbers), member=member, token=token, address=address)
        self.admission.entered(lesson.room)
        lesson.join(viewer)
        return viewer

    def knows(self, hello: Hello) -> bool:
        """Whether a hello comes from a tab that has been in its room, or with its token: that is no guess of a code.

        Only of rooms that are going on: nothing is read from disk for whoever has guessed too often.
        """
        lesson = None if hello.room is None else self.registry.find(hello.room)
        return lesson is not None and lesson.room.knows(hello.token, hello.tab, hello.projector)

    def _open(self, experiment: str, visitor: str | None) -> tuple[Lesson, str]:
        """A new room; its training process reads the experiment's address, which can be long."""
        token = new_token()
        room = Classroom(self.registry.free_code(), digest(token), opening=experiment)
        lesson = Lesson(room, self.runs, self.store)
        self.registry.add(lesson)
        self.admission.shares.opened(room.code, visitor, time.monotonic())
        lesson.runs[STAGE] = self.runs.open(lesson, experiment)
        return lesson, token

    def open_room(self) -> tuple[str, str]:
        """A room that waits for its teacher: its code, and the token that makes one."""
        lesson, token = self._open("", None)
        lesson.settle()
        self._wait(lesson)
        self.admission.shares.attend(lesson.room.code)  # it does not make place for others: its link has been told
        return lesson.room.code, token

    def _find(self, code: str) -> Lesson:
        lesson = self.registry.find(code)
        if lesson is None:
            raise Refused("room", code, "the code of a room that is open", NO_SUCH_ROOM)
        return lesson

    def _awake(self, lesson: Lesson) -> None:
        """A room is back from disk, for those who come in now, or for nobody any more. Raises Refused."""
        code = lesson.room.code
        self.admission.room_from_disk(code)
        self.registry.add(lesson)
        self.admission.shares.opened(code, None, time.monotonic())
        self._wait(lesson)

    def class_of(self, viewer: Viewer) -> Lesson | None:
        """The class that a connection is in; None before and after."""
        return None if viewer.code is None else self._find(viewer.code)

    def leave(self, viewer: Viewer) -> None:
        """A connection has ended; a room that nobody is in is put away after a while."""
        lesson = self.class_of(viewer)
        if lesson is None:
            return
        lesson.part(viewer)
        self._wait(lesson)

    def _wait(self, lesson: Lesson) -> None:
        """For somebody to come, if nobody is here."""
        if not lesson.viewers and lesson not in self._leaving:
            self.admission.shares.attend(lesson.room.code, time.monotonic())
            later = self._leaving[lesson] = Later()
            later.after(EMPTY_RUN_GRACE, self._rest, lesson)

    def _rest(self, lesson: Lesson) -> None:
        """Nobody has come back: its runs stand still. What can be read again from disk need not be kept."""
        for run in lesson.runs.values():
            if run.watched:
                self.runs.rest(run)
        self._put_away(lesson)

    def _put_away(self, lesson: Lesson) -> None:
        """What is on disk need not be here: others want to open rooms as well."""
        waits = lesson in self._leaving and all(run.rested for run in lesson.runs.values())
        if waits and not lesson.viewers and self.store is not None:
            self._close(lesson)

    def _sweep(self) -> None:
        """Rooms end by themselves, and taught ones are kept; memory is given back."""
        heap.give_back()
        self._sweeping.look(list(self.registry), DAY, SECOND_LOOK)
        for lesson in self.registry:
            if lesson.room.taught and self.store is not None:
                lesson.keep(lambda well: None)

    def _end(self, lesson: Lesson) -> None:
        """A room is over, for whoever is still there as well."""
        self._close(lesson)
        self.admission.forget(lesson.room.code)

    def _unreadable(self, run: Run, reason: str) -> None:
        """A run could not begin: the room goes on without a student's; without the class's there is none."""
        log.warning("A run on the disk cannot be read: %s", reason)
        if run.owner != STAGE:
            run.home.lose(run.owner)
        elif (lesson := self.registry.find(run.home.code)) is not None:
            self._close(lesson, "a room whose run can be read", UNREADABLE)

    def _close(self, lesson: Lesson, expected: str = "a room that has not ended", code: str = NO_SUCH_ROOM) -> None:
        """It is not here any more; whoever is still in it is told why."""
        for viewer in list(lesson.viewers.values()):
            lesson.close(viewer, NO_ROOM, error_event("room", lesson.room.code, expected, code))
        if lesson in self._leaving:
            self._leaving.pop(lesson).cancel()
        lesson.end()
        self.admission.shares.put_away(lesson.room.code)
        self.registry.remove(lesson)

    def command(self, viewer: Viewer, command: AnyCommand) -> None:
        """Carry a command out, or pass it on to the run that its sender sees, if the policy has it and allows it.

        How often it may be sent has been looked at when it came.
        """
        lesson, run, member = self.class_of(viewer), viewer.run, viewer.member
        if lesson is None or run is None:
            return
        try:
            what = command.what if isinstance(command, Ask) else None
            standing = lesson.room.standing(member)
            if run is not lesson.runs.get(lesson.room.sees(member)):
                standing -= {DRIVING}  # its own run is on the way; the one still in front of it is somebody else's
            authorise(standing, member.role, command.type, what)
            if isinstance(command, Ack):
                # A server that is late must not take that for a line that is slow.
                viewer.mailbox.acknowledge(command.seq, time.monotonic() - self._lag.seconds)
                viewer.bell.set()
            elif command.type == "again":
                self.runs.snapshot(run, [viewer])
            elif command.type in TEACHING:
                if command.type != "look" or lesson.room.look is not None:  # a browser tells its first by itself
                    self.admission.shares.use(lesson.room.code)
                TEACHING[command.type](lesson.room, member, command)
                (lesson.show_look if command.type == "look" else lesson.settle)()
            else:
                message = json.dumps({"command": command.model_dump(), "asker": viewer.number}).encode()
                self.admission.take(viewer, lesson.room.code, command, len(message))
                viewer.asked()
                self.runs.send(messages.COMMAND, run, message)
        except Refused as refusal:
            viewer.tell(error_event(refusal.field, refusal.was, refusal.expected, refusal.code, command.id))

    # --- training processes ------------------------------------------------------------------------------------

    def _receive(self, type: int, run: Run, payload: bytes) -> None:
        if type == messages.COPIED:
            run.home.copied(payload)
        elif type == messages.CARD:
            run.home.show_card(run.owner, json.loads(payload))
        elif type == messages.UNREADABLE:
            self._unreadable(run, payload.decode(errors="replace")[:SHOWN])
        elif type in KEPT:
            self._keeping.keep(type, run, payload)

    def _rested(self, run: Run, saved: bool) -> None:
        """All of a run that stands still is on disk, or cannot be put there."""
        if saved and not run.watched and self.runs.lives(run):
            run.rested = True
            if (lesson := self.registry.find(run.home.code)) is not None:
                self._put_away(lesson)

    def _disk(self, trouble: str | None) -> None:
        """Teachers are told that rooms are not kept, and that they are again. Where nobody is, all is saved now."""
        self._tell_teachers(roll.disk(trouble))
        for lesson in self.registry if trouble is None else ():
            lesson.save_again()

    def _trainable(self) -> None:
        self._tell_teachers(roll.training(not self.runs.pool.short))

    def _tell_teachers(self, event: roll.Event) -> None:
        for lesson in self.registry:
            for viewer in lesson.viewers.values():
                if viewer.member.role == TEACHER and viewer.arrival.is_set():
                    viewer.tell(event)
