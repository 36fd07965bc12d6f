"""More connections than there are descriptors for, and such as never say anything."""

import asyncio
import contextlib
import http.client
import selectors
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import loops
import pytest
import uvicorn
from nablascope.server import limits
from nablascope.server.quotas.doorkeeper import Doorkeeper
from nablascope.server.serving.http import Http, make_room
from nablascope.server.serving.listening import Listening
from nablascope.server.wire.protocol import PULSE
from uvicorn.server import ServerState

Start = Callable[..., Any]
PROGRAM = Path(sys.executable).with_name("nablascope")
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")


@pytest.fixture
def limited(tmp_path: Path) -> Callable[[str], Path]:
    """The program, under a limit of open files."""

    def make(limit: str) -> Path:
        script = tmp_path / f"limited{limit}"
        script.write_text(f'#!/bin/sh\nulimit {limit} && exec "{PROGRAM}" "$@"\n')
        script.chmod(0o700)
        return script

    return make


def dial(url: str, said: bytes = b"") -> socket.socket:
    parts = urlsplit(url)
    opened = socket.create_connection((parts.hostname, parts.port), 10)
    opened.sendall(said)
    return opened


def status(url: str) -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=20)
    connection.request("GET", "/healthz")
    answer = connection.getresponse().status
    connection.close()
    return answer


# It takes 5 s and more: idle connections make room after 2 s, a round of them at a time.
@posix
def test_viewers_keep_their_frames_in_a_flood_and_newcomers_get_in_before_it_ends(
    serve: Start, client: Start, listening: tuple[str, ...], limited: Callable[[str], Path]
) -> None:
    server = serve("--port", "0", "--workers", "1", *listening, program=limited("-n 64"))
    viewer = client(url=server.url)
    viewer.event("welcome")
    viewer.send(type="speed", value=4)
    with contextlib.ExitStack() as flood:
        for _ in range(80):
            flood.enter_context(dial(server.url))
        for _ in range(20):
            viewer.frame(PULSE)
        newcomer = client(url=server.url)
        assert newcomer.event("welcome")["room"]
        for _ in range(20):
            viewer.frame(PULSE)
        assert "others wait" in server.said and len(server.said) < 1500
    assert status(server.url) == 200


# It takes 5 to 15 s: that is how long a thousand connections may stay idle.
@posix
def test_a_thousand_idle_connections_are_all_closed(serve: Start, limited: Callable[[str], Path]) -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2000:
        pytest.skip("this system lets the test itself open fewer")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2000), hard))
    server = serve("--port", "0", "--workers", "1", program=limited("-n 1024"))
    with selectors.DefaultSelector() as waiting, contextlib.ExitStack() as flood:
        for number in range(1200):
            opened = flood.enter_context(dial(server.url, b"" if number % 3 else b"GET / HTTP/1.1\r\nHost: lo"))
            waiting.register(opened, selectors.EVENT_READ)
        assert status(server.url) == 200
        end = time.monotonic() + 2 * limits.REQUEST_SECONDS + 10
        while waiting.get_map() and time.monotonic() < end:
            for key, _ in waiting.select(1):
                with contextlib.suppress(ConnectionError):
                    assert key.fileobj.recv(1) == b""  # type: ignore[union-attr]
                waiting.unregister(key.fileobj)
        assert not waiting.get_map()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert len(server.said) < 1500


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's /proc and prlimit")
def test_the_limit_is_raised_and_a_system_without_descriptors_costs_a_line(
    serve: Start, limited: Callable[[str], Path]
) -> None:
    import resource

    server = serve("--port", "0", "--workers", "1", program=limited("-Sn 64"))
    pid, number = server.process.pid, resource.RLIMIT_NOFILE
    soft, hard = resource.prlimit(pid, number)
    assert soft == min(hard, limits.MOST_DESCRIPTORS)
    resource.prlimit(pid, number, (3, hard))  # as when other programs have taken them all
    with dial(server.url, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n") as waiting:
        end = time.monotonic() + 10
        while "no connection can be taken" not in server.said and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(2 * limits.RETRY_SECONDS + 0.2)
        assert server.said.count("no connection can be taken") == 1 and len(server.said) < 500
        resource.prlimit(pid, number, (soft, hard))
        assert waiting.recv(15) == b"HTTP/1.1 200 OK"


@posix
def test_a_limit_that_is_too_small_is_said_in_a_sentence(limited: Callable[[str], Path]) -> None:
    command = [limited("-n 64"), "--no-open", "--no-data", "--port", "0", "--workers", "8"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert ended.returncode == 1 and ended.stdout == ""
    assert ended.stderr.startswith("nablascope: this system lets a process have 64 open files, and 8 training")


def test_with_tls_a_connection_that_says_nothing_harms_nobody_and_does_not_hold_up_the_end(
    serve: Start, tmp_path: Path
) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here to make a certificate")
    files = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem"), "-subj", "/CN=localhost"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *files]
    subprocess.run(command, check=True, capture_output=True)
    options = ("--tls-cert", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / "key.pem"))
    server = serve("--port", "0", "--workers", "1", *options)
    context = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    context.check_hostname = False
    with dial(server.url), dial(server.url, GET):
        connection = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=10, context=context)
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        connection.close()
        assert server.stop() < 5
    assert "Error" not in server.said


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, in a fraction of the time."""
    for name, seconds in (("REQUEST", 0.4), ("HURRIED", 0.2), ("RETRY", 0.1), ("TAKING", 0.4)):
        monkeypatch.setattr(limits, f"{name}_SECONDS", seconds)


@contextlib.asynccontextmanager
async def door(app: Any, doorkeeper: Doorkeeper) -> AsyncIterator[Callable[..., Any]]:
    """A door that leads to this application; yields what opens a connection to it."""
    config, state = uvicorn.Config(app, http=Http, ws="none", lifespan="off", log_level="warning"), ServerState()
    config.load()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listening = Listening(listener, lambda: Http(config, state, {}), doorkeeper, make_room)
        writers: list[asyncio.StreamWriter] = []

        async def open_one(said: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
            reader, writer = await asyncio.open_connection(*listener.getsockname(), limit=1 << 25)
            writers.append(writer)
            writer.write(said)
            return reader, writer

        yield open_one
        for writer in writers:
            writer.close()
        await listening.close()
        for connection in list(state.connections):
            connection.transport.abort()
        await asyncio.sleep(0.05)


async def answers(scope: Any, receive: Any, send: Any) -> None:
    """It takes a second for /slow, and has much to say at /much."""
    await asyncio.sleep(1 if scope["path"] == "/slow" else 0)
    while scope["method"] == "POST" and (await receive()).get("more_body"):
        pass
    body = b"x" * (1 << 25 if scope["path"] == "/much" else 5)
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("first", "after_an_answer"),
    [
        (b"", False), (GET[:-2], False), (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n", False),
        (b"", True), (GET[:-2], True),
    ],
    ids=["nothing", "half its head", "half its body", "nothing after an answer", "half a head after an answer"],
)  # fmt: skip
def test_a_connection_without_a_complete_request_is_closed_however_slowly_it_speaks(
    first: bytes, after_an_answer: bool
) -> None:
    async def scenario() -> None:
        async with door(answers, Doorkeeper(9)) as open_one:
            reader, writer = await open_one(GET if after_an_answer else b"")
            if after_an_answer:
                assert (await reader.readuntil(b"xxxxx")).startswith(b"HTTP/1.1 200")
            writer.write(first)
            ended = asyncio.create_task(reader.read())
            for _ in range(100):
                await asyncio.sleep(0.05)
                if ended.done():
                    break
                if first:
                    writer.write(b"a")
            with contextlib.suppress(ConnectionError):
                assert await asyncio.wait_for(ended, 0.1) == b""

    loops.run(scenario())


@pytest.mark.usefixtures("hasty")
def test_an_answer_may_take_as_long_as_it_needs_but_not_its_taking() -> None:
    async def scenario() -> None:
        doorkeeper = Doorkeeper(9)
        async with door(answers, doorkeeper) as open_one:
            reader, _ = await open_one(GET.replace(b"/ ", b"/slow "))
            assert (await reader.readuntil(b"xxxxx")).startswith(b"HTTP/1.1 200")
            with socket.socket() as deaf:
                deaf.connect((await open_one())[1].get_extra_info("peername"))
                deaf.sendall(GET.replace(b"/ ", b"/much "))
                end = time.monotonic() + 10
                await asyncio.sleep(0.2)
                while doorkeeper.open and time.monotonic() < end:
                    await asyncio.sleep(0.05)
                assert not doorkeeper.open

    loops.run(scenario())


@pytest.mark.usefixtures("hasty")
def test_while_all_are_in_use_others_wait_and_of_one_address_more_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REQUEST_SECONDS", 60)

    async def scenario() -> None:
        async with door(answers, Doorkeeper(3)) as open_one:
            idle = [await open_one() for _ in range(3)]
            reader, _ = await open_one(GET)
            assert (await asyncio.wait_for(reader.readuntil(b"xxxxx"), 10)).startswith(b"HTTP/1.1 200")
            assert await idle[0][0].read() == b""
        doorkeeper = Doorkeeper(9)
        monkeypatch.setattr(doorkeeper, "most_from", lambda address: 2)
        async with door(answers, doorkeeper) as open_one:
            held = [await open_one() for _ in range(2)]
            await asyncio.sleep(0.1)
            with contextlib.suppress(ConnectionError):
                assert await asyncio.wait_for((await open_one())[0].read(), 10) == b""
            held[0][1].close()
            await asyncio.sleep(0.1)
            reader, _ = await open_one(GET)
            assert (await asyncio.wait_for(reader.readuntil(b"xxxxx"), 10)).startswith(b"HTTP/1.1 200")

    loops.run(scenario())
