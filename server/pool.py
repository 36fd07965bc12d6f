"""The training processes, seen from the web process: it passes bytes, and replaces whoever dies."""

import asyncio
import contextlib
import logging
import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from multiprocessing import resource_tracker
from typing import Any

from . import messages, worker

log = logging.getLogger("nablascope")
#: How long a process may take to end by itself, and after that to be ended.
PATIENCE = 1.0
#: Seconds after the start until a process is begun that waits for the place of one that dies.
SPARE_AFTER = 2.0

Receive = Callable[[int, int, bytes], None]
Lost = Callable[[list[int]], None]


@contextlib.contextmanager
def unheard() -> Iterator[None]:
    """A process begun in here never hears Ctrl-C or SIGTERM, which go to its whole group and are for its parent.

    It will ignore them (`worker.settle`), but may have to import first; where signals cannot be held back (Windows)
    that has to do. The parent hears them afterwards.
    """
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # else it begins with the process, and lets these signals through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Process:
    """A process beside the web process, the channel to it, and the rooms in it if it trains.

    It runs target(channel, pid of the web process, *more).
    """

    def __init__(self, target: Callable[..., None] = worker.main, *more: Any) -> None:
        self.rooms: set[int] = set()
        ours, theirs = socket.socketpair()
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(target=target, args=(theirs, os.getpid(), *more))
        with unheard():
            self._process.start()
        theirs.close()
        self._socket = ours
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    @property
    def pid(self) -> int | None:
        """Of the operating system."""
        return self._process.pid

    async def connect(self) -> None:
        """Take the socket into the event loop."""
        self.reader, self.writer = await asyncio.open_connection(sock=self._socket)

    def send(self, message: bytes) -> None:
        """Without waiting; a dead process is noticed by whoever reads."""
        if not self.writer.is_closing():
            self.writer.write(message)

    async def end(self) -> None:
        """Say that nothing more will come, so that the process saves its rooms and ends; wait, and insist."""
        with contextlib.suppress(OSError, RuntimeError):
            self.writer.write_eof()
        await asyncio.to_thread(self._process.join, PATIENCE)
        if self._process.is_alive():
            self._process.kill()
            await asyncio.to_thread(self._process.join, PATIENCE)
        self.writer.close()
        self._process.close()


class Pool:
    """Spreads rooms over processes. `receive` gets every message, `lost` the rooms of a process that died.

    A spare process stands by: to start one takes longer than a class should wait.
    """

    def __init__(self, size: int, receive: Receive, lost: Lost) -> None:
        self.size, self._receive, self._lost = size, receive, lost
        self.processes: list[Process] = []
        self._spare: Process | None = None
        self._preparing: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closing = False

    async def start(self) -> None:
        """Start all processes."""
        self.processes = [await self._begin() for _ in range(self.size)]
        self._preparing = asyncio.create_task(self._prepare(SPARE_AFTER))

    async def _begin(self) -> Process:
        process = Process()
        await process.connect()
        task = asyncio.create_task(self._read(process))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return process

    async def _prepare(self, delay: float = 0.0) -> None:
        await asyncio.sleep(delay)
        self._spare = await self._begin()

    async def _read(self, process: Process) -> None:
        unpacker = messages.Unpacker()
        with contextlib.suppress(ConnectionError):
            while data := await process.reader.read(1 << 18):
                for type, room, payload in unpacker.feed(data):
                    self._receive(type, room, payload)
        if self._closing:
            return
        rooms = sorted(process.rooms)
        if process is not self._spare:
            log.warning("training process %s ended; %d rooms go on in another", process.pid, len(rooms))
        await self._replace(process)
        self._lost(rooms)
        await process.end()

    async def _replace(self, process: Process) -> None:
        """Put the spare one in its place, and have another stand by."""
        delay = 0.0
        if process is self._spare:
            self._spare, delay = None, SPARE_AFTER
        else:
            self.processes.remove(process)
            spare, self._spare = self._spare, None
            self.processes.append(spare or await self._begin())
        if self._preparing is None or self._preparing.done():
            self._preparing = asyncio.create_task(self._prepare(delay))

    def place(self, room: int) -> None:
        """Give a room to the process with the fewest."""
        min(self.processes, key=lambda process: len(process.rooms)).rooms.add(room)

    def send(self, type: int, room: int, payload: bytes = b"") -> None:
        """To the process that has the room."""
        for process in self.processes:
            if room in process.rooms:
                process.send(messages.pack(type, room, payload))
                if type == messages.CLOSE:
                    process.rooms.discard(room)

    async def close(self) -> None:
        """End all processes; none is left afterwards."""
        self._closing = True
        if self._preparing is not None:
            self._preparing.cancel()
        standing_by = [] if self._spare is None else [self._spare]
        await asyncio.gather(*(process.end() for process in [*self.processes, *standing_by]))
        readers = asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(readers, PATIENCE)  # what they saved last has to be read to its end
