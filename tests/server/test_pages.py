"""Pages are made once and kept: the same to everybody, asked for again with a tag, of a bounded number."""

import gzip
import http.client
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from nablascope.server import limits
from nablascope.server.web import how, joining, pages, qr
from nablascope.server.web.site import Site

Start = Callable[..., Any]
PAGES = ["/", "/r/ABC234", "/compare", "/join", "/join/ABC234", "/how", "/how?room=ABC234"]


class Line:
    """One connection to a server, kept open."""

    def __init__(self, port: int, address: str = "127.0.0.1") -> None:
        self.connection = http.client.HTTPConnection(address, port, timeout=10)

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, headers=named)
        answer = self.connection.getresponse()
        return answer.status, answer.headers, answer.read()


@pytest.fixture
def line(server: Any) -> Iterator[Line]:
    made = Line(server.port)
    yield made
    made.connection.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_the_same_each_time_and_is_not_sent_to_who_has_it(line: Line, path: str) -> None:
    status, headers, text = line.ask(path)
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    again, packed = line.ask(path), line.ask(path, accept_encoding="gzip")
    assert again[2] == text and gzip.decompress(packed[2]) == text and len(packed[2]) < len(text) / 2
    tags = {tried[1]["etag"] for tried in (again, packed)}
    assert tags == {headers["etag"]} and headers["vary"] == packed[1]["vary"] == "Accept-Encoding"
    assert "cookie" not in str(headers).lower()
    for known in (headers["etag"], f'"other", {headers["etag"]}', "*"):
        status, unchanged, nothing = line.ask(path, if_none_match=known)
        assert (status, nothing, unchanged["etag"]) == (304, b"", headers["etag"])
        # What a browser keeps of the page's headers is replaced by those of this answer.
        assert unchanged["content-security-policy"] == headers["content-security-policy"]
        assert unchanged["cache-control"] == "no-cache"
    assert line.ask(path, if_none_match='W/"other"')[0] == 200


#: A server that fails if anything is made for a visitor that could have been made before.
PREPARED = f"""#!{sys.executable}
import gzip
from nablascope.server import greeting, main
from nablascope.server.web import pages
say = greeting.greeting
def fail(*given, **more):
    raise RuntimeError("made for a visitor")
def greet(*given):
    gzip.compress = pages.templates.get_template = pages.thumbnail = fail
    return say(*given)
if __name__ == "__main__":
    greeting.greeting = greet
    main.main()
"""


@pytest.mark.parametrize("more", [(), ("--lan", "127.0.0.1"), ("--root-path", "/nabla")], ids=["own", "lan", "path"])
def test_pages_and_files_are_made_before_the_first_visitor_comes(
    serve: Start, tmp_path: Path, more: tuple[str, ...]
) -> None:
    program = tmp_path / "prepared"
    program.write_text(PREPARED)
    program.chmod(0o755)
    server = serve("--port", "0", "--workers", "1", *more, program=program)
    line, root = Line(server.port), more[1] if "--root-path" in more else ""
    files = set()
    for path in ("/", "/r/ABC234", "/compare", "/join", "/how"):
        status, _, text = line.ask(root + path, accept_encoding="gzip")
        assert status == 200, server.said
        files |= set(re.findall(rb'"([^"]*/static/[^"]+\.(?:js|css))"', gzip.decompress(text)))
    assert len(files) > 100
    assert {line.ask(file.decode(), accept_encoding="gzip")[0] for file in files} == {200}
    line.connection.close()


def test_pages_that_differ_have_tags_that_differ(line: Line) -> None:
    tags = [line.ask(path)[1]["etag"] for path in PAGES]
    assert len(set(tags)) == len(tags) - 2  # a room's code in the address is the script's business
    elsewhere = line.ask("/", host=f"localhost:{line.connection.port}")
    assert f"http://localhost:{line.connection.port}/join".encode() in elsewhere[2]
    assert elsewhere[1]["etag"] not in tags


def test_a_flood_of_names_and_rooms_is_kept_within_bounds() -> None:
    bounded = (pages.stage_page, pages.stage_page.__wrapped__), (how.how_page, how.how_page.__wrapped__)
    for kept, made in bounded:
        kept.cache_clear()
        for number in range(2 * limits.PAGES_KEPT):
            kept("", f"/{number}")
        assert kept.cache_info().currsize == kept.cache_info().maxsize == limits.PAGES_KEPT
        assert kept("", "/7").text == made("", "/7").text
    assert qr.svg.cache_info().maxsize == limits.QR_CODES_KEPT
    qr.svg.cache_clear()
    assert qr.svg("http://a.example/join/ABC234") == qr.svg.__wrapped__("http://a.example/join/ABC234")
    assert qr.svg("http://a.example/join/ABC234") and qr.svg.cache_info().hits == 1


def test_what_a_host_is_called_cannot_end_the_script_that_holds_it() -> None:
    text = pages.stage_page("", 'http://a"</script><b>').text.decode()
    assert '"join": "http://a\\"\\u003c/script>\\u003cb>/join"' in text
    assert pages.GAP not in text and pages.GAP not in how.how_page("", "/").text.decode()
    assert pages.GAP not in joining.join_page("").text.decode()


@pytest.mark.parametrize("path", [*PAGES, "/healthz", "/favicon.ico", "/qr/ABC234.svg", "/static/icon.svg", "/none"])
def test_head_is_get_without_a_body(line: Line, path: str) -> None:
    status, headers, _ = line.ask(path)
    tried = line.ask(path, "HEAD")
    assert (tried[0], tried[2]) == (status, b"")
    same = ("content-length", "content-type", "etag", "content-security-policy", "x-content-type-options")
    assert [tried[1][name] for name in same] == [headers[name] for name in same]
    assert line.ask("/healthz")[0] == 200  # the connection is in order


def test_head_computes_nothing_and_other_methods_are_still_refused(line: Line) -> None:
    assert line.ask("/how/chance_level", "HEAD")[0] == 405
    for method in ("OPTIONS", "PUT", "DELETE", "TRACE"):
        assert line.ask("/", method)[0] == 405
    assert line.ask("/", "HEAD", host="evil.example")[0] == 421


PUBLIC = ("--public", "--trusted-proxy", "127.0.0.1", "--public-url")
HTTPS = {"x_forwarded_proto": "https"}


@pytest.mark.parametrize(
    ("options", "asked", "kept"),
    [
        ((*PUBLIC, "https://nabla.example.org"), {"host": "nabla.example.org", **HTTPS}, True),
        ((*PUBLIC, "https://nabla.example.org"), {"host": "nabla.example.org"}, False),  # it came over plain HTTP
        ((*PUBLIC, "https://nabla.example.org"), {"host": "127.0.0.1", **HTTPS}, False),
        ((*PUBLIC, "https://example.org/nabla"), {"host": "example.org", **HTTPS}, False),  # the rest is another's
        (("--lan",), {"host": "192.168.1.5", **HTTPS}, False),
        ((), {**HTTPS}, False),
    ],
)  # fmt: skip
def test_a_public_server_of_its_own_is_kept_as_one_of_https(
    serve: Start, options: tuple[str, ...], asked: dict[str, str], kept: bool
) -> None:
    line = Line(serve("--port", "0", "--workers", "1", *options).port)
    status, headers, _ = line.ask("/", **asked)
    line.connection.close()
    assert status == 200
    assert headers["strict-transport-security"] == (f"max-age={limits.HTTPS_ONLY}" if kept else None)


@pytest.mark.parametrize(
    ("origins", "names"),
    [
        (("https://nabla.example.org",), {"nabla.example.org"}), (("https://nabla.example.org:8443",), set()),
        (("https://192.0.2.7",), set()), (("https://[2001:db8::7]",), set()), (("https://localhost",), set()),
        (("https://laptop.local",), set()), (("https://laptop",), set()), (("http://nabla.example.org",), set()),
    ],
)  # fmt: skip
def test_only_a_whole_name_that_everybody_knows_is_kept(origins: tuple[str, ...], names: set[str]) -> None:
    assert Site("0.0.0.0", 443, public=True, origins=origins).https_names() == names
    assert not Site("0.0.0.0", 443, origins=origins).https_names()
    assert not Site("0.0.0.0", 443, public=True, origins=origins, root="/nabla").https_names()


def test_the_script_in_every_page_is_one_that_old_browsers_read() -> None:
    text = pages.start()
    assert "</" not in text and "<!--" not in text
    code = re.sub(r"^\s*//.*$|/\*.*?\*/", "", text, flags=re.M | re.S)
    assert not re.search(r"=>|`|\b(?:let|const|class|async|await|import|export)\s|\?\.|\?\?|\.\.\.|\*\*", code)
