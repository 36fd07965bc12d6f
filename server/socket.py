"""The WebSocket endpoint: one reader and one writer for each viewer."""

import asyncio
import contextlib
import math
import time
from collections.abc import Coroutine
from typing import Any

from fastapi import WebSocket, WebSocketDisconnect

from .command import CommandError
from .commands import Hello, decode
from .hub import Hub
from .refusal import MALFORMED, NO_ROOM, NO_SUCH_ROOM, TOO_MANY, TOO_MANY_CODES, Refused, error_event
from .throttle import Guesses
from .viewer import Viewer
from .websocket import LINGER, line_of, together

#: Seconds for the first message, and for a peer to take what is sent to it.
GREETING, STALLED = 10.0, 15.0
#: Commands a second that are read from one viewer; a slider that is dragged sends 60.
MOST_COMMANDS = 200
TOO_SLOW = 4408


class Connection:
    """One browser's socket, from its first message to its end."""

    def __init__(self, websocket: WebSocket, hub: Hub, guesses: Guesses) -> None:
        self.websocket, self.hub, self.guesses = websocket, hub, guesses
        self.seq = 0

    async def serve(self) -> None:
        """Until either side has enough."""
        viewer, code = None, NO_ROOM
        try:
            await self.websocket.accept()
            async with asyncio.timeout(GREETING):
                viewer = await self._greet()
        except Refused as refusal:
            code = refusal.ends
        except (TimeoutError, WebSocketDisconnect):
            pass
        if viewer is None:
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # it may have gone already
                await self.websocket.close(code)
            return
        writer = asyncio.create_task(self._write(viewer))
        try:
            await self._while_there(viewer.arrival.wait())
            viewer.free.set()
            await self._read(viewer, writer)
        except WebSocketDisconnect:
            pass
        finally:
            self.hub.leave(viewer)
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError, RuntimeError, WebSocketDisconnect):
                await writer

    async def _greet(self) -> Viewer:
        """Wait for a hello; raises Refused, once that has been told, when it leads nowhere."""
        while True:
            try:
                hello = decode(await self._receive())
                if not isinstance(hello, Hello):
                    raise CommandError("type", hello.type, "hello first", hello.id)
                return await self._enter(hello)
            except CommandError as error:
                await self._send(error_event(error.field, error.was, error.expected, MALFORMED, error.id))
            except Refused as refusal:
                await self._send(error_event(refusal.field, refusal.was, refusal.expected, refusal.code))
                raise

    async def _enter(self, hello: Hello) -> Viewer:
        """Into the room, unless too many hellos come from there; a code is looked up unless too many were wrong."""
        address, now = str(self.websocket.scope["state"]["visitor"]), time.monotonic()
        self.hub.admission.shares.greet(address, now)
        guesser = address, hello.tab or ""
        wait = self.guesses.wait(*guesser, now)
        if hello.room is not None and wait and not self.hub.knows(hello):
            expected = f"another try in {math.ceil(wait)} s: too many codes were wrong"
            raise Refused("room", hello.room, expected, TOO_MANY_CODES, TOO_MANY)
        try:
            while hello.room is not None and self.hub.rooms.find(hello.room) is None:
                await self._while_there(self.hub.waking.wake(hello.room))
            return self.hub.enter(hello, address)
        except Refused as refusal:
            if refusal.code == NO_SUCH_ROOM:
                self.guesses.wrong(*guesser, now)
            raise

    async def _while_there(self, awaited: Coroutine[Any, Any, object]) -> None:
        """Wait, perhaps for the disk, but no longer than somebody is there. Raises WebSocketDisconnect."""
        line, waiting = line_of(self.websocket.scope["client"]), asyncio.ensure_future(awaited)
        tasks = [waiting] if line is None else [waiting, asyncio.ensure_future(line.gone.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                raise WebSocketDisconnect(1006)
            waiting.result()
        finally:
            for task in tasks:
                task.cancel()
            if waiting.done() and not waiting.cancelled():
                waiting.exception()  # it may have come too late to be told

    async def _receive(self) -> str | bytes:
        message = await self.websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        text: str | None = message.get("text")
        return text if text is not None else message["bytes"]

    async def _read(self, viewer: Viewer, writer: asyncio.Task[None]) -> None:
        """Decode commands and pass them on; more than a person can give wait."""
        second, count = 0, 0
        while not writer.done():
            if not viewer.free.is_set():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(STALLED):
                        await viewer.free.wait()
            message = await self._receive()
            try:
                command = decode(message)
                if isinstance(command, Hello):
                    raise CommandError("type", "hello", "a command; this connection has said hello", command.id)
                self.hub.command(viewer, command)
            except CommandError as error:
                viewer.tell(error_event(error.field, error.was, error.expected, MALFORMED, error.id))
            now = int(time.monotonic())
            second, count = (second, count + 1) if now == second else (now, 1)
            if count > MOST_COMMANDS:
                await asyncio.sleep(1 - time.monotonic() % 1)

    async def _write(self, viewer: Viewer) -> None:
        """Send what the mailbox has, as fast as the viewer takes it."""
        line = viewer.line = line_of(self.websocket.scope["client"])
        try:
            while not viewer.lost:
                await self._called(viewer)
                viewer.writing = True
                with together(line, viewer.mailbox.answers):
                    while viewer.mailbox.ready(time.monotonic()):
                        # A timeout costs a tenth of a message: only where something of the last one still waits.
                        idle = line is not None and line.idle
                        async with contextlib.nullcontext() if idle else asyncio.timeout(STALLED):
                            await self._send_next(viewer)
                viewer.writing = False
                if viewer.closing is not None:
                    break
        except TimeoutError:
            pass
        viewer.line = None
        with contextlib.suppress(RuntimeError, TimeoutError):
            async with asyncio.timeout(LINGER):
                await self.websocket.close(viewer.closing or TOO_SLOW)
        if line is not None:  # a polite end alone would wait for a buffer that nobody empties
            asyncio.get_running_loop().call_later(LINGER, line.transport.abort)

    async def _called(self, viewer: Viewer) -> None:
        """Wait for the bell, or until what is on the way counts as arrived."""
        seconds = viewer.mailbox.opens(time.monotonic())
        if seconds is None:
            await viewer.bell.wait()
        else:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(viewer.bell.wait(), max(0.0, seconds))
        viewer.bell.clear()

    async def _send_next(self, viewer: Viewer) -> None:
        event = viewer.mailbox.take_event()
        if event is not None:
            await self._send_raw(event)
            return
        frame = viewer.mailbox.take_frame(time.monotonic())
        if frame is not None:
            await self.websocket.send_bytes(frame)

    async def _send(self, event: dict[str, Any]) -> None:
        lonely = Viewer(0)
        lonely.tell(event)
        await self._send_raw(lonely.mailbox.events[0])

    async def _send_raw(self, event: bytes) -> None:
        """An event's JSON with this connection's place in it."""
        text = f'{{"epoch":{self.hub.epoch},"seq":{self.seq},{event[1:].decode()}'
        self.seq += 1
        await self.websocket.send_text(text)
