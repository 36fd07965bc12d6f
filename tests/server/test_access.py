"""Every route × Host × Origin × server, from the application's own list of routes; and nothing secret in the log."""

import http.client
import json
import os
import re
import secrets
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from nablascope.server.app import make_app
from nablascope.server.web.site import Site
from processes import spawned
from websockets.sync.client import connect

Start = Callable[..., Any]
#: Each route, an example of it, and the status of whoever may come in. What is not here is not served.
ROUTES = {
    "GET /": ("/", 200),
    "GET /r/{code}": ("/r/ABC234", 200),
    "GET /qr/{code}.svg": ("/qr/ABC234.svg", 200),
    "GET /join": ("/join", 200),
    "GET /join/{code}": ("/join/ABC234", 200),
    "GET /rooms/{code}": ("/rooms/{room}", 204),
    "GET /compare": ("/compare", 200),
    "GET /how": ("/how", 200),
    "POST /how/{name}": ("/how/nothing", 404),  # no such entry: it came as far as the table of entries
    "GET /healthz": ("/healthz", 200),
    "GET /favicon.ico": ("/favicon.ico", 200),
    "GET /static": ("/static/icon.svg", 200),
    "WEBSOCKET /ws": ("/ws", 101),
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
UPGRADE = {
    "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}  # fmt: skip
HEADERS = {
    "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A way to start the server: the Hosts that it goes by beside loopback's, and whether these have a scheme."""

    options: tuple[str, ...]
    hosts: tuple[str, ...] = ()
    origin: str | None = None


SCHOOL = "https://school.example"
KINDS = {
    "loopback": Kind(()),
    "lan": Kind(("--lan",), ("192.168.1.5:{port}", "[fd00::5]:{port}")),
    "proxy": Kind(("--public-url", f"{SCHOOL}/nabla", "--trusted-proxy", "127.0.0.1"), ("school.example",), SCHOOL),
    "public": Kind(
        ("--public", "--public-url", f"{SCHOOL}/nabla", "--trusted-proxy", "127.0.0.1"), ("school.example",), SCHOOL
    ),
}
OWN = ("127.0.0.1:{port}", "localhost:{port}", "[::1]:{port}")
OTHERS = (
    "evil.example", "evil.example:{port}", "127.0.0.1.evil.example", "school.example", "192.168.1.5:{port}",
    "[fd00::5]:{port}", "", "127.0.0.1 evil.example", "evil.example@127.0.0.1",
)  # fmt: skip
FOREIGN = ("http://evil.example", "https://evil.example", "null", "", "http://127.0.0.1:1", "http://[")


def served(routes: Any, prefix: str = "") -> Iterator[str]:
    """The routes of an application, as ROUTES has them."""
    for route in routes:
        inner = getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", None)
        methods = getattr(route, "methods", None)
        if methods:
            yield from (f"{method} {prefix}{route.path}" for method in methods if method != "HEAD")
        elif inner:
            yield from served(inner, prefix)
        elif "WebSocket" in type(route).__name__:
            yield f"WEBSOCKET {prefix}{route.path}"
        else:
            yield f"GET {prefix}{route.path}"


def test_every_route_is_declared_and_every_declared_one_is_there() -> None:
    there = set(served(make_app(Site("127.0.0.1", 8000), 1, None).routes))
    assert there - set(ROUTES) == set(), "declare it in ROUTES, with what it may answer"
    assert set(ROUTES) - there == set()


def test_the_walk_finds_a_route_that_nobody_has_declared() -> None:
    app = make_app(Site("127.0.0.1", 8000), 1, None)
    app.add_api_route("/planted", lambda: None, methods=["DELETE"])
    assert set(served(app.routes)) - set(ROUTES) == {"DELETE /planted"}


class Asker:
    """Requests to one server, over one connection as long as it lasts."""

    def __init__(self, kind: Kind, port: int, room: str) -> None:
        self.kind, self.port, self.room = kind, port, room
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)

    def named(self, host: str) -> str:
        return host.format(port=self.port)

    def status(self, method: str, path: str, host: str, origin: str | None) -> int:
        """The answer's status; of one that is a page, its headers are looked at as well."""
        verb, more = ("GET", UPGRADE) if method == "WEBSOCKET" else (method, {})
        headers = {**more, "Host": host, **({} if origin is None else {"Origin": origin})}
        self.connection.request(verb, path.format(room=self.room), headers=headers)
        answer = self.connection.getresponse()
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
        if answer.status in (200, 204, 404):
            assert {name: answer.headers[name] for name in HEADERS} == HEADERS, path
            plain = {"127.0.0.1", "localhost", "[::1]"}.isdisjoint({self.named(host).rsplit(":", 1)[0]})
            assert (answer.headers["cross-origin-opener-policy"] is None) == plain, (path, host)
            assert "default-src 'none'" in answer.headers["content-security-policy"]
        if method == "WEBSOCKET":
            answer.close()
            self.connection.close()
        else:
            answer.read()
        return answer.status

    def own(self, host: str) -> bool:
        return host in (*OWN, *self.kind.hosts)

    def own_origin(self, host: str) -> str:
        return self.kind.origin if self.kind.origin and host in self.kind.hosts else f"http://{self.named(host)}"


@pytest.fixture(scope="module", params=KINDS)
def asker(request: pytest.FixtureRequest, serve: Start) -> Iterator[Asker]:
    kind = KINDS[request.param]
    server = serve("--port", "0", "--workers", "1", *kind.options)
    with connect(f"ws://127.0.0.1:{server.port}/ws", max_size=None) as opened:
        opened.send('{"type": "hello", "protocol": 1}')
        made = Asker(kind, server.port, json.loads(opened.recv(timeout=20))["room"])
        yield made
        made.connection.close()


@pytest.mark.parametrize("route", ROUTES)
def test_who_may_come_in_does_and_nobody_else(asker: Asker, route: str) -> None:
    method, path = route.split()[0], ROUTES[route][0]
    inside = asker.status(method, path, asker.named(OWN[0]), None)
    assert inside == ROUTES[route][1]
    changes = method != "GET"
    for host in {*OWN, *asker.kind.hosts, *OTHERS}:
        for origin in (None, asker.own_origin(host), *(FOREIGN if changes or host == OWN[0] else FOREIGN[:1])):
            if not asker.own(host):
                wanted = {421} if method != "WEBSOCKET" else {403}
            elif changes and origin in FOREIGN:
                wanted = {403}
            else:
                wanted = {inside}
            if host == "":
                wanted = {400, *wanted}
            assert asker.status(method, path, asker.named(host), origin) in wanted, (host, origin)


@pytest.mark.parametrize("route", [route for route in ROUTES if not route.startswith("WEBSOCKET")])
def test_no_other_method_is_answered(asker: Asker, route: str) -> None:
    method, path = route.split()[0], ROUTES[route][0]
    host = asker.named(OWN[0])
    for other in METHODS:
        if other != method and f"{other} {route.split()[1]}" not in ROUTES:
            assert asker.status(other, path, host, asker.own_origin(OWN[0])) in (404, 405), other
            if other != "GET":
                assert asker.status(other, path, host, FOREIGN[0]) == 403, other


def test_a_page_of_the_same_name_without_tls_is_a_foreign_one(asker: Asker) -> None:
    if asker.kind.origin is None:
        pytest.skip("this server has no public name")
    for origin in ("http://school.example", f"{SCHOOL}:444"):
        assert asker.status("WEBSOCKET", "/ws", "school.example", origin) == 403
        assert asker.status("POST", "/how/nothing", "school.example", origin) == 403


@pytest.mark.parametrize("options", [(), ("--lan",)])
def test_nothing_secret_gets_into_the_log(
    serve: Start, client: Start, tmp_path: Path, options: tuple[str, ...]
) -> None:
    """A lesson with everything that goes wrong in one: twice, with a restart between."""
    kept: dict[str, Any] = {}
    for _ in range(2):
        server = serve("--port", "0", "--workers", "1", *options, data=tmp_path)
        kept = bad_lesson(server, client, kept)


def bad_lesson(server: Any, client: Start, kept: dict[str, Any]) -> dict[str, Any]:
    """One, in a new room, after a look at the one before; what must not be in the log of either is kept."""
    greeted, tab, name = server.said, secrets.token_urlsafe(24), f"Zoë {secrets.token_hex(4)}"
    teacher = client(url=server.url, tab=tab, name=name)
    welcome = teacher.event("welcome")
    wrong = secrets.token_urlsafe(16)
    client(welcome["room"], wrong, url=server.url).event("welcome")
    # The teacher's link is opened again, also after a restart.
    for back in filter(None, (kept.get("welcome"), welcome)):
        again = client(back["room"], back["token"], url=server.url, tab=secrets.token_urlsafe(24))
        assert again.event("welcome")["role"] == "teacher"
        again.close()
    student = client(welcome["room"], url=server.url, tab=secrets.token_urlsafe(24), name=name)
    student.event("welcome")
    for said in ({"type": "question", "text": name, "options": [tab[:30], wrong]}, {"type": "lock", "locked": True}):
        teacher.send(**said)
    teacher.event("class", locked=True)
    client(welcome["room"], url=server.url, name=name).event("error")
    for message in ({"token": wrong, "type": "hello"}, {"type": "set", "changes": {wrong: tab}}, {"type": wrong}):
        teacher.send(**message)
    teacher.socket.send(wrong)
    teacher.event("error")
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    for path in (f"/r/{welcome['room']}?teacher={wrong}", f"/{wrong}", f"/how/{wrong}", f"/rooms/{wrong}", "/%ff%00"):
        connection.request("GET", path, headers={"Referer": f"http://evil.example/{wrong}", "Cookie": wrong})
        connection.getresponse().read()
    with socket.create_connection(("127.0.0.1", server.port), 10) as raw:
        raw.sendall(f"{wrong} / HTTP/9.9\r\n\r\n".encode())
        raw.recv(1000)
    for _ in range(12):
        client(secrets.token_hex(3).upper(), wrong, url=server.url).event("error")
    connection.close()
    for child in spawned(server.process.pid):
        os.kill(child, signal.SIGKILL)
    teacher.event("notice", kind="resumed")
    teacher.socket.send(b"\xff\xfe" + wrong.encode())
    server.stop()
    found = [*kept.get("secrets", ()), welcome["token"], tab, name, wrong, welcome["room"]]
    if "the link is in" in greeted:
        found += re.findall(r"teacher=(\S+)", server.link)
    assert not [secret for secret in found if secret in server.said]
    assert len(server.said.splitlines()) <= len(greeted.splitlines()) + 4, server.said
    return {"welcome": welcome, "secrets": found}


def test_a_refusal_says_no_more_than_whoever_asked_has_said(server: Any) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/", headers={"Host": "x" * 500})
    body = connection.getresponse().read().decode()
    connection.close()
    assert re.fullmatch(r"Host: was 'x{80}', expected this server's own name\n", body)
