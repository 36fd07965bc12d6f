"""A log that a flood cannot fill: of each kind of warning one line a minute."""

import logging
import time
from collections.abc import Callable

from .. import limits


class Seldom(logging.Filter):
    """Lets one warning of a kind pass, and the next when its time is over. Errors always pass."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.clock = clock
        self._last: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is written. The kind is the text before anything is put into it."""
        if record.levelno > logging.WARNING:
            return True
        now, kind = self.clock(), str(record.msg)
        if kind in self._last and now - self._last[kind] < limits.COMPLAINT_SECONDS:
            return False
        self._last[kind] = now
        return True
