"""Behind a real nginx that speaks TLS and shows the server under a path: pages, socket, links, visitors."""

import http.client
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

Start = Callable[..., Any]
CONFIGURATION = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  map $http_upgrade $connection_upgrade {{ default upgrade; "" close; }}
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {folder}/certificate.pem; ssl_certificate_key {folder}/key.pem;
    location /nabla/ {{
      proxy_pass http://127.0.0.1:{upstream}{kept};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_buffering off;
      proxy_read_timeout 1h;
    }}
  }}
}}
"""


@dataclass
class School:
    """A server, and the nginx before it."""

    server: Any
    port: int

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}/nabla/"

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str]]:
        trusting = ssl._create_unverified_context()
        connection = http.client.HTTPSConnection("localhost", self.port, context=trusting, timeout=10)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def self_signed(folder: Path) -> None:
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    named = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *files, *named],
        check=True, capture_output=True,
    )  # fmt: skip


def wait_for(port: int) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"nothing listens on port {port}")


@pytest.fixture(scope="module", params=["", "/"], ids=["nginx keeps the path", "nginx takes the path off"])
def school(request: Any, serve: Start, tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin") or shutil.which("nginx")
    if nginx is None or shutil.which("openssl") is None:
        pytest.skip("nginx and openssl are not both here; a proxy is tried only where they are")
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    self_signed(folder)
    public = f"https://localhost:{port}/nabla"
    server = serve("--port", "0", "--public", "--public-url", public, "--trusted-proxy", "127.0.0.1")
    settings = folder / "nginx.conf"
    # With a path of its own ("/"), proxy_pass puts that in place of the location's.
    kept = "/" if request.param else ""
    settings.write_text(CONFIGURATION.format(folder=folder, port=port, upstream=server.port, kept=kept))
    process = subprocess.Popen([nginx, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(settings)])
    try:
        wait_for(port)
        yield School(server, port)
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def page(school: School, stage: Start) -> Any:
    """The stage; whatever it asks for lies under the path, or the fixture objects."""
    return stage("", url=school.url, ignore_https_errors=True)


def test_the_stage_runs_and_its_room_can_be_shared(school: School, page: Any) -> None:
    page.until("state.pulse.step >= 1")
    room = page.state("room")
    assert page.page.url.startswith(f"{school.url}r/{room}")
    assert (
        page.page.evaluate("JSON.parse(document.getElementById('description').textContent).join")
        == f"{school.url}join"
    )
    page.page.reload()
    page.until("state.pulse !== null")
    assert page.state("room") == room


def test_every_link_stays_under_the_path(school: School, page: Any) -> None:
    room = page.state("room")
    page.press("Help")
    page.page.get_by_role("link", name="How do we know?").click()
    page.page.wait_for_url(f"{school.url}how?room={room}")
    page.page.get_by_role("button", name="Compute", exact=True).first.click()
    page.page.locator(".outcome[data-state=agrees]").first.wait_for(timeout=60_000)
    page.page.get_by_role("link", name="Back to the stage").click()
    page.page.wait_for_url(f"{school.url}r/{room}**")
    page.until("state.pulse !== null")
    page.page.goto(f"{school.url}compare")
    page.page.get_by_role("link", name="Stage", exact=True).click()
    page.page.wait_for_url(f"{school.url}**")
    page.until("state.pulse !== null")


def test_a_student_joins_by_code(school: School, page: Any, stage: Start) -> None:
    room = page.state("room")
    page.page.goto(f"{school.url}join/{room}")
    page.page.get_by_role("button", name="Join", exact=True).click()
    page.page.wait_for_url(f"{school.url}r/{room}**")
    page.until("state.pulse !== null")
    assert school.get(f"/nabla/qr/{room}.svg")[0] == 200


def test_a_wrong_path_and_a_missing_slash(school: School) -> None:
    assert school.get("/nabla/nothing")[0] == 404
    status, headers = school.get("/nabla/how/")
    assert status == 307 and headers["location"] == f"{school.url}how"


def test_visitors_are_told_apart_by_what_the_proxy_says(school: School) -> None:
    # nginx appends the real address, 127.0.0.1, which is trusted here as well: the one before it is the visitor.
    for last in "ABCDEFGHJK":
        assert school.get(f"/nabla/rooms/ZZZZZ{last}", **{"X-Forwarded-For": "203.0.113.5"})[0] == 404
    assert school.get("/nabla/rooms/ZZZZZZ", **{"X-Forwarded-For": "203.0.113.5"})[0] == 429
    assert school.get("/nabla/rooms/ZZZZZZ", **{"X-Forwarded-For": "203.0.113.6"})[0] == 404
