"""What carries the messages: uvicorn's WebSocket protocol, and what a class needs besides.

Little waits in the kernel, a peer that takes nothing or sends too much is cut off, and the others learn why they go.
"""

import asyncio
import contextlib
import socket
import weakref
from collections.abc import Iterator, MutableMapping
from typing import Any

from uvicorn._types import ASGISendEvent
from uvicorn.config import Config
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN

from ..limits import LAST_WORDS, LINGER, MOST_FRAGMENTS, MOST_HEARD, MOST_UNSENT, PIECE, SEND_BUFFER
from ..quotas.intake import Flood

NOT_TEXT, TOO_MUCH, TOO_LONG, GONE = 1007, 1008, 1009, 1006
#: The socket option that holds back what is not a full packet; Linux has it.
CORK: int | None = getattr(socket, "TCP_CORK", None)
#: Where a connection's state, as ASGI has it, names its protocol: weakly, as the protocol has the state.
LINE = "line"


def line_of(scope: MutableMapping[str, Any]) -> "Protocol":
    """The protocol of a connection."""
    line: Protocol | None = scope["state"][LINE]()
    assert line is not None  # it is what runs the endpoint
    return line


class Protocol(WebSocketsSansIOProtocol):
    """uvicorn's, with a small send buffer, a short way for frames, bounds, and an end that is always told."""

    lingering = False
    #: Bytes that have come since it lingers.
    heard = 0

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, {**app_state, LINE: weakref.ref(self)}, _loop)
        self.flood = Flood(self.loop.time())
        #: Set when nobody is there any more, or the server ends.
        self.gone = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Have the kernel hold little."""
        with contextlib.suppress(OSError):
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody waits for anything any more. Memory is free at once where nothing refers to itself."""
        super().connection_lost(exc)
        self.conn.parser.close()  # its frame, and the traceback of what ended it, lead back to the connection
        self.conn.parser_exc = None
        self.gone.set()

    # --- what is sent ------------------------------------------------------------------------------------------

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

    async def send(self, message: ASGISendEvent) -> None:
        """Over ASGI, while there is somebody: asyncio warns in the log of what is written to a peer that has gone."""
        await self.writable.wait()
        if self.close_sent or self.transport.is_closing():
            raise ClientDisconnected
        await super().send(message)

    # --- what comes --------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """In pieces, so that a flood is noticed early. A refused peer is heard out for a while, not listened to."""
        if self.lingering:
            self.heard += len(data)
            if self.heard > MOST_HEARD:
                self.transport.abort()
            return
        for begin in range(0, len(data), PIECE):
            if self.lingering or self.transport.is_closing():
                return
            piece = data[begin : begin + PIECE]
            self._excess(len(piece))
            if not self.lingering:
                super().data_received(piece)

    def handle_events(self) -> None:
        """Not more than a browser could send, nor more answers than the peer takes."""
        frames = [event for event in self.conn.events if isinstance(event, Frame)]
        self._excess(0, len(frames), sum(frame.opcode is Opcode.PING for frame in frames))
        if self.lingering:
            return
        super().handle_events()
        if len(self.frames) > MOST_FRAGMENTS:
            self._part(TOO_LONG, f"a message of more than {MOST_FRAGMENTS} frames")
        if self.transport.get_write_buffer_size() > MOST_UNSENT:
            self.transport.abort()

    def _excess(self, size: int, frames: int = 0, pings: int = 0) -> None:
        """Part with a peer that sends too much."""
        reason = self.flood.excess(size, frames, pings, self.loop.time())
        if reason is not None:
            self._part(TOO_MUCH, reason)

    def _part(self, code: int, reason: str) -> None:
        """Part with the peer, and tell it why if a message can be sent."""
        self.conn.fail(code, reason)
        self.handle_parser_exception()
        if not self.lingering:
            self.transport.abort()

    def send_receive_event_to_app(self) -> None:
        """A text that is none is a reason to part, not a fault of ours: uvicorn would log it as one."""
        if self.curr_msg_data_type == "text":
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError as error:
                self.frames = []
                self._part(NOT_TEXT, f"text: {error.reason} at byte {error.start}, expected UTF-8")
                return
        super().send_receive_event_to_app()

    # --- the end -----------------------------------------------------------------------------------------------

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
        self.close_timer = self.loop.call_later(LINGER, self._cut)
        self.transport.resume_reading()

    def eof_received(self) -> None:
        """A peer that says no more has gone: nothing is sent to it, though a buffer may still wait for it."""
        self.conn.receive_eof()
        self.gone.set()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": GONE})
        self.end_within(LINGER)

    def end_within(self, seconds: float) -> None:
        """Be gone by then: a polite end alone would wait for a buffer that nobody empties."""
        self.loop.call_later(seconds, self._cut)

    def _cut(self) -> None:
        if not self.disconnected:  # asyncio fails to abort what has closed by itself after its last bytes had left
            self.transport.abort()

    def shutdown(self) -> None:
        """The server ends."""
        super().shutdown()
        self.gone.set()
        self.end_within(LAST_WORDS)


@contextlib.contextmanager
def together(line: Protocol, answer: bool) -> Iterator[None]:
    """What is sent within goes out at once if it is an answer, where the system can hold it back until then.

    An answer is several messages. Sent one by one, the first wakes the browser, which may take the only free core,
    and the rest waits.
    """
    if not answer:
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
