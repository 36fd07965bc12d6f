"""What carries the messages: uvicorn's WebSocket protocol, and what a class needs besides.

Little waits in the kernel, a peer that takes nothing can be cut off, and whoever is refused learns why.
"""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import OPEN

#: Bytes that the kernel may hold for one viewer: what waits there grows old.
SEND_BUFFER = 128 * 1024
#: Seconds in which a refused peer may say the rest of what it was saying.
LINGER = 5.0
NOT_TEXT = 1007
#: The socket option that holds back what is not a full packet; Linux has it.
CORK: int | None = getattr(socket, "TCP_CORK", None)

_lines: dict[Any, "Protocol"] = {}


def line_of(client: Any) -> "Protocol | None":
    """The protocol of a connection, by its peer's address."""
    return _lines.get(client)


class Protocol(WebSocketsSansIOProtocol):
    """uvicorn's, with a small send buffer, a short way for frames, and an end that is always told."""

    lingering = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember it by its peer's address."""
        #: Set when nobody is there any more, or the server ends.
        self.gone = asyncio.Event()
        with contextlib.suppress(OSError):
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        _lines[transport.get_extra_info("peername")] = self
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        _lines.pop(self.transport.get_extra_info("peername"), None)
        super().connection_lost(exc)
        self.gone.set()

    def shutdown(self) -> None:
        """The server ends: nobody waits for anything any more."""
        super().shutdown()
        self.gone.set()

    @property
    def idle(self) -> bool:
        """Whether a message goes straight to the system: it is open, and nothing of the last one waits."""
        transport = self.transport
        return self.conn.state is OPEN and not transport.get_write_buffer_size() and not transport.is_closing()

    def put(self, frame: bytes) -> None:
        """Send a binary message, at once, and not over ASGI by a task and through six layers (decision 16).

        Only while `idle`, and while nothing else is being sent.
        """
        self.conn.send_binary(frame)
        self.transport.write(b"".join(self.conn.data_to_send()))

    def data_received(self, data: bytes) -> None:
        """A refused peer is heard out, not listened to."""
        if not self.lingering:
            super().data_received(data)

    def send_receive_event_to_app(self) -> None:
        """A text that is none is a reason to part, not a fault of ours: uvicorn would log it as one."""
        if self.curr_msg_data_type == "text":
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError as error:
                self.frames = []
                self.conn.fail(NOT_TEXT, f"text: {error.reason} at byte {error.start}, expected UTF-8")
                self.handle_parser_exception()
                return
        super().send_receive_event_to_app()

    def handle_parser_exception(self) -> None:
        """Say why, and hear the rest: who cuts a connection with data unread takes the reason back."""
        if self.lingering or self.conn.close_sent is None:
            return
        told = self.conn.close_sent
        self.queue.put_nowait({"type": "websocket.disconnect", "code": told.code, "reason": told.reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = self.lingering = True
        if self.transport.can_write_eof():
            self.transport.write_eof()
        # uvicorn's own timer: while there is one, it leaves the transport open when the endpoint has ended.
        self.close_timer = self.loop.call_later(LINGER, self.transport.close)
        self.transport.resume_reading()


@contextlib.contextmanager
def together(line: Protocol | None, answer: bool) -> Iterator[None]:
    """What is sent within goes out at once if it is an answer, where the system can hold it back until then.

    An answer is several messages. Sent one by one, the first wakes the browser, which may take the only free core,
    and the rest waits.
    """
    if line is None or not answer:
        yield
        return
    hold(line.transport, 1)
    try:
        yield
    finally:
        hold(line.transport, 0)


def hold(transport: asyncio.Transport, held: int) -> None:
    """Begin or end to hold back."""
    if CORK is not None:
        with contextlib.suppress(OSError):  # the connection may have ended meanwhile
            transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, CORK, held)
