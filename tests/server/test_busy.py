"""A training process that does not answer: its viewers stay connected, and what they say is not lost."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import altered
import pytest
from nablascope.server.limits import MOST_WAITING, WAITING_BYTES, WAITING_COMMANDS
from nablascope.server.live.waiting import Waiting
from nablascope.server.wire.protocol import PULSE
from processes import spawned

Start = Callable[..., Any]
#: Seconds between two pings, and for the answer: a tenth of what they are, so that the test need not take 16 s.
PINGS = (0.5, 1.0)
STOPPED, EVERY = 2.0, 1 / 60
#: The id of a command that is none.
WRONG = 5


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="processes cannot be stopped")
def test_a_slider_that_nobody_answers_ends_no_connection(serve: Start, client: Start, tmp_path: Path) -> None:
    server = serve("--port", "0", "--workers", "1", program=altered.program(tmp_path, pings=PINGS))
    driver = client(url=server.url)
    driver.frame(PULSE)
    stopped, end, sent = spawned(server.process.pid), time.monotonic() + STOPPED, 0
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        while time.monotonic() < end:
            driver.send(type="set", changes={"learning_rate": 0.1 + sent / 1000})
            sent += 1
            if sent == 2 * MOST_WAITING:
                driver.send(type="nothing", id=WRONG)
            with contextlib.suppress(TimeoutError):
                driver.receive(EVERY)
        told = [event for event in driver.events if event["type"] == "error"]
    finally:
        for pid in stopped:
            with contextlib.suppress(ProcessLookupError):  # it may have been replaced
                os.kill(pid, signal.SIGCONT)
    assert sent > 5 * MOST_WAITING
    last = 0.1 + (sent - 1) / 1000
    while driver.event("settings", timeout=20)["experiment"]["learning_rate"] != last:  # all are carried out
        pass
    assert not told, "what is wrong with a command is said after the answers to what came before it"
    assert [event["command"] for event in driver.events if event["type"] == "error"] == [WRONG]
    driver.send(type="set", changes={"learning_rate": 0.777})
    assert driver.event("settings", timeout=20)["experiment"]["learning_rate"] == 0.777


def test_what_waits_is_bounded_by_number_and_bytes_and_comes_in_order() -> None:
    waiting = Waiting()
    assert not waiting
    assert all(waiting.put(str(number), 10) for number in range(WAITING_COMMANDS))
    assert not waiting.put("one more", 10)
    assert waiting.take() == "0" and waiting.put("one more", 10)
    assert [waiting.take() for _ in range(WAITING_COMMANDS)] == [*map(str, range(1, WAITING_COMMANDS)), "one more"]
    assert waiting.put("half", WAITING_BYTES // 2) and waiting.put("half", WAITING_BYTES // 2)
    assert not waiting.put("a letter", 1) and waiting
