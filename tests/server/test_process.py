"""The processes: ports, ends, deaths, and what outlives them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nablascope.server.protocol import PULSE, Header
from nablascope.server.rooms import MOST_ROOMS
from processes import alive, children, spawned

Start = Callable[..., Any]


def wait_for_the_end_of(family: list[int], seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while any(map(alive, family)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not any(map(alive, family))


def test_a_port_that_is_taken_is_passed_over_with_a_word(serve: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = serve("--port", str(port))
        assert server.port > port
        assert f"Port {port} is taken; using {server.port}." in server.said


@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_within_five_seconds_and_leaves_no_process(serve: Start, client: Start, signal_: int) -> None:
    server = serve()
    driver = client(url=server.url)
    driver.event("welcome")
    family = children(server.process.pid)
    assert len(family) >= 2
    started = time.monotonic()
    server.process.send_signal(signal_)
    server.process.wait(10)
    assert time.monotonic() - started < 5
    wait_for_the_end_of(family, 2)


@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_the_whole_group_ends_it_as_well_and_saves_the_rooms(
    serve: Start, client: Start, tmp_path: Path, signal_: int
) -> None:
    server = serve(data=tmp_path)
    driver = client(url=server.url)
    room = driver.event("welcome")["room"]
    driver.frame(PULSE, 30)  # from here on all processes know whom signals are for
    family = children(server.process.pid)
    os.killpg(server.process.pid, signal_)
    server.process.wait(10)
    wait_for_the_end_of(family)
    assert "go on in another" not in server.said
    again = client(url=serve(data=tmp_path).url, room=room)
    assert again.event("welcome")["room"] == room


def test_training_processes_end_when_the_server_is_killed(serve: Start) -> None:
    server = serve()
    family = children(server.process.pid)
    server.process.kill()
    server.process.wait()
    wait_for_the_end_of(family)


def test_a_training_process_that_dies_is_replaced_and_its_rooms_go_on(serve: Start, client: Start) -> None:
    server = serve("--port", "0", "--workers", "1")
    driver = client(url=server.url)
    driver.send(type="speed", value=5)
    driver.frame(PULSE, 30, where=lambda header: header.step > 3000)
    victim = spawned(server.process.pid)[0]
    os.kill(victim, signal.SIGKILL)
    assert driver.event("notice")["kind"] == "resumed"
    first = Header.unpack(driver.frame(PULSE, where=lambda header: header.step > 0))
    assert first.step > 500
    driver.frame(PULSE, where=lambda header: header.step > first.step + 500)


def test_a_room_outlives_the_server(serve: Start, client: Start, tmp_path: Path) -> None:
    server = serve(data=tmp_path)
    driver = client(url=server.url)
    welcome = driver.event("welcome")
    driver.send(type="speed", value=4)
    driver.send(type="set", changes={"learning_rate": 0.123})
    step = Header.unpack(driver.frame(PULSE, where=lambda header: header.step > 50)).step
    server.stop()
    again = serve(data=tmp_path)
    back = client(url=again.url, room=welcome["room"], token=welcome["token"])
    assert back.event("welcome")["driving"]
    assert back.event("settings")["experiment"]["learning_rate"] == 0.123
    assert Header.unpack(back.frame(PULSE)).step >= step


def test_rooms_that_nobody_is_in_make_room_for_others_and_can_be_entered_again(serve: Start, client: Start) -> None:
    server = serve()
    first = client(url=server.url)
    welcome = first.event("welcome")
    first.send(type="speed", value=5)
    step = Header.unpack(first.frame(PULSE, 30, where=lambda header: header.step > 100)).step
    first.close()
    for _ in range(MOST_ROOMS - 1):
        visitor = client(url=server.url)
        visitor.event("welcome")
        visitor.close()
    end = time.monotonic() + 60
    while time.monotonic() < end:
        visitor = client(url=server.url)
        entered = visitor.receive()
        visitor.close()
        if isinstance(entered, dict) and entered["type"] == "welcome":
            break
        time.sleep(0.5)
    else:
        raise AssertionError("no room became free within a minute")
    again = client(welcome["room"], welcome["token"], url=server.url)
    assert again.event("welcome")["driving"]
    assert Header.unpack(again.frame(PULSE, 30)).step >= step
    again.close()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--port", "99999"], "expected a number from 0 to 65535"), (["--workers", "0"], "expected a number from 1"),
        (["--host", "203.0.113.7"], "cannot listen on 203.0.113.7"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_a_sentence(options: list[str], said: str) -> None:
    program = str(Path(sys.executable).with_name("nablascope"))
    ended = subprocess.run([program, "--no-open", "--no-data", *options], capture_output=True, text=True, timeout=30)
    assert ended.returncode != 0
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
