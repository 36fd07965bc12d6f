"""The socket, over a real one: rooms, roles, garbage, answers."""

import base64
import hashlib
import json
import math
import re
import struct
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from nablascope.engine import PRESETS, Experiment, Trainer
from nablascope.server.wire.protocol import EXACT, PARAMETERS, PULSE, Header
from websockets.exceptions import ConnectionClosed, InvalidStatus

Open = Callable[..., Any]


def test_a_page_opens_its_own_room_and_gets_everything_in_order(client: Open) -> None:
    driver = client()
    driver.event("diagnosis")
    assert [event["seq"] for event in driver.events] == list(range(len(driver.events)))
    welcome = driver.events[0]
    assert (welcome["type"], welcome["role"], len(welcome["room"])) == ("welcome", "teacher", 6)
    assert len({event["epoch"] for event in driver.events}) == 1
    assert {"run", "data", "settings", "marks", "state", "viewers"} <= {event["type"] for event in driver.events}
    run = next(event for event in driver.events if event["type"] == "run")
    assert run["layers"] == PRESETS["First look"].experiment.layer_sizes


def test_the_parameters_on_the_wire_are_the_engines_to_the_bit(client: Open) -> None:
    driver = client()
    experiment = Experiment(dataset="xor", hidden=[5], learning_rate=0.7, seed=9)
    driver.send(type="pause")
    driver.send(type="set", changes=experiment.to_dict(), reset=True)
    driver.event("run", dataset="xor")
    driver.send(type="step")
    trainer = Trainer(experiment)
    trace = trainer.step()
    frame = driver.frame(PARAMETERS, where=lambda header: header.step == 1 and header.phase == 5)
    header = Header.unpack(frame)
    assert header.flags & EXACT
    count = trainer.network.theta.size
    theta = np.frombuffer(frame, "<f4", count, 64)
    gradient = np.frombuffer(frame, "<f4", count, 64 + 4 * (count + count % 2))
    assert np.array_equal(theta, trainer.network.theta)
    assert np.array_equal(gradient, trace.gradient)
    assert header.loss == np.float32(trace.loss)


def test_a_watcher_sees_the_same_and_cannot_drive(client: Open) -> None:
    driver = client()
    room = driver.event("welcome")["room"]
    driver.send(type="speed", value=3)
    watcher = client(room=room, token="not the token")
    welcome = watcher.event("welcome")
    assert (welcome["role"], welcome["driving"], welcome["token"]) == ("student", False, None)
    assert watcher.event("viewers")["count"] == 2
    watcher.send(type="set", changes={"learning_rate": 9.0}, id=3)
    error = watcher.event("error")
    assert (error["command"], error["field"], error["expected"]) == (
        3,
        "type",
        "a command of whoever drives this run",
    )
    driver.send(type="pause")
    driver.event("state", playing=False)
    watcher.event("state", playing=False)
    driver.send(type="set", changes={"learning_rate": 0.25})
    driver.event("settings")
    one, two = (who.frame(PULSE, where=lambda header: header.learning_rate == 0.25) for who in (driver, watcher))
    assert one[:16] + one[20:] == two[:16] + two[20:]


def test_who_comes_back_with_the_token_drives_again(client: Open) -> None:
    first = client()
    welcome = first.event("welcome")
    first.close()
    again = client(room=welcome["room"], token=welcome["token"])
    back = again.event("welcome")
    assert (back["role"], back["driving"]) == ("teacher", True)


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ("not json", "message"), (b"\x00\x01", "message"), (json.dumps({"type": "fly"}), "type"),
        (json.dumps({"type": "set", "changes": {"learning_rate": "fast"}}), "learning_rate"),
        (json.dumps({"type": "set", "changes": {"hidden": [8] * 40}}), "hidden"),
        (json.dumps({"type": "set", "changes": {"colour": 1}}), "colour"),
        (json.dumps({"type": "preset", "name": "Nonsense"}), "name"),
        (json.dumps({"type": "speed", "value": 9}), "value"),
        (json.dumps({"type": "hello", "protocol": 1}), "type"),
        (json.dumps({"type": "preset", "name": "x" * 70_000}), "message"),
        (json.dumps({"type": "rewind"}), "rewind"),
    ],
)  # fmt: skip
def test_garbage_gets_an_error_that_names_the_field_and_the_socket_stays_open(
    client: Open, message: str | bytes, field: str
) -> None:
    driver = client()
    driver.event("welcome")
    driver.socket.send(message)
    error = driver.event("error")
    assert error["field"] == field
    assert error["expected"] and error["message"].startswith(field)
    driver.send(type="set", changes={"learning_rate": 0.5})
    assert driver.event("settings", preset=PRESETS["First look"].name)["experiment"]["learning_rate"] in (0.3, 0.5)


def test_a_first_message_that_is_no_hello_is_refused_and_may_be_mended(client: Open, server: Any) -> None:
    from websockets.sync.client import connect

    with connect(server.url.replace("http", "ws") + "ws") as socket:
        socket.send('{"type": "play"}')
        error = json.loads(socket.recv(timeout=5))
        assert (error["type"], error["field"], error["expected"]) == ("error", "type", "hello first")
        socket.send('{"type": "hello", "protocol": 1}')
        assert json.loads(socket.recv(timeout=5))["type"] == "welcome"


def test_a_room_that_is_not_there_is_said_and_the_socket_closed(client: Open) -> None:
    lost = client(room="ZZZZZZ")
    assert lost.event("error")["field"] == "room"
    with pytest.raises(ConnectionClosed):
        lost.receive(5)


def test_a_foreign_origin_and_a_foreign_host_are_turned_away(client: Open, server: Any) -> None:
    with pytest.raises(InvalidStatus):
        client(origin="http://evil.example")
    assert client(origin=server.url.rstrip("/")).event("welcome")
    request = urllib.request.Request(server.url, headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request)
    assert refusal.value.code == 421
    refusal.value.close()


def test_divergence_stops_the_run_and_rewind_brings_it_back(client: Open) -> None:
    driver = client()
    driver.send(type="preset", name="Sine")
    driver.send(type="set", changes={"activation": "relu", "learning_rate": 10.0})
    driver.send(type="speed", value=5)
    stop = driver.event("state", status="diverged")["stop"]
    assert stop["kind"] == "diverged" and "η = 10 was too large" in stop["sentence"]
    driver.send(type="rewind")
    driver.event("state", status="paused")
    header = Header.unpack(driver.frame(PULSE))
    assert math.isfinite(header.loss) or header.step == 0
    driver.send(type="set", changes={"learning_rate": 0.05})
    driver.send(type="play")
    driver.frame(PULSE, where=lambda header: header.step > stop["step"] + 100 and math.isfinite(header.loss))


def test_history_can_be_asked_for(client: Open) -> None:
    driver = client()
    driver.send(type="speed", value=5)
    driver.frame(PULSE, where=lambda header: header.step > 300)
    driver.send(type="pause")
    driver.event("state", playing=False)
    driver.send(type="history", since=100)
    frame = driver.frame(5, where=lambda header: header.count > 100)
    assert struct.unpack_from("<I", frame, 64)[0] == 101


def test_pages_forbid_scripts_from_elsewhere_and_inline(server: Any) -> None:
    with urllib.request.urlopen(server.url + "r/ABCDEF") as page:
        policy = page.headers["content-security-policy"]
        html = page.read().decode()
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'; trusted-types 'none'" in policy
    allowed = policy.split("script-src 'self' ")[1].split(";")[0].split()
    standing = re.findall(r"<script(?: type=\"importmap\"| data-needs=\"\w*\")>(.*?)</script>", html, re.S)
    assert len(standing) == 2
    digests = [hashlib.sha256(text.encode()).digest() for text in standing]
    assert allowed == [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
    with urllib.request.urlopen(server.url + "healthz") as health:
        assert json.load(health)["status"] == "ok"
    for path in ("docs", "redoc", "openapi.json"):
        with pytest.raises(urllib.error.HTTPError) as missing:
            urllib.request.urlopen(server.url + path)
        missing.value.close()


def test_who_leaves_before_saying_hello_leaves_no_traceback(server: Any) -> None:
    from websockets.sync.client import connect

    for polite in (False, True):
        for _ in range(5):
            with connect(server.url.replace("http", "ws") + "ws") as socket:
                if not polite:
                    socket.socket.shutdown(2)
    with urllib.request.urlopen(server.url + "healthz", timeout=10) as answer:
        assert answer.status == 200
    assert "Traceback" not in server.said
