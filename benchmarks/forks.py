"""A class in which everybody has a fork that trains flat out: frames a second, and how soon a slider shows."""

import argparse
import asyncio
import itertools
import time

from audience import Teacher
from machine import machine, percentile, table
from serving import LISTENING, server, ways_to_listen
from slider import Slider

NETS: dict[str, dict[str, object]] = {
    "2-8-8-8-1": {"hidden": [8] * 3},
    "2-[16]×10-1": {"hidden": [16] * 10, "activation": "sigmoid", "batch_size": 64},
}
TURBO = 6
#: Seconds between two sliders that move, and between the first forks and what is counted.
PACE, WARM = 0.02, 5.0


class Student(Slider):
    """Forks as soon as it may, and times what its slider does."""

    def __init__(self, room: str) -> None:
        super().__init__({"room": room}, self.listen)
        self.forked = asyncio.Event()
        self.first = 0

    def listen(self, event: dict[str, object]) -> None:
        if event["type"] == "class" and event["allow_forks"] and not self.forked.is_set():
            self.send({"type": "fork"})
        if event["type"] == "moved" and event["forked"]:
            self.forked.set()


async def forked(address: str, net: dict[str, object], count: int, seconds: float) -> list[Student]:
    """So many students with a fork each; everything that is counted is of these seconds."""
    teacher = Teacher()
    await teacher.begin(address, net, TURBO)
    students = [Student(teacher.room) for _ in range(count)]
    for start in range(0, count, 20):
        await asyncio.gather(*(one.open(address) for one in students[start : start + 20]))
    teacher.send({"type": "allow_forks", "allowed": True})
    await asyncio.wait_for(asyncio.gather(*(one.forked.wait() for one in students)), 60)
    await asyncio.sleep(WARM)
    for one in students:
        one.came.clear()
        one.bytes, one.first = 0, one.step
    end, turn = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        students[turn % count].change_rate()
        turn += 1
        await asyncio.sleep(PACE)
    return students


def row(name: str, students: list[Student], seconds: float) -> list[object]:
    """Of the table."""
    rates = [len(one.came) / seconds for one in students]
    late = [value for one in students for value in one.latencies]
    steps = [(one.step - one.first) / seconds for one in students]
    return [
        name, len(students), f"{min(rates):.1f}", f"{percentile(rates, 0.5):.1f}", f"{percentile(steps, 0.5):,.0f}",
        len(late), f"{percentile(late, 0.5):.1f}", f"{percentile(late, 0.99):.1f}",
        f"{percentile([one.bytes / seconds / 1000 for one in students], 0.5):.0f}",
    ]  # fmt: skip


HEAD = [
    "listening", "each fork", "forks", "frames/s, the slowest", "median", "steps/s per fork", "moves",
    "slider → frame p50 ms", "p99 ms", "KB/s per student",
]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--forks", type=int, nargs="*", default=[40, 100])
    ways_to_listen(parser)
    options = parser.parse_args()
    print(f"## A class that forks, loopback\n\n{machine()}; the students run on the same cores\n")
    print("Every student has a fork that trains in turbo, and so does the stage; a slider moves every 20 ms.\n")
    rows = []
    for way, count, (name, net) in itertools.product(options.listening, options.forks, NETS.items()):
        with server(*LISTENING[way]) as address:
            students = asyncio.run(forked(address, net, count, options.seconds))
        rows.append([way, *row(name, students, options.seconds)])
    print(table(HEAD, rows))


if __name__ == "__main__":
    main()
