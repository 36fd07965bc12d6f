"""The training process's loop: rooms, their turns, and what goes back to the web process."""

import json
import selectors
import socket
import struct
import sys
import time
import traceback
from typing import Any

from ..engine import PRESETS, ExperimentError, from_address
from . import checkpoint, heap, journal, messages
from .card import Cards
from .refusal import CANNOT_BE, error_event
from .run import RoomRun

SLICE = 0.001  # seconds of training for a room before others, and commands, have their turn
PASS = 0.025  # seconds until each room had its turn, frames and all, so that each can have 26 a second
CHECKPOINT_EVERY = 1.8  # seconds: with 22 runs in a process none was older than two
AFTER_A_NOTE = 1.0  # seconds between two, while the run is told something: so much training is repeated at most
TOGETHER = 16 * 1024  # bytes that are sent at once; so much of many runs' pulses is made in 2 ms
STATES = 256 * 2**20  # bytes of the states that all runs together keep for going back
FIRST_PRESET = "First look"
BEGINNING = (messages.OPEN, messages.RESTORE, messages.REPEAT)
clock = time.perf_counter


class Room:
    """A run, who looks at it, when it was last saved, and whether it was told anything since."""

    def __init__(self, run: RoomRun, now: float, refused: dict[str, Any] | None = None) -> None:
        self.run, self.watched = run, True
        #: Why its run is not the one that it was opened for: told with the first snapshot.
        self.refused = refused
        self.saved_at = now
        self.noted = False
        self.cards: Cards | None = None
        #: What it was told before its process or the server ended; meanwhile, what it is asked waits.
        self.repeat: journal.Repeat | None = None
        self.later: list[tuple[int, bytes]] = []

    @property
    def save_due(self) -> float | None:
        """When the next checkpoint is due, if there is anything new."""
        return self.saved_at + (AFTER_A_NOTE if self.noted else CHECKPOINT_EVERY) if self.run.dirty else None


class Workshop:
    """Serves rooms over one socket."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        self.rooms: dict[int, Room] = {}
        self.unpacker = messages.Unpacker()
        self.selector = selectors.DefaultSelector()
        self.selector.register(channel, selectors.EVENT_READ)
        #: Seconds of training for a room: what a pass leaves when all else in it is done.
        self.slice = SLICE
        self._tidied_at = clock()
        #: What the web process will be told next.
        self._told = bytearray()

    def serve(self) -> None:
        """Until the web process closes the channel."""
        while True:
            if self.selector.select(self._patience()) and not self._read():
                return
            began = clock()
            watched = [(number, room) for number, room in self.rooms.items() if room.watched]
            for number, room in watched:
                # A command does not wait until all others have had their turn.
                if self.selector.select(0) and not self._read():
                    return
                if self.rooms.get(number) is room:
                    room.run.sharers = len(watched)
                    self._advance(number, room, self.slice)
                    if len(self._told) >= TOGETHER:
                        self._send()
            self._send()
            self._adjust(clock() - began, len(watched))
            self._share_memory()
            self._tidy()

    def _adjust(self, took: float, rooms: int) -> None:
        """A pass through so many rooms took so many seconds: the next one trains as much less as it was too long."""
        if rooms:
            self.slice = min(SLICE, max(0.0, self.slice + 0.5 * (PASS - took) / rooms))

    def _share_memory(self) -> None:
        """The same for each run: the many of a class must not fill the machine with their past."""
        for room in self.rooms.values():
            room.run.trainer.timeline.bound(STATES // len(self.rooms))

    def _tidy(self) -> None:
        if clock() - self._tidied_at >= heap.EVERY:
            self._tidied_at = clock()
            heap.give_back()

    def _patience(self) -> float:
        """For how many seconds nothing is due; 0 when there is work."""
        now = clock()
        due = [self._room_due(room, now) for room in self.rooms.values() if room.watched]
        times = [time for time in due if time is not None]
        return max(0.0, min([self._tidied_at + heap.EVERY, *times]) - now)

    def _room_due(self, room: Room, now: float) -> float | None:
        if room.repeat is not None:
            return now
        due, save = room.run.next_due(now), room.save_due
        card = None if room.cards is None else room.cards.next_due(room.run)
        known = [time for time in (due, save, card) if time is not None]
        return min(known) if known else None

    def _read(self) -> bool:
        data = self.channel.recv(1 << 16)
        for type, number, payload in self.unpacker.feed(data):
            self._take(type, number, payload)
        return bool(data)

    def _take(self, type: int, number: int, payload: bytes) -> None:
        try:
            (self._begin if type in BEGINNING else self._handle)(type, number, payload)
        except ConnectionError:  # the web process has gone
            raise
        except Exception:  # one room's fault must not take the others along; it is logged, and the room goes on
            traceback.print_exc(file=sys.stderr)
        self._flush(number)
        self._send()

    def _handle(self, type: int, number: int, payload: bytes) -> None:
        now = clock()
        room = self.rooms.get(number)
        if room is None:
            return
        if type == messages.CLOSE:
            del self.rooms[number]
        elif type == messages.CONFIRM:
            self._tell_web(messages.pack(messages.READY, number))
        elif room.repeat is not None:
            room.later.append((type, payload))
        elif type == messages.WATCHED:
            self._watch(number, room, payload == b"\1", now)
        elif type == messages.SNAPSHOT:
            self._snapshot(room, struct.unpack(f"<{len(payload) // 4}I", payload), now)
        elif type == messages.HOLD:
            held = payload == b"\1"
            if held != room.run.held:
                self._tell(number, room, {"type": "hold", "held": held}, None, now)
        elif type == messages.CARDS:
            room.cards = Cards(now)
            self._show_card(number, room, now)
        elif type == messages.COPY:
            self._tell_web(messages.pack(messages.COPIED, number, payload + checkpoint.pack(room.run)))
        elif type == messages.COMMAND:
            message: dict[str, Any] = json.loads(payload)
            self._tell(number, room, message["command"], message["asker"], now)

    def _begin(self, type: int, number: int, payload: bytes) -> None:
        """A run, or the notes that it repeats. What was on disk may be damaged: the web process is told."""
        now = clock()
        try:
            if type == messages.OPEN:
                self.rooms[number] = opened(payload.decode(), now)
            elif type == messages.RESTORE:
                room = self.rooms[number] = Room(checkpoint.unpack(payload, now), now)
                room.repeat = None if room.run.ahead.goal is None else journal.Repeat(())  # a command's rest
            elif number in self.rooms:
                self.rooms[number].repeat = journal.Repeat(json.loads(payload))
        except Exception as error:
            self.rooms.pop(number, None)
            self._tell_web(messages.pack(messages.UNREADABLE, number, repr(error).encode(errors="replace")))

    def _tell(self, number: int, room: Room, command: dict[str, Any], asker: object, now: float) -> None:
        """Carry out a command; its note, or a checkpoint instead, goes before all that follows from it."""
        run, type = room.run, command["type"]
        if type not in journal.SILENT:
            run.dirty = room.noted = True
            if type not in journal.BACKWARDS:
                run.outbox.append(("note", journal.note(run, command, now)))
        if asker is not None:
            run.outbox.append(("done", asker))
        journal.carry_out(run, command, asker, now)
        if type in journal.BACKWARDS:
            self._save(number, room, now, messages.TURNED)

    def _watch(self, number: int, room: Room, watched: bool, now: float) -> None:
        """Nobody looks: the clock stands still, and what there is is saved."""
        if watched and not room.watched:
            room.run.awake(now)
        elif not watched:
            self._save(number, room, now, messages.RESTED)
        room.watched = watched

    def _snapshot(self, room: Room, askers: tuple[int, ...], now: float) -> None:
        """Everything, made once, for all who ask."""
        run = room.run
        if room.refused is not None:
            run.outbox.append(("reply", askers, room.refused))
            room.refused = None
        kept, run.outbox = run.outbox, []
        sent = run.sent_records
        run.tell_all(now)
        run.sent_records = sent
        told, run.outbox = run.outbox, kept
        run.outbox += [("reply", askers, out[-1]) for out in told]

    def _advance(self, number: int, room: Room, seconds: float) -> None:
        now = clock()
        if room.repeat is not None:
            self._repeat(number, room, room.repeat, now, now + seconds)
            return
        try:
            room.run.advance(now, now + seconds)
        except Exception:  # as above
            traceback.print_exc(file=sys.stderr)
            room.run.playing = False
        self._flush(number)
        self._show_card(number, room, now)
        if room.save_due is not None and now >= room.save_due:
            self._save(number, room, now)

    def _repeat(self, number: int, room: Room, repeat: journal.Repeat, now: float, deadline: float) -> None:
        """Go on where the run was; then what has been asked meanwhile."""
        try:
            done = repeat.go_on(room.run, now, deadline)
        except Exception:  # as above
            traceback.print_exc(file=sys.stderr)
            repeat.skip()
            return
        if done:
            room.repeat = None
            self._save(number, room, now)
            later, room.later = room.later, []
            for type, payload in later:
                self._take(type, number, payload)

    def _show_card(self, number: int, room: Room, now: float) -> None:
        try:
            card = None if room.cards is None else room.cards.make(room.run, now)
        except Exception:  # as above; this run has no cards from here on
            traceback.print_exc(file=sys.stderr)
            card = room.cards = None
        if card is not None:
            self._tell_web(messages.pack(messages.CARD, number, as_json(card)))

    def _save(self, number: int, room: Room, now: float, type: int = messages.CHECKPOINT) -> None:
        room.saved_at, room.run.dirty, room.noted = now, False, False
        self._tell_web(messages.pack(type, number, checkpoint.pack(room.run)))

    def _flush(self, number: int) -> None:
        room = self.rooms.get(number)
        if room is None or not room.run.outbox:
            return
        outbox, room.run.outbox = room.run.outbox, []
        for out in outbox:
            self._tell_web(pack_out(number, out))

    def _tell_web(self, message: bytes) -> None:
        """In the order in which things are told, but many in one go: each wakes the web process."""
        self._told += message

    def _send(self) -> None:
        if self._told:
            told, self._told = self._told, bytearray()
            self.channel.sendall(told)


def opened(address: str, now: float) -> Room:
    """A new room with the experiment of an address; without one, or if it cannot be, with the first preset."""
    refused = None
    try:
        if address:
            experiment = from_address(address)
            name = next((preset.name for preset in PRESETS.values() if preset.experiment == experiment), None)
            return Room(RoomRun(experiment, now, name, PRESETS[name].speed if name else 1), now)
    except ExperimentError as error:
        refused = error_event(error.field, error.was, error.expected, CANNOT_BE)
    preset = PRESETS[FIRST_PRESET]
    return Room(RoomRun(preset.experiment, now, preset.name, preset.speed), now, refused)


def pack_out(number: int, out: tuple[Any, ...]) -> bytes:
    """An entry of a run's outbox as a message."""
    if out[0] == "frame":
        return messages.pack(messages.FRAME, number, out[2])
    if out[0] == "event":
        return messages.pack(messages.EVENT, number, as_json(out[1]))
    if out[0] == "note":
        return messages.pack(messages.NOTE, number, as_json(out[1]))
    if out[0] == "done":
        return messages.pack(messages.DONE, number, struct.pack("<I", out[1]))
    askers, what = out[1] if isinstance(out[1], tuple) else (out[1],), out[2]
    frame = isinstance(what, bytes)
    return messages.pack(messages.REPLY, number, messages.reply(askers, frame, what if frame else as_json(what)))


def as_json(event: dict[str, Any]) -> bytes:
    """An event's text; a number that is none would be a mistake of ours."""
    return json.dumps(event, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
