"""The door: takes connections one by one, while there are descriptors for them and their address has not too many."""

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Callable

from .. import limits
from ..quotas.doorkeeper import Doorkeeper
from .seldom import Seldom

log = logging.getLogger("nablascope.listening")
log.addFilter(Seldom())


class Accepted(socket.socket):
    """A connection that says when its descriptor is free again: whatever protocol it speaks by then."""

    _freed: Callable[[], None] | None = None

    def __init__(self, taken: socket.socket, freed: Callable[[], None]) -> None:
        super().__init__(taken.family, taken.type, taken.proto, fileno=taken.detach())
        self._freed = freed

    def close(self) -> None:
        """Close, and say so once."""
        super().close()
        freed, self._freed = self._freed, None
        if freed is not None:
            freed()

    def __del__(self) -> None:
        """Of one that no protocol has taken."""
        self.close()


class Listening:
    """Serves a listening socket. While no descriptor is free, new connections wait in the system's own queue."""

    def __init__(
        self,
        listener: socket.socket,
        protocol: Callable[[], asyncio.Protocol],
        doorkeeper: Doorkeeper,
        make_room: Callable[[float], None],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        listener.setblocking(False)
        self._listener, self._protocol, self._doorkeeper, self._tls = listener, protocol, doorkeeper, tls
        self._make_room = make_room
        self._free = asyncio.Event()
        self._beginning: set[asyncio.Task[None]] = set()
        self._accepting = asyncio.create_task(self._accept())

    async def close(self) -> None:
        """Take no more; who has not got through the handshake is let go. The socket stays open."""
        for task in (tasks := [self._accepting, *self._beginning]):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            if self._doorkeeper.full:
                await self._room()
                continue
            try:
                taken, address = await loop.sock_accept(self._listener)
            except ConnectionAbortedError:
                continue
            except OSError as error:
                log.warning("no connection can be taken at present: %s", error.strerror or error)
                await asyncio.sleep(limits.RETRY_SECONDS)
                continue
            self._take(taken, str(address[0]))
            await asyncio.sleep(0)  # in a flood the others have their turn between two

    async def _room(self) -> None:
        """Wait until a connection ends, and have idle ones end early."""
        log.warning("all %d connections that fit are open (ulimit -n): others wait", self._doorkeeper.most)
        self._free.clear()
        self._make_room(asyncio.get_running_loop().time())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limits.RETRY_SECONDS):
                await self._free.wait()

    def _take(self, taken: socket.socket, address: str) -> None:
        """Begin a connection, or close it at once."""
        if not self._doorkeeper.enter(address):
            taken.close()
            most = self._doorkeeper.most_from(address)
            log.warning("an address has %d connections open: more of it are closed", most)
            return
        task = asyncio.create_task(self._begin(Accepted(taken, lambda: self._left(address))))
        self._beginning.add(task)
        task.add_done_callback(self._beginning.discard)

    def _left(self, address: str) -> None:
        self._doorkeeper.leave(address)
        self._free.set()

    async def _begin(self, connection: Accepted) -> None:
        """Hand it to its protocol, after TLS's handshake."""
        patience = limits.REQUEST_SECONDS if self._tls else None
        with contextlib.suppress(OSError):  # it has gone meanwhile, or speaks no TLS
            await asyncio.get_running_loop().connect_accepted_socket(
                self._protocol, connection, ssl=self._tls, ssl_handshake_timeout=patience
            )
