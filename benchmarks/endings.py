"""What a class sees when a training process is killed, and when the server is asked to end."""

import asyncio
import contextlib
import json
import os
import random
import re
import signal
import struct
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from family import age, alive, children, workers
from nablascope.server.limits import LIVED
from nablascope.server.wire.protocol import PULSE
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

SPEED, STEP, SEQ, KIND = 5, 24, 16, 5
#: Rooms, so that each of two processes has more than twenty, and seconds between two kills.
ROOMS, BETWEEN = 44, 2.5
CLIENTS = 300


@contextlib.contextmanager
def running(data: Path, *options: str) -> Iterator[tuple[str, int]]:
    """A server; its WebSocket's address and its number. It may have ended by itself."""
    program = Path(sys.executable).with_name("nablascope")
    command = [str(program), "--no-open", "--port", "0", "--data", str(data), *options]
    with (data / "log").open("ab") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
    assert process.stdout is not None
    found = re.search(r"http://(\S+?)/", process.stdout.readline())
    assert found, (data / "log").read_text()
    try:
        yield f"ws://{found[1]}/ws", process.pid
    finally:
        process.terminate()
        process.wait()


class Room:
    """One viewer of a run of its own: which step it saw when, and what it heard of its process's end."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.seen: deque[tuple[float, int]] = deque(maxlen=200)
        self.begin()

    def begin(self) -> None:
        """Before a kill."""
        self.noticed = self.resumed = self.again = 0.0

    async def read(self) -> None:
        async for message in self.socket:
            now = time.perf_counter()
            if isinstance(message, str):
                if '"type":"notice"' in message[:80]:
                    self.noticed = now
                continue
            (step,), (seq,) = struct.unpack_from("<I", message, STEP), struct.unpack_from("<I", message, SEQ)
            if seq % 4 == 0:
                await self.socket.send(json.dumps({"type": "ack", "seq": seq}))
            if message[KIND] == PULSE:
                if self.noticed and not self.resumed:
                    # When this step had been seen, on the way from the kill before: then, too, steps were made again.
                    self.resumed, self.again = now, next((at for at, was in self.seen if was >= step), now)
                    self.seen.clear()
                self.seen.append((now, step))


async def mature(pid: int, draw: random.Random) -> int:
    """A process with rooms that has lived for a while: the end of a younger one would count as a failed start."""
    while True:
        for worker in draw.sample(workers(pid)[:-1], 2):  # the newest stands by and has no rooms
            if age(worker) > LIVED + 1:
                return worker
        await asyncio.sleep(0.1)


async def worker_kills(data: Path, kills: int, seed: int, *listening: str) -> list[tuple[float, float, float]]:
    """For each run that lost its process: ms until that was told and until it was seen again, and how old it was."""
    draw, found = random.Random(seed), []
    async with contextlib.AsyncExitStack() as stack:
        address, pid = stack.enter_context(running(data, "--workers", "2", *listening))
        rooms = []
        for _ in range(ROOMS):
            room = Room(await stack.enter_async_context(connect(address, max_size=None, compression=None)))
            await room.socket.send(json.dumps({"type": "hello", "protocol": 1}))
            await room.socket.send(json.dumps({"type": "speed", "value": SPEED}))
            reading = asyncio.create_task(room.read())
            stack.callback(reading.cancel)
            rooms.append(room)
        for _ in range(kills):
            await asyncio.sleep(BETWEEN + draw.uniform(0, 2))
            victim = await mature(pid, draw)
            for room in rooms:
                room.begin()
            killed = time.perf_counter()
            os.kill(victim, signal.SIGKILL)
            async with asyncio.timeout(20):
                while not any(room.noticed for room in rooms) or any(
                    room.noticed and not room.resumed for room in rooms
                ):
                    await asyncio.sleep(0.02)
            found += [
                (1000 * (room.noticed - killed), 1000 * (room.resumed - killed), killed - room.again)
                for room in rooms
                if room.noticed
            ]
    return found


async def one_of_many(address: str, hello: dict[str, Any], come: asyncio.Event) -> int | None:
    """A viewer until the end; the code that its connection was closed with, None when it was just cut."""
    async with connect(address, max_size=None, max_queue=None, compression=None) as socket:
        await socket.send(json.dumps({"type": "hello", "protocol": 1, **hello}))
        with contextlib.suppress(ConnectionClosed):
            async for message in socket:
                if isinstance(message, bytes):
                    come.set()
                    (seq,) = struct.unpack_from("<I", message, SEQ)
                    if seq % 4 == 0:
                        await socket.send(json.dumps({"type": "ack", "seq": seq}))
    return None if socket.close_code in (None, 1006) else socket.close_code


async def call_to_end(data: Path, clients: int, *listening: str) -> tuple[dict[int | None, int], float, int]:
    """SIGTERM to a server with so many clients: the codes they were told, seconds, and processes left."""
    with running(data, *listening) as (address, pid):
        async with connect(address, max_size=None, max_queue=None, compression=None) as teacher:
            await teacher.send(json.dumps({"type": "hello", "protocol": 1}))
            welcome = json.loads(await teacher.recv())
            hello, come = {"room": welcome["room"]}, [asyncio.Event() for _ in range(clients - 1)]
            others = [asyncio.create_task(one_of_many(address, hello, each)) for each in come]
            await asyncio.gather(*(each.wait() for each in come))
            family = [pid, *children(pid)]
            started = time.perf_counter()
            os.kill(pid, signal.SIGTERM)
            with contextlib.suppress(ConnectionClosed):
                while True:
                    await teacher.recv()
            codes = [teacher.close_code, *await asyncio.gather(*others)]
            while alive(pid):
                await asyncio.sleep(0.01)
            seconds = time.perf_counter() - started
            await asyncio.sleep(1)
            left = sum(map(alive, family))
    return {code: codes.count(code) for code in set(codes)}, seconds, left
