"""uvicorn's server, with a door of our own: who comes in is decided by `listening`, not by asyncio."""

import asyncio
import logging
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from ..quotas.doorkeeper import Doorkeeper
from .http import Http, make_room
from .listening import Listening
from .seldom import Seldom
from .websocket import Protocol


def configured(app: ASGIApp, certificate: Path | None, key: Path | None) -> uvicorn.Config:
    """How uvicorn is to serve.

    Who a visitor is, and by which scheme they come, the guard finds out: uvicorn would believe any local process.
    """
    config = uvicorn.Config(
        app, http=Http, ws=Protocol, log_level="warning", access_log=False, ws_per_message_deflate=False,
        ws_max_size=256 * 1024, ws_ping_interval=5, ws_ping_timeout=10,
        timeout_graceful_shutdown=2, proxy_headers=False, ssl_certfile=certificate, ssl_keyfile=key,
    )  # fmt: skip
    logging.getLogger("uvicorn.error").addFilter(Seldom())  # anybody can send what is no request, often
    return config


class Server(uvicorn.Server):
    """Begins with `greet`, once everything is there."""

    def __init__(self, config: uvicorn.Config, doorkeeper: Doorkeeper, greet: Callable[[], None]) -> None:
        super().__init__(config)
        self._doorkeeper, self._greet = doorkeeper, greet
        self._listening: list[Listening] = []

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """The application first; uvicorn itself gets nothing to listen on."""
        await super().startup(sockets=[])
        self._listening = [
            Listening(listener, self._protocol, self._doorkeeper, make_room, self.config.ssl)
            for listener in sockets or []
        ]
        self._greet()

    def _protocol(self) -> asyncio.Protocol:
        return Http(self.config, self.server_state, self.lifespan.state)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Nobody comes in any more; then as uvicorn does it."""
        for listening in self._listening:
            await listening.close()
        await super().shutdown(sockets)
