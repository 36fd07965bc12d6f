"""A well-behaved class beside an attack: a teacher moves a slider, students come, colleagues open rooms."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from guest import PATIENCE, Guest, called, fetch
from machine import percentile
from slider import Slider
from watcher import Visitor

#: Seconds between a frame that shows the slider and its next move, and between two students.
PACE, NEXT_STUDENT = 0.05, 1.0
#: Colleagues who open a room while one looks on, and the least seconds between two.
COLLEAGUES, NEXT_COLLEAGUE = 6, 2.5
#: Steps a second of the teacher's run (`speed` 5).
SPEED = 5


@dataclass
class Visits:
    """Of students or colleagues: seconds until each had a page and a picture, and why others had none."""

    took: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """As a cell of a table: how many came in, the slowest, and what kept the others out."""
        worst = f", {1000 * max(self.took):.0f} ms" if self.took else ""
        why = f" ({', '.join(sorted(set(self.failed)))})" if self.failed else ""
        return f"{len(self.took)} of {len(self.took) + len(self.failed)}{worst}{why}"


@dataclass
class Seen:
    """What the class noticed in so many seconds."""

    latencies: list[float]
    #: The longest time without a frame, ms.
    gap: float
    students: Visits
    colleagues: Visits
    #: How often the teacher was cut off, and why each time.
    cuts: list[str]

    @property
    def slider(self) -> str:
        """p50 and p99 of the teacher's slider."""
        if not self.latencies:
            return "none"
        return f"{percentile(self.latencies, 0.5):.1f} / {percentile(self.latencies, 0.99):.1f}"


class Teacher(Slider):
    """Opens a room, or comes back into it."""

    def __init__(self, **hello: object) -> None:
        super().__init__({"tab": secrets.token_hex(12), **hello}, self.listen)
        self.arrived = asyncio.Event()
        self.why = ""

    def listen(self, event: dict[str, Any]) -> None:
        if event["type"] == "welcome":
            self.hello |= {"room": event["room"], "token": event["token"] or self.hello.get("token")}
            self.arrived.set()
        elif event["type"] == "error":
            self.why = str(event["code"])


class School:
    """One class, and what it notices of a server."""

    def __init__(self, address: str, teacher: Visitor, others: Visitor) -> None:
        self.address, self.visitor, self.others = address, teacher, others
        self.teacher = Teacher()
        #: Nobody comes any more; who is on the way still arrives.
        self.over = False

    @property
    def room(self) -> str:
        return str(self.teacher.hello["room"])

    async def open(self) -> None:
        """The teacher's room, its run at a good pace."""
        await self._enter()
        self.teacher.send({"type": "speed", "value": SPEED})

    async def _enter(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.teacher.open(self.address, self.visitor)
            await self.teacher.arrived.wait()

    async def look_on(self, seconds: float) -> Seen:
        """What the class notices in so many seconds."""
        self.teacher.latencies.clear()
        self.teacher.came.clear()
        began, students, colleagues, cuts = time.perf_counter(), Visits(), Visits(), []  # type: ignore[var-annotated]
        pause, self.over = max(NEXT_COLLEAGUE, seconds / COLLEAGUES), False
        others = [
            asyncio.create_task(self._keep_coming(students, NEXT_STUDENT, self._student)),
            asyncio.create_task(self._keep_coming(colleagues, pause, self._colleague)),
        ]
        frames: list[float] = []
        latencies: list[float] = []
        teaching = asyncio.create_task(self._teach(frames, latencies, cuts))
        await asyncio.sleep(seconds)
        ended = time.perf_counter()
        self.over = True
        teaching.cancel()
        await asyncio.wait([teaching, *others])
        await self._last_answer(latencies)
        frames += [came for came in self.teacher.came.values() if came <= ended]
        gap = max(after - before for before, after in pairwise([began, *sorted(frames), ended]))
        return Seen(latencies, 1000 * gap, students, colleagues, cuts)

    async def _teach(self, frames: list[float], latencies: list[float], cuts: list[str]) -> None:
        """Move the slider again and again; come back after a cut, and count that time as one of the slider's."""
        while True:
            teacher = self.teacher
            if teacher.closed.is_set():
                since = teacher.changed_at or time.perf_counter()
                cuts.append(teacher.why or f"closed with {teacher.code}")
                frames += teacher.came.values()
                latencies += teacher.latencies
                await self._come_back()
                latencies.append(1000 * (time.perf_counter() - since))
            else:
                teacher.change_rate()
            await asyncio.sleep(PACE)

    async def _come_back(self) -> None:
        hello = self.teacher.hello
        while True:
            self.teacher = Teacher(**hello)
            with contextlib.suppress(OSError, TimeoutError):
                await self._enter()
                return
            self.teacher.cut()
            await asyncio.sleep(0.5)

    async def _last_answer(self, latencies: list[float]) -> None:
        """Of a move that has not shown yet; it counts with the time that one waited for it."""
        teacher, end = self.teacher, time.perf_counter() + PATIENCE
        while teacher.changed_at is not None and not teacher.closed.is_set() and time.perf_counter() < end:
            await asyncio.sleep(0.01)
        latencies += teacher.latencies
        if teacher.changed_at is not None:
            latencies.append(1000 * (time.perf_counter() - teacher.changed_at))
            teacher.changed_at = None

    # --- others of the school ----------------------------------------------------------------------------------

    async def _keep_coming(self, visits: Visits, pause: float, visit: Callable[[], Coroutine[Any, Any, str]]) -> None:
        """One after the other, each not before the one before it is done."""
        while not self.over:
            began = time.perf_counter()
            try:
                fault = await visit()
            except TimeoutError:
                fault = "no answer"
            except OSError as error:
                fault = str(error)[:40] or type(error).__name__
            if fault:
                visits.failed.append(fault)
            else:
                visits.took.append(time.perf_counter() - began)
            while not self.over and time.perf_counter() < began + pause:
                await asyncio.sleep(0.05)

    async def _student(self) -> str:
        """A page, the class's room, and a picture; "" if all went well."""
        return await self._visit(f"/r/{self.room}", room=self.room, tab=secrets.token_hex(12))

    async def _colleague(self) -> str:
        """A page, and a room of their own."""
        return await self._visit("/", tab=secrets.token_hex(12))

    async def _visit(self, path: str, **hello: object) -> str:
        status = await fetch(self.address, path, self.others)
        if status != "200":
            return f"HTTP {status}"
        guest = Guest(hello)
        try:
            answer = await guest.enter(self.address, self.others)
            if answer["type"] != "welcome":
                return called(answer)
            end = time.perf_counter() + PATIENCE
            while not guest.came and not guest.closed.is_set():
                if time.perf_counter() > end:
                    return "no picture"
                await asyncio.sleep(0.005)
            return "" if guest.came else f"closed with {guest.code}"
        finally:
            guest.cut()
