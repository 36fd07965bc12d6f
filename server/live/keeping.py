"""What is kept of each run: its last checkpoint and the notes since, in memory in case its process dies, and on disk.

Without a disk to write to, nobody waits; with one, what follows from a command is told when its note is there.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future

from ..storage.store import Store
from ..wire import messages
from .runs import Run

#: Who is told what follows from these waits for the disk.
AWAITED = (messages.NOTE, messages.TURNED)


class Keeping:
    """`written` is told of a run when its oldest awaited note is on disk, or cannot be put there.

    `rested` is told of one that stands still, and whether all of it is on disk.
    """

    def __init__(
        self, store: Store | None, written: Callable[[Run], None], rested: Callable[[Run, bool], None]
    ) -> None:
        self._store, self._written, self._rested = store, written, rested

    def keep(self, type: int, run: Run, payload: bytes) -> None:
        """A note, or a checkpoint, which has what the notes before it say."""
        if type == messages.NOTE:
            run.notes.append(payload)
        else:
            run.checkpoint, run.notes = payload, []
        if self._store is None:
            return
        code = run.home.code
        save = self._store.save_note if type == messages.NOTE else self._store.save_run
        done = save(code, run.owner, payload)
        if type in AWAITED:
            run.backlog.note()
            self._when(done, lambda well: self._written(run))
        elif type == messages.RESTED:
            self._when(done, lambda well: self._rested(run, well))

    def _when(self, written: "Future[bool]", then: Callable[[bool], None]) -> None:
        """Call in this thread what comes after a writing."""
        loop = asyncio.get_running_loop()
        written.add_done_callback(lambda done: loop.call_soon_threadsafe(then, done.result()))
