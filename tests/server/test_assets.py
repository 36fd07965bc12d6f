"""Files under an address that changes with their contents: browsers keep them, and never mix two editions."""

import gzip
import re
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from nablascope.server.web import assets


def get(url: str) -> tuple[str, str]:
    """What is there, and how long it may be kept."""
    with urlopen(url, timeout=10) as answer:
        return answer.read().decode(), answer.headers["cache-control"]


def test_a_page_and_all_it_imports_are_of_one_edition(server: Any) -> None:
    text, _ = get(server.url)
    editions = set(re.findall(r'"/static/([^/"]+)/', text))
    assert editions == {assets.edition()}
    for path in re.findall(r'"(/static/[^"]+)"', text):
        assert get(server.url.rstrip("/") + path)[1] == assets.KEEP, path


@pytest.mark.parametrize("path", ["static/icon.svg", "static/0123456789abcdef/icon.svg", "", "join"])
def test_what_may_change_is_asked_for_again(server: Any, path: str) -> None:
    assert get(server.url + path)[1] == "no-cache"


@pytest.mark.parametrize("path", ["nothing.js", "../pyproject.toml", "0123456789abcdef/main.js", ""])
def test_what_is_not_there_is_not_kept(server: Any, path: str) -> None:
    with pytest.raises(HTTPError) as refused:
        get(f"{server.url}static/{assets.edition()}/{path}")
    with refused.value as answer:
        assert answer.code == 404 and answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("edition", [f"{assets.edition()}/", "0123456789abcdef/", ""])
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("main.js", "text/javascript; charset=utf-8"),
        ("vendor/uplot.js", "text/javascript; charset=utf-8"),
        ("styles/tokens.css", "text/css; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ],
)
def test_a_file_is_what_is_on_the_disk(server: Any, edition: str, name: str, kind: str) -> None:
    wanted = (assets.folder("static") / name).read_bytes()
    for method, body in (("GET", wanted), ("HEAD", b"")):
        with urlopen(Request(f"{server.url}static/{edition}{name}", method=method), timeout=10) as answer:
            assert answer.read() == body
            assert int(answer.headers["content-length"]) == len(wanted)
            assert answer.headers["content-type"] == kind


@pytest.mark.parametrize(("accepted", "packed"), [("gzip, deflate, br", True), ("br", False), ("", False)])
def test_a_file_is_packed_for_whoever_unpacks(server: Any, accepted: str, packed: bool) -> None:
    wanted = (assets.folder("static") / "main.js").read_bytes()
    asked = Request(f"{server.url}static/{assets.edition()}/main.js", headers={"accept-encoding": accepted})
    with urlopen(asked, timeout=10) as answer:
        text = answer.read()
        assert (answer.headers["content-encoding"] == "gzip") == packed
        assert answer.headers["vary"] == "Accept-Encoding"
    assert (gzip.decompress(text) if packed else text) == wanted
    assert text == assets.packed("main.js") or not packed  # packed once, and not for each visitor
    assert len(text) < len(wanted) / 2 or not packed


def test_a_page_is_packed_as_well(server: Any) -> None:
    with urlopen(Request(server.url, headers={"accept-encoding": "gzip"}), timeout=10) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        text = answer.read()
    page = gzip.decompress(text).decode()
    assert "<title>Nablascope</title>" in page
    # A first visit, which thirty students may make in one minute on one Wi-Fi: 256 KB at the time of writing.
    files = re.findall(r'"/static/[^/]+/([^"]+)"', page)
    assert len(text) + sum(len(assets.packed(name) or b"") for name in files) < 350_000


def test_an_edition_is_its_contents(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "folder", lambda _: tmp_path)
    monkeypatch.setattr(assets, "contents", assets.contents.__wrapped__)
    found = []
    for name, contents in (("a.js", "1"), ("a.js", "2"), ("b.js", "2")):
        (tmp_path / name).write_text(contents)
        found.append(assets.edition.__wrapped__())
    assert len(set(found)) == 3 and assets.edition.__wrapped__() == found[-1]


def test_a_page_names_every_module_that_it_leads_to(server: Any) -> None:
    text, _ = get(server.url)
    named = set(re.findall(r'modulepreload" href="/static/[^/]+/([^"]+)"', text))
    assert named == set(assets.modules("main.js"))
    assert {"main.js", "live/connection.js", "vendor/signals-core.js"} <= named
    assert not any(name.startswith("compare") for name in named)
