"""Between browsers and training processes: passes bytes on, and knows who is in which room.

Runs in the event loop of the web process. A training process that dies is replaced, and its rooms go on from
their last checkpoints; the same checkpoints survive the server on disk.
"""

import asyncio
import itertools
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

from ..engine import from_address, to_address
from . import messages
from .commands import AnyCommand, Ask, Hello
from .mailbox import Mailbox
from .pool import Pool
from .rooms import DRIVER, Room, RoomError, Rooms, allowed
from .store import Store

#: Seconds that a room goes on training after its last viewer has left.
LINGER = 10.0
RESUMED = "A training process had to be replaced; this run goes on from its last checkpoint, at most 2 s back."


@dataclass(eq=False)
class Viewer:
    """One connection: what waits for it, and the bell that wakes its writer."""

    number: int
    mailbox: Mailbox = field(default_factory=Mailbox)
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    lost: bool = False

    def tell(self, event: dict[str, Any]) -> None:
        """An event of the web process's own."""
        self.pass_on(json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode())

    def pass_on(self, event: bytes) -> None:
        """An event that is JSON already."""
        if not self.mailbox.put_event(event):
            self.lost = True
        self.bell.set()

    def show(self, frame: bytes) -> None:
        """A frame."""
        self.mailbox.put_frame(frame[5], frame)
        if self.mailbox.open:
            self.bell.set()


class Hub:
    """All rooms of this server, their viewers and their processes."""

    def __init__(self, processes: int, store: Store | None) -> None:
        self.epoch = secrets.randbits(32)
        self.rooms: Rooms[Viewer] = Rooms()
        self.pool = Pool(processes, self._receive, self._lost)
        self.store = store
        self._checkpoints: dict[int, bytes] = {}
        self._openings: dict[int, bytes] = {}
        #: Rooms that stand still until their last checkpoint is there; then only the store knows them.
        self._asleep: set[int] = set()
        self._leaving: dict[int, asyncio.TimerHandle] = {}
        self._numbers = itertools.count(1)

    async def start(self) -> None:
        """Start the training processes."""
        await self.pool.start()

    async def close(self) -> None:
        """Save every room, end every process."""
        for handle in self._leaving.values():
            handle.cancel()
        for room in self.rooms:
            self.pool.send(messages.WATCHED, room.number, b"\0")
        await self.pool.close()
        if self.store is not None:
            self.store.close()

    # --- viewers -----------------------------------------------------------------------------------------------

    def enter(self, hello: Hello) -> tuple[Room[Viewer], Viewer, str, str | None]:
        """Room, viewer, role and, for the driver, the token.

        Raises RoomError when there is no such room, ExperimentError when the address asks for what cannot be.
        """
        token = hello.token
        if hello.room is None:
            address = to_address(from_address(hello.experiment)) if hello.experiment else ""
            room, token = self.rooms.open()
            self._openings[room.number] = address.encode()
            self.pool.place(room.number)
            self.pool.send(messages.OPEN, room.number, self._openings[room.number])
        else:
            room = self._find(hello.room)
        viewer = Viewer(next(self._numbers))
        role = self.rooms.join(room, viewer, token)
        self._asleep.discard(room.number)
        leaving = self._leaving.pop(room.number, None)
        if leaving is not None:
            leaving.cancel()
        self.pool.send(messages.WATCHED, room.number, b"\1")
        return room, viewer, role, token if role == DRIVER else None

    def _find(self, code: str) -> Room[Viewer]:
        room = self.rooms.find(code)
        if room is not None:
            return room
        saved = self.store.load(code) if self.store is not None else None
        if saved is None:
            raise RoomError("room", code, "the code of a room that is open")
        room = self.rooms.add(code, saved.token)
        self._checkpoints[room.number] = saved.state
        self.pool.place(room.number)
        self.pool.send(messages.RESTORE, room.number, saved.state)
        return room

    def leave(self, room: Room[Viewer], viewer: Viewer) -> None:
        """A connection has ended; an empty room stops after a while."""
        self.rooms.leave(room, viewer)
        if room.members:
            self.count(room)
        else:
            loop = asyncio.get_running_loop()
            self._leaving[room.number] = loop.call_later(LINGER, self._rest, room)

    def _rest(self, room: Room[Viewer]) -> None:
        """Nobody has come back: stand still. What can be read again from disk need not be kept."""
        self._leaving.pop(room.number, None)
        self.pool.send(messages.WATCHED, room.number, b"\0")
        if self.store is not None:
            self._asleep.add(room.number)

    def _put_away(self, room: Room[Viewer]) -> None:
        """What is on disk need not be here: others want to open rooms as well."""
        self._asleep.discard(room.number)
        self.pool.send(messages.CLOSE, room.number)
        self.rooms.close(room)
        self._checkpoints.pop(room.number, None)
        self._openings.pop(room.number, None)

    def count(self, room: Room[Viewer]) -> None:
        """Tell everybody in a room how many look at it."""
        for viewer in room.members:
            viewer.tell({"type": "viewers", "count": len(room.members)})

    def snapshot(self, room: Room[Viewer], viewer: Viewer) -> None:
        """Everything, for one viewer."""
        self.pool.send(messages.SNAPSHOT, room.number, struct.pack("<I", viewer.number))

    def command(self, room: Room[Viewer], viewer: Viewer, command: AnyCommand) -> None:
        """Pass a command on, if its sender may give it."""
        role = room.members[viewer]
        what = command.what if isinstance(command, Ask) else None
        if not allowed(role, command.type, what):
            was, expected = f"{what or command.type} from a {role}", "a command of the room's driver"
            viewer.tell(error_event("type", was, expected, command.id))
        elif command.type == "again":
            self.snapshot(room, viewer)
        else:
            message = {"command": command.model_dump(), "asker": viewer.number}
            self.pool.send(messages.COMMAND, room.number, json.dumps(message).encode())

    # --- training processes ------------------------------------------------------------------------------------

    def _receive(self, type: int, number: int, payload: bytes) -> None:
        room = self.rooms.numbered(number)
        if room is None:
            return
        if type == messages.FRAME:
            for viewer in room.members:
                viewer.show(payload)
        elif type == messages.EVENT:
            for viewer in room.members:
                viewer.pass_on(payload)
        elif type == messages.REPLY:
            self._reply(room, payload)
        elif type == messages.CHECKPOINT:
            self._checkpoints[number] = payload
            if self.store is not None:
                self.store.save(room.code, room.token, payload)
                if number in self._asleep and not room.members:
                    self._put_away(room)

    def _reply(self, room: Room[Viewer], payload: bytes) -> None:
        asker, is_frame = struct.unpack_from("<IB", payload)
        for viewer in room.members:
            if viewer.number == asker:
                (viewer.show if is_frame else viewer.pass_on)(payload[5:])

    def _lost(self, numbers: list[int]) -> None:
        """Their process is no more: give these rooms to another."""
        for number in numbers:
            room = self.rooms.numbered(number)
            if room is None:
                continue
            self.pool.place(number)
            saved = self._checkpoints.get(number)
            if saved is None:
                self.pool.send(messages.OPEN, number, self._openings[number])
            else:
                self.pool.send(messages.RESTORE, number, saved)
            if not room.members:
                self.pool.send(messages.WATCHED, number, b"\0")
            for viewer in room.members:
                viewer.tell({"type": "notice", "kind": "resumed", "text": RESUMED})
                self.snapshot(room, viewer)


def error_event(field: str, was: object, expected: str, command: int | None = None) -> dict[str, Any]:
    """What a browser is told of a refusal."""
    message = f"{field}: was {was}, expected {expected}"
    return {
        "type": "error", "command": command, "field": field, "was": str(was), "expected": expected,
        "message": message,
    }  # fmt: skip
