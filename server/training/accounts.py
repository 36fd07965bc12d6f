"""What runs use of their process, and hold: what the web process is told of it. Pure: the clock is handed in."""

from collections.abc import Iterable

from ..limits import USAGE_EVERY
from ..wire import messages
from .holding import held_by
from .run_slot import RunSlot


class Accounts:
    """Once a second, where anything is new."""

    def __init__(self, now: float) -> None:
        self._told_at = now
        #: Seconds of processor time for what a run was asked, which have not been told; bytes that were.
        self._used: dict[int, float] = {}
        self._held: dict[int, int] = {}

    def use(self, number: int, seconds: float) -> None:
        """A run was asked something that took so long."""
        self._used[number] = self._used.get(number, 0.0) + seconds

    def first(self, room: RunSlot) -> bytes | None:
        """What a run holds that has not been told yet; nothing if it has."""
        if room.number in self._held:
            return None
        held = self._held[room.number] = held_by(room.run)
        return messages.pack(messages.USAGE, room.number, messages.usage(0.0, held))

    def close(self, number: int) -> None:
        """A run has ended."""
        self._used.pop(number, None)
        self._held.pop(number, None)

    @property
    def due(self) -> float | None:
        """When something is to be told, if it is known now."""
        return self._told_at + USAGE_EVERY if self._used else None

    def tell(self, rooms: Iterable[RunSlot], now: float) -> list[bytes]:
        """The messages for the web process, if it is time."""
        if now - self._told_at < USAGE_EVERY:
            return []
        self._told_at = now
        told = []
        for room in rooms:
            used, held = self._used.pop(room.number, 0.0), held_by(room.run)
            if used or held != self._held.get(room.number):
                self._held[room.number] = held
                told.append(messages.pack(messages.USAGE, room.number, messages.usage(used, held)))
        self._used.clear()
        return told
