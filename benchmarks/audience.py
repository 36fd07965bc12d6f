"""One teacher, and a school that watches: how old the picture is, and how soon it is back after a cut."""

import argparse
import asyncio
import time
from collections.abc import Iterable

from machine import machine, percentile, table
from serving import LISTENING, by_ipv6, server, ways_to_listen
from watcher import Watcher

NET: dict[str, object] = {"hidden": [16] * 10, "activation": "sigmoid", "batch_size": 64}
#: Steps a second of the teacher's run (`speed` 5): pulses go out at their own 25 a second.
SPEED = 5


class Teacher(Watcher):
    """Opens the room, and remembers its code."""

    def __init__(self) -> None:
        self.code_known = asyncio.Event()
        super().__init__({}, self.listen)

    def listen(self, event: dict[str, object]) -> None:
        if event["type"] == "welcome":
            self.room = str(event["room"])
            self.code_known.set()

    async def begin(self, address: str, net: dict[str, object] = NET, speed: int = SPEED) -> None:
        await self.open(address)
        await self.code_known.wait()
        self.send({"type": "set", "changes": net, "reset": True})
        self.send({"type": "speed", "value": speed})


async def joined(address: str, room: str, count: int) -> list[Watcher]:
    """So many students, a few at a time, as a class comes in."""
    everybody = [Watcher({"room": room}) for _ in range(count)]
    for start in range(0, count, 20):
        await asyncio.gather(*(one.open(address) for one in everybody[start : start + 20]))
        await asyncio.sleep(0.05)
    return everybody


def earliest(everybody: Iterable[Watcher]) -> dict[int, float]:
    """Of each pulse, when the first of everybody had it."""
    first: dict[int, float] = {}
    for one in everybody:
        for number, came in one.came.items():
            first[number] = min(came, first.get(number, came))
    return first


def ages(first: dict[int, float], viewers: Iterable[Watcher]) -> list[float]:
    """Milliseconds after the first of the room had the very pulse, of each."""
    return [1000 * (came - first[number]) for one in viewers for number, came in one.came.items()]


async def watched(address: str, count: int, seconds: float) -> list[object]:
    """A row of the table: frames a second of the slowest viewer and of the median, ages."""
    teacher = Teacher()
    await teacher.begin(address)
    everybody = await joined(address, teacher.room, count)
    await asyncio.sleep(4)
    for one in (teacher, *everybody):
        one.came.clear()
    await asyncio.sleep(seconds)
    rates = [len(one.came) / seconds for one in everybody]
    late = ages(earliest([teacher, *everybody]), everybody)
    return [
        f"{min(rates):.1f}", f"{percentile(rates, 0.5):.1f}",
        f"{percentile(late, 0.5):.1f}", f"{percentile(late, 0.99):.1f}", f"{max(late):.0f}",
    ]  # fmt: skip


async def cut_off(address: str, count: int) -> list[object]:
    """All are cut off and come back in one moment, without waiting: seconds to a fresh pulse."""
    teacher = Teacher()
    await teacher.begin(address)
    everybody = await joined(address, teacher.room, count)
    await asyncio.sleep(2)
    for one in everybody:
        one.cut()
    await asyncio.sleep(0.2)
    started = time.perf_counter()
    again = [Watcher({"room": teacher.room}) for _ in range(count)]
    await asyncio.gather(*(one.open(address) for one in again))
    while any(not one.came for one in again) and time.perf_counter() < started + 20:
        await asyncio.sleep(0.05)
    times = [min(one.came.values()) - started if one.came else 99.0 for one in again]
    return [count, f"{percentile(times, 0.5):.2f}", f"{max(times):.2f}"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--counts", type=int, nargs="+", default=[300, 1000])
    ways_to_listen(parser)
    options = parser.parse_args()
    print(f"## An audience, loopback\n\n{machine()}; the viewers run on the same cores\n")
    print("One teacher trains 2-[16]×10-1 at 1,000 steps/s; ages count from when the first of them has the pulse.\n")
    rows, again = [], []
    for way in options.listening:
        for count in options.counts:
            with server("--no-data", *LISTENING[way]) as address:
                rows.append([way, f"{count:,}", *asyncio.run(watched(address, count, options.seconds))])
        if way == "dual-stack":
            with server("--no-data", *LISTENING[way]) as address:
                row = asyncio.run(watched(by_ipv6(address), min(options.counts), options.seconds))
            rows.append([f"{way}, by ::1", f"{min(options.counts):,}", *row])
        with server("--no-data", *LISTENING[way]) as address:
            again.append([way, *asyncio.run(cut_off(address, min(options.counts)))])
    head = ["listening", "watchers", "frames/s, the slowest viewer", "median", "age ms, p50", "p99", "worst"]
    print(table(head, rows))
    print("\nAll cut off and back at once, seconds to a fresh pulse\n")
    print(table(["listening", "clients", "median", "worst"], again))


if __name__ == "__main__":
    main()
