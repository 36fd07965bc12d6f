"""Pages are made once and kept: the same to everybody, asked for again with a tag, of a bounded number."""

import gzip
import http.client
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from nablascope.server import how, joining, limits, pages, qr

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


def test_the_script_in_every_page_is_one_that_old_browsers_read() -> None:
    text = pages.start()
    assert "</" not in text and "<!--" not in text
    code = re.sub(r"^\s*//.*$|/\*.*?\*/", "", text, flags=re.M | re.S)
    assert not re.search(r"=>|`|\b(?:let|const|class|async|await|import|export)\s|\?\.|\?\?|\.\.\.|\*\*", code)
