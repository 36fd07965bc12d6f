"""A school that watches, ten of them over a line of 20 KB/s: how old their picture is, and what the others notice."""

import argparse
import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from audience import Teacher, ages, earliest, joined
from family import resident
from machine import machine, percentile, table
from serving import LISTENING, running, ways_to_listen
from watcher import Watcher

SLOW = 10
#: Bytes a second of a slow line, bytes of one portion, and of what it holds on either side.
RATE, PORTION, HELD = 20_000, 1_000, 4_096
#: Seconds until a slow line has taken what comes first, and the pace is known.
WARM = 12.0


class SlowLine:
    """Between a client and the server: so many bytes a second down, up at once."""

    def __init__(self, address: str) -> None:
        self.url = urlsplit(address)

    async def serve(self, down: asyncio.StreamReader, up: asyncio.StreamWriter) -> None:
        """One connection."""
        reader, writer = await asyncio.open_connection(self.url.hostname, self.url.port, limit=HELD)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await asyncio.gather(self._trickle(reader, up), self._pass(down, writer))

    async def _trickle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        due = time.perf_counter()
        while data := await reader.read(PORTION):
            writer.write(data)
            due = max(due, time.perf_counter() - 0.05) + len(data) / RATE
            await asyncio.sleep(due - time.perf_counter())

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(PORTION):
            writer.write(data)


@contextlib.asynccontextmanager
async def slow_line(address: str) -> AsyncIterator[str]:
    """The address of the server's WebSocket at the end of a slow line."""
    line = await asyncio.start_server(SlowLine(address).serve, "127.0.0.1", 0, limit=HELD)
    try:
        yield f"ws://127.0.0.1:{line.sockets[0].getsockname()[1]}/ws"
    finally:
        line.close()


def stale(first: dict[int, float], one: Watcher) -> float:
    """Milliseconds: how old a picture ever was before the next one came."""
    seen = sorted((came, first[number]) for number, came in one.came.items())
    return max((1000 * (after - born) for (_, born), (after, _) in itertools.pairwise(seen)), default=float("inf"))


async def watched(address: str, pid: int, seconds: float, count: int, slow: int) -> tuple[list[object], float]:
    """A row of the table, and the p99 of those whose line is quick."""
    teacher = Teacher()
    await teacher.begin(address)
    async with slow_line(address) as end:
        quick = await joined(address, teacher.room, count - slow)
        lazy = await joined(end, teacher.room, slow)
        await asyncio.sleep(WARM)
        for one in (teacher, *quick, *lazy):
            one.came.clear()
            one.bytes = 0
        before = resident(pid)
        await asyncio.sleep(seconds)
        grown = resident(pid) - before
        first = earliest((teacher, *quick, *lazy))
        late = ages(first, quick)
        p99 = percentile(late, 0.99)
        rate = min(len(one.came) for one in quick) / seconds
        row: list[object] = [f"{slow} of {count}", f"{rate:.1f}", f"{percentile(late, 0.5):.1f}", f"{p99:.1f}"]
        if lazy:
            old = ages(first, lazy)
            row += [f"{len(old) / slow / seconds:.1f}", f"{percentile(old, 0.5):.0f}", f"{max(old):.0f}"]
            row += [f"{max(stale(first, one) for one in lazy):.0f}"]
            row += [f"{sum(one.bytes for one in lazy) / slow / seconds / 1000:.1f}"]
        else:
            row += ["", "", "", "", ""]
        for one in (teacher, *quick, *lazy):
            one.cut()
    return [*row, f"{grown:+.1f}"], p99


HEAD = [
    "listening", "slow", "frames/s of the others, the slowest", "age ms, p50", "p99", "pulses/s of the slow",
    "age ms, p50", "worst", "before the next, worst", "KB/s", "MB more",
]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=2, help="for each way to listen")
    ways_to_listen(parser)
    options = parser.parse_args()
    print(f"## Slow lines among many, loopback\n\n{machine()}; the viewers run on the same cores\n")
    print(
        f"One teacher trains 2-[16]×10-1 at 1,000 steps/s, {options.count} watch, some over a line of 20 KB/s;\n"
        f"ages count from when the first of them has the pulse. {options.rounds} rounds of {options.seconds:g} s.\n"
    )
    rows, said = [], []
    for way in options.listening:
        p99: dict[int, list[float]] = {0: [], SLOW: []}
        for _, slow in itertools.product(range(options.rounds), p99):
            with running("--no-data", *LISTENING[way]) as started:
                row, late = asyncio.run(watched(started.address, started.pid, options.seconds, options.count, slow))
            rows.append([way, *row])
            p99[slow].append(late)
        without, among = (percentile(p99[slow], 0.5) for slow in (0, SLOW))
        said.append(f"{way}: {without:.1f} ms without slow lines, {among:.1f} ms beside them")
    print(table(HEAD, rows))
    print(f"\nThe others' p99, median of the rounds: {'; '.join(said)}.")


if __name__ == "__main__":
    main()
