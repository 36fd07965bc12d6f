"""What waits for one viewer: events in order, and of each kind of frame only the latest.

A viewer acknowledges what it has drawn; while too much is unacknowledged its frames wait here, where newer ones
replace them, instead of in the kernel, where they would grow old. Too much is a number of frames, and for a slow line
a number of bytes: what it carries in 0.4 s, as its acknowledgements tell.
"""

import math
from collections import deque
from typing import NamedTuple

from ..wire.protocol import HISTORY, PULSE, numbered

#: Frames that may be on their way: enough to fill the round trip of a school network at 25 frames a second.
WINDOW = 8
#: Seconds that what is on the way may take; a line over which a frame took longer is as slow as this frame says.
DELAY = 0.4
#: Not every frame is acknowledged: one that should have arrived by the line's pace counts as if it had, and any after
#: so many seconds.
LONGEST = 2.0
#: What an acknowledgement may forget of the pace that earlier ones have shown.
FORGET = 0.5
#: A viewer that lets so many events pile up, or so many bytes of them, is not there any more.
MOST_EVENTS, MOST_BYTES = 1000, 8 * 2**20


class Sent(NamedTuple):
    """A frame that has left: its number, when, its bytes, and when it should have arrived."""

    seq: int
    at: float
    size: int
    due: float


class Mailbox:
    """Pure: `put…` fills it, `take…` empties it, `acknowledge` opens the window again. `now` is in seconds."""

    def __init__(self) -> None:
        self.events: deque[bytes] = deque()
        self._waiting = 0  # bytes of them
        self.latest: dict[str, bytes] = {}
        self.slots: dict[int, bytes] = {}
        self.histories: deque[bytes] = deque(maxlen=8)
        self.sent = self.acknowledged = 0
        self.dropped = 0
        #: The last frames that have left; the bytes of those that are not acknowledged; the last one's kind.
        self._left: deque[Sent] = deque(maxlen=2 * WINDOW)
        self._unacknowledged = self._last = 0
        #: Bytes a second that the line carries at least.
        self._pace = math.inf

    def put_event(self, event: bytes) -> bool:
        """Queue an event, JSON; False when there are too many."""
        self.events.append(event)
        self._waiting += len(event)
        return len(self.events) <= MOST_EVENTS and self._waiting <= MOST_BYTES

    def put_latest(self, type: str, event: bytes) -> None:
        """Put an event in place of an older one of its type that still waits."""
        self.latest[type] = event

    def put_frame(self, kind: int, frame: bytes) -> None:
        """Put a frame into its kind's slot, in place of an older one."""
        if kind == HISTORY:
            self.histories.append(frame)
            return
        if kind in self.slots:
            self.dropped += 1
            del self.slots[kind]  # the newest goes to the end: kinds take turns
        self.slots[kind] = frame

    def acknowledge(self, seq: int, now: float) -> None:
        """The viewer has drawn everything up to this frame."""
        if not self.acknowledged < seq <= self.sent:
            return
        self.acknowledged = seq
        self._unacknowledged = sum(frame.size for frame in self._left if frame.seq > seq)
        self._learn([frame for frame in self._left if frame.seq <= seq], now)

    def _learn(self, arrived: list[Sent], now: float) -> None:
        """Each frame and all after it came while the time went by since it left: no slower line can do that."""
        size, shown = 0, 0.0
        for frame in reversed(arrived):
            size += frame.size
            shown = max(shown, size / max(now - frame.at, 1e-6))
        slow = now - arrived[-1].at > DELAY
        self._pace = shown if slow else max(shown, FORGET * self._pace)

    def _waited_for(self, now: float) -> list[Sent]:
        """What is on the way, as far as can be told."""
        return [frame for frame in self._left if frame.seq > self.acknowledged and now < frame.due]

    def _next(self, now: float) -> int | None:
        """The kind of the frame that may be sent now, if there is one."""
        if self.shut or not (self.histories or self.slots):
            return None
        kind = HISTORY if self.histories else next(iter(self.slots))
        bound = DELAY * self._pace
        if bound < WINDOW * len(self.slots.get(PULSE, b"")) and self._last != PULSE:
            kind = PULSE  # on a slow line large pictures take long: between two of them there is a pulse
        size = len(self.histories[0] if kind == HISTORY else self.slots[kind])
        if self._unacknowledged + size <= bound:
            return kind
        on_the_way = sum(frame.size for frame in self._waited_for(now))
        return kind if not on_the_way or on_the_way + size <= bound else None

    @property
    def answers(self) -> bool:
        """Whether events wait: what belongs to them comes with them."""
        return bool(self.events or self.latest)

    @property
    def waits(self) -> bool:
        """Whether anything waits, be it for its time."""
        return self.answers or bool(self.slots or self.histories)

    @property
    def shut(self) -> bool:
        """Whether no frame may leave before an acknowledgement, however fast the line."""
        return self.sent - self.acknowledged >= WINDOW

    def ready(self, now: float) -> bool:
        """Whether there is something to send."""
        return self.answers or self._next(now) is not None

    def opens(self, now: float) -> float | None:
        """Seconds until what is on the way counts as arrived, if a frame waits only for that."""
        if self.shut or not (self.histories or self.slots):
            return None
        return max((frame.due - now for frame in self._waited_for(now)), default=None)

    def take_event(self) -> bytes | None:
        """The next event; those of which only the latest counts come last."""
        if self.events:
            event = self.events.popleft()
            self._waiting -= len(event)
            return event
        return self.latest.pop(next(iter(self.latest))) if self.latest else None

    def take_frame(self, now: float) -> bytes | None:
        """The next frame, with this viewer's number in it; events go first."""
        kind = None if self.answers else self._next(now)
        if kind is None:
            return None
        frame = self.histories.popleft() if kind == HISTORY else self.slots.pop(kind)
        self.sent += 1
        self._last = kind
        self._note(len(frame), now)
        return numbered(frame, self.sent & 0xFFFFFFFF)

    def _note(self, size: int, now: float) -> None:
        """A frame has left, after what is still on the way."""
        last = self._left[-1] if self._left else None
        begins = now if last is None or last.seq <= self.acknowledged else max(now, last.due)
        due = min(max(begins + size / self._pace, now + DELAY), now + LONGEST)
        self._left.append(Sent(self.sent, now, size, due))
        self._unacknowledged += size

    def clear_frames(self) -> None:
        """Forget frames of a run that is no more."""
        self.slots.clear()
        self.histories.clear()
