"""A WebSocket by hand: a peer that reads only when it is told to, and says what no library would."""

import base64
import contextlib
import json
import os
import socket
import struct
import time
from urllib.parse import urlsplit

TEXT, CLOSE, PING, CONTINUATION = 1, 8, 9, 0
FIN = 0x80
#: Bytes that its kernel takes for it, a little more in fact.
RECEIVE_BUFFER = 4096


def frame(opcode: int, payload: bytes = b"", fin: bool = True) -> bytes:
    """A frame, masked with zeros."""
    size = len(payload)
    if size < 126:
        length = bytes([0x80 | size])
    elif size < 2**16:
        length = bytes([0x80 | 126]) + struct.pack(">H", size)
    else:
        length = bytes([0x80 | 127]) + struct.pack(">Q", size)
    return bytes([FIN * fin | opcode]) + length + bytes(4) + payload


#: Messages that are refused with more words than all buffers on the way to a peer hold, if it reads none of them.
MUCH = frame(TEXT, b"{}") * 450


class Peer:
    """An open WebSocket."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        family = socket.AF_INET6 if ":" in (parts.hostname or "") else socket.AF_INET
        self.socket = socket.socket(family)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        self.socket.settimeout(10)
        self.socket.connect((parts.hostname, parts.port))
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET /ws HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self.socket.recv(1)
        assert b" 101 " in answer.splitlines()[0], answer

    def say(self, **command: object) -> bool:
        """A command; whether the connection still took it."""
        return self.send(frame(TEXT, json.dumps(command).encode()))

    def hello(self, room: str | None = None, **more: object) -> None:
        """Into a room."""
        assert self.say(type="hello", protocol=1, room=room, **more)

    def send(self, data: bytes) -> bool:
        """Any bytes; whether the connection still took them."""
        try:
            self.socket.sendall(data)
        except OSError:
            return False
        return True

    def ended(self, seconds: float) -> bytes | None:
        """What came until the connection ended; None if it did not within so many seconds."""
        came, end = b"", time.monotonic() + seconds
        while time.monotonic() < end:
            self.socket.settimeout(max(0.01, end - time.monotonic()))
            try:
                data = self.socket.recv(2**16)
            except TimeoutError:
                return None
            except OSError:
                return came
            if not data:
                return came
            came += data
        return None

    def reset(self) -> None:
        """Gone without a word: the other side gets an error."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self) -> None:
        """Gone."""
        with contextlib.suppress(OSError):
            self.socket.close()
