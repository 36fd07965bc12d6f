"""The training process's loop: rooms, their turns, and what goes back to the web process."""

import selectors
import socket
import sys
import traceback
from collections.abc import Iterable

from ..limits import ANSWERING, BATCH_BYTES, FINISHING, PASS, SLICE, STATES
from ..wire import messages
from . import heap
from .accounts import Accounts
from .clocks import SLEEP_COUNTS, clock, processor
from .run_slot import RunSlot, begun, refused
from .turns import Turns, Work


class Scheduler:
    """Serves rooms over one socket."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        self.rooms: dict[int, RunSlot] = {}
        self.turns, self.unpacker = Turns(processor()), messages.Unpacker()
        self.selector = selectors.DefaultSelector()
        self.selector.register(channel, selectors.EVENT_READ)
        #: Seconds of training for a room: what a pass leaves when all else in it is done.
        self.slice = SLICE
        self._tidied_at, self.accounts = clock(), Accounts(clock())
        #: What runs that are still to be opened or restored were told, as JSON.
        self._notes: dict[int, bytes] = {}
        #: Runs of which somebody waits to hear that they are there.
        self._unconfirmed: set[int] = set()
        #: The run that does what it was told, since when, and what went into others meanwhile.
        self._at_work: int | None = None
        self._looked_at = self._elsewhere = self._slept = 0.0
        #: Others have their turns while a run is at work.
        self._aside = False
        self._told = bytearray()  # to the web process, next

    def serve(self) -> None:
        """Until the web process closes the channel."""
        while self._read(self._patience()) and self._pass():
            self._share_memory()
            self._tidy()
        self._finish()

    def _pass(self) -> bool:
        """Each light run has its turn, and one heavy run; False when the channel has been closed."""
        began = clock()
        self._answer()
        watched = [(number, room) for number, room in self.rooms.items() if room.watched]
        self.turns.pay(processor() + self._slept, len(watched))  # without what others on the machine took
        for number, room in watched:
            # A command does not wait until all others have had their turn.
            if not self._listen():
                return False
            if self.rooms.get(number) is not room:
                continue
            if self.turns.light(number):
                self._advance(room, len(watched))
            else:
                room.save_if_due(clock())
            if len(self._told) >= BATCH_BYTES:
                self._send()
        open = self._give_a_heavy_turn(len(watched))
        for message in self.accounts.tell(self.rooms.values(), clock()):
            self._tell_web(message)
        self._send()
        self._adjust(clock() - began, len(watched))
        return open

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

    # --- what is due -------------------------------------------------------------------------------------------

    def _patience(self) -> float:
        """For how many seconds nothing is due; 0 when there is work."""
        now, heavy = clock(), [number for number in self.turns.numbers if not self.turns.light(number)]
        if any(map(self._ready, heavy)):
            return 0.0
        return max(0.0, min([self._light_patience(now), *(time - now for time in self._dues(heavy, now))]))

    def _light_patience(self, now: float) -> float:
        """The same, of runs that have not used up their purse."""
        if self.turns.asked(self._ready) is not None:
            return 0.0
        times = self._dues(filter(self.turns.light, self.rooms), now)
        if self.accounts.due is not None:
            times.append(self.accounts.due)
        return max(0.0, min([self._tidied_at + heap.EVERY, *times]) - now)

    def _dues(self, numbers: Iterable[int], now: float) -> list[float]:
        """When these runs have something to do by themselves."""
        return [time for room in map(self.rooms.get, numbers) if room and (time := room.due(now)) is not None]

    def _ready(self, number: int) -> bool:
        """Whether a run can take its oldest message: while it repeats what it was told, others wait."""
        room = self.rooms.get(number)
        repeats = room is not None and room.repeat is not None
        return self.turns.first(number) is not None and not repeats and number != self._at_work

    def _busy(self, number: int, now: float) -> bool:
        """Whether a run has something to do."""
        return self._ready(number) or any(time <= now for time in self._dues([number], now))

    # --- messages ----------------------------------------------------------------------------------------------

    def _read(self, patience: float = 0.0) -> bool:
        """Have what has come wait for its run's turn; False when the channel has been closed."""
        began, ready = clock(), self.selector.select(patience)
        self._slept += clock() - began if patience and not SLEEP_COUNTS else 0.0
        if not ready:
            return True
        data = self.channel.recv(1 << 16)
        for type, number, payload in self.unpacker.feed(data):
            self._put(type, number, payload)
        return bool(data)

    def _put(self, type: int, number: int, payload: bytes) -> None:
        if type == messages.PING:
            self._tell_web(messages.pack(messages.PONG, 0, payload))
            self._send()
        elif type == messages.REPEAT:
            self._notes[number] = payload
        elif type == messages.CONFIRM:
            self._unconfirmed.add(number)
            self._confirm()
            self._send()
        elif type == messages.CLOSE:
            self.rooms.pop(number, None)
            self._notes.pop(number, None)
            self.turns.drop(number)
            self.accounts.close(number)
            self._unconfirmed.discard(number)
        elif type == messages.SNAPSHOT and self.turns.join(number, type, payload):
            return  # one that waits already will be for these as well
        elif not self.turns.put(number, (type, payload), type == messages.COMMAND):
            self._tell_web(refused(number, payload))

    def _listen(self) -> bool:
        """Read, and answer what light runs are asked; False when the channel has been closed."""
        open = self._read()
        self._answer()
        return open

    def _answer(self) -> None:
        """What light runs are asked, one after the other, for some milliseconds; in between, look who else asks."""
        end = clock() + ANSWERING
        while (number := self.turns.asked(self._ready)) is not None:
            self._take(number)
            if clock() >= end or not self._read():
                return

    def _take(self, number: int) -> None:
        """Do what a run's oldest message asks for, or a piece of it; its run is charged with the time."""
        began, elsewhere = processor(), self._elsewhere
        self._at_work, self._looked_at, was = number, began, self._at_work
        done = self._go_on(number)
        self._at_work = was
        room = self.rooms.get(number)
        if room is not None:
            room.flush()
        elif done:
            self.turns.drop(number)
            return
        if done:
            self.turns.take(number)
        took = processor() - began - (self._elsewhere - elsewhere)
        self.turns.charge(number, took, answered=True)
        self.accounts.use(number, took)
        self._send()

    def _go_on(self, number: int) -> bool:
        """With a run's oldest message, up to its next pause; whether all of it is done."""
        try:
            next(self.turns.work(number, self._handle))
        except StopIteration:
            return True
        except ConnectionError:  # the web process has gone
            raise
        except Exception:  # one room's fault must not take the others along; it is logged, and the room goes on
            traceback.print_exc(file=sys.stderr)
            return True
        return False

    def _handle(self, number: int, type: int, payload: bytes) -> Work:
        if type in (messages.OPEN, messages.RESTORE):
            yield from self._begin(number, type, payload)
        elif number in self.rooms:
            yield from self.rooms[number].prepare(type, payload)
            self.rooms[number].handle(type, payload, clock())
            if type == messages.SNAPSHOT and (usage := self.accounts.first(self.rooms[number])) is not None:
                self._tell_web(usage)  # before others of its address begin

    def _begin(self, number: int, type: int, payload: bytes) -> Work:
        """A run, with the notes that it repeats. What was on disk may be damaged: the web process is told."""
        notes = self._notes.pop(number, None)
        try:
            self.rooms[number] = room = yield from begun(number, type, payload, notes, clock(), self._tell_web)
            room.run.on_the_way = self._on_the_way
        except Exception as error:
            self._unconfirmed.discard(number)
            self._tell_web(messages.pack(messages.UNREADABLE, number, repr(error).encode(errors="replace")))
        self._confirm()

    def _confirm(self) -> None:
        """Say which runs are there, to whoever waits for it."""
        for number in self._unconfirmed & self.rooms.keys():
            self._unconfirmed.discard(number)
            self._tell_web(messages.pack(messages.READY, number))

    # --- turns -------------------------------------------------------------------------------------------------

    def _advance(self, room: RunSlot, rooms: int) -> None:
        """A run's turn; what it takes beyond its part of a pass is charged."""
        room.run.sharers = rooms
        asked, began = room.run.asked, processor()
        room.advance(clock(), self.slice)
        took, asked = processor() - began, room.run.asked - asked
        self.turns.charge(room.number, took - max(SLICE, PASS / rooms))
        if asked:
            self.accounts.use(room.number, asked)

    def _give_a_heavy_turn(self, rooms: int) -> bool:
        """One heavy run does what it was asked first, and trains; False when the channel has been closed."""
        if not self.turns.any_heavy:
            return True
        now = clock()
        idle = self._light_patience(now) > 0
        number = self.turns.heavy(lambda number: self._busy(number, now), idle)
        if number is None:
            return True
        if self._ready(number):
            self._take(number)
            if not self._listen():
                return False
        room = self.rooms.get(number)
        if room is not None and room.watched:
            self._advance(room, max(1, rooms))
        return True

    def _on_the_way(self) -> None:
        """A run makes many steps once more: in between, light ones are answered and have their turns."""
        began = processor()
        if self._at_work is None or began - self._looked_at < PASS:
            return
        if self._aside:  # within another such run: nobody else has a turn, but the web process hears of it
            self._looked_at = began
            self._read()
            return
        self._aside = True
        others = [(number, room) for number, room in self.rooms.items() if room.watched and number != self._at_work]
        for number, room in others:
            self._listen()
            if self.rooms.get(number) is not room:
                continue
            if self.turns.light(number):
                self._advance(room, len(others))
            else:
                room.save_if_due(clock())
        self._send()
        self._aside = False
        self._looked_at = processor()
        self._elsewhere += self._looked_at - began

    def _finish(self) -> None:
        """The channel has been closed: do what was still asked, but no command that would keep others waiting."""
        end = clock() + FINISHING
        for number in self.turns.numbers:
            while self._ready(number):
                message = self.turns.first(number)
                if clock() >= end and message is not None and message[0] == messages.COMMAND:
                    self.turns.take(number)
                else:
                    self._take(number)

    # --- what is told ------------------------------------------------------------------------------------------

    def _tell_web(self, message: bytes) -> None:
        """In the order in which things are told, but many in one go: each wakes the web process."""
        self._told += message

    def _send(self) -> None:
        if self._told:
            told, self._told = self._told, bytearray()
            self.channel.sendall(told)
