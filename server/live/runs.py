"""The runs of this server: which process each is in, who sees it, and how it was last saved."""

import asyncio
import itertools
import struct
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..classroom.member import Member
from ..limits import EMPTY_RUN_GRACE
from ..training.backlog import Backlog
from ..training.pool import Pool
from ..wire import messages
from ..wire.policy import TEACHER
from ..wire.protocol import PULSE
from .handing import Handing, Receiver
from .later import Later

#: What is kept of a run, and is no word to anybody.
KEPT = (messages.NOTE, messages.TURNED, messages.CHECKPOINT, messages.RESTED)
#: Whether it is there.
BEGUN = (messages.READY, messages.UNREADABLE)


class Watcher(Receiver, Protocol):
    """A connection, as far as the run in front of it knows it."""

    number: int
    member: Member

    def pass_on(self, event: bytes) -> None:
        """An event that is JSON already."""

    def answered(self, count: int = 1) -> None:
        """This many of its commands have been carried out."""


class Home(Protocol):
    """The class that a run belongs to, as far as the run knows it."""

    @property
    def code(self) -> str:
        """What it is called."""

    def copied(self, payload: bytes) -> None:
        """A copy of one of its runs, with the ticket that it was asked for with."""

    def show_card(self, owner: int, card: dict[str, Any]) -> None:
        """A new card of one of its runs."""

    def lose(self, owner: int) -> None:
        """A student's run cannot be read."""

    def resume(self, run: "Run") -> None:
        """A run goes on in another process."""


@dataclass(eq=False)
class Run:
    """A run: the number that its messages carry, its class, and whose it is (0: the class's)."""

    number: int
    home: Home
    owner: int
    opening: bytes = b""
    checkpoint: bytes | None = None
    #: What it was told since the checkpoint, as it noted it, and what it says that waits for such a note.
    notes: list[bytes] = field(default_factory=list)
    backlog: Backlog = field(default_factory=Backlog)
    #: Those who see it, in the order in which they are told: teachers first, as they wait for what their hand does.
    viewers: dict[Watcher, None] = field(default_factory=dict)
    handing: Handing = field(default_factory=Handing)
    watched: bool = True
    #: Whether it was told to stand still; None: nothing yet.
    held: bool | None = None
    #: It stands still, and all of it has been saved.
    rested: bool = False
    #: Seconds of processor time for commands, instruments and jobs, and bytes of memory that it holds, as it says.
    spent: float = 0.0
    memory: int = 0
    #: How much of what it has spent was charged to somebody.
    charged: float = 0.0
    #: Set when it has told what it holds for the first time.
    known: asyncio.Event = field(default_factory=asyncio.Event)
    leaving: Later = field(default_factory=Later)
    #: Whether a process has it, once somebody has asked.
    there: asyncio.Future[bool] | None = None

    def add(self, viewer: Watcher) -> None:
        """Somebody sees it from here on."""
        others = dict(self.viewers) if viewer.member.role == TEACHER else {}
        for other in others:
            del self.viewers[other]
        self.viewers[viewer] = None
        self.viewers.update(others)

    @property
    def size(self) -> int:
        """Bytes of what is kept of it."""
        return len(self.checkpoint or b"") + sum(map(len, self.notes))


class Runs:
    """All of them. `receive` gets what they send and no viewer is told.

    `changed` is called when processes cannot be started, and when they can again.
    """

    def __init__(
        self, processes: int, receive: Callable[[int, Run, bytes], None], changed: Callable[[], None]
    ) -> None:
        self._receive = receive
        self.pool = Pool(processes, self._message, self._lost, changed)
        self._by_number: dict[int, Run] = {}
        self._numbers = itertools.count(1)
        self._ending = False

    def __iter__(self) -> Iterator[Run]:
        return iter(list(self._by_number.values()))

    def open(self, home: Home, address: str, notes: Sequence[bytes] = ()) -> Run:
        """A new run, of an address or of the usual experiment; notes of what it was told before are repeated."""
        run = self._place(home, 0)
        run.opening, run.notes = address.encode(), list(notes)
        self._begin(run)
        return run

    def restore(self, home: Home, owner: int, state: bytes, notes: Sequence[bytes] = ()) -> Run:
        """A run that goes on from a checkpoint and the notes after it."""
        run = self._place(home, owner)
        run.checkpoint, run.notes = state, list(notes)
        self._begin(run)
        return run

    def _begin(self, run: Run) -> None:
        """In the process that it has been placed in; what it repeats goes first, so that it never goes on without."""
        if run.notes:
            self.send(messages.REPEAT, run, b"[" + b",".join(run.notes) + b"]")
        if run.checkpoint is None:
            self.send(messages.OPEN, run, run.opening)
        else:
            self.send(messages.RESTORE, run, run.checkpoint)
        if run.there is not None and not run.there.done():
            self.send(messages.CONFIRM, run)

    async def begins(self, run: Run) -> bool:
        """Wait until its process has it; False when what was on disk of it cannot be read."""
        if run.there is None:
            run.there = asyncio.get_running_loop().create_future()
            self.send(messages.CONFIRM, run)
        return await run.there

    def _place(self, home: Home, owner: int) -> Run:
        run = Run(next(self._numbers), home, owner)
        self._by_number[run.number] = run
        self.pool.place(run.number)
        return run

    def close(self, run: Run) -> None:
        """It ends."""
        run.leaving.cancel()
        self.send(messages.CLOSE, run)
        self._by_number.pop(run.number, None)

    def send(self, type: int, run: Run, payload: bytes = b"") -> None:
        """To the process that has it."""
        if not self._ending:
            self.pool.send(type, run.number, payload)

    def snapshot(self, run: Run, viewers: Collection[Watcher]) -> None:
        """Everything about it, made once for all of these."""
        if viewers:
            numbers = [viewer.number for viewer in viewers]
            self.send(messages.SNAPSHOT, run, struct.pack(f"<{len(numbers)}I", *numbers))

    def watch(self, run: Run) -> None:
        """Go on while somebody looks, and for a while after."""
        if run.viewers:
            run.leaving.cancel()
            if not run.watched:
                run.watched, run.rested = True, False
                self.send(messages.WATCHED, run, b"\1")
        elif run.watched:
            run.leaving.after(EMPTY_RUN_GRACE, self.rest, run)

    def rest(self, run: Run) -> None:
        """Stand still; the process answers with all there is to save."""
        run.leaving.cancel()
        run.watched = False
        self.send(messages.WATCHED, run, b"\0")

    def hold(self, run: Run, held: bool) -> None:
        """Stand still with the class, or not."""
        if run.held != held:
            run.held = held
            self.send(messages.HOLD, run, bytes([held]))

    def show_cards(self, run: Run) -> None:
        """Have it make cards for the class's board."""
        self.send(messages.CARDS, run)

    def copy(self, run: Run, ticket: int) -> None:
        """Ask for its state, which comes with the ticket."""
        self.send(messages.COPY, run, struct.pack("<I", ticket))

    def lives(self, run: Run) -> bool:
        """Whether it has not been closed."""
        return run.number in self._by_number

    async def close_all(self) -> None:
        """Save every run, end every process. Nothing more is sent to any, whatever comes back from the disk."""
        for run in self:
            self.rest(run)
        self._ending = True
        await self.pool.close()

    def _message(self, type: int, number: int, payload: bytes) -> None:
        run = self._by_number.get(number)
        if run is None:
            return
        if type in BEGUN:
            if run.there is not None and not run.there.done():
                run.there.set_result(type == messages.READY)
            self._receive(type, run, payload)
        elif type in KEPT:
            self._receive(type, run, payload)
        elif type == messages.USAGE:
            used, run.memory = messages.used(payload)
            run.spent += used
            run.known.set()
        elif run.backlog:
            run.backlog.put(type, payload)
        else:
            self._pass_on(type, run, payload)

    def written(self, run: Run) -> None:
        """The oldest note that it waits for is on disk, or cannot be put there: tell what follows from it."""
        for type, payload in run.backlog.written():
            if self.lives(run):
                self._pass_on(type, run, payload)

    def _pass_on(self, type: int, run: Run, payload: bytes) -> None:
        if type == messages.FRAME:
            if payload[5] == PULSE:
                run.handing.pulse(run.viewers, payload)
                return
            for viewer in run.viewers:
                viewer.show(payload)
            return
        run.handing.flush(run.viewers)
        if type == messages.EVENT:
            run.handing.event(run.viewers, payload)
        elif type == messages.REPLY:
            self._reply(run, payload)
        elif type == messages.DONE:
            self._done(run, payload)
        else:
            self._receive(type, run, payload)

    def _reply(self, run: Run, payload: bytes) -> None:
        askers, is_frame, what = messages.replied(payload)
        for viewer in run.viewers:
            if viewer.number in askers:
                (viewer.show if is_frame else viewer.pass_on)(what)

    def _done(self, run: Run, payload: bytes) -> None:
        (asker,) = struct.unpack("<I", payload)
        for viewer in run.viewers:
            if viewer.number == asker:
                viewer.answered()

    def _lost(self, numbers: list[int]) -> None:
        """Their process is no more: give these runs to another."""
        for number in numbers:
            run = self._by_number.get(number)
            if run is None:
                continue
            self.pool.place(number)
            self._begin(run)
            if not run.watched:
                self.send(messages.WATCHED, run, b"\0")
            run.held = None
            run.home.resume(run)
