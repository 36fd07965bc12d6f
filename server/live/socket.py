"""The WebSocket endpoint: one reader and one writer for each viewer."""

import asyncio
import contextlib
import math
import time
from collections.abc import Awaitable
from typing import Any

from fastapi import WebSocket, WebSocketDisconnect

from ..classroom.classroom import STAGE
from ..limits import COMMANDS_TOGETHER, GREETING, LINGER, MOST_GREETINGS, STALLED, WAITING_COMMANDS
from ..quotas.intake import Intake
from ..quotas.throttle import Guesses
from ..serving.websocket import line_of, together
from ..wire.command import CommandError
from ..wire.commands import AnyCommand, Hello, decode, size_of
from ..wire.refusal import MALFORMED, NO_ROOM, NO_SUCH_ROOM, TOO_MANY, TOO_MANY_CODES, Refused, error_event
from .hub import Hub
from .viewer import Viewer
from .waiting import Waiting

TOO_SLOW = 4408


class Connection:
    """One browser's socket, from its first message to its end."""

    def __init__(self, websocket: WebSocket, hub: Hub, guesses: Guesses) -> None:
        self.websocket, self.hub, self.guesses = websocket, hub, guesses
        self.line = line_of(websocket.scope)
        self.seq = 0
        self.intake, self.waiting = Intake(time.monotonic()), Waiting()
        self._passing: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        """Until either side has enough."""
        viewer, code = None, NO_ROOM
        try:
            async with asyncio.timeout(GREETING):
                await self.websocket.accept()
                viewer = await self._greet()
        except Refused as refusal:
            code = refusal.ends
        except (OSError, WebSocketDisconnect):  # the first of them also after so many seconds
            pass
        if viewer is None:
            await self._end(code)
            return
        writing = asyncio.create_task(self._write(viewer))
        try:
            await self._read(viewer)
        except WebSocketDisconnect:
            pass
        finally:
            tasks = [task for task in (writing, self._passing) if task is not None]
            for task in tasks:
                task.cancel()
            self.line.end_within(LINGER)
            self.hub.leave(viewer)
            await asyncio.wait(tasks)
            self._passing = None  # its end has a traceback, which leads back here

    async def _end(self, code: int) -> None:
        """Close it with a code, and make sure that it ends."""
        self.line.end_within(LINGER)
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # it may have gone already
            await self.websocket.close(code)

    async def _greet(self) -> Viewer:
        """Wait for a hello; raises Refused, once that has been told, when it leads nowhere, or none comes."""
        for _ in range(MOST_GREETINGS):
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
        raise Refused("message", f"{MOST_GREETINGS} messages", "a hello", MALFORMED, TOO_MANY)

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
            while hello.room is not None and self.hub.registry.find(hello.room) is None:
                await self._while_there(self.hub.waking.wake(hello.room))
            if hello.room is None:
                return await self._open(hello, address)
            return self.hub.enter(hello, address)
        except Refused as refusal:
            if refusal.code == NO_SUCH_ROOM:
                self.guesses.wrong(*guesser, now)
            raise

    async def _open(self, hello: Hello, address: str) -> Viewer:
        """A room of their own, when it is its address's turn to open one."""
        turn = self.hub.admission.turn(address)
        try:
            await self._while_there(turn)
            viewer = self.hub.enter(hello, address)
        except BaseException:
            if not turn.cancel():
                turn.result().cancel()
            raise
        lesson = self.hub.class_of(viewer)
        if lesson is not None and not turn.result().done():
            turn.result().set_result(lesson.runs[STAGE])
        return viewer

    async def _while_there(self, awaited: Awaitable[object]) -> None:
        """Wait, perhaps for the disk, but no longer than somebody is there. Raises WebSocketDisconnect."""
        waiting = asyncio.ensure_future(awaited)
        tasks = [waiting, asyncio.ensure_future(self.line.gone.wait())]
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

    async def _read(self, viewer: Viewer) -> None:
        """Take what comes, without ever waiting for anything else: the answer to a ping may be next."""
        while True:
            for _ in range(COMMANDS_TOGETHER):
                self._take(viewer, await self._receive(), time.monotonic())
            await asyncio.sleep(0)  # of many that have come at once, each is there without waiting

    def _take(self, viewer: Viewer, message: str | bytes, now: float) -> None:
        """Decode a command, and carry it out or let it wait; beyond a bound it is dropped."""
        id, size = None, size_of(message)
        try:
            if not self.intake.admit(size, now):
                return
            command = command_of(message)
            id = command.id
            if not viewer.allowance.spend(command.type, now):
                return
            # An acknowledgement is the only one that may overtake others: it opens the window for frames, no more.
            if command.type == "ack" or (viewer.ready and not self.waiting):
                self.hub.command(viewer, command)
            elif not self.waiting.put(str(message), size):
                most = f"at most {WAITING_COMMANDS} that wait for a run"
                self.intake.refuse("commands faster than they are carried out", most, now)
            elif self._passing is None or self._passing.done():
                self._passing = asyncio.create_task(self._pass_on(viewer))
        except CommandError as error:
            # What is wrong with it is said after the answers to what came before it.
            if not (self.waiting and isinstance(message, str) and self.waiting.put(message, size)):
                tell_fault(viewer, error)
        except Refused as refusal:
            viewer.tell(error_event(refusal.field, refusal.was, refusal.expected, refusal.code, id))

    async def _pass_on(self, viewer: Viewer) -> None:
        """Carry out what waits, in order, once the viewer has arrived, as fast as its run answers."""
        await viewer.arrival.wait()
        while self.waiting:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STALLED):
                    await viewer.free.wait()
            try:
                self.hub.command(viewer, command_of(self.waiting.take()))
            except CommandError as error:
                tell_fault(viewer, error)

    async def _write(self, viewer: Viewer) -> None:
        """Send what the mailbox has, as fast as the viewer takes it."""
        line = viewer.line = self.line
        try:
            while not viewer.lost:
                await self._called(viewer)
                viewer.writing = True
                with together(line, viewer.mailbox.answers):
                    while viewer.mailbox.ready(time.monotonic()):
                        # A timeout costs a tenth of a message: only where something of the last one still waits.
                        async with contextlib.nullcontext() if line.idle else asyncio.timeout(STALLED):
                            await self._send_next(viewer)
                viewer.writing = False
                if viewer.closing is not None:
                    break
        except (TimeoutError, WebSocketDisconnect):
            pass
        viewer.line = None
        await self._end(viewer.closing or TOO_SLOW)

    async def _called(self, viewer: Viewer) -> None:
        """Wait for the bell, or until what is on the way counts as arrived."""
        seconds = viewer.mailbox.opens(time.monotonic())
        if seconds is None:
            await viewer.bell.wait()
        else:
            # Not `wait_for`: where the bell rings in the moment of a cancellation, Python 3.11's forgets the latter.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, seconds)):
                    await viewer.bell.wait()
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


def command_of(message: str | bytes) -> AnyCommand:
    """The command of a connection that has said hello. Raises CommandError."""
    command = decode(message)
    if isinstance(command, Hello):
        raise CommandError("type", "hello", "a command; this connection has said hello", command.id)
    return command


def tell_fault(viewer: Viewer, error: CommandError) -> None:
    """Say what is wrong with a command."""
    viewer.tell(error_event(error.field, error.was, error.expected, MALFORMED, error.id))
