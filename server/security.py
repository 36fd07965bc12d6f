"""What comes from elsewhere is turned away, and pages may load nothing from elsewhere.

Host is checked against the names this server is known by (a foreign page could point a name of its own at this
machine); the Origin of a WebSocket, and of a request that makes the server do something, has to be the page's own. A
client that is no browser sends no Origin and may connect.
"""

import ipaddress
import secrets
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

WILDCARDS = {"0.0.0.0", "::", ""}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
#: Methods that only read: a link on any page may lead here.
READING = {"GET", "HEAD"}


def policy(nonce: str, host: str) -> str:
    """The Content-Security-Policy of a page; the nonce is for its import map."""
    return "; ".join([
        "default-src 'none'", f"script-src 'self' 'nonce-{nonce}'", "style-src 'self'", "img-src 'self' data:",
        f"connect-src 'self' ws://{host} wss://{host}", "font-src 'self'", "manifest-src 'self'",
        "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    ])  # fmt: skip


def host_name(header: str) -> str:
    """A Host header without its port: `[::1]:8000` is ::1."""
    try:
        return (urlsplit(f"//{header}").hostname or "").lower()
    except ValueError:
        return ""


class Guard:
    """ASGI middleware around everything."""

    def __init__(self, app: ASGIApp, host: str, names: Iterable[str] = ()) -> None:
        self.app, self.everywhere = app, host in WILDCARDS
        own = socket.gethostname().lower()
        self.names = LOOPBACK | {host.lower(), *names} | ({own, f"{own}.local"} if self.everywhere else set())

    def knows(self, name: str) -> bool:
        """Whether a Host header's name is ours. Who listens everywhere is reached by any address, not by any name."""
        if name in self.names:
            return True
        try:
            return self.everywhere and bool(ipaddress.ip_address(name))
        except ValueError:
            return False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with headers and a nonce."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self.knows(host_name(host)):
            await refuse(scope, receive, send, f"Host: was {host[:80]!r}, expected this server's own name\n", 421)
            return
        origin = headers.get("origin")
        reads = scope["type"] == "http" and scope["method"] in READING
        if not reads and origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            await refuse(scope, receive, send, f"Origin: was {origin[:80]!r}, expected this server's page\n", 403)
            return
        if scope["type"] == "websocket":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                more = MutableHeaders(scope=message)
                more["content-security-policy"] = policy(nonce, host)
                more["x-content-type-options"] = "nosniff"
                more["referrer-policy"] = "no-referrer"
                more["cross-origin-opener-policy"] = "same-origin"
                more["cross-origin-resource-policy"] = "same-origin"
                more.setdefault("cache-control", "no-cache")
            await send(message)

        await self.app(scope, receive, with_headers)


async def refuse(scope: Scope, receive: Receive, send: Send, text: str, status: int) -> None:
    """A plain answer; a WebSocket that was not accepted is closed, which the browser sees as 403."""
    if scope["type"] == "http":
        await PlainTextResponse(text, status)(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 1008})
