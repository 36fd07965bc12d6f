"""What a run says while a note of what it was told is on its way to the disk. Pure: no sockets, no event loop."""

from collections import deque

from ..wire import messages
from ..wire.protocol import HISTORY

Said = tuple[int, bytes]


class Backlog:
    """Messages in their order, each kept back until the notes before it are written.

    Of each kind of frame only the newest waits, as in a viewer's mailbox.
    """

    def __init__(self) -> None:
        #: None stands for a note that is not on disk yet.
        self._waiting: deque[Said | None] = deque()

    def __bool__(self) -> bool:
        """Whether what comes next has to wait."""
        return bool(self._waiting)

    def note(self) -> None:
        """A note is on its way; what comes from here on follows from it."""
        self._waiting.append(None)

    def put(self, type: int, payload: bytes) -> None:
        """Keep a message back."""
        if type == messages.FRAME and payload[5] != HISTORY:
            self._forget(payload[5])
        self._waiting.append((type, payload))

    def _forget(self, kind: int) -> None:
        """An older frame of this kind that follows from the same note."""
        for place in reversed(range(len(self._waiting))):
            said = self._waiting[place]
            if said is None:
                return
            if said[0] == messages.FRAME and said[1][5] == kind:
                del self._waiting[place]
                return

    def written(self) -> list[Said]:
        """The oldest note is on disk, or cannot be put there: what may be told now."""
        free: list[Said] = []
        self._waiting.popleft()
        while self._waiting:
            said = self._waiting[0]
            if said is None:
                break
            free.append(said)
            self._waiting.popleft()
        return free
