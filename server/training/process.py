"""A process beside the web process: how it is begun, heard, looked at and ended."""

import asyncio
import contextlib
import multiprocessing
import os
import signal
import socket
import sys
from collections import deque
from collections.abc import Callable, Iterator
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

from ..limits import END_PATIENCE, LINES_KEPT
from . import worker
from .heartbeat import Vitals


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


@contextlib.contextmanager
def saying(into: int | None) -> Iterator[None]:
    """What a process begun in here writes to its standard error goes to this descriptor."""
    if into is None:
        yield
        return
    before = os.dup(2)
    os.dup2(into, 2)
    try:
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)


class Process:
    """A process, the channel to it, and the rooms in it if it trains.

    It runs target(channel, pid of the web process, *more). What it writes to its standard error is kept until it is
    `known` to have begun, and passed on from then. Raises OSError when there can be none.
    """

    def __init__(self, target: Callable[..., None] = worker.main, *more: Any) -> None:
        self.rooms: set[int] = set()
        self._words: deque[bytes] = deque(maxlen=LINES_KEPT)
        self._known = False
        self._code: int | None = None
        ours, theirs = socket.socketpair()
        mouth, ear = (None, None) if sys.platform == "win32" else reversed(os.pipe())
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(target=target, args=(theirs, os.getpid(), *more))
        try:
            with unheard(), saying(mouth):
                self._process.start()
        except BaseException:
            ours.close()
            if ear is not None:
                os.close(ear)
            raise
        finally:
            theirs.close()
            if mouth is not None:
                os.close(mouth)
        self._socket, self._ear = ours, ear
        self._listening: asyncio.Task[None] | None = None
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter | None = None

    @property
    def pid(self) -> int | None:
        """Of the operating system."""
        return self._process.pid

    async def connect(self) -> None:
        """Take the socket into the event loop."""
        self.reader, self.writer = await asyncio.open_connection(sock=self._socket)
        if self._ear is not None:
            self._listening = asyncio.create_task(self._listen(self._ear))

    async def _listen(self, ear: int) -> None:
        """To what it writes to its standard error."""
        lines = asyncio.StreamReader()
        pipe = os.fdopen(ear, "rb", buffering=0)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), pipe)
        try:
            while not lines.at_eof():
                with contextlib.suppress(ValueError):  # a line that is too long is left out
                    self._words.append(await lines.readline())
                    self._pass_on()
        except OSError:
            pass
        finally:
            transport.close()

    def known(self) -> None:
        """It has begun: what it writes is passed on."""
        self._known = True
        self._pass_on()

    def _pass_on(self) -> None:
        while self._known and self._words:
            with contextlib.suppress(OSError, ValueError):
                os.write(2, self._words.popleft())

    async def last_words(self) -> str:
        """What an ended process wrote last."""
        if self._listening is not None:
            await asyncio.wait({self._listening}, timeout=END_PATIENCE)
        text = [line.decode("utf-8", "replace").strip() for line in self._words]
        said = [line for line in text if line]
        if self._code is None:
            await asyncio.to_thread(self._process.join, END_PATIENCE)
            self._code = self._process.exitcode
        return said[-1] if said else f"it ended with code {self._code} and said nothing"

    def send(self, message: bytes) -> None:
        """Without waiting; a dead process is noticed by whoever reads, one not yet connected hears nothing."""
        if self.writer is not None and not self.writer.is_closing():
            self.writer.write(message)

    def vitals(self) -> Vitals | None:
        """As the operating system tells them; None where it does not."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
            return Vitals(fields[0], (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"))
        except (OSError, ValueError, IndexError, AttributeError):
            return None

    def kill(self) -> None:
        """At once, whatever it does or does not."""
        self._process.kill()

    async def end(self) -> None:
        """Say that nothing more will come, so that the process saves its rooms and ends; wait, and insist."""
        if self.writer is not None:
            with contextlib.suppress(OSError, RuntimeError):
                self.writer.write_eof()
        await asyncio.to_thread(self._process.join, END_PATIENCE)
        if self._process.is_alive():
            self._process.kill()
            await asyncio.to_thread(self._process.join, END_PATIENCE)
        if self.writer is not None:
            self.writer.close()
        if self._listening is not None:
            await asyncio.wait({self._listening}, timeout=END_PATIENCE)
            self._listening.cancel()
        self._code = self._process.exitcode
        with contextlib.suppress(ValueError):  # even that has not ended it: the system holds it
            self._process.close()
