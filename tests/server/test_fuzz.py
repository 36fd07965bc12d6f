"""Thousands of messages that nobody should send: each is answered or refused, nothing breaks, nothing grows."""

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import altered
import loops
import pytest
from fuzzer import SOCKET_LIMIT, Fuzzer, Message
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

#: A fifth of what `scripts/test --long` throws.
MESSAGES = int(os.environ.get("NABLASCOPE_FUZZ", 100_000 if os.environ.get("NABLASCOPE_LONG") else 20_000))
CONNECTIONS = 25
#: After so many messages one waits until the run has answered them; else most of its answers would be lost, as the
#: fuzzer soon ends its connection itself.
WAIT_AFTER = 50
CALL = {"type": "set", "changes": {"seed": -1}, "id": 2**53 - 1}
#: Bytes that the web process may hold more for each message: less than any object has. And for all: rooms are busy.
GROWTH, UNREST = 20, 256 * 1024
#: Seconds until nothing of the connections is left.
REST = 2.0
#: What the server says that Python and malloc hold.
HELD = re.compile(r"# bytes in allocated blocks += +([\d,]+)|held by malloc = (\d+)")
#: Of all messages, how many are refused at least: most of what is thrown cannot be.
REFUSED = 0.5
FIELDS = {"type", "epoch", "seq", "command", "field", "was", "expected", "message", "code"}
#: Nothing of the program's inside is in a refusal.
INSIDE = re.compile(r"Traceback|object at 0x|nablascope\.|pydantic|/site-packages/|\.py\b|Error\(|NoneType")


def look_into(refusal: dict[str, Any]) -> None:
    """It says which field, what it was, and what was expected, in words and at a bearable length."""
    assert set(refusal) == FIELDS, refusal
    field, was, expected = refusal["field"], refusal["was"], refusal["expected"]
    assert all(isinstance(part, str) for part in (field, was, expected)) and field and expected, refusal
    assert refusal["message"].startswith(f"{field}: was ") and f", expected {expected}" in refusal["message"], refusal
    assert len(was) <= 201 and len(refusal["message"]) <= 2000, refusal
    assert not INSIDE.search(expected), refusal
    assert refusal["command"] is None or isinstance(refusal["command"], int), refusal


async def settled(socket: ClientConnection) -> None:
    """Until the server answers an ordinary command after all that."""
    await socket.send(json.dumps({"type": "preset", "name": "First look", "id": 7}))
    while True:
        message = await socket.recv()
        if isinstance(message, str) and json.loads(message)["type"] == "settings":
            return


class Thrower:
    """One browser gone mad, in a room of its own; its connection may end, but never without a code."""

    def __init__(self, url: str, stream: Iterator[Message]) -> None:
        self.url, self.stream = url, stream
        self.room = self.token = None
        self.refusals, self.heard = 0, asyncio.Event()

    async def connect(self) -> None:
        """Into the room; whatever comes from now on is read, refusals closely, and forgotten."""
        self.socket = await connect(self.url, max_size=None, max_queue=None, compression=None)
        hello = {"type": "hello", "protocol": 1, "room": self.room, "token": self.token}
        await self.socket.send(json.dumps(hello))
        welcome = json.loads(await self.socket.recv())
        self.room, self.token = welcome["room"], welcome["token"] or self.token
        self.reading = asyncio.create_task(self.read())

    async def read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for message in self.socket:
                if isinstance(message, str) and '"type":"error"' in message[:80]:
                    refusal = json.loads(message)
                    look_into(refusal)
                    self.refusals += 1
                    if refusal["command"] == CALL["id"]:
                        self.heard.set()

    async def throw(self, count: int) -> None:
        """So many messages."""
        await self.connect()
        for number, message in enumerate(islice(self.stream, count)):
            try:
                await self.send(message)
                if number % WAIT_AFTER == 0:
                    await self.answered()
            except (ConnectionClosed, AttributeError):  # the latter of a client that aborts what has gone already
                await self.socket.wait_closed()
                await self.reading
                # No UTF-8, too long, or so busy with what was sent before that a ping was not heard.
                assert self.socket.close_code in (1007, 1009, 1011, 4408)
                await self.connect()
        await self.socket.close()
        await self.reading

    async def answered(self) -> None:
        """Until the run has refused what is sent after all else, or the connection has ended.

        It is sent again: of a flood that is faster than its run, or too much, the server drops what comes last.
        """
        self.heard.clear()
        heard = asyncio.create_task(self.heard.wait())
        for _ in range(30):
            await self.socket.send(json.dumps(CALL))
            done, _ = await asyncio.wait({heard, self.reading}, timeout=2, return_when=asyncio.FIRST_COMPLETED)
            if done:
                break
        else:
            raise AssertionError("no answer within a minute")
        heard.cancel()

    async def send(self, message: Message) -> None:
        if isinstance(message, bytes):
            await self.socket.send(message)
        else:
            await self.socket.send(message.encode("utf-8", "surrogatepass"), text=True)
        await asyncio.sleep(0)  # what has come is read
        if len(message) > SOCKET_LIMIT:
            await self.socket.wait_closed()


def held(server: Any) -> int:
    """Bytes that the web process uses. What it has in memory is more, by what the allocators keep for later."""
    before = server.said.count("held by malloc")
    os.kill(server.process.pid, signal.SIGUSR1)
    end = time.monotonic() + 30
    while (said := server.said).count("held by malloc") == before:
        assert time.monotonic() < end
        time.sleep(0.05)
    python, malloc = HELD.findall(said)[-2:]
    return int(python[0].replace(",", "")) + int(malloc[1])


@pytest.mark.skipif(sys.platform != "linux", reason="malloc is asked as glibc has it")
def test_whatever_is_sent_is_refused_in_words_and_nothing_grows(serve: Callable[..., Any], tmp_path: Path) -> None:
    server = serve("--port", "0", "--no-data", program=altered.program(tmp_path, held=True, LINGER=0.5))
    url, stream = server.url.replace("http", "ws") + "ws", iter(Fuzzer(20261125))

    async def throw() -> tuple[int, int]:
        throwers = [Thrower(url, stream) for _ in range(CONNECTIONS)]
        await asyncio.gather(*(one.throw(MESSAGES // CONNECTIONS // 4) for one in throwers))
        await asyncio.sleep(REST)
        warm = held(server)
        await asyncio.gather(*(one.throw(3 * MESSAGES // CONNECTIONS // 4) for one in throwers))
        await asyncio.sleep(REST)
        grown = held(server) - warm
        async with connect(url, max_size=None, max_queue=None, compression=None) as socket:
            await socket.send(json.dumps({"type": "hello", "protocol": 1}))
            await asyncio.wait_for(settled(socket), 30)
        return grown, sum(one.refusals for one in throwers)

    grown, refusals = loops.run(throw())
    assert "Traceback" not in server.said and "Exception" not in server.said, server.said[-3000:]
    print(f"{MESSAGES:,} messages, {refusals:,} refusals, grown by {grown / 1024:.0f} KB")
    assert refusals > REFUSED * MESSAGES
    assert grown < UNREST + GROWTH * 3 * MESSAGES // 4
