"""Rooms that are on disk and come back when they are entered: each is read once, however many come together."""

import asyncio
import logging
from collections.abc import Callable

from ..classroom.classroom import STAGE, Classroom
from ..classroom.saved import Saved, Unavailable, Unreadable
from ..limits import MOST_WAKING
from ..storage.store import Store
from ..wire.refusal import BUSY, NO_SUCH_ROOM, TOO_MANY, UNREADABLE, Refused
from .lesson import Lesson
from .runs import Runs

log = logging.getLogger("nablascope")


class Waking:
    """Those on the way in, by code. `awake` gets a room that is back, before anybody is let in.

    `wanted` is asked before anything is read, and raises Refused if there will be no place.
    """

    def __init__(
        self, store: Store | None, runs: Runs, wanted: Callable[[str], None], awake: Callable[[Lesson], None]
    ) -> None:
        self._store, self._runs, self._wanted, self._awake = store, runs, wanted, awake
        self._turns = asyncio.Semaphore(MOST_WAKING)
        self._coming: dict[str, asyncio.Task[None]] = {}

    def __contains__(self, code: object) -> bool:
        """Whether a room is being read."""
        return code in self._coming

    async def wake(self, code: str) -> None:
        """Wait until a room is back. Raises Refused: there is none, it is damaged, there are too many.

        Who stops waiting stops nothing: others may wait for the same room.
        """
        task = self._coming.get(code)
        if task is None:
            task = self._coming[code] = asyncio.create_task(self._wake(code))
            task.add_done_callback(lambda done: self._come(code, done))
        await asyncio.shield(task)

    def _come(self, code: str, done: asyncio.Task[None]) -> None:
        del self._coming[code]
        if not done.cancelled():
            done.exception()  # told to those who wait, if any still does

    async def _wake(self, code: str) -> None:
        if self._store is None or not self._store.has(code):
            raise no_such(code)
        async with self._turns:
            self._wanted(code)
            await self._bring(self._store, code)

    async def _bring(self, store: Store, code: str) -> None:
        try:
            saved = await store.load(code)
        except Unreadable as error:
            raise unreadable(code, str(error)) from None
        except Unavailable as error:
            log.warning("A room cannot be read from the disk at present (%s).", error)
            raise Refused("room", "a disk that is busy", "another try in a few seconds", BUSY, TOO_MANY) from None
        if saved is None:
            raise no_such(code)
        lesson = self._restored(code, saved)
        try:
            if not await self._runs.begins(lesson.runs[STAGE]):
                raise unreadable(code, "the class's run")
            self._awake(lesson)
        except BaseException:
            lesson.end()
            raise

    def _restored(self, code: str, saved: Saved) -> Lesson:
        """A class with its runs, which their processes are still to read."""
        room = Classroom(code, saved.token)
        room.adopt(saved.data, set(saved.runs))
        lesson = Lesson(room, self._runs, self._store)
        lesson.used_at = saved.used_at
        for owner in saved.lost:
            lesson.forking.lose(owner)
        if STAGE not in saved.runs:  # the server was killed in the room's first moments
            lesson.runs[STAGE] = self._runs.open(lesson, room.opening, saved.notes.get(STAGE, ()))
        for owner, state in saved.runs.items():
            if owner != STAGE and (owner not in room.members or not room.members[owner].forked):
                continue
            lesson.runs[owner] = self._runs.restore(lesson, owner, state, saved.notes.get(owner, ()))
            if owner != STAGE:
                self._runs.show_cards(lesson.runs[owner])
            self._runs.watch(lesson.runs[owner])
        return lesson


def no_such(code: str) -> Refused:
    """There is no such room."""
    return Refused("room", code, "the code of a room that is open", NO_SUCH_ROOM)


def unreadable(code: str, reason: str) -> Refused:
    """A room is on disk, but cannot be read. The log has the reason, and no code."""
    log.warning("A room cannot be read from the disk (%s); whoever enters it is offered a new one.", reason)
    return Refused("room", code, "a room that can be read: this one is damaged on the server's disk", UNREADABLE)
