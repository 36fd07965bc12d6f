"""What comes from elsewhere is turned away, and pages may load nothing from elsewhere.

Host is checked against the names this server is known by (a foreign page could point a name of its own at this
machine); the Origin of a WebSocket, and of a request that makes the server do something, has to be the page's own. A
client that is no browser sends no Origin and may connect.
"""

import ipaddress
import socket
from functools import lru_cache
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..limits import HTTPS_ONLY
from ..quotas import proxies
from .assets import standing
from .site import LOOPBACK, Site, host_name

#: Methods that only read: a link on any page may lead here.
READING = {"GET", "HEAD"}


@lru_cache(64)
def policy(scripts: str, hosts: tuple[str, ...]) -> str:
    """The Content-Security-Policy of a page. `scripts` are the digests of those that stand in pages themselves.

    Older browsers do not count a WebSocket to the page's own host as 'self'. A policy cannot name an IPv6 address.
    No text may become HTML or a script where a browser knows Trusted Types: nothing here needs to, nor any library.
    """
    sockets = "".join(f" ws://{host} wss://{host}" for host in dict.fromkeys(hosts) if not host.startswith("["))
    return "; ".join([
        "default-src 'none'", f"script-src 'self' {scripts}", "style-src 'self'", "img-src 'self' data:",
        f"connect-src 'self'{sockets}", "font-src 'self'", "manifest-src 'self'",
        "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
        "require-trusted-types-for 'script'", "trusted-types 'none'",
    ])  # fmt: skip


class Guard:
    """ASGI middleware around everything. Behind it every path begins with the site's root.

    `scope["state"]` then has the visitor's address and `base`, where others find the first page.
    """

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self.app, self.site = app, site
        self.any_address = site.everywhere and not site.public
        own = socket.gethostname().lower()
        self.names = LOOPBACK | {site.host.lower()} | ({own, f"{own}.local"} if self.any_address else set())
        self.names |= {urlsplit(origin).hostname or "" for origin in site.origins}
        self.hosts = [urlsplit(origin).netloc for origin in site.origins]
        self.lasting = site.https_names()

    def knows(self, name: str) -> bool:
        """Whether a Host header's name is ours. Who listens everywhere is reached by any address, not by any name."""
        if name in self.names:
            return True
        try:
            return self.any_address and bool(ipaddress.ip_address(name))
        except ValueError:
            return False

    def refusal(self, scope: Scope, headers: Headers) -> tuple[str, int] | None:
        """Why a request goes no further, and its status; None if it does."""
        host, origin = headers.get("host", ""), headers.get("origin")
        if not self.knows(host_name(host)):
            return f"Host: was {host[:80]!r}, expected this server's own name\n", 421
        reads = scope["type"] == "http" and scope["method"] in READING
        if not reads and origin is not None and not self.own_page(origin, host):
            return f"Origin: was {origin[:80]!r}, expected this server's page\n", 403
        # A public server without certificates of its own is its proxy's alone: what else comes was sent in the clear.
        peer = proxies.peer(scope)
        if self.site.public and not self.site.secure and not proxies.trusted(peer, self.site.proxies):
            address = proxies.parsed(peer)
            if address is None or not address.is_loopback:
                return "This server is reached through its proxy only.\n", 403
        return None

    def own_page(self, origin: str, host: str) -> bool:
        """Whether an Origin is a page of this server: where its scheme is known, that counts as well."""
        if origin.lower() in self.site.origins:
            return True
        return host.lower() not in self.hosts and origin.lower() in (
            f"http://{host.lower()}",
            f"https://{host.lower()}",
        )

    def placed(self, scope: Scope) -> Scope:
        """With the root in front, which a proxy may have taken off, and with what is known of the visitor."""
        root, path = self.site.root, scope["path"]
        if root and path != root and not path.startswith(f"{root}/"):
            path = root + path
        scheme, host = proxies.scheme(scope, self.site.proxies), Headers(scope=scope).get("host", "")
        state = {
            **scope.get("state", {}), "base": self.site.for_others(scheme, host),
            "visitor": proxies.visitor(scope, self.site.proxies),
        }  # fmt: skip
        if scope["type"] == "websocket":
            scheme = "wss" if scheme == "https" else "ws"
        elif scope["method"] == "HEAD":  # every answer is that of GET; the server leaves its body out
            scope = {**scope, "method": "GET"}
        return {**scope, "path": path, "root_path": root, "scheme": scheme, "state": state}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with headers."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self.refusal(scope, headers)
        if refusal is not None:
            await refuse(scope, receive, send, *refusal)
            return
        scope = self.placed(scope)
        if scope["type"] == "websocket":
            await self.app(scope, receive, send)
            return
        name = host_name(headers.get("host", ""))
        secure = scope["scheme"] == "https" or name in LOOPBACK
        lasting = scope["scheme"] == "https" and name in self.lasting
        content_policy = policy(standing(self.site.root), (headers.get("host", ""), *self.hosts))

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                more = MutableHeaders(scope=message)
                more["content-security-policy"] = content_policy
                more["x-content-type-options"] = "nosniff"
                more["referrer-policy"] = "no-referrer"
                if secure:  # elsewhere browsers ignore it, and complain of it in their console
                    more["cross-origin-opener-policy"] = "same-origin"
                more["cross-origin-resource-policy"] = "same-origin"
                if lasting:
                    more["strict-transport-security"] = f"max-age={HTTPS_ONLY}"
                more.setdefault("cache-control", "no-cache")
            await send(message)

        await self.app(scope, receive, with_headers)


async def refuse(scope: Scope, receive: Receive, send: Send, text: str, status: int) -> None:
    """A plain answer; a WebSocket that was not accepted is closed, which the browser sees as 403."""
    if scope["type"] == "http":
        await PlainTextResponse(text, status)(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 1008})
