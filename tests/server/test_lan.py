"""In the local network: who may come, and what is said in the terminal."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nablascope.server.greeting import greeting
from nablascope.server.web import lan, qr
from nablascope.server.web.site import Site, host_name

Start = Callable[..., Any]
TEACHER = re.compile(r"(\S+)/r/(\w{6})#teacher=(\S+)")


def status(address: str, port: int, host: str | None = None) -> int:
    connection = http.client.HTTPConnection(address, port, timeout=10)
    connection.request("GET", "/", headers={"Host": host} if host else {})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


@pytest.fixture(scope="module")
def class_server(serve: Start) -> Any:
    return serve("--port", "0", "--lan")


def test_this_machine_alone_is_the_default(server: Any) -> None:
    for address in lan.addresses():
        with pytest.raises(OSError):
            socket.create_connection((address, server.port), 2)
    assert "To join" not in server.said and "Teacher" not in server.said


def test_everybody_in_the_local_network_comes_in_by_address_and_nobody_by_a_foreign_name(class_server: Any) -> None:
    for address in ["127.0.0.1", *lan.addresses()]:
        assert status(address, class_server.port) == 200
        assert status(address, class_server.port, "evil.example") == 421
    if socket.has_dualstack_ipv6():
        assert status("::1", class_server.port) == 200


def test_the_teachers_link_is_in_no_log_but_in_a_file_for_its_owner_and_makes_a_teacher(
    class_server: Any, client: Start
) -> None:
    (file,) = re.findall(r"Teacher:    the link is in (\S+)", class_server.said)
    assert Path(file).parent == class_server.data and Path(file).stat().st_mode & 0o777 == 0o600
    base, room, token = TEACHER.findall(class_server.link)[0]
    assert len(token) >= 22 and token not in class_server.said
    assert f"Room code:  {room}" in class_server.said
    if lan.addresses():
        assert f"To join:    {base}/join" in class_server.said
        assert base == f"http://{lan.addresses()[0]}:{class_server.port}"
    teacher, student = client(room, token, url=class_server.url), client(room, url=class_server.url)
    assert teacher.event("welcome")["role"] == "teacher"
    assert student.event("welcome")["role"] == "student"


def test_in_a_terminal_the_teachers_link_is_printed_and_kept_nowhere(tmp_path: Path) -> None:
    ours, theirs = pytest.importorskip("pty").openpty()
    program = str(Path(sys.executable).with_name("nablascope"))
    options = ["--lan", "--no-open", "--port", "0", "--workers", "1", "--data", str(tmp_path)]
    started = subprocess.Popen([program, *options], stdout=theirs, stderr=theirs, cwd=tmp_path)
    os.close(theirs)
    said = b""
    while b"keep it to yourself" not in said:
        said += os.read(ours, 4096)
    started.terminate()
    assert started.wait(10) == -signal.SIGTERM  # uvicorn shuts down in order, and then ends by the signal itself
    os.close(ours)
    assert TEACHER.search(said.decode()) and not list(tmp_path.glob("*.txt"))


def test_where_nothing_is_kept_and_no_terminal_is_the_link_is_not_said() -> None:
    told, page = greeting(Site("::", 8000, local_network=True), ("ABC234", "secret"), in_terminal=False)
    assert "secret" not in told and "--data" in told and page.endswith("#teacher=secret")


def test_several_addresses_are_all_said_and_none_is_said_to_be_none(monkeypatch: pytest.MonkeyPatch) -> None:
    site, opened = Site("::", 8000, local_network=True), ("ABC234", "secret")
    monkeypatch.setattr(lan, "addresses", lambda: ["192.168.1.5", "fd00::2"])
    told, page = greeting(site, opened)
    assert "To join:    http://192.168.1.5:8000/join\n" in told
    assert "Also at:    http://[fd00::2]:8000/join\n" in told
    assert "http://192.168.1.5:8000/r/ABC234#teacher=secret" in told
    assert page == "http://127.0.0.1:8000/r/ABC234#teacher=secret"
    monkeypatch.setattr(lan, "addresses", list)
    told, _ = greeting(site, opened)
    assert "This machine is in no network now" in told
    assert "http://127.0.0.1:8000/r/ABC234#teacher=secret" in told
    told, _ = greeting(Site("::", 8000, local_network=True, address="10.0.0.7"), opened)
    assert "To join:    http://10.0.0.7:8000/join\n" in told and "Also at" not in told


def test_only_addresses_that_work_from_elsewhere_are_told() -> None:
    assert [lan.reachable(address) for address in ("127.0.0.1", "::1", "fe80::1%eth0", "0.0.0.0")] == [False] * 4
    assert [lan.reachable(address) for address in ("192.168.1.5", "fd00::2", "2001:db8::2")] == [True] * 3
    assert not set(lan.addresses()) & {"127.0.0.1", "::1"}


def test_a_link_for_others_leads_nobody_to_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lan, "addresses", lambda: ["192.168.1.5"])
    site = Site("::", 8000, local_network=True)
    for own in ("127.0.0.1:8000", "localhost:8000", "[::1]:8000"):
        assert site.for_others("http", own) == "http://192.168.1.5:8000"
    assert site.for_others("http", "laptop.local:8000") == "http://laptop.local:8000"
    assert Site("127.0.0.1", 8000).for_others("http", "127.0.0.1:8000") == "http://127.0.0.1:8000"
    school = Site("127.0.0.1", 8000, origins=("https://school.example",), root="/nabla")
    assert school.for_others("http", "127.0.0.1:8000") == "https://school.example/nabla"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("[::1]:8000", "::1"), ("[FD00::2]", "fd00::2"), ("LocalHost:80", "localhost"), ("10.0.0.1", "10.0.0.1"),
        ("", ""), ("127.0.0.1; script-src *", ""), ("::1", ""), ("a b", ""), ("[::1", ""), ("x:999999", ""),
    ],
)  # fmt: skip
def test_a_host_header_is_a_name_or_nothing(header: str, name: str) -> None:
    assert host_name(header) == name


def test_a_qr_code_in_the_terminal_is_the_one_on_the_page() -> None:
    link = "http://192.168.1.5:8000/join/ABC234"
    rows = qr.modules(link)
    assert len(rows) == len(rows[0]) == 29 + 2 * qr.QUIET_ZONE  # version 3
    assert not any(any(row[: qr.QUIET_ZONE]) or any(row[-qr.QUIET_ZONE :]) for row in rows)
    parts = {half: pair for pair, half in qr.HALVES.items()}
    lines = qr.terminal(link, coloured=False).split("\n")
    drawn = [[parts[letter][half] for letter in line] for line in lines for half in (0, 1)]
    assert drawn[: len(rows)] == rows
    painted, x, y = [[False] * len(rows) for _ in rows], 0, 0.0
    (path,) = re.findall(r'<path stroke="#000" d="M([^"]+)"/>', qr.svg(link))
    for right, down, width in re.findall(r"(-?\d+) (-?[\d.]+)h(\d+)", path):
        x, y = x + int(right), y + float(down)  # the middle of a row
        painted[int(y)][x : x + int(width)] = [True] * int(width)
        x += int(width)
    assert painted == rows
