"""Whose turn it is: messages wait for their run's, and each run has a purse of processor time. Pure: the clock is
handed in.

A run that has not used up its purse is light: what it is asked is answered at once. Any other is heavy until it has
all of its purse back. Between two turns of all the light runs one heavy run has a turn: the one that owes least, and
only when it owes nothing or there is nothing else to do. A run that is opened with a long address, which has a
table or all weights in it, is heavy from the beginning.
"""

from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

from ..limits import BEGINNING, HEAVY, HEAVY_SHARE, MOST_DEBT, MOST_QUEUED, MOST_QUEUED_BYTES, PURSE
from ..wire.messages import OPEN

Message = tuple[int, bytes]
#: What a message asks for; at each pause others can have their turns.
Work = Generator[None, None, None]


@dataclass
class Turn:
    """What waits for a run, in order, and the processor time that it may still use; below 0 it owes some."""

    left: float = PURSE
    heavy: bool = False
    #: Seconds that its last messages took, the longest of them; that the oldest one has taken so far.
    usual: float = BEGINNING
    spent: float = 0.0
    waiting: deque[Message] = field(default_factory=deque)
    size: int = 0
    #: What is left to do of the oldest message, if it has begun.
    rest: Work | None = None


class Turns:
    """Those of all runs of a process, by their numbers."""

    def __init__(self, now: float) -> None:
        self._turns: dict[int, Turn] = {}
        #: Runs for which something waits, in the order in which it came.
        self._asked: dict[int, None] = {}
        self._heavy: set[int] = set()
        self._paid_at = now

    def put(self, number: int, message: Message, bounded: bool) -> bool:
        """Have a message wait; False for a bounded one when there are too many of its run, or too many bytes."""
        size = len(message[1])
        if number not in self._turns and message[0] == OPEN and size > HEAVY:
            self._turns[number] = Turn(0.0, heavy=True)
            self._heavy.add(number)
        turn = self._turns.setdefault(number, Turn())
        if bounded and (len(turn.waiting) >= MOST_QUEUED or turn.size + size > MOST_QUEUED_BYTES):
            return False
        turn.waiting.append(message)
        turn.size += size
        self._asked.setdefault(number)
        return True

    def take(self, number: int) -> Message | None:
        """The oldest message of a run, if one waits."""
        turn = self._turns.get(number)
        if turn is None or not turn.waiting:
            return None
        message, turn.rest = turn.waiting.popleft(), None
        turn.size -= len(message[1])
        if not turn.waiting:
            del self._asked[number]
        return message

    def first(self, number: int) -> Message | None:
        """The same, which goes on waiting."""
        turn = self._turns.get(number)
        return turn.waiting[0] if turn is not None and turn.waiting else None

    def work(self, number: int, begin: Callable[[int, int, bytes], Work]) -> Work:
        """What is left to do of the oldest message, which goes on waiting; all of it, if it has not begun."""
        turn = self._turns[number]
        if turn.rest is None:
            turn.rest = begin(number, *turn.waiting[0])
        return turn.rest

    def join(self, number: int, type: int, askers: bytes) -> bool:
        """Whether a message of this type waits already, so that these askers, a u32 each, are put to its own.

        One that has begun knows its askers already.
        """
        turn = self._turns.get(number, Turn())
        begun = turn.rest is not None
        places = (place for place, message in enumerate(turn.waiting) if message[0] == type and place >= begun)
        place = next(places, None)
        if place is None:
            return False
        there = turn.waiting[place][1]
        known = {there[at : at + 4] for at in range(0, len(there), 4)}
        new = b"".join(one for at in range(0, len(askers), 4) if (one := askers[at : at + 4]) not in known)
        turn.waiting[place] = type, there + new
        turn.size += len(new)
        return True

    def drop(self, number: int) -> None:
        """The run has ended."""
        self._turns.pop(number, None)
        self._asked.pop(number, None)
        self._heavy.discard(number)

    # --- processor time ----------------------------------------------------------------------------------------

    def charge(self, number: int, seconds: float, answered: bool = False) -> None:
        """A run has used so much, for a message or a piece of one (`answered`), or else beyond its part of a pass."""
        if number not in self._turns or seconds <= 0:
            return
        turn = self._turns[number]
        if answered:
            turn.spent += seconds
            turn.usual = max(turn.spent, turn.usual if turn.rest else 0.5 * turn.usual)
            turn.spent = turn.spent if turn.rest else 0.0
        turn.left = max(-MOST_DEBT, turn.left - seconds)
        if turn.left < 0 and not turn.heavy:
            turn.heavy = True
            self._heavy.add(number)

    def pay(self, now: float, runs: int) -> None:
        """Time has passed: each run gets its share of it, and the heavy ones together HEAVY_SHARE at least."""
        passed, self._paid_at = max(0.0, now - self._paid_at), now
        share = passed * max(1 / max(1, runs, len(self._heavy)), HEAVY_SHARE / max(1, len(self._heavy)))
        for number, turn in self._turns.items():
            turn.left = min(PURSE, turn.left + share)
            if turn.heavy and turn.left >= PURSE:
                turn.heavy = False
                self._heavy.discard(number)

    # --- whose turn it is --------------------------------------------------------------------------------------

    @property
    def numbers(self) -> list[int]:
        """Of all runs."""
        return list(self._turns)

    @property
    def any_heavy(self) -> bool:
        """Whether any run has used up its purse."""
        return bool(self._heavy)

    def light(self, number: int) -> bool:
        """Whether a run has not used up its purse."""
        return number not in self._heavy

    def asked(self, ready: Callable[[int], bool]) -> int | None:
        """The light run that is answered next: the one whose last messages took least. `ready`: it can take one."""
        able = [number for number in self._asked if number not in self._heavy and ready(number)]
        return min(able, key=lambda number: self._turns[number].usual, default=None)

    def heavy(self, busy: Callable[[int], bool], idle: bool) -> int | None:
        """The heavy run that has a turn now, if one has. `busy`: it has something to do; `idle`: no light run has.

        When there is nothing else to do, all are let off what the one that owes least owes.
        """
        able = [number for number in self._heavy if busy(number)]
        best = max(able, key=lambda number: (self._turns[number].left, -number), default=None)
        if best is None:
            return None
        owed = -self._turns[best].left
        if owed > 0 and not idle:
            return None
        if owed > 0:
            for number in self._heavy:
                self._turns[number].left += owed
        return best
