"""Floods: what a peer sends is bounded, and so is what waits for a peer that does not read."""

import struct
import time
from collections.abc import Callable
from typing import Any

import pytest
from processes import resident, told
from raw import CLOSE, CONTINUATION, FIN, PING, TEXT, frame

Start = Callable[..., Any]
#: What each peer sends, again and again.
FLOODS = {
    "pings": frame(PING, b"p" * 125) * 100,
    "empty pings": frame(PING) * 1000,
    "small messages": frame(TEXT, b"{}") * 1000,
    "parts of a message": frame(CONTINUATION, fin=False) * 1000,
    "bytes": frame(TEXT, bytes([ord("x")]) * 200_000),
}
MOST_SENT, GROWTH = 50 * 2**20, 8 * 2**20


def closed(came: bytes) -> tuple[int, str]:
    """The code and the reason in the last frame, which is one of a close."""
    at = came.rindex(bytes([FIN | CLOSE]))
    size = came[at + 1]
    return struct.unpack(">H", came[at + 2 : at + 4])[0], came[at + 4 : at + 2 + size].decode()


@pytest.mark.parametrize("kind", FLOODS)
@pytest.mark.parametrize("greeted", [True, False], ids=["in a room", "before the hello"])
def test_a_flood_ends_the_connection_and_fills_no_memory(
    server: Any, kind: str, greeted: bool, open_peer: Start
) -> None:
    told(server.process.pid)
    peer = open_peer(server.url)
    if greeted:
        peer.hello()
        assert peer.socket.recv(2)
    if kind == "parts of a message":
        peer.send(frame(TEXT, fin=False))
    before, sent, end = resident(server.process.pid), 0, time.monotonic() + 10
    while peer.send(FLOODS[kind]) and sent < MOST_SENT and time.monotonic() < end:
        sent += len(FLOODS[kind])
    assert sent < MOST_SENT and time.monotonic() < end
    assert peer.ended(8) is not None
    assert resident(server.process.pid) - before < GROWTH


@pytest.mark.parametrize(
    ("kind", "code", "reason"),
    [
        ("pings", 1008, "more than 10 pings a second"),
        ("small messages", 1008, "more than 1000 frames a second"),
        ("parts of a message", 1009, "a message of more than 1000 frames"),
    ],
)
def test_a_flood_is_told_why_it_ends(server: Any, kind: str, code: int, reason: str, open_peer: Start) -> None:
    peer = open_peer(server.url)
    peer.hello()
    if kind == "parts of a message":
        peer.send(frame(TEXT, fin=False))
    for _ in range(3):
        peer.send(FLOODS[kind])
    came = peer.ended(8)
    assert came is not None and closed(came) == (code, reason)


def test_commands_beyond_the_rate_are_dropped_with_a_reason_and_the_connection_stays(client: Start) -> None:
    viewer = client()
    viewer.event("settings")
    for _ in range(1500):
        viewer.socket.send("[]")
    refused = viewer.event("error", code="too_often")
    assert refused["was"] == "more than 200 commands a second"
    time.sleep(1)
    viewer.send(type="set", changes={"learning_rate": 0.123})
    assert viewer.event("settings", timeout=15)["experiment"]["learning_rate"] == 0.123


def test_large_commands_beyond_the_rate_are_refused_before_they_are_decoded(client: Start) -> None:
    viewer = client()
    viewer.event("settings")
    large = '{"type": "set", "changes": {"own_data": "' + "1,2\\n" * 12_000 + '"}'  # and no end
    for _ in range(12):
        viewer.socket.send(large)
    assert viewer.event("error", code="malformed")["expected"].startswith("Invalid JSON")
    refused = viewer.event("error", code="too_often")
    assert refused["was"] == f"{len(large)} bytes, after others"
    viewer.send(type="set", changes={"learning_rate": 0.123})
    assert viewer.event("settings", timeout=15)["experiment"]["learning_rate"] == 0.123
