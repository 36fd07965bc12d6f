"""Processes that hang, and processes that cannot start: others go on, it is said once, and what can be is mended."""

import asyncio
import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import loops
import pytest
from nablascope.server.limits import BUSY_SILENCE, LONGEST_SILENCE, SILENCE, TICK, UNBORN_SILENCE, UNKNOWN_SILENCE
from nablascope.server.training import pool
from nablascope.server.training.heartbeat import Heartbeat, Vitals
from nablascope.server.training.pool import Pool
from nablascope.server.web.calculations import Calculations
from nablascope.server.wire import messages
from nablascope.server.wire.protocol import PULSE, Header
from processes import alive, spawned

Start = Callable[..., Any]

# --- how long silence may be --------------------------------------------------------------------------------------


def silent_until(heart: Heartbeat, vitals: Callable[[float], Vitals | None], passed: float = TICK) -> float:
    """Seconds after which a process is said to hang; infinite where it never is."""
    for looks in range(1, int(2 * UNBORN_SILENCE / TICK)):
        if heart.hangs(passed, vitals(looks * TICK)):
            return looks * TICK
    return float("inf")


def born() -> Heartbeat:
    heart = Heartbeat()
    heart.heard()
    return heart


@pytest.mark.parametrize(
    ("state", "share", "least", "most"),
    [
        ("T", 0.0, SILENCE, SILENCE), ("S", 0.0, SILENCE, SILENCE), ("R", 1.0, SILENCE, SILENCE + TICK),
        ("R", 0.1, BUSY_SILENCE / 0.1, BUSY_SILENCE / 0.1 + 2 * TICK), ("R", 0.0, LONGEST_SILENCE, LONGEST_SILENCE),
        ("D", 0.0, LONGEST_SILENCE, LONGEST_SILENCE),
    ],
)  # fmt: skip
def test_a_process_hangs_when_it_is_stopped_or_computes_or_waits_but_not_while_others_have_the_processor(
    state: str, share: float, least: float, most: float
) -> None:
    assert least <= silent_until(born(), lambda now: Vitals(state, 7 + share * now)) <= most


def test_one_that_still_begins_has_longer_and_so_has_one_that_cannot_be_looked_at() -> None:
    assert silent_until(Heartbeat(), lambda now: Vitals("R", now)) == UNBORN_SILENCE
    assert silent_until(Heartbeat(), lambda now: Vitals("T", 0.0)) == SILENCE
    assert silent_until(born(), lambda now: None) == UNKNOWN_SILENCE


def test_silence_counts_only_while_the_listener_is_awake() -> None:
    assert silent_until(born(), lambda now: Vitals("S", 0.0), passed=3600.0) == SILENCE / 2  # two ticks a look
    heart = born()
    for _ in range(100):
        assert not heart.hangs(TICK, Vitals("S", 0.0))
        heart.heard()


# --- in a real server ---------------------------------------------------------------------------------------------

#: In every process beside the server: what a test asks for.
SITE = """
import os, signal, sys
if any("spawn_main" in word for word in sys.orig_argv):
    folder = os.path.dirname(__file__)
    with open(folder + "/begun", "a") as begun:
        begun.write("one\\n")
    if os.path.exists(folder + "/broken"):
        print("Traceback (most recent call last):\\nImportError: no such engine", file=sys.stderr, flush=True)
        os._exit(1)
    signal.signal(signal.SIGUSR1, lambda *what: [None for _ in iter(int, 1)])
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that new processes look into; with a file `broken` in it they cannot start."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(SITE)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


def until(condition: Callable[[], Any], seconds: float = 20.0) -> Any:
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def health(url: str) -> tuple[int, dict[str, str]]:
    try:
        with urllib.request.urlopen(url + "healthz", timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGUSR1], ids=["stopped", "in a loop without an end"])
def test_the_runs_of_a_process_that_hangs_go_on_in_another(
    serve: Start, client: Start, site: Path, number: int
) -> None:
    server = serve("--port", "0", "--workers", "1")
    driver = client(url=server.url)
    driver.send(type="speed", value=5)
    driver.send(type="set", changes={"learning_rate": 0.123})
    step = Header.unpack(driver.frame(PULSE, 30, where=lambda header: header.step > 1000)).step
    until(lambda: len(spawned(server.process.pid)) == 2)
    victim = spawned(server.process.pid)[0]
    os.kill(victim, number)
    hung_at = time.monotonic()
    assert driver.event("notice", 20)["kind"] == "resumed"
    assert driver.event("settings", 20)["experiment"]["learning_rate"] == 0.123
    driver.frame(PULSE, 20, where=lambda header: header.step > step)
    assert time.monotonic() - hung_at < 8  # within 3 s, on a machine that has the time
    until(lambda: not alive(victim))
    assert server.said.count("has not answered") == 1
    driver.send(type="set", changes={"learning_rate": 0.2})  # whom nobody has cut off
    assert driver.event("settings")["experiment"]["learning_rate"] == 0.2


def test_a_server_that_was_stopped_with_its_processes_replaces_none(serve: Start, client: Start) -> None:
    """Takes 5 s: longer than a process may be silent."""
    server = serve("--port", "0", "--workers", "1")
    driver = client(url=server.url)
    driver.frame(PULSE)
    until(lambda: len(spawned(server.process.pid)) == 2)
    family = spawned(server.process.pid)
    os.killpg(server.process.pid, signal.SIGSTOP)
    time.sleep(SILENCE + 1)
    os.killpg(server.process.pid, signal.SIGCONT)
    driver.send(type="speed", value=5)
    driver.event("state", speed=5)
    time.sleep(4 * TICK)
    driver.frame(PULSE)
    assert spawned(server.process.pid) == family and "has not answered" not in server.said


def test_a_server_whose_processes_cannot_start_says_so_once_and_does_not_try_all_the_time(
    serve: Start, client: Start, site: Path
) -> None:
    """Takes 5 s: three tries, and a while in which there is none."""
    (site / "broken").touch()
    server = serve("--port", "0", "--workers", "2")
    driver = client(url=server.url)
    driver.event("welcome")
    until(lambda: health(server.url)[0] == 503)
    _, told = health(server.url)
    assert told["status"] != "ok" and "training processes" in told["reason"]
    assert driver.event("notice")["kind"] == "training"
    assert client(url=server.url).event("notice")["kind"] == "training"  # who comes later is told as well
    time.sleep(2)
    assert server.said.count("ImportError: no such engine") == 1 and "Traceback" not in server.said
    assert len((site / "begun").read_text().splitlines()) <= 5  # two at once, and two more tries
    assert server.stop() < 5


def test_when_a_process_can_be_started_again_rooms_that_wait_have_one(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "TRIES", (0.01, 0.01))
    monkeypatch.setattr(pool, "SLOW_TRIES", 0.05)
    (site / "broken").touch()
    lost: list[list[int]] = []
    troubles: list[str | None] = []

    async def live() -> None:
        training = Pool(1, lambda type, room, payload: None, lost.append, lambda: troubles.append(training.trouble))
        await training.start()
        training.place(7)
        async with asyncio.timeout(30):
            while training.trouble is None:
                await asyncio.sleep(0.02)
            assert training.short and not training.processes
            training.place(8)
            training.send(messages.CLOSE, 8)
            training.place(9)
            (site / "broken").unlink()
            while training.trouble is not None or not lost:
                await asyncio.sleep(0.02)
        assert not training.short
        await training.close()

    loops.run(live())
    assert lost[-1] == [7, 9]
    assert troubles == ["ImportError: no such engine", None]


@pytest.mark.parametrize("broken", [True, False])
def test_where_the_system_gives_no_process_that_is_a_failed_start(
    monkeypatch: pytest.MonkeyPatch, broken: bool
) -> None:
    monkeypatch.setattr(pool, "TRIES", (0.01, 0.01))
    monkeypatch.setattr(pool, "SLOW_TRIES", 0.05)
    begun = []

    class Begun(pool.TrainingProcess):
        def __init__(self) -> None:
            begun.append(1)
            if broken:
                raise OSError(12, "Cannot allocate memory")
            super().__init__()

    monkeypatch.setattr(pool, "TrainingProcess", Begun)

    async def live() -> None:
        training = Pool(1, lambda type, room, payload: None, lambda rooms: None)
        await training.start()
        async with asyncio.timeout(30):
            while broken and training.trouble is None:
                await asyncio.sleep(0.01)
            while not broken and not training.processes[0].heart.born:
                await asyncio.sleep(0.01)
        await training.close()
        assert (training.trouble or "").endswith("memory") == broken

    loops.run(live())
    assert len(begun) >= (3 if broken else 1)


def test_a_computation_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nablascope.server.web.calculations.CALCULATION", 0.05)

    async def ask() -> bytes:
        return await Calculations().ask("cs231n_spiral")

    assert loops.run(ask()) == b""
