"""A viewer that costs next to nothing: a WebSocket client so small that hundreds fit beside the server."""

import asyncio
import base64
import json
import os
import struct
import time
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from nablascope.server.wire.protocol import PULSE

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
#: Where a frame has its kind, its number for this viewer, and the number of its kind.
KIND, SEQ, NUMBER = 5, 16, 20
#: What browsers call the public server that benchmarks start.
PUBLIC_HOST = "school.example"
#: As the page: every fourth frame, and what is left after so many seconds.
ACK_EVERY, ACK_AFTER = 4, 0.2


class Visitor(NamedTuple):
    """Who connects: from which address of this machine, and as whom a proxy before a public server forwards them."""

    source: str | None = None
    forwarded: str | None = None

    def head(self, netloc: str) -> str:
        """The first headers of a request."""
        if self.forwarded is None:
            return f"Host: {netloc}\r\n"
        return f"Host: {PUBLIC_HOST}\r\nX-Forwarded-For: {self.forwarded}\r\nX-Forwarded-Proto: https\r\n"

    @property
    def local(self) -> tuple[str, int] | None:
        """What a socket is bound to before it connects."""
        return None if self.source is None else (self.source, 0)


#: From wherever the system likes, without a proxy.
ANYBODY = Visitor()


class Watcher(asyncio.Protocol):
    """Counts pulses and remembers when each came; acknowledges as the page does."""

    def __init__(
        self, hello: dict[str, object], on_event: Callable[[dict[str, object]], None] = lambda _: None
    ) -> None:
        self.hello, self.on_event = hello, on_event
        self.buffer = bytearray()
        self.upgraded = False
        #: When each pulse came, by its number.
        self.came: dict[int, float] = {}
        self.bytes = 0
        #: None until it has connected.
        self.transport: Any = None
        self.opened, self.closed = asyncio.Event(), asyncio.Event()
        self.code: int | None = None
        self.acknowledges = True
        #: The first line of an answer that was no WebSocket.
        self.refusal = ""
        self._newest = self._acknowledged = 0
        self._idle: asyncio.TimerHandle | None = None

    async def open(self, address: str, visitor: Visitor = ANYBODY) -> None:
        """Connect, and say hello."""
        await self.connect(address, visitor)
        self.send({"type": "hello", "protocol": 1, **self.hello})

    async def connect(self, address: str, visitor: Visitor) -> None:
        """A WebSocket, without a word yet; OSError when there is none."""
        url, loop = urlsplit(address), asyncio.get_running_loop()
        await loop.create_connection(lambda: self, url.hostname, url.port, local_addr=visitor.local)
        key = base64.b64encode(os.urandom(16)).decode()
        self.transport.write(
            f"GET /ws HTTP/1.1\r\n{visitor.head(url.netloc)}Upgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        await self.opened.wait()
        if not self.upgraded:
            raise ConnectionRefusedError(self.refusal or "closed before it was a WebSocket")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def connection_lost(self, _: Exception | None) -> None:
        self.closed.set()
        self.opened.set()

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        self.bytes += len(data)
        self.buffer += data
        if not self.upgraded:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            if not self.buffer.startswith(b"HTTP/1.1 101"):
                self.refusal = self.buffer[: self.buffer.find(b"\r\n")].decode("latin-1")
                self.transport.close()
                return
            del self.buffer[: end + 4]
            self.upgraded = True
            self.opened.set()
        start = 0
        while (found := self._next(start)) is not None:
            opcode, at, start = found
            self._take(opcode, at, start, now)
        del self.buffer[:start]

    def _next(self, start: int) -> tuple[int, int, int] | None:
        """Opcode, where the payload begins and ends; None when it is not all here."""
        buffer = self.buffer
        if len(buffer) < start + 2:
            return None
        length, at = buffer[start + 1] & 127, start + 2
        if length == 126:
            if len(buffer) < at + 2:
                return None
            length, at = struct.unpack_from("!H", buffer, at)[0], at + 2
        elif length == 127:
            if len(buffer) < at + 8:
                return None
            length, at = struct.unpack_from("!Q", buffer, at)[0], at + 8
        return None if len(buffer) < at + length else (buffer[start] & 15, at, at + length)

    def _take(self, opcode: int, at: int, end: int, now: float) -> None:
        buffer = self.buffer
        if opcode == BINARY:
            if buffer[at + KIND] == PULSE:
                self.came[struct.unpack_from("<I", buffer, at + NUMBER)[0]] = now
            seq = struct.unpack_from("<I", buffer, at + SEQ)[0]
            self._newest = seq
            if seq - self._acknowledged >= ACK_EVERY:
                self._acknowledge()
            elif self._idle is None:
                self._idle = asyncio.get_running_loop().call_later(ACK_AFTER, self._acknowledge)
        elif opcode == TEXT:
            self.on_event(json.loads(bytes(buffer[at:end])))
        elif opcode == PING:
            self._write(PONG, bytes(buffer[at:end]))
        elif opcode == CLOSE:
            self.code = struct.unpack_from("!H", buffer, at)[0] if end - at >= 2 else 1005
            self._write(CLOSE, bytes(buffer[at:end]))
            self.transport.close()

    def _acknowledge(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        if self._newest > self._acknowledged and self.acknowledges:
            self._acknowledged = self._newest
            self.send({"type": "ack", "seq": self._newest})

    def send(self, command: dict[str, object]) -> None:
        """A command."""
        self._write(TEXT, json.dumps(command).encode())

    def _write(self, opcode: int, payload: bytes) -> None:
        # A mask of zeros leaves the payload as it is.
        size = len(payload)
        if size < 126:
            length = bytes([128 | size])
        elif size < 1 << 16:
            length = struct.pack("!BH", 128 | 126, size)
        else:
            length = struct.pack("!BQ", 128 | 127, size)
        if not self.transport.is_closing():
            self.transport.write(bytes([128 | opcode]) + length + bytes(4) + payload)

    def cut(self) -> None:
        """As a dead network would."""
        if self.transport is not None:
            self.transport.abort()
