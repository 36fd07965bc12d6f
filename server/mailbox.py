"""What waits for one viewer: events in order, and of each kind of frame only the latest.

A viewer acknowledges what it has drawn; while too much is unacknowledged its frames wait here, where newer ones
replace them, instead of in the kernel, where they would grow old.
"""

from collections import deque

from .protocol import HISTORY, numbered

#: Frames that may be on their way: enough to fill the round trip of a school network at 25 frames a second.
WINDOW = 8
#: A viewer that lets so many events pile up is not there any more.
MOST_EVENTS = 1000


class Mailbox:
    """Pure: `put…` fills it, `take…` empties it, `acknowledge` opens the window again."""

    def __init__(self) -> None:
        self.events: deque[bytes] = deque()
        self.latest: dict[str, bytes] = {}
        self.slots: dict[int, bytes] = {}
        self.histories: deque[bytes] = deque(maxlen=8)
        self.sent = self.acknowledged = 0
        self.dropped = 0

    def put_event(self, event: bytes) -> bool:
        """Queue an event, JSON; False when there are too many."""
        self.events.append(event)
        return len(self.events) <= MOST_EVENTS

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

    def acknowledge(self, seq: int) -> None:
        """The viewer has drawn everything up to this frame."""
        if self.acknowledged < seq <= self.sent:
            self.acknowledged = seq

    @property
    def open(self) -> bool:
        """Whether another frame may be sent."""
        return self.sent - self.acknowledged < WINDOW

    @property
    def ready(self) -> bool:
        """Whether there is something to send."""
        return bool(self.events or self.latest) or (self.open and bool(self.slots or self.histories))

    def take_event(self) -> bytes | None:
        """The next event; those of which only the latest counts come last."""
        if self.events:
            return self.events.popleft()
        return self.latest.pop(next(iter(self.latest))) if self.latest else None

    def take_frame(self) -> bytes | None:
        """The next frame, with this viewer's number in it; events go first."""
        if self.events or self.latest or not self.open:
            return None
        if self.histories:
            frame = self.histories.popleft()
        elif self.slots:
            frame = self.slots.pop(next(iter(self.slots)))
        else:
            return None
        self.sent += 1
        return numbered(frame, self.sent & 0xFFFFFFFF)

    def clear_frames(self) -> None:
        """Forget frames of a run that is no more."""
        self.slots.clear()
        self.histories.clear()
