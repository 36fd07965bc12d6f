"""Hands a run's pulses and events to those who see it, so that the server has time for all else.

Each pulse that reaches a thousand viewers takes tens of milliseconds, and comes back as acknowledgements. Handed out
as fast as they are made they would fill the time, and everything would wait for its turn behind them. An event wakes
a writer for each viewer: of many a few at a time, and what comes meanwhile is heard in between.
"""

import asyncio
from collections.abc import Collection
from itertools import islice
from typing import Protocol

from .later import Later

#: Writers that are woken at a time: they take 3 ms.
CALLED = 40
#: Of the time, how much may go into handing out a run's pulses.
SHARE = 0.4


class Receiver(Protocol):
    """Somebody whom frames and events are handed to."""

    called_later: bool

    def show(self, frame: bytes) -> None:
        """A frame."""

    def put(self, event: bytes) -> None:
        """An event, of which the writer does not hear yet."""

    def call(self) -> None:
        """Wake the writer."""


class Handing:
    """The newest pulse is handed out at once, or as soon as the last one has had its rest."""

    def __init__(self) -> None:
        self._rested = 0.0
        self._newest: bytes | None = None
        self._later = Later()
        #: Those for whom an event waits, and who have not been called yet.
        self._uncalled: dict[Receiver, None] = {}
        self._calling: asyncio.Handle | None = None

    def event(self, viewers: Collection[Receiver], event: bytes) -> None:
        """To everybody, and call them: the first ones now, the others a few at a time."""
        for place, viewer in enumerate(viewers):
            viewer.put(event)
            if place < CALLED:
                viewer.call()
            else:
                viewer.called_later = True
                self._uncalled[viewer] = None
        self._call_soon()

    def _call_soon(self) -> None:
        if self._uncalled and self._calling is None:
            self._calling = asyncio.get_running_loop().call_soon(self._call)

    def _call(self) -> None:
        self._calling = None
        for viewer in list(islice(self._uncalled, CALLED)):
            del self._uncalled[viewer]
            viewer.call()
        self._call_soon()

    def pulse(self, viewers: Collection[Receiver], frame: bytes) -> None:
        """Now, or later if no newer one comes; `viewers` may change until then."""
        loop = asyncio.get_running_loop()
        self._newest = frame
        if loop.time() >= self._rested:
            self.flush(viewers)
        else:
            self._later.at(self._rested, self.flush, viewers)

    def flush(self, viewers: Collection[Receiver]) -> None:
        """Now, if one waits: before anything that must not come ahead of it."""
        frame, self._newest = self._newest, None
        self._later.cancel()
        if frame is None:
            return
        loop = asyncio.get_running_loop()
        began = loop.time()
        for viewer in viewers:
            viewer.show(frame)
        self._rested = began + (loop.time() - began) / SHARE
