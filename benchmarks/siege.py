"""One attack, bounded in time and in connections: at whom, from which addresses, and what came of it."""

import asyncio
import contextlib
import itertools
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

from guest import Guest, called
from watcher import Visitor

#: Attempts that may be under way at a time: more than a server answers are not made.
MOST_UNDER_WAY = 1_300
#: Bytes that may wait for a server that does not read; seconds until somebody who was cut off comes back.
MOST_WAITING, AWAY = 256 * 1024, 0.5
#: Seconds that the last attempts have to end after the attack.
LAST = 5.0


def forwarded(pattern: str) -> Iterator[Visitor]:
    """One address after the other."""
    return (Visitor(forwarded=pattern.format(number)) for number in itertools.cycle(range(1, 0xFFFF)))


#: Where the attackers come from: a neighbour in the local network, or as a proxy tells it of visitors from elsewhere.
ORIGINS: dict[str, Callable[[], Iterator[Visitor]]] = {
    "a neighbour": lambda: itertools.repeat(Visitor(source="127.0.0.2")),
    "itself": lambda: itertools.repeat(Visitor()),
    "one address": lambda: itertools.repeat(Visitor(forwarded="198.51.100.9")),
    "a /64": lambda: forwarded("2001:db8:bad:1::{:x}"),
    "a /48": lambda: forwarded("2001:db8:bad:{:x}::1"),
}


@dataclass
class Siege:
    """What every attack needs."""

    address: str
    #: The code of the teacher's room.
    room: str
    #: The server's process.
    pid: int
    visitors: Iterator[Visitor]
    seconds: float
    came: Counter[str] = field(default_factory=Counter)
    began: float = field(default_factory=time.monotonic)

    @property
    def going(self) -> bool:
        return time.monotonic() < self.began + self.seconds

    @property
    def visitor(self) -> Visitor:
        """The next one."""
        return next(self.visitors)

    async def attempt(self, what: Awaitable[str]) -> None:
        """Do it, and count what came of it."""
        try:
            self.came[await what] += 1
        except TimeoutError:
            self.came["no answer"] += 1
        except OSError as error:
            self.came[short(error)] += 1

    async def at_rate(self, rate: float, attempt: Callable[[], Awaitable[str]], most: int | None = None) -> None:
        """So many attempts a second, `most` in all, as long as not too many are under way."""
        under_way: set[asyncio.Task[None]] = set()
        made, most = 0, most or int(rate * self.seconds)
        while self.going and made < most:
            due = min(most, int((time.monotonic() - self.began) * rate) + 1)
            for _ in range(due - made):
                if len(under_way) >= MOST_UNDER_WAY:
                    self.came["not made"] += 1
                    continue
                task = asyncio.create_task(self.attempt(attempt()))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
            made = due
            await asyncio.sleep(0.005)
        if under_way:
            await asyncio.wait(under_way, timeout=LAST)

    async def residents(self, count: int, rate: float, resident: Callable[[int], "Resident"]) -> None:
        """So many connections that stay, each of which says something so many times a second."""
        await asyncio.gather(*(self._stay(resident(number), rate, number / count) for number in range(count)))

    async def _stay(self, resident: "Resident", rate: float, phase: float) -> None:
        """One of them; it comes back when it is cut off."""
        await asyncio.sleep(phase * min(1.0, 1 / rate))
        while self.going:
            await self.attempt(self._visit(resident, rate))
            await asyncio.sleep(AWAY)

    async def _visit(self, resident: "Resident", rate: float) -> str:
        guest = Guest(resident.hello)
        try:
            answer = await guest.enter(self.address, self.visitor)
            if answer["type"] != "welcome":
                return called(answer)
            self.came["welcome"] += 1
            resident.settle(guest)
            while self.going and not guest.closed.is_set():
                if guest.transport.get_write_buffer_size() > MOST_WAITING:
                    self.came["held up"] += 1
                else:
                    self.came["sent"] += resident.speak(guest)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(guest.closed.wait(), 1 / rate)
            return "there at the end" if not guest.closed.is_set() else f"cut off ({guest.code})"
        finally:
            guest.cut()


class Resident:
    """Somebody who stays in a room, by default one of their own."""

    hello: dict[str, object] = {}  # noqa: RUF012

    def settle(self, guest: Guest) -> None:
        """Once they are in."""

    def speak(self, guest: Guest) -> int:
        """Send something; how many messages that was."""
        return 0


def short(error: OSError) -> str:
    """A refusal in a word or two: HTTP's status, or the system's name of the error."""
    said = str(error)
    return f"HTTP {said[9:12]}" if said.startswith("HTTP/") else type(error).__name__.removesuffix("Error")
