"""What carries the requests: uvicorn's HTTP protocol, which does not wait for ever for one."""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

from .. import limits

#: The connections on which no complete request is there, and since when, the longest first.
_waiting: dict["Http", float] = {}


def make_room(now: float) -> None:
    """Descriptors are short: who has had time enough for a request, and has sent none, goes."""
    for line, since in list(_waiting.items()):
        if now - since < limits.HURRIED_SECONDS:
            break
        if not line.transport.get_write_buffer_size():
            line.transport.abort()


class Http(H11Protocol):
    """uvicorn's, with a deadline: a connection without a complete request is closed."""

    deadline: asyncio.TimerHandle | None = None

    def _wait(self, seconds: float, last: bool = False) -> None:
        self._go_on()
        self.deadline = self.loop.call_later(seconds, self._late, last)
        if not last:
            _waiting[self] = self.loop.time()

    def _go_on(self) -> None:
        _waiting.pop(self, None)
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None

    def _late(self, last: bool) -> None:
        """End it: an answer that is still being taken has a little longer."""
        if self.transport.get_write_buffer_size() and not last:
            self.transport.close()
            self._wait(limits.TAKING_SECONDS, last=True)
        else:
            self.transport.abort()

    @property
    def _answering(self) -> bool:
        """Whether a whole request has come that has not got its whole answer."""
        cycle = self.cycle
        return cycle is not None and not cycle.more_body and not cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The first request is waited for."""
        super().connection_made(transport)
        self._wait(limits.REQUEST_SECONDS)

    def data_received(self, data: bytes) -> None:
        """A part of a request earns no more time, a whole one does."""
        super().data_received(data)
        if self._answering:
            self._go_on()

    def on_response_complete(self) -> None:
        """The next request is waited for, unless it has come already."""
        self._wait(limits.REQUEST_SECONDS)
        super().on_response_complete()
        if self._answering:
            self._go_on()

    def pause_writing(self) -> None:
        """Much of an answer waits to be taken."""
        super().pause_writing()
        self._wait(limits.TAKING_SECONDS, last=True)

    def resume_writing(self) -> None:
        """It was."""
        super().resume_writing()
        if self._answering:
            self._go_on()

    def handle_websocket_upgrade(self, event: object) -> None:
        """From here on another protocol has the connection."""
        self._go_on()
        super().handle_websocket_upgrade(event)  # type: ignore[arg-type]

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._go_on()
        super().connection_lost(exc)
