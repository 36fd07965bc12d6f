"""Who may open a room, and ask for work in one: the shares of all addresses, kept up to date by what rooms use.

A room that makes place is closed, and so is put away to disk, or is ended where there is no disk.
"""

import asyncio
import contextlib
import itertools
import time
from collections.abc import Callable
from concurrent.futures import Future

from .. import limits
from ..classroom.classroom import STAGE, Classroom
from ..quotas.shares import Lack, Shares
from ..quotas.throttle import site_of
from ..storage.store import Store
from ..training.controls import READING
from ..wire.commands import AnyCommand
from ..wire.refusal import BUSY, TOO_MANY, Refused
from .lesson import Lesson
from .registry import Registry
from .runs import Run
from .viewer import Viewer

#: Commands that a browser gives by itself: a room in which no other one was given was never used.
UNASKED = (*READING, "ack", "again")
#: Looks at what rooms use, to one at how much is on disk.
MEASURE = 30
#: What the opener of a room waits for; in it is what the room's run is put into, or is cancelled if there is none.
Turn = asyncio.Future["asyncio.Future[Run]"]


class Admission:
    """Asks `shares`, with the clock of the event loop's process."""

    def __init__(
        self,
        shares: Shares,
        store: Store | None,
        registry: Registry,
        close: Callable[[Lesson], None],
        end: Callable[[Lesson], None],
    ) -> None:
        self.shares, self._store, self._registry, self._close, self._end = shares, store, registry, close, end
        self._looks = itertools.count()
        self._measuring: Future[int] | None = None
        #: By address, for its rooms that begin: places, and how many have one or wait.
        self._beginning: dict[str, tuple[asyncio.Semaphore, int]] = {}
        self._keepers: set[asyncio.Task[None]] = set()

    # --- rooms that begin --------------------------------------------------------------------------------------

    def turn(self, address: str) -> Turn:
        """To open a room: of each address a few begin at a time. Raises Refused when too many wait for it."""
        key = site_of(address)
        places, waiting = self._beginning.get(key, (None, 0))
        if waiting >= limits.MOST_TO_BEGIN:
            raise Refused("room", "too many new rooms from one address", "another try in 1 s", BUSY, TOO_MANY)
        places = places or asyncio.Semaphore(limits.MOST_BEGINNING)
        self._beginning[key] = places, waiting + 1
        turn: Turn = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self._keep_place(key, places, turn))
        self._keepers.add(task)
        task.add_done_callback(self._keepers.discard)
        return turn

    async def _keep_place(self, key: str, places: asyncio.Semaphore, turn: Turn) -> None:
        """Until the room of this turn has begun, and counts with what it holds. Nobody may want it any more."""
        async with places:
            if not turn.done():
                begun: asyncio.Future[Run] = asyncio.get_running_loop().create_future()
                turn.set_result(begun)
                await asyncio.wait({begun}, timeout=limits.LONGEST_BEGINNING)
                if begun.done() and not begun.cancelled():
                    await self._counted(begun.result())
        waiting = self._beginning[key][1] - 1
        self._beginning[key] = places, waiting
        if not waiting:
            del self._beginning[key]

    async def _counted(self, run: Run) -> None:
        """Wait until a new room counts with what it holds."""
        await asyncio.sleep(limits.BEGINS)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(run.known.wait(), limits.LONGEST_BEGINNING)
        lesson = self._registry.find(run.home.code)
        if lesson is not None:
            self._account(lesson, time.monotonic())

    @property
    def kept(self) -> bool:
        """Whether a room that is closed is on disk."""
        return self._store is not None and self._store.trouble is None

    def entered(self, room: Classroom) -> None:
        """Somebody is in a room; the second one has a use for it."""
        self.shares.attend(room.code)
        if room.last_number > 1:
            self.shares.use(room.code)

    def new_room(self, address: str) -> None:
        """Somebody wants a room; raises Refused unless there is place, or others make it."""
        self.shares.ask_for_room(address, time.monotonic())
        self._make_place(lambda: self.shares.lack(address, time.monotonic()))

    def wanted(self, code: str) -> None:
        """Somebody wants a room that is on disk; raises Refused if there will be no place. Nobody makes it yet."""
        self.shares.use(code)  # while it is on its way it does not make place for others
        lack = self.shares.lack_of_place(code)
        if lack is not None and self.shares.goes_first(lack, self.kept, time.monotonic()) is None:
            raise lack.refused()

    def room_from_disk(self, code: str) -> None:
        """A room comes back; raises Refused unless there is place, or others make it."""
        self._make_place(lambda: self.shares.lack_of_place(code))

    def _make_place(self, lacks: Callable[[], Lack | None]) -> None:
        while (lack := lacks()) is not None:
            code = self.shares.goes_first(lack, self.kept, time.monotonic())
            if code is None:
                raise lack.refused()
            self._clear(code)

    def _clear(self, code: str) -> None:
        lesson = self._registry.find(code)
        if lesson is None:  # it is on disk only
            self.forget(code)
        elif self.kept or (self._store is not None and self._store.has(code)):
            self._close(lesson)  # while the disk cannot be written, what is on it stays
        else:
            self._end(lesson)

    def forget(self, code: str) -> None:
        """Nothing is left of a room that is closed."""
        self.shares.gone(code)
        if self._store is not None:
            self._store.forget(code)

    def take(self, viewer: Viewer, code: str, command: AnyCommand, size: int) -> None:
        """A command for a run, of so many bytes; raises Refused while there is no time for it."""
        if command.type not in UNASKED:
            self.shares.use(code)
        if command.type == "ask" or size > limits.HEAVY:
            self.shares.afford(viewer.address, code, command.type, time.monotonic())

    def look(self) -> None:
        """Bring the accounts up to date; end rooms that nobody used where they are not kept."""
        self._measure()
        self.account()
        self.shares.expire(time.monotonic() - limits.DAY)
        for code in () if self.kept else self.shares.unused(time.monotonic()):
            self._clear(code)

    def _measure(self) -> None:
        """Ask now and then how much is on disk; a later look takes the answer, however long the disk takes."""
        if next(self._looks) % MEASURE == 0 and self._store is not None and self._measuring is None:
            self._measuring = self._store.size()
        if self._measuring is not None and self._measuring.done():
            measured, self._measuring = self._measuring, None
            self.shares.measured(measured.result())

    def account(self) -> None:
        """What rooms hold now, and the time that their runs have taken since the last account."""
        now = time.monotonic()
        for lesson in self._registry:
            self._account(lesson, now)

    def _account(self, lesson: Lesson, now: float) -> None:
        code, memory, disk = lesson.room.code, 0, 0
        for owner, run in lesson.runs.items():
            memory, disk = memory + run.memory, disk + run.size
            if run.spent > run.charged:
                viewer = lesson.viewers.get(lesson.room.presenter or STAGE if owner == STAGE else owner)
                address = None if viewer is None else viewer.address
                self.shares.spend(code, run.spent - run.charged, now, address, own=owner != STAGE)
                run.charged = run.spent
        # What is on disk is in this process's memory as well.
        self.shares.hold(code, memory + disk, 0 if self._store is None else disk)
