"""Options for the world outside: what is refused at the start, whom the server believes, and TLS of its own."""

import http.client
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nablascope.server.options import chosen, proxy
from nablascope.server.quotas import proxies
from nablascope.server.web import lan

Start = Callable[..., Any]
ROOT = Path(__file__).resolve().parent.parent.parent
SCHOOL = "https://school.example"
#: An address of this site that begins at the host's top instead of its own: `at()` is there for that.
ABSOLUTE = re.compile(r"""["'`(]/(?:r|qr|ws|how|join|rooms|static|compare)\b|["'`]/[#?]|\$\{location\.host\}/""")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--public"], "--public needs the address that others open: give it with --origin or --public-url"),
        (["--public", "--origin", SCHOOL], "--public needs TLS: give --tls-cert and --tls-key, or name the proxy"),
        (["--public", "--origin", "http://school.example"], "--public needs an origin that begins with https://"),
        (["--public", "--lan"], "choose one"),
        (["--tls-cert", "a.pem"], "--tls-cert and --tls-key need each other"),
        (["--tls-cert", "a.pem", "--tls-key", "b.pem"], "cannot be used: [Errno 2]"),
        (["--origin", "school.example"], "expected a scheme and a host, such as https://school.example"),
        (["--origin", "https://school.example/nabla"], "expected a scheme and a host"),
        (["--root-path", "nabla"], "expected a path, such as /nabla"),
        (["--root-path", "/static/x"], "expected a path that begins like none of this server's own"),
        (["--trusted-proxy", "nginx"], "expected an address or a network"),
        (["--lan", "wifi"], "expected an address of"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_in_a_sentence(options: list[str], said: str) -> None:
    program = str(Path(sys.executable).with_name("nablascope"))
    ended = subprocess.run([program, "--no-open", "--no-data", *options], capture_output=True, text=True, timeout=30)
    assert ended.returncode == 2
    assert said in " ".join(ended.stderr.split())
    assert "Traceback" not in ended.stderr


def test_what_is_listened_on_follows_from_who_may_come() -> None:
    behind = ["--public", "--public-url", f"{SCHOOL}/nabla/"]
    assert chosen([]).host == "127.0.0.1" and chosen([]).open
    assert chosen(["--lan"]).host in ("::", "0.0.0.0")
    assert chosen(["--lan", "--host", "192.0.2.7"]).host == "192.0.2.7"
    near = chosen([*behind, "--trusted-proxy", "127.0.0.1"])
    assert (near.host, near.origin, near.root_path, near.open) == ("127.0.0.1", [SCHOOL], "/nabla", False)
    assert chosen([*behind, "--trusted-proxy", "10.0.0.0/24"]).host in ("::", "0.0.0.0")
    assert chosen(["--origin", "HTTPS://School.Example:443/"]).origin == [SCHOOL]


@pytest.mark.parametrize(
    ("peer", "forwarded", "visitor"),
    [
        ("203.0.113.1", "10.9.9.9", "203.0.113.1"), ("10.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("10.0.0.1", "8.8.8.8, 203.0.113.5", "203.0.113.5"), ("10.0.0.1", "203.0.113.5, 10.0.0.2", "203.0.113.5"),
        ("10.0.0.1", "203.0.113.5:4711", "203.0.113.5"), ("10.0.0.1", "[2001:db8::5]:4711", "2001:db8::5"),
        ("10.0.0.1", "nonsense", "10.0.0.1"), ("10.0.0.1", "", "10.0.0.1"),
        ("::ffff:10.0.0.1", "203.0.113.5", "203.0.113.5"),
    ],
)  # fmt: skip
def test_only_a_trusted_proxy_says_who_a_visitor_is(peer: str, forwarded: str, visitor: str) -> None:
    headers = [(b"x-forwarded-for", forwarded.encode()), (b"x-forwarded-proto", b"https")]
    scope = {"type": "http", "client": (peer, 1), "scheme": "http", "headers": headers}
    assert proxies.visitor(scope, [proxy("10.0.0.0/24")]) == visitor
    believed = peer != "203.0.113.1"
    assert proxies.scheme(scope, [proxy("10.0.0.0/24")]) == ("https" if believed else "http")


def test_without_a_trusted_proxy_nobody_escapes_the_throttle_by_a_header(serve: Start) -> None:
    server = serve()

    def ask(number: int) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("GET", "/rooms/ZZZZZZ", headers={"X-Forwarded-For": f"203.0.113.{number}"})
        status = connection.getresponse().status
        connection.close()
        return status

    assert [ask(number) for number in range(11)] == [404] * 10 + [429]


def test_a_public_server_is_reached_through_its_proxy_only(serve: Start) -> None:
    options = ("--host", "0.0.0.0", "--public", "--origin", SCHOOL, "--trusted-proxy", "203.0.113.1")
    server = serve("--port", "0", *options)

    def ask(address: str, host: str) -> int:
        connection = http.client.HTTPConnection(address, server.port, timeout=10)
        connection.request("GET", "/healthz", headers={"Host": host})
        status = connection.getresponse().status
        connection.close()
        return status

    assert ask("127.0.0.1", "127.0.0.1") == 200  # a container's health check
    assert ask("127.0.0.1", "203.0.113.9") == 421
    for address in [address for address in lan.addresses() if ":" not in address]:
        assert ask(address, "school.example") == 403
        assert ask(address, address) == 421


def test_every_address_in_the_browsers_code_begins_where_the_site_does() -> None:
    for path in [*(ROOT / "static").rglob("*.js"), *(ROOT / "templates").glob("*.html")]:
        if "vendor" not in path.parts:
            found = ABSOLUTE.findall(re.sub(r"^\s*(//|\*).*$", "", path.read_text(encoding="utf-8"), flags=re.M))
            assert not found, f"{path} has {found}"
