"""Ends that are nobody's fault: the log has no word of them, and nothing of a connection is left."""

import asyncio
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import altered
import loops
import pytest
from nablascope.server.live.socket import Connection
from nablascope.server.live.viewer import Viewer
from nablascope.server.serving.websocket import Protocol
from processes import spawned
from raw import MUCH, PING, TEXT, frame
from uvicorn.config import Config
from uvicorn.server import ServerState

Start = Callable[..., Any]
#: What has been in the log: of asyncio, of uvicorn, of Python.
COMPLAINTS = ("socket.send() raised", "Cancel ", "Traceback", "never retrieved", "Exception in")


@pytest.fixture
def quiet(serve: Start) -> Iterator[Callable[..., Any]]:
    """A server that must not complain until it has ended."""
    servers = []

    def start(*options: str, **more: Any) -> Any:
        servers.append(serve("--port", "0", "--workers", "1", *options, **more))
        return servers[-1]

    yield start
    for server in servers:
        if server.process.poll() is None:
            assert server.stop() < 3
        assert not [complaint for complaint in COMPLAINTS if complaint in server.said], server.said


def test_peers_that_go_while_they_are_refused_are_not_written_to(quiet: Start, open_peer: Start) -> None:
    server, draw = quiet(), random.Random(7)
    for number in range(100):
        peer = open_peer(server.url)
        peer.send(frame(TEXT, b"x") * draw.choice((1, 3, 9)))
        if number % 2:
            peer.hello("ZZZZZZ")
        time.sleep(draw.random() * 0.003)
        (peer.reset if number % 3 else peer.close)()


def test_who_is_refused_after_words_that_are_no_text_is_sent_nothing_more(quiet: Start, open_peer: Start) -> None:
    server = quiet()
    for last in (frame(TEXT, b"\xff"), frame(3), frame(TEXT, bytes(300_000))):
        peer = open_peer(server.url)
        peer.send(frame(TEXT, b"x") * 3 + last)
        assert peer.ended(8) is not None


def test_a_server_ends_without_a_word_of_peers_that_do_not_read(
    quiet: Start, client: Start, open_peer: Start
) -> None:
    server = quiet()
    teacher = client(url=server.url)
    room = teacher.event("welcome")["room"]
    for _ in range(3):
        peer = open_peer(server.url)
        peer.hello(room)
        peer.send(MUCH)
    teacher.told("class", students=3)
    time.sleep(2.5)  # all buffers are full, and the peers have not been let go yet
    assert server.stop() < 3


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="processes cannot be stopped")
def test_a_server_ends_without_a_word_while_commands_wait(quiet: Start, client: Start) -> None:
    server = quiet()
    driver = client(url=server.url)
    driver.event("welcome")
    for pid in spawned(server.process.pid):
        os.kill(pid, signal.SIGSTOP)
    for number in range(30):
        driver.send(type="set", changes={"learning_rate": 0.1 + number / 100})
    time.sleep(0.5)
    assert server.stop() < 5


@pytest.mark.parametrize("said", [b"", frame(TEXT, b"{}"), frame(PING)], ids=["nothing", "no hello", "pings"])
def test_without_a_hello_a_connection_ends(quiet: Start, tmp_path: Path, said: bytes, open_peer: Start) -> None:
    server = quiet(program=altered.program(tmp_path, GREETING=1.0, LINGER=0.5))
    peer, end = open_peer(server.url), time.monotonic() + 6
    while peer.send(said) and time.monotonic() < end:
        time.sleep(0.2)
        if not said:
            break
    assert peer.ended(max(0.1, end - time.monotonic())) is not None


def test_a_peer_that_only_sends_what_is_no_hello_is_refused_soon(
    quiet: Start, tmp_path: Path, open_peer: Start
) -> None:
    peer = open_peer(quiet(program=altered.program(tmp_path, LINGER=0.5)).url)
    peer.send(frame(TEXT, b"{}") * 10)
    came = peer.ended(5)
    assert came is not None and came.count(b'"type":"error"') == 10


def test_a_peer_that_only_closes_its_half_and_reads_nothing_leaves_its_class(
    quiet: Start, client: Start, open_peer: Start
) -> None:
    server = quiet()
    teacher = client(url=server.url)
    peer = open_peer(server.url)
    peer.hello(teacher.event("welcome")["room"])
    teacher.event("class", students=1)
    peer.send(MUCH)
    peer.socket.shutdown(1)
    teacher.told("class", students=0)


@pytest.mark.parametrize("turns", range(5))
def test_a_writer_that_is_cancelled_while_its_bell_rings_ends(turns: int) -> None:
    async def run() -> None:
        viewer: Any = Viewer(1)
        viewer.mailbox.opens = lambda now: 60.0
        called = asyncio.create_task(Connection._called(Any, viewer))
        await asyncio.sleep(0.01)
        viewer.bell.set()
        for _ in range(turns):
            await asyncio.sleep(0)
        done = called.done()
        called.cancel()
        await asyncio.wait({called})
        assert done or called.cancelled()

    loops.run(run())


def test_what_has_closed_by_itself_is_not_cut_off_once_more() -> None:
    complaints: list[dict[str, Any]] = []

    async def end() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, complaint: complaints.append(complaint))
        lines: list[Protocol] = []

        def protocol() -> Protocol:
            config = Config(app=lambda: None, ws_max_size=2**16)
            lines.append(Protocol(config, ServerState(), {}))
            return lines[-1]

        server = await loop.create_server(protocol, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
        while not lines:
            await asyncio.sleep(0.001)
        (line,) = lines
        line.transport.write(bytes(2**23))  # asyncio closes by itself when the last of it has left
        line.transport.close()
        await reader.read()
        await line.gone.wait()
        line.end_within(0)
        await asyncio.sleep(0.1)
        writer.close()
        server.close()

    loops.run(end())
    assert complaints == []


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="processes cannot be stopped")
def test_what_a_connection_held_is_free_when_it_ends_without_a_search_for_garbage(
    quiet: Start, client: Start, open_peer: Start, tmp_path: Path
) -> None:
    server = quiet(program=altered.program(tmp_path, left=True, LINGER=0.5))

    def wait_until(wanted: Callable[[int], bool]) -> None:
        end = time.monotonic() + 15
        while not wanted(left := int(server.said.rsplit("left: ", 1)[1].split("\n")[0] or -1)):
            assert time.monotonic() < end, f"{left} objects of connections"
            time.sleep(0.1)

    polite = client(url=server.url)
    room = polite.event("welcome")["room"]
    wait_until(lambda left: left == 3)
    polite.close()
    peers = [open_peer(server.url) for _ in range(5)]
    for peer in peers:
        peer.hello(room)
    peers[0].reset()
    peers[1].send(frame(TEXT, b"\xff"))  # no text
    peers[2].send(frame(TEXT, bytes(300_000)))  # too long
    peers[3].send(frame(3))  # an opcode that there is not
    peers[4].close()
    waits = client(url=server.url)
    waits.event("welcome")
    for pid in spawned(server.process.pid):
        os.kill(pid, signal.SIGSTOP)
    for number in range(30):  # eight are with the run, others wait for it
        waits.send(type="set", changes={"learning_rate": 0.1 + number / 100})
    waits.send(type="hello", protocol=1)  # is refused after those
    time.sleep(0.3)
    waits.close()
    wait_until(lambda left: left == 0)
