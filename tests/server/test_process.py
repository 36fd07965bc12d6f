"""The processes: ports, ends, deaths, and what outlives them."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nablascope.server.limits import MOST_ROOMS
from nablascope.server.wire.protocol import PULSE, Header
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
    driver.frame(PULSE, 30)
    family = children(server.process.pid)
    os.killpg(server.process.pid, signal_)
    server.process.wait(10)
    wait_for_the_end_of(family)
    assert "go on in another" not in server.said
    again = client(url=serve(data=tmp_path).url, room=room)
    assert again.event("welcome")["room"] == room


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's /proc")
@pytest.mark.parametrize("library", ["pydantic_core", "_multiarray_umath"])
def test_ctrl_c_while_the_server_imports_ends_it_without_a_traceback(library: str) -> None:
    program = [str(Path(sys.executable).with_name("nablascope")), "--no-open", "--no-data", "--port", "0"]
    with subprocess.Popen(
        program, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job in the background ignores it
    ) as started:  # fmt: skip
        mapped = Path(f"/proc/{started.pid}/maps")
        while library not in mapped.read_text():
            assert started.poll() is None
            time.sleep(0.01)
        started.send_signal(signal.SIGINT)
        said, _ = started.communicate(timeout=30)
    assert "Traceback" not in said and said.endswith("Nablascope has ended.\n")


@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGINT])
def test_training_processes_that_still_start_do_not_hear_a_signal_to_the_group(serve: Start, signal_: int) -> None:
    server = serve()  # its address is known before they have imported anything
    family = children(server.process.pid)
    os.killpg(server.process.pid, signal_)
    server.process.wait(10)
    wait_for_the_end_of(family)
    assert set(server.said.splitlines()[1:]) <= {"Nablascope has ended."}


def test_all_processes_are_begun_with_both_signals_held_back(serve: Start) -> None:
    both = sum(1 << (number - 1) for number in (signal.SIGINT, signal.SIGTERM))
    begun = spawned(serve().process.pid)
    assert begun
    for pid in begun:
        (blocked,) = re.findall(r"^SigBlk:\s*(\w+)$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
        assert int(blocked, 16) & both == both


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


def entered(client: Start, url: str, *room: str) -> Any:
    """A client in a new room, or in this one: as soon as there is a place."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        visitor = client(*room, url=url)
        if visitor.receive()["type"] == "welcome":
            return visitor
        visitor.close()
        time.sleep(0.5)
    raise AssertionError("no room became free within a minute")


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
    entered(client, server.url).close()
    again = entered(client, server.url, welcome["room"], welcome["token"])
    assert again.told("welcome")["driving"]
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
