"""A real server under load, over loopback: how fast a command is answered, and 40 rooms at once."""

import argparse
import asyncio
import contextlib
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import NamedTuple

from machine import machine, percentile, table
from nablascope.server.wire.protocol import PULSE, Header
from websockets.asyncio.client import ClientConnection, connect

#: The ways to listen that are compared: on one address of IPv4, and as a class does on all, of IPv4 and IPv6.
LISTENING: dict[str, tuple[str, ...]] = {"IPv4": ("--host", "127.0.0.1"), "dual-stack": ("--lan", "127.0.0.1")}


#: Characters that are shown of what a server wrote, if there is a traceback in it.
LAST_WORDS = 1000


def ways_to_listen(parser: argparse.ArgumentParser) -> None:
    """The option that says which of them are measured."""
    parser.add_argument("--listening", nargs="+", choices=LISTENING, default=list(LISTENING))


def by_ipv6(address: str) -> str:
    """The same server over IPv6, where it listens on all addresses."""
    return address.replace("127.0.0.1", "[::1]")


class Started(NamedTuple):
    """A server that runs: its WebSocket's address, its process, its data folder, and what it wrote."""

    address: str
    pid: int
    data: Path
    log: Path


@contextlib.contextmanager
def server(*options: str) -> Iterator[str]:
    """A server of its own; its WebSocket's address."""
    with running(*options) as started:
        yield started.address


@contextlib.contextmanager
def running(*options: str, descriptors: int | None = None) -> Iterator[Started]:
    """The same with all that is known of it; `descriptors` is the most that it may have open."""
    program = Path(sys.executable).with_name("nablascope")
    with tempfile.TemporaryDirectory() as folder:
        data, log = Path(folder) / "data", Path(folder) / "log"
        command = [str(program), "--no-open", "--port", "0", "--data", str(data), *options]
        if descriptors is not None:
            command = ["sh", "-c", f'ulimit -n {descriptors}; exec "$@"', "sh", *command]
        with log.open("wb") as said:
            process = subprocess.Popen(command, stdout=said, stderr=said)
        try:
            while not (found := re.search(r"http://(\S+?)/", log.read_text("utf-8", "replace"))):
                assert process.poll() is None, log.read_text("utf-8", "replace")
                time.sleep(0.02)
            yield Started(f"ws://{found[1]}/ws", process.pid, data, log)
        finally:
            process.terminate()
            process.wait()
            said = log.read_text("utf-8", "replace")
            if "Traceback" in said:
                sys.stderr.write(said[-LAST_WORDS:])


class Viewer:
    """Counts frames, acknowledges them, and times the answers to its own commands."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.pulses = self.bytes = self.step = 0
        self.rate = 0.3
        self.changed_at: float | None = None
        self.latencies: list[float] = []

    async def send(self, **command: object) -> None:
        await self.socket.send(json.dumps(command))

    async def change_rate(self) -> None:
        self.rate = round(0.1 + (self.rate + 0.0137) % 0.3, 4)
        self.changed_at = time.perf_counter()
        await self.send(type="set", changes={"learning_rate": self.rate})

    async def read(self) -> None:
        async for message in self.socket:
            if isinstance(message, str):
                continue
            self.bytes += len(message)
            header = Header.unpack(message)
            if header.seq % 4 == 0:
                await self.send(type="ack", seq=header.seq)
            if header.kind != PULSE:
                continue
            self.pulses += 1
            # The first frame of a step that was computed with the new rate.
            if (
                self.changed_at is not None
                and abs(header.learning_rate - self.rate) < 1e-6
                and header.step > self.step
            ):
                self.latencies.append(1000 * (time.perf_counter() - self.changed_at))
                self.changed_at = None
            self.step = header.step


@contextlib.asynccontextmanager
async def viewer(address: str, speed: int, **changes: object) -> AsyncIterator[Viewer]:
    async with connect(address, max_size=None, compression=None) as socket:
        one = Viewer(socket)
        await one.send(type="hello", protocol=1)
        if changes:
            await one.send(type="set", changes=changes, reset=True)
        await one.send(type="speed", value=speed)
        reading = asyncio.create_task(one.read())
        yield one
        reading.cancel()


async def latency(address: str, speed: int, count: int) -> list[float]:
    async with viewer(address, speed) as one:
        await asyncio.sleep(1)
        for _ in range(count):
            await one.change_rate()
            await asyncio.sleep(0.03)
            while one.changed_at is not None:
                await asyncio.sleep(0.001)
    return one.latencies


async def many_rooms(address: str, rooms: int, seconds: float, **changes: object) -> list[Viewer]:
    async with contextlib.AsyncExitStack() as stack:
        everybody = [await stack.enter_async_context(viewer(address, 6, **changes)) for _ in range(rooms)]
        await asyncio.sleep(3)
        before = [(one.pulses, one.step, one.bytes) for one in everybody]
        end, turn = time.perf_counter() + seconds, 0
        while time.perf_counter() < end:
            one = everybody[turn % rooms]
            if one.changed_at is None:
                await one.change_rate()
            turn += 1
            await asyncio.sleep(0.02)
        for one, (pulses, step, size) in zip(everybody, before, strict=True):
            one.pulses, one.step, one.bytes = one.pulses - pulses, one.step - step, one.bytes - size
    return everybody


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    print(f"## Serving, loopback\n\n{machine()}\n")
    print("From a changed learning rate to the first frame of a step with it, ms\n")
    rows = []
    for name, speed in (("1,000 steps/s", 5), ("turbo", 6)):
        with server() as address:
            times = asyncio.run(latency(address, speed, 300))
        rows.append([f"one room, {name}", len(times), *(f"{percentile(times, share):.1f}" for share in (0.5, 0.99))])
    print(table(["", "changes", "p50", "p99"], rows))
    print(f"\n40 rooms at once, all in turbo, {options.seconds:g} s\n")
    rows = []
    for name, changes in (("2-8-8-8-1", {"hidden": [8] * 3}), ("2-[16]×10-1", {"hidden": [16] * 10})):
        with server() as address:
            everybody = asyncio.run(many_rooms(address, 40, options.seconds, **changes))
        rates = [one.pulses / options.seconds for one in everybody]
        late = [value for one in everybody for value in one.latencies]
        rows.append([
            name, f"{min(rates):.1f}", f"{percentile(rates, 0.5):.1f}",
            f"{percentile([one.step / options.seconds for one in everybody], 0.5):,.0f}",
            f"{percentile(late, 0.5):.1f}", f"{percentile(late, 0.99):.1f}",
            f"{percentile([one.bytes / options.seconds / 1000 for one in everybody], 0.5):.0f}",
        ])  # fmt: skip
    head = [
        "",
        "frames/s, the slowest room",
        "median",
        "steps/s per room",
        "change → frame p50 ms",
        "p99 ms",
        "KB/s per viewer",
    ]
    print(table(head, rows))


if __name__ == "__main__":
    main()
