"""Hands a run's pulses to those who see it, no more often than leaves the server time for all else.

Each pulse that reaches a thousand viewers takes tens of milliseconds, and comes back as acknowledgements. Handed out
as fast as they are made they would fill the time, and everything would wait for its turn behind them.
"""

import asyncio
from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .viewer import Viewer

#: Of the time, how much may go into handing out a run's pulses.
SHARE = 0.4


class Handing:
    """The newest pulse is handed out at once, or as soon as the last one has had its rest."""

    def __init__(self) -> None:
        self._rested = 0.0
        self._newest: bytes | None = None
        self._later: asyncio.TimerHandle | None = None

    def pulse(self, viewers: "Collection[Viewer]", frame: bytes) -> None:
        """Now, or later if no newer one comes; `viewers` may change until then."""
        loop = asyncio.get_running_loop()
        self._newest = frame
        if loop.time() >= self._rested:
            self.flush(viewers)
        elif self._later is None:
            self._later = loop.call_at(self._rested, self.flush, viewers)

    def flush(self, viewers: "Collection[Viewer]") -> None:
        """Now, if one waits: before anything that must not come ahead of it."""
        frame, self._newest = self._newest, None
        if self._later is not None:
            self._later.cancel()
            self._later = None
        if frame is None:
            return
        loop = asyncio.get_running_loop()
        began = loop.time()
        for viewer in viewers:
            viewer.show(frame)
        self._rested = began + (loop.time() - began) / SHARE
