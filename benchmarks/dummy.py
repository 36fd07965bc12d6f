"""A server that does next to nothing: what an attack on it costs a class beside it is the machine's doing."""

import asyncio
import json
import struct
import sys

#: It ends by itself after so many seconds.
SECONDS = 120.0
WELCOME = json.dumps({"type": "welcome", "room": "AAAAAA", "token": "none"}).encode()
#: The start of a WebSocket that no client here checks, and the answer to its hello.
ACCEPTED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
GREETING = ACCEPTED + bytes([0x81]) + (struct.pack("!B", len(WELCOME)) + WELCOME)
PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Dummy(asyncio.Protocol):
    """Answers the first request and drops the rest."""

    def __init__(self) -> None:
        self.head = b""
        self.answered = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        if self.answered:
            return
        self.head += data
        if b"\r\n\r\n" in self.head:
            self.answered = True
            if b"Upgrade: websocket" in self.head:
                self.transport.write(GREETING)
            else:
                self.transport.write(PAGE)
                self.transport.close()


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Dummy, "127.0.0.1", 0, backlog=512)
    print(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ws", flush=True)
    end = asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    await asyncio.wait([end], timeout=SECONDS)


if __name__ == "__main__":
    asyncio.run(main())
