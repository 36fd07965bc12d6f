"""Rooms end by themselves: a day after a teacher was last there, by a time of day that somebody may set meanwhile."""

import time
from collections.abc import Callable, Iterable

from ..storage.store import Store
from .ages import Ages
from .lesson import Lesson


class Sweeping:
    """Looks for rooms that are over: `end` those that are open, `forget` others, unless one is `busy` coming back."""

    def __init__(
        self,
        store: Store | None,
        end: Callable[[Lesson], None],
        forget: Callable[[str], None],
        busy: Callable[[str], bool],
    ) -> None:
        self._store, self._end, self._forget, self._busy = store, end, forget, busy
        self._ages: Ages | None = None

    def look(self, lessons: Iterable[Lesson], age: float, patience: float) -> None:
        """End what has been older than `age` for `patience` seconds; keep what is taught."""
        wall, steady = time.time(), steady_clock()
        if self._ages is None:
            self._ages = Ages(wall, steady, patience)
        jump, by_code = self._ages.jump(wall, steady), {lesson.room.code: lesson for lesson in lessons}
        if jump:
            self._shift(by_code.values(), jump, wall)
        overdue = {code for code, lesson in by_code.items() if wall - lesson.used_at > age and not lesson.room.taught}
        if self._store is not None:
            overdue |= {code for code in self._store.overdue(wall - age) if code not in by_code}
        for code in self._ages.due(overdue, steady):
            if code in by_code:
                self._end(by_code[code])
            elif not self._busy(code):
                self._forget(code)

    def _shift(self, lessons: Iterable[Lesson], jump: float, now: float) -> None:
        for lesson in lessons:
            lesson.used_at = min(lesson.used_at + jump, now)
        if self._store is not None:
            self._store.shift(jump)


def steady_clock() -> float:
    """Seconds of a clock that nobody sets, and that goes on while the machine sleeps where there is such a one."""
    for name in ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC"):  # Linux's; that of macOS does so, too
        if hasattr(time, name):
            return time.clock_gettime(getattr(time, name))
    return time.monotonic()
