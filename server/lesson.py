"""A class that is going on: what its state means for runs and connections, and who has to be told of it.

The state changes at once, in `classroom`; whoever sees another run is moved at once. Words about it are told once
the state is on disk, so that what was acknowledged outlives the server.
"""

import asyncio
import json
import time
from concurrent.futures import Future
from typing import Any

from . import roll
from .classroom import STAGE, Classroom
from .runs import Run, Runs
from .store import Store
from .viewer import Viewer

Letter = tuple[Viewer, dict[str, Any]]
#: Seconds between two accounts of the class: when thirty come in at once, not each is told of each.
PACE = 0.1
#: Told at the next account, if it is too early for one.
PACED = ("class", "viewers")


class Lesson:
    """Viewers by their members' numbers, runs by their owners'."""

    def __init__(self, room: Classroom, runs: Runs, store: Store | None) -> None:
        self.room, self._runs, self._store = room, runs, store
        self.viewers: dict[int, Viewer] = {}
        self.runs: dict[int, Run] = {}
        self._kept = ""
        self._on_the_way = 0
        self._told_at = -PACE
        self._later: asyncio.TimerHandle | None = None

    # --- coming and going --------------------------------------------------------------------------------------

    def join(self, viewer: Viewer) -> None:
        """A connection of a member that has entered."""
        self.viewers[viewer.member.number] = viewer
        viewer.lesson = self
        self.settle(viewer)

    def part(self, viewer: Viewer) -> None:
        """A connection has ended, unless its tab has another by now."""
        if self.viewers.get(viewer.member.number) is viewer:
            del self.viewers[viewer.member.number]
            self.room.leave(viewer.member)
        seen = viewer.run
        viewer.see(None)
        if seen is not None:
            self._runs.watch(seen)
        self.settle()

    def end(self) -> None:
        """Its runs end, nothing more is told."""
        if self._later is not None:
            self._later.cancel()
        for run in self.runs.values():
            self._runs.close(run)

    # --- after every change ------------------------------------------------------------------------------------

    def settle(self, arrived: Viewer | None = None) -> None:
        """Make what is so of what the state says: everybody sees their run, and hears of what has changed."""
        for viewer in self.viewers.values():
            if viewer.arrival.is_set():
                self._look(viewer)
        self._publish(arrived)

    def _look(self, viewer: Viewer) -> None:
        """The run that a viewer's member sees; everything about it when it is another one than before."""
        run = self.runs[self.room.sees(viewer.member)]
        if viewer.run is run:
            return
        before = viewer.run
        viewer.see(run)
        if before is not None:
            self._runs.watch(before)
        self._runs.watch(run)
        self._runs.snapshot(run, viewer)

    def _publish(self, arrived: Viewer | None = None) -> None:
        letters = self._letters(arrived)
        data = json.dumps(self.room.to_data())
        if self._store is None or (data == self._kept and not self._on_the_way):
            self._deliver(letters, arrived)
            return
        loop = asyncio.get_running_loop()
        self._kept, self._on_the_way = data, self._on_the_way + 1
        written = self._store.save_class(self.room.code, self.room.token, data, time.time())

        def done(future: "Future[None]") -> None:
            loop.call_soon_threadsafe(self._written, letters, arrived)

        written.add_done_callback(done)

    def _written(self, letters: list[Letter], arrived: Viewer | None) -> None:
        self._on_the_way -= 1
        self._deliver(letters, arrived)

    def _letters(self, arrived: Viewer | None) -> list[Letter]:
        """Who has to be told what, as it is now."""
        now = asyncio.get_running_loop().time()
        early = now - self._told_at < PACE
        common = roll.common(self.room, len(self.viewers))
        letters: list[Letter] = []
        waits = False
        for viewer in self.viewers.values():
            if viewer is arrived:
                letters.append((viewer, roll.welcome(self.room, viewer.member, viewer.token)))
            for event in (*roll.personal(self.room, viewer.member), *common):
                if viewer.told.get(event["type"]) == event:
                    continue
                if early and viewer is not arrived and event["type"] in PACED:
                    waits = True
                    continue
                viewer.told[event["type"]] = event
                letters.append((viewer, event))
        if not early:
            self._told_at = now
        elif waits and self._later is None:
            self._later = asyncio.get_running_loop().call_at(self._told_at + PACE, self._account)
        return letters

    def _account(self) -> None:
        self._later = None
        self._publish()

    def _deliver(self, letters: list[Letter], arrived: Viewer | None) -> None:
        for viewer, event in letters:
            if viewer.lesson is self:
                viewer.tell(event)
        if arrived is not None and arrived.lesson is self and self.viewers.get(arrived.member.number) is arrived:
            self._look(arrived)
            arrived.arrival.set()

    @property
    def stage(self) -> Run:
        """The class's own run."""
        return self.runs[STAGE]
