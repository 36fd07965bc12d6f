"""The page of published results and its computations, in a real server."""

import http.client
import json
import math
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from nablascope.engine.golden import GOLDEN
from nablascope.server.web.calculations import computed
from processes import alive, spawned

Start = Callable[..., Any]
SLOWEST = "cs231n_spiral"


def ask(port: int, method: str, path: str, **headers: str) -> tuple[int, str, str]:
    """Status, content type, body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, answer.headers["content-type"], body


def begun(serve: Start) -> tuple[Any, set[int]]:
    """A server, and its training processes: one that works, one that stands by."""
    server = serve("--port", "0", "--workers", "1")
    until(lambda: len(spawned(server.process.pid)) == 2)
    return server, set(spawned(server.process.pid))


def calculating(pid: int, training: set[int]) -> list[int]:
    """Processes of a server that do not train."""
    return [process for process in spawned(pid) if process not in training]


def until(condition: Callable[[], Any], timeout: float = 10.0) -> Any:
    end = time.monotonic() + timeout
    while not (found := condition()):
        assert time.monotonic() < end
        time.sleep(0.02)
    return found


def test_the_page_has_sources_stories_and_published_numbers(server: Any) -> None:
    status, kind, page = ask(server.port, "GET", "/how")
    assert (status, kind.split(";")[0]) == (200, "text/html")
    for entry in GOLDEN.values():
        assert entry.title in page and entry.url in page
    for number in ("0.593269992", "0.0600", "645.5773", "0.245292"):
        assert f">{number}</td>" in page
    assert page.count('<tr role="row">') == len(GOLDEN) + sum(len(entry.claims) for entry in GOLDEN.values())


@pytest.mark.parametrize(
    ("query", "back"),
    [("", "/"), ("?room=ABC234", "/r/ABC234"), ("?room=//evil.example", "/"), ("?room=abc%22234", "/")],
)
def test_the_way_back_leads_to_the_room_somebody_came_from(server: Any, query: str, back: str) -> None:
    _, _, page = ask(server.port, "GET", f"/how{query}")
    assert f'class="stage-link" href="{back}"' in page


@pytest.mark.parametrize("name", GOLDEN)
def test_every_entry_is_computed_when_asked_and_agrees(server: Any, name: str) -> None:
    status, kind, body = ask(server.port, "POST", f"/how/{name}", Origin=server.url.rstrip("/"))
    assert (status, kind) == (200, "application/json")
    answer = json.loads(body, parse_constant=lambda word: pytest.fail(word))
    assert answer["name"] == name and answer["seconds"] >= 0
    for told, row in zip(answer["rows"], GOLDEN[name].compute(), strict=True):
        assert told["ok"] and told["published"] == row.claim.published and told["quantity"] == row.claim.quantity
        # Sums over many threads, as this process may make them, differ in the last bit.
        assert told["ours"] == pytest.approx(row.ours, rel=1e-6, abs=1e-9)


def test_an_unknown_name_is_answered_with_the_names_there_are(server: Any) -> None:
    status, kind, body = ask(server.port, "POST", "/how/nothing")
    assert (status, kind) == (404, "application/json")
    assert json.loads(body)["was"] == "nothing"
    assert all(name in json.loads(body)["expected"] for name in GOLDEN)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
def test_another_sites_page_cannot_make_the_server_compute(server: Any, origin: str) -> None:
    status, _, body = ask(server.port, "POST", "/how/chance_level", Origin=origin)
    assert status == 403 and "expected this server's page" in body
    assert ask(server.port, "GET", "/how", Origin=origin)[0] == 200


def test_numbers_that_are_not_finite_never_get_into_json(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = replace(GOLDEN["chance_level"], measure=lambda rng: [math.nan, math.inf])
    monkeypatch.setitem(GOLDEN, "chance_level", broken)
    told = json.loads(json.dumps(computed("chance_level"), allow_nan=False))
    assert [(row["ours"], row["text"], row["ok"]) for row in told["rows"]] == [
        (None, "nan", False),
        (None, "inf", False),
    ]


def test_a_class_that_asks_at_once_is_served_one_computation_at_a_time(serve: Start, client: Start) -> None:
    server, training = begun(serve)
    names = [SLOWEST, SLOWEST, "chance_level", "micrograd_readme"]
    answers: list[tuple[int, str, str]] = []
    threads = [
        threading.Thread(target=lambda name=name: answers.append(ask(server.port, "POST", f"/how/{name}")))
        for name in names
    ]
    for thread in threads:
        thread.start()
    seen, most = set(), 0
    driver = client(url=server.url)
    while any(thread.is_alive() for thread in threads):
        now = calculating(server.process.pid, training)
        seen |= set(now)
        most = max(most, len(now))
        driver.receive()  # the rooms go on meanwhile
    assert [status for status, _, _ in answers] == [200] * 4
    assert most == 1 and len(seen) <= 3
    until(lambda: not calculating(server.process.pid, training))


@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_server_that_ends_leaves_no_computation_behind(serve: Start, signal_: int) -> None:
    server, training = begun(serve)

    def asking() -> None:
        try:
            ask(server.port, "POST", f"/how/{SLOWEST}")
        except (OSError, http.client.HTTPException):
            assert signal_ == signal.SIGKILL

    threads = [threading.Thread(target=asking) for _ in range(2)]
    for thread in threads:
        thread.start()
    (computing,) = until(lambda: calculating(server.process.pid, training))
    # Once it has its lower priority it is on its own; Python itself would complain of a parent that dies before.
    until(lambda: os.getpriority(os.PRIO_PROCESS, computing) == 10)
    started = time.monotonic()
    server.process.send_signal(signal_)
    server.process.wait(10)
    assert time.monotonic() - started < 5
    until(lambda: not alive(computing), 2)
    for thread in threads:
        thread.join(5)
    assert "Traceback" not in server.said


def test_a_computation_that_dies_is_said_to_have_died_and_the_next_one_works(serve: Start) -> None:
    server, training = begun(serve)
    answers: list[tuple[int, str, str]] = []
    thread = threading.Thread(target=lambda: answers.append(ask(server.port, "POST", f"/how/{SLOWEST}")))
    thread.start()
    (computing,) = until(lambda: calculating(server.process.pid, training))
    os.kill(computing, signal.SIGKILL)
    thread.join(10)
    assert answers[0][0] == 503 and json.loads(answers[0][2])["was"] == "no answer"
    assert ask(server.port, "POST", "/how/chance_level")[0] == 200
