"""The QR code of a room: drawn by the server, shown by the page's own policy, read by another program."""

import http.client
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nablascope.server.web import lan, qr

Open = Callable[..., Any]
SHOW = """(address) => new Promise((shown) => {
  const image = new Image(600, 600);
  image.onload = () => shown(true);
  image.onerror = () => shown(false);
  image.src = address;
  image.alt = "QR code";
  document.body.replaceChildren(image);
})"""


@pytest.fixture(scope="module")
def class_server(serve: Any) -> Any:
    return serve("--port", "0", "--lan")


def get(port: int, path: str, host: str) -> tuple[int, str | None, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Host": host})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, answer.headers["content-type"], text


def told(text: str) -> str:
    """What the page is told of where others join."""
    found = re.search(r'<script type="application/json" id="description">(.*?)</script>', text, re.S)
    assert found
    return str(json.loads(found[1])["join"])


def test_page_and_picture_lead_others_here_and_not_to_themselves(class_server: Any) -> None:
    if not lan.addresses():
        pytest.skip("this machine is in no network")
    base = f"http://{lan.addresses()[0]}:{class_server.port}"
    for host in (f"127.0.0.1:{class_server.port}", f"localhost:{class_server.port}", base.removeprefix("http://")):
        assert told(get(class_server.port, "/", host)[2]) == f"{base}/join"
        expected = (200, "image/svg+xml", qr.svg(f"{base}/join/ABC234"))
        assert get(class_server.port, "/qr/ABC234.svg", host) == expected


@pytest.mark.parametrize("code", ["ABC", "abc234", "ABCO23", "%3Cscript%3E"])
def test_what_is_no_code_has_no_picture(class_server: Any, code: str) -> None:
    assert get(class_server.port, f"/qr/{code}.svg", "127.0.0.1")[0] == 404


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_may_show_it_and_it_can_be_read(class_server: Any, stage: Open, theme: str, tmp_path: Path) -> None:
    page = stage("", url=class_server.url, color_scheme=theme).page
    assert page.evaluate(SHOW, "/qr/ABC234.svg")
    picture = tmp_path / "qr.png"
    page.get_by_role("img", name="QR code").screenshot(path=picture)
    reader = shutil.which("zbarimg")
    if reader is None:
        pytest.skip("no program to read QR codes here (Debian: zbar-tools)")
    read = subprocess.run([reader, "--quiet", "--raw", str(picture)], capture_output=True, text=True, timeout=60)
    assert read.stdout.strip() == f"{told(get(class_server.port, '/', '127.0.0.1')[2])}/ABC234"
