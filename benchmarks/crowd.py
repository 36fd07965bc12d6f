"""People of a soak: what a class does, and what goes wrong with its connections and processes."""

import asyncio
import contextlib
import os
import random
import secrets
import signal
import time
from collections.abc import Awaitable, Callable
from typing import Any

from family import age, workers
from nablascope.server.limits import LIVED
from watcher import BINARY, CLOSE, TEXT, Watcher

LEADING: tuple[dict[str, Any], ...] = (
    *({"type": "allow_forks", "allowed": True},) * 6, {"type": "allow_forks", "allowed": False},
    {"type": "start_here"}, {"type": "recall"}, {"type": "pause_all", "paused": True},
    *({"type": "pause_all", "paused": False},) * 4, {"type": "hide_names", "hidden": True},
    {"type": "question", "text": "Faster?", "options": ["faster", "same", "diverges"]},
    {"type": "reveal", "outcome": 1}, {"type": "close_question"},
    {"type": "look", "look": {"pointer": {"region": "network", "x": 0.3, "y": 0.4}}},
)  # fmt: skip
STUDYING: tuple[dict[str, Any], ...] = (
    *({"type": "fork"},) * 4, *({"type": "follow"},) * 2, {"type": "hand", "raised": True},
    {"type": "vote", "option": 2}, {"type": "name", "name": "Ada"},
    {"type": "again"}, {"type": "history", "since": 0},
)  # fmt: skip
DRIVING: tuple[dict[str, Any], ...] = (
    {"type": "play"}, {"type": "play"}, {"type": "pause"}, {"type": "step"}, {"type": "layer"}, {"type": "back"},
    {"type": "reset"}, {"type": "rewind"}, {"type": "advance", "steps": 50}, {"type": "cancel"},
    {"type": "ask", "what": "lens", "about": {}}, {"type": "ask", "what": "health", "about": {}},
    {"type": "ask", "what": "gradient_check", "about": {}}, {"type": "ask", "what": "report", "about": {}},
    {"type": "ask", "what": "landscape", "about": {"points": 11}},
    {"type": "set", "changes": {"hidden": [8, 8, 8]}, "reset": True},
    {"type": "set", "changes": {"hidden": [16] * 6, "activation": "sigmoid"}, "reset": True},
    {"type": "preset", "name": "First look"}, {"type": "preset", "name": "Vanishing gradient"},
)  # fmt: skip
#: Opcode and payload of what nobody should send; some of it ends the connection, with a code.
MALFORMED: tuple[tuple[int, bytes], ...] = (
    (TEXT, b"{"), (TEXT, b"[" * 5000), (TEXT, b'{"type": "set", "changes": {"learning_rate": NaN}}'),
    (TEXT, b"\xff\xfe"), (TEXT, b'{"type": "nothing"}'), (TEXT, b" " * 100_000), (TEXT, b" " * 300_000),
    (BINARY, bytes(range(256))), (3, b"?"),
)  # fmt: skip
#: What a connection may be closed with that was not cut: refused, replaced, too slow, not understood, too long.
CODES = {1002, 1003, 1007, 1009, 4403, 4404, 4408, 4409}


#: People who are away.
AWAY = 20


class Person(Watcher):
    """A member of a class, who knows when a message last came."""

    def __init__(self, hello: dict[str, Any]) -> None:
        super().__init__({"tab": secrets.token_hex(12), **hello}, self.listen)
        self.welcome: dict[str, Any] = {}
        self.arrived = asyncio.Event()
        self.heard, self.forks = time.monotonic(), 0
        #: Cut, or deaf for a while: its silence and its end are our doing.
        self.excused = False
        #: What it last did, for an account of what nobody can explain.
        self.last = "its arrival"

    def listen(self, event: dict[str, Any]) -> None:
        if event["type"] == "welcome":
            self.welcome = event
            self.arrived.set()
        elif event["type"] == "class":
            self.forks = int(event["forks"])

    def data_received(self, data: bytes) -> None:
        self.heard = time.monotonic()
        super().data_received(data)
        if len(self.came) > 100:
            self.came.clear()


class Crowd:
    """So many people in so many rooms, the first of each its teacher, and a few who are away.

    Who leaves comes back when another one leaves, as the laptops of a school do: a room in which ever new people left
    forks behind would grow, up to the forks that it may have. Everything is drawn from one seed.
    """

    def __init__(self, address: str, pid: int, clients: int, rooms: int, seed: int) -> None:
        self.address, self.pid, self.rng = address, pid, random.Random(seed)
        self.size, self.rooms = clients, rooms
        self.teachers: list[Person] = []
        self.students: list[Person] = []
        #: With what those who are away will come back.
        self.away: list[dict[str, Any]] = []
        self.did: dict[str, int] = {}
        self.unexplained: list[str] = []
        self.tasks: set[asyncio.Task[None]] = set()

    async def gather(self) -> None:
        """All come in."""
        for _ in range(self.rooms):
            self.teachers.append(await self.come({}))
        for _ in range(self.size - self.rooms):
            self.students.append(await self.come({"room": self.room()}))
        self.away = [{"room": self.room()} for _ in range(AWAY)]

    async def come(self, hello: dict[str, Any]) -> Person:
        person = Person(hello)
        await person.open(self.address)
        with contextlib.suppress(TimeoutError):  # whoever is refused is seen to by `mend`
            await asyncio.wait_for(person.arrived.wait(), 10)
        return person

    def room(self) -> str:
        return str(self.rng.choice(self.teachers).welcome["room"])

    async def act(self) -> None:
        """Something that happens in a lesson, or to it."""
        what: Callable[[], Awaitable[None]] = self.rng.choices(
            (self.lead, self.study, self.drive, self.leave, self.cut, self.go_deaf, self.read_slowly, self.babble),
            (6, 20, 20, 5, 5, 1, 1, 5),
        )[0]
        self.count(what.__name__)
        await what()
        await self.mend()

    def count(self, name: str) -> None:
        self.did[name] = self.did.get(name, 0) + 1

    async def lead(self) -> None:
        self.rng.choice(self.teachers).send(self.rng.choice(LEADING))

    async def study(self) -> None:
        self.rng.choice(self.students).send(self.rng.choice(STUDYING))

    async def drive(self) -> None:
        person = self.rng.choice(self.teachers + self.students)
        rate = {"type": "set", "changes": {"learning_rate": round(self.rng.uniform(0.01, 1), 4)}}
        pace = {"type": "speed", "value": self.rng.randrange(5)}
        person.send(self.rng.choice([*DRIVING, *[rate] * 10, *[pace] * 4]))

    async def leave(self) -> None:
        """Whoever has been away comes instead."""
        at = self.rng.randrange(len(self.students))
        gone = self.students[at]
        gone.excused = True
        gone._write(CLOSE, (1000).to_bytes(2, "big"))
        self.away.insert(0, gone.hello)
        self.students[at] = await self.come(self.away.pop())

    async def cut(self) -> None:
        person = self.rng.choice(self.teachers + self.students)
        person.excused = True
        person.cut()

    async def go_deaf(self) -> None:
        """A half-open connection: open here, and nobody reads or answers."""
        person = self.rng.choice(self.students)
        if not person.excused:
            person.excused = True
            self.later(self.hear_again(person))

    async def hear_again(self, person: Person) -> None:
        """By then the server has noticed."""
        person.transport.pause_reading()
        await asyncio.sleep(25)
        if not person.transport.is_closing():
            person.transport.resume_reading()
        await asyncio.sleep(2)
        if not person.closed.is_set():
            self.unexplained.append("a connection that was deaf for 25 s is still open")
            person.cut()

    async def read_slowly(self) -> None:
        person = self.rng.choice(self.students)
        if not person.excused:
            person.excused = True
            self.later(self.sipping(person))

    async def sipping(self, person: Person) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(sip(person, 20_000), 10)
        if not person.transport.is_closing():
            person.transport.resume_reading()
            person.heard, person.excused, person.last = time.monotonic(), False, "reading slowly"

    async def babble(self) -> None:
        person, (opcode, payload) = self.rng.choice(self.students), self.rng.choice(MALFORMED)
        person.last = f"a message of opcode {opcode}, {len(payload)} bytes, {payload[:20]!r}"
        person._write(opcode, payload)

    async def kill_a_worker(self) -> None:
        """The server takes another, at once if this one has lived for a while: else it would be a failed start."""
        mature = [worker for worker in workers(self.pid) if age(worker) > LIVED + 1]
        if mature:
            self.count("kill_a_worker")
            os.kill(self.rng.choice(mature), signal.SIGKILL)

    def later(self, what: Any) -> None:
        task = asyncio.create_task(what)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def mend(self) -> None:
        """Whoever has been parted comes back, with the same tab; a new one instead, who is not welcome."""
        for group in (self.teachers, self.students):
            for at, person in enumerate(group):
                if person.closed.is_set():
                    group[at] = await self.back(person)
                elif not person.excused and time.monotonic() - person.heard > 12:
                    self.unexplained.append(f"nothing heard for 12 s in room {person.welcome.get('room')}")
                    person.excused = True
                    person.cut()

    async def back(self, person: Person) -> Person:
        if not person.excused and person.code not in CODES:
            self.unexplained.append(f"a connection closed with {person.code} after {person.last}")
        hello = person.hello
        if person in self.teachers:
            hello = {**hello, "room": person.welcome["room"], "token": hello.get("token") or person.welcome["token"]}
        elif person.code in (4403, 4404):
            hello = {**hello, "room": self.room()}
        return await self.come(hello)

    @property
    def present(self) -> int:
        return sum(not person.closed.is_set() for person in self.teachers + self.students)

    @property
    def forks(self) -> int:
        """As the teachers were told."""
        return sum(teacher.forks for teacher in self.teachers)

    def part(self) -> None:
        for task in self.tasks:
            task.cancel()
        for person in self.teachers + self.students:
            person.cut()


async def sip(one: Watcher, rate: float) -> None:
    """Read so many bytes a second at most."""
    while not one.closed.is_set():
        before = one.bytes
        one.transport.resume_reading()
        await asyncio.sleep(0.001)
        one.transport.pause_reading()
        await asyncio.sleep((one.bytes - before) / rate)
