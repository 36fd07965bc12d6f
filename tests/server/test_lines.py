"""A connection and its line: found on every way to listen, used for frames, and cut where nobody reads."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import altered
from raw import MUCH

Start = Callable[..., Any]
FRAMES = 40


def test_frames_take_the_short_way(serve: Start, client: Start, listening: tuple[str, ...], tmp_path: Path) -> None:
    server = serve("--port", "0", "--workers", "1", *listening, program=altered.program(tmp_path, ways=True))
    viewer = client(url=server.url)
    viewer.send(type="speed", value=3)
    while len(viewer.frames) < FRAMES:
        viewer.receive()
    short, long = server.said.count("short way"), server.said.count("long way")
    assert short + long >= FRAMES
    assert short > long


def test_a_peer_that_takes_nothing_is_let_go(
    serve: Start, client: Start, listening: tuple[str, ...], tmp_path: Path, open_peer: Start
) -> None:
    """It costs 3 s: the peer says all it will say before its time is up, so that nothing else ends it."""
    program = altered.program(tmp_path, STALLED=3.0, LINGER=0.5)
    server = serve("--port", "0", "--workers", "1", *listening, program=program)
    teacher = client(url=server.url)
    stalled = open_peer(server.url)
    stalled.hello(teacher.event("welcome")["room"])
    teacher.event("class", students=1)
    stalled.send(MUCH)
    teacher.event("class", students=0, timeout=15)
    assert stalled.ended(2) is not None
