"""Commands of one connection that wait until its run has carried out earlier ones. Pure."""

from collections import deque

from ..limits import WAITING_BYTES, WAITING_COMMANDS


class Waiting:
    """Messages as they came, in order; only so many, and so many bytes of them."""

    def __init__(self) -> None:
        self._messages: deque[tuple[str, int]] = deque()
        self._bytes = 0

    def __bool__(self) -> bool:
        return bool(self._messages)

    def put(self, message: str, size: int) -> bool:
        """Whether there was room for it."""
        if len(self._messages) >= WAITING_COMMANDS or self._bytes + size > WAITING_BYTES:
            return False
        self._messages.append((message, size))
        self._bytes += size
        return True

    def take(self) -> str:
        """The oldest one."""
        message, size = self._messages.popleft()
        self._bytes -= size
        return message
