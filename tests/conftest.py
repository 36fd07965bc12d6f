"""Real parts: a server process, WebSockets, a Chromium."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from family import broken
from nablascope.server.wire.protocol import HEADER, Header
from playwright.sync_api import Browser, sync_playwright
from raw import Peer
from stages import Stage
from support.durations import pytest_runtest_logreport, pytest_sessionfinish
from visits import Contexts, Visits
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "tests" / "fixtures"


class Server:
    """A running `nablascope`, with its own data folder and everything it said."""

    def __init__(self, data: Path, *options: str, program: Path | None = None) -> None:
        self.data, self.log = data, data / f"server-{time.monotonic_ns()}.log"
        data.mkdir(parents=True, exist_ok=True)
        command = [str(program or Path(sys.executable).with_name("nablascope")), "--no-open", "--data", str(data)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, *(options or ("--port", "0"))], stdout=log, stderr=log, cwd=data, start_new_session=True
            )
        self.url = self._wait_for_url()
        self.port = urlsplit(self.url).port or 0

    def _wait_for_url(self) -> str:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            found = re.findall(r"Nablascope is at (\S+)", self.said)
            if found:
                return str(found[-1])
            assert self.process.poll() is None, self.said
            time.sleep(0.02)
        raise AssertionError(f"no address within 60 s: {self.said}")

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    @property
    def link(self) -> str:
        """The teacher's, of a server for a class."""
        return (self.data / "teacher-link.txt").read_text(encoding="utf-8")

    def stop(self) -> float:
        """Ask it to end; seconds it took."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        return time.monotonic() - started


class Client:
    """A WebSocket of the wire's own, that remembers what came."""

    def __init__(
        self, url: str, room: str | None = None, token: str | None = None, origin: str | None = None, **hello: Any
    ) -> None:
        address, visitor = url.replace("http", "ws") + "ws", hello.pop("visitor", None)
        self._open = contextlib.ExitStack()
        headers = {"X-Forwarded-For": visitor} if visitor else {}  # as a proxy would tell it
        opening = connect(
            address, max_size=None, max_queue=None, compression=None, origin=origin, additional_headers=headers
        )  # type: ignore[arg-type]
        self.socket: ClientConnection = self._open.enter_context(opening)
        self.events: list[dict[str, Any]] = []
        self.frames: list[bytes] = []
        self.send(type="hello", protocol=1, room=room, token=token, **hello)

    def send(self, **command: Any) -> None:
        self.socket.send(json.dumps(command))

    def receive(self, timeout: float = 10.0) -> dict[str, Any] | bytes:
        message = self.socket.recv(timeout=timeout)
        if isinstance(message, str):
            self.events.append(json.loads(message))
            return self.events[-1]
        self.frames.append(message)
        header = Header.unpack(message)
        if header.seq % 4 == 0:
            with contextlib.suppress(ConnectionClosed):  # what came before the end is still to be read
                self.send(type="ack", seq=header.seq)
        return message

    def event(self, type: str, timeout: float = 10.0, **fields: Any) -> dict[str, Any]:
        """The next event of this type with these fields."""
        return self._until(
            lambda m: isinstance(m, dict) and m["type"] == type and fields.items() <= m.items(), timeout
        )

    def told(self, type: str, **fields: Any) -> dict[str, Any]:
        """The last event of a type, or else the next one, with these fields: where its order does not matter."""
        last: dict[str, Any] = next((event for event in reversed(self.events) if event["type"] == type), {})
        return last if last and fields.items() <= last.items() else self.event(type, **fields)

    def frame(self, kind: int, timeout: float = 10.0, where: Callable[[Header], bool] = lambda header: True) -> bytes:
        """The next frame of this kind."""

        def fits(message: Any) -> bool:
            return isinstance(message, bytes) and message[5] == kind and where(Header.unpack(message))

        return self._until(fits, timeout)

    def _until(self, wanted: Callable[[Any], bool], timeout: float) -> Any:
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            message = self.receive(max(0.01, end - time.monotonic()))
            if wanted(message):
                return message
        raise AssertionError(f"nothing fitting within {timeout} s; last events: {self.events[-5:]}")

    def close(self) -> None:
        self._open.close()


@contextlib.contextmanager
def servers(folders: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Start servers; at the end each has to go within 5 s and may have logged no traceback."""
    started: list[Server] = []

    def start(*options: str, data: Path | None = None, program: Path | None = None) -> Server:
        started.append(Server(data or folders.mktemp("data"), *options, program=program))
        return started[-1]

    yield start
    for server in started:
        if server.process.poll() is None:
            assert server.stop() < 5
        killed = server.process.returncode == -signal.SIGKILL
        assert not (broken(server.said) if killed else "Traceback" in server.said), server.said


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Start servers that end with the file of the test: a hundred that do nothing keep a core busy."""
    with servers(tmp_path_factory) as start:
        yield start


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The one that most tests share."""
    with servers(tmp_path_factory) as start:
        yield start()


#: The ways to listen: on an address of IPv4, on one of IPv6, on all addresses of both as a class does.
LISTENING = {"IPv4": ("--host", "127.0.0.1"), "IPv6": ("--host", "::1"), "dual-stack": ("--lan", "127.0.0.1")}


@pytest.fixture(scope="module", params=LISTENING.values(), ids=LISTENING)
def listening(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Options of a server, in each way to listen: `serve("--port", "0", *listening)`."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def client(server: Server) -> Iterator[Callable[..., Client]]:
    """Connect to the shared server, or to another by url=."""
    clients: list[Client] = []

    def open_one(room: str | None = None, token: str | None = None, **more: Any) -> Client:
        clients.append(Client(more.pop("url", server.url), room, token, **more))
        return clients[-1]

    yield open_one
    for one in clients:
        one.close()


@pytest.fixture
def open_peer() -> Iterator[Callable[[str], Peer]]:
    """Connect by hand to a server's address."""
    peers: list[Peer] = []

    def open_one(url: str) -> Peer:
        peers.append(Peer(url))
        return peers[-1]

    yield open_one
    for peer in peers:
        peer.close()


class Class:
    """A teacher, and whoever else comes."""

    def __init__(self, client: Callable[..., Any], **hello: Any) -> None:
        self._client, self._more = client, {"url": hello["url"]} if "url" in hello else {}
        self.teacher = client(tab="t" * 16, **hello)
        welcome = self.teacher.event("welcome")
        self.code, self.token = welcome["room"], welcome["token"]

    def enter(self, tab: str, **hello: Any) -> Any:
        """Anybody, who may be refused."""
        return self._client(self.code, tab=f"{tab:a<16}", **hello, **self._more)

    def student(self, name: str, **hello: Any) -> Any:
        student = self.enter(name, name=name, **hello)
        student.number = student.event("welcome")["member"]
        return student

    def forked(self, name: str = "Ann") -> Any:
        """A student in a fork."""
        self.teacher.send(type="allow_forks", allowed=True)
        student = self.student(name)
        student.told("class", allow_forks=True)
        student.send(type="fork")
        student.event("moved", forked=True, driving=True)
        return student


@pytest.fixture
def open_class(client: Callable[..., Client]) -> Callable[..., Class]:
    """A class on the shared server, or on another by url=."""
    return lambda **hello: Class(client, **hello)


@pytest.fixture
def lesson(open_class: Callable[..., Class]) -> Class:
    """A class with its usual experiment."""
    return open_class()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    path = os.environ.get("NABLASCOPE_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Contexts:
    """The browser's contexts, which all tests take in turns."""
    return Contexts(browser)


@pytest.fixture
def visits(contexts: Contexts) -> Iterator[Visits]:
    """Open pages; afterwards their consoles have to be empty and no request may have left for elsewhere."""
    visits = Visits(contexts)
    yield visits
    visits.end()


@pytest.fixture
def stage(server: Server, visits: Visits) -> Callable[..., Stage]:
    """Open the stage."""

    def open_stage(path: str = "", url: str | None = None, **options: Any) -> Stage:
        base = url or server.url
        opened = Stage(visits.open(base + path, base, **{"reuse": True, **options}))
        opened.until("state.pulse !== null && state.parameters !== null && state.diagnosis !== null")
        return opened

    return open_stage


__all__ = ["HEADER", "Client", "Server", "Stage", "pytest_runtest_logreport", "pytest_sessionfinish"]
