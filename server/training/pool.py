"""The training processes, seen from the web process: it passes bytes, and replaces those that die or hang."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from ..limits import END_PATIENCE, LIVED, PING_EVERY, SLOW_TRIES, SPARE_AFTER, TICK, TRIES
from ..wire import messages
from .heartbeat import Heartbeat
from .process import Process

log = logging.getLogger("nablascope")

Receive = Callable[[int, int, bytes], None]
Lost = Callable[[list[int]], None]
PING = messages.pack(messages.PING, 0)


class TrainingProcess(Process):
    """A process that trains, and how long it has been silent."""

    def __init__(self) -> None:
        super().__init__()
        self.heart = Heartbeat()
        #: Set when it has said something, or has ended.
        self.settled = asyncio.Event()
        self.began = asyncio.get_running_loop().time()
        self.killed = False


class Pool:
    """Spreads rooms over processes. `receive` gets every message, `lost` the rooms of a process that died.

    A spare process stands by: to start one takes longer than a class should wait. Rooms that there is no process for
    wait for one. `changed` is called when rooms are `short` of processes because none can be started, and when they
    are not any more; `trouble` says why, or is None.
    """

    def __init__(self, size: int, receive: Receive, lost: Lost, changed: Callable[[], None] = lambda: None) -> None:
        self.size, self._receive, self._lost, self._changed = size, receive, lost, changed
        self.processes: list[TrainingProcess] = []
        self.trouble: str | None = None
        self._homeless: set[int] = set()
        self._beginning: set[TrainingProcess] = set()
        self._spare: TrainingProcess | None = None
        #: Tries in a row that failed, and when the last one did.
        self._failures, self._failed_at = 0, 0.0
        self._was_short = False
        self._wanted = asyncio.Event()
        self._readers: set[asyncio.Task[None]] = set()
        self._keepers: list[asyncio.Task[None]] = []
        self._closing = False

    async def start(self) -> None:
        """Start all processes; one that cannot be is tried again."""
        began = asyncio.get_running_loop().time()
        try:
            for _ in range(self.size):
                self.processes.append(await self._begin())
        except OSError as error:
            self._failed(str(error), began)
        self._keepers = [asyncio.create_task(self._keep()), asyncio.create_task(self._watch())]

    @property
    def short(self) -> bool:
        """Whether there are fewer processes than there should be, and none can be started."""
        return self.trouble is not None and len(self.processes) < self.size

    # --- beginning ---------------------------------------------------------------------------------------------

    async def _begin(self) -> TrainingProcess:
        process = TrainingProcess()
        self._beginning.add(process)
        await process.connect()
        process.send(PING)
        reader = asyncio.create_task(self._read(process))
        self._readers.add(reader)
        reader.add_done_callback(self._readers.discard)
        return process

    async def _keep(self) -> None:
        """Have as many processes as there should be, and one that stands by."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wanted.wait(), SPARE_AFTER)
        while True:
            self._wanted.clear()
            while len(self.processes) < self.size or self._spare is None:
                await self._pause()
                began = asyncio.get_running_loop().time()
                try:
                    process = await self._begin()
                except OSError as error:
                    self._failed(str(error), began)
                    continue
                await process.settled.wait()
                if process.heart.born and not process.killed:
                    self._join(process)
            await self._wanted.wait()

    async def _pause(self) -> None:
        """Until the next try; what failed may be forgotten meanwhile."""
        began = asyncio.get_running_loop().time()
        while self._failures:
            pause = TRIES[self._failures - 1] if self._failures <= len(TRIES) else SLOW_TRIES
            left = began + pause - asyncio.get_running_loop().time()
            if left <= 0:
                break
            await asyncio.sleep(min(left, TICK))

    def _join(self, process: TrainingProcess) -> None:
        """It works, or stands by; rooms that wait for a process have one."""
        if len(self.processes) >= self.size:
            self._spare = process
            return
        self.processes.append(process)
        self._tell()
        homeless, self._homeless = sorted(self._homeless), set()
        if homeless:
            self._lost(homeless)

    def _failed(self, words: str, began: float) -> None:
        """A process could not start, or ended soon: together with those begun at the same time a failed try.

        The third is said, once.
        """
        if began < self._failed_at:
            return
        self._failures, self._failed_at = self._failures + 1, asyncio.get_running_loop().time()
        if self._failures > len(TRIES) and self.trouble is None:
            self.trouble = words
            log.error("training processes cannot be started (%s); another try every %.0f s", words, SLOW_TRIES)
        self._tell()

    def _succeeded(self, process: TrainingProcess) -> None:
        """Its first words."""
        self._beginning.discard(process)
        process.known()
        process.settled.set()
        if self.trouble is not None:
            self.trouble = None
            log.warning("training processes can be started again")
            self._tell()

    def _forgive(self, now: float) -> None:
        """A process that has begun since the last failed try has lived for a while: what failed is forgotten."""
        living = [each for each in (*self.processes, self._spare) if each is not None and each.heart.born]
        if self._failures and any(each.began >= self._failed_at and now - each.began >= LIVED for each in living):
            self._failures = 0

    def _tell(self) -> None:
        """Whether there are enough processes may have changed."""
        if self.short != self._was_short:
            self._was_short = self.short
            self._changed()

    def _all(self) -> set[TrainingProcess]:
        """Those that work, stand by or begin."""
        return {*self.processes, *self._beginning, *([] if self._spare is None else [self._spare])}

    # --- living ------------------------------------------------------------------------------------------------

    async def _read(self, process: TrainingProcess) -> None:
        unpacker = messages.Unpacker()
        with contextlib.suppress(ConnectionError, ValueError):
            while data := await process.reader.read(1 << 18):
                if not process.heart.born:
                    self._succeeded(process)
                process.heart.heard()
                for message in unpacker.feed(data):
                    self._hear(*message)
        if not self._closing:
            await self._bury(process)

    def _hear(self, type: int, room: int, payload: bytes) -> None:
        """One message; a fault of ours in one is logged, and the next is read: its process must not go unheard."""
        if type == messages.PONG:
            return
        try:
            self._receive(type, room, payload)
        except Exception:
            log.exception("message %d of run %d could not be dealt with", type, room)

    async def _bury(self, process: TrainingProcess) -> None:
        """It has ended: its rooms go on in another."""
        rooms, worked = sorted(process.rooms), process in self.processes
        process.killed = True  # one that has just begun joins no more
        self._beginning.discard(process)
        if worked:
            self.processes.remove(process)
        if process is self._spare:
            self._spare = None
        elif worked and process.heart.born:
            log.warning("training process %s ended; %d rooms go on in another", process.pid, len(rooms))
            if self._spare is not None:
                self.processes.append(self._spare)
                self._spare = None
        if not process.heart.born:
            process.kill()  # it may have closed its channel and go on
            self._failed(await process.last_words(), process.began)
        elif asyncio.get_running_loop().time() - process.began < LIVED:
            self._failed("they end soon after they have begun", process.began)
        self._tell()
        if self.processes:
            self._lost(rooms)
        else:
            self._homeless.update(rooms)
        process.settled.set()
        self._wanted.set()
        await process.end()

    async def _watch(self) -> None:
        """Ask every process for a sign of life; one that hangs is ended, as if it had died."""
        loop, asked = asyncio.get_running_loop(), 0.0
        looked = loop.time()
        while True:
            await asyncio.sleep(TICK)
            now = loop.time()
            passed, looked = now - looked, now
            ask, asked = now - asked >= PING_EVERY, now if now - asked >= PING_EVERY else asked
            self._forgive(now)
            for process in self._all():
                try:
                    self._look(process, passed, ask)
                except Exception:  # the others are looked at all the same, and this one again
                    log.exception("training process %s could not be looked at", process.pid)

    def _look(self, process: TrainingProcess, passed: float, ask: bool) -> None:
        """At one of them, so many seconds after the last look."""
        if process.killed:
            return
        if process.heart.hangs(passed, process.vitals()):
            log.warning(
                "training process %s has not answered for %.1f s: it is ended", process.pid, process.heart.silent
            )
            process.killed = True
            process.kill()
        elif ask:
            process.send(PING)

    # --- rooms -------------------------------------------------------------------------------------------------

    def place(self, room: int) -> None:
        """Give a room to the process with the fewest; without any it waits for one."""
        if self.processes:
            min(self.processes, key=lambda process: len(process.rooms)).rooms.add(room)
        else:
            self._homeless.add(room)

    def send(self, type: int, room: int, payload: bytes = b"") -> None:
        """To the process that has the room."""
        if type == messages.CLOSE:
            self._homeless.discard(room)
        for process in self.processes:
            if room in process.rooms:
                process.send(messages.pack(type, room, payload))
                if type == messages.CLOSE:
                    process.rooms.discard(room)

    async def close(self) -> None:
        """End all processes; none is left afterwards."""
        self._closing = True
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*(process.end() for process in self._all()))
        if self._readers:  # what they saved last has to be read to its end
            await asyncio.wait(self._readers, timeout=END_PATIENCE)
