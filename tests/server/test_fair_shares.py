"""What one visitor does leaves the server to others: a real server, whose public visitors a proxy tells of."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nablascope.engine import Experiment, from_address, to_address
from nablascope.server.limits import ADDRESS, MOST_ROOMS
from nablascope.server.wire.protocol import PULSE
from websockets.exceptions import ConnectionClosed

Open = Callable[..., Any]
PUBLIC = ("--public", "--public-url", "https://school.example", "--trusted-proxy", "127.0.0.1")
GREEDY, SCHOOL, SIX = "198.51.100.7", "203.0.113.5", "2001:db8::5"
#: A table that is about as long as an address may have it.
TABLE = "\n".join(f"{n},{n * 7 % 11},{n % 13},{n * n % 17}.{n:06},{'ab'[n % 2]}" for n in range(950))


def shows_its_slider(driver: Any, rate: float = 0.25) -> None:
    driver.send(type="set", changes={"learning_rate": rate})
    assert driver.event("settings", revision=1)["experiment"]["learning_rate"] == rate


def refused(visitor: Any) -> tuple[str, int]:
    """The reason, and the code of the end."""
    error = visitor.event("error")
    with pytest.raises(ConnectionClosed) as closed:
        visitor.receive()
    return error["code"], closed.value.rcvd.code


def test_one_address_does_not_get_all_rooms_and_others_do(serve: Open, client: Open) -> None:
    url = serve("--port", "0", "--no-data", *PUBLIC).url
    for _ in range(ADDRESS.rooms):
        client(url=url, visitor=GREEDY).event("welcome")
    assert refused(client(url=url, visitor=GREEDY)) == ("full", 4404)
    for other in (SCHOOL, SIX, "127.0.0.1"):
        shows_its_slider(client(url=url, visitor=other))


@pytest.mark.parametrize("kept", [True, False], ids=["on disk", "nothing kept"])
def test_rooms_that_nobody_used_make_place(serve: Open, client: Open, kept: bool) -> None:
    """More rooms than there may be are opened and left, which takes four seconds."""
    url = serve("--port", "0", *([] if kept else ["--no-data"])).url
    held = client(url=url, tab="h" * 16)
    held.event("welcome")
    used = client(url=url, tab="u" * 16)
    code = used.event("welcome")["room"]
    shows_its_slider(used)
    used.close()
    for _ in range(MOST_ROOMS + 5):
        opened = client(url=url)
        last = opened.event("welcome")["room"]
        opened.close()
    assert client(last, url=url).event("welcome")["room"] == last
    assert client(code, url=url, tab="u" * 16).event("settings")["revision"] == 1
    shows_its_slider(held)


def test_a_flood_of_hellos_is_refused_and_another_visitors_slider_is_answered(serve: Open, client: Open) -> None:
    """More connections than an address may make at once, which takes three seconds."""
    url = serve("--port", "0", "--no-data", *PUBLIC).url
    driver, codes = client(url=url, visitor=SCHOOL), []
    for _ in range(int(ADDRESS.hellos[0]) + 200):
        flood = client("ZZZZZZ", url=url, visitor=GREEDY)
        codes.append(flood.event("error")["code"])
        flood.close()
        if codes[-1] == "busy":
            break
    assert codes[-1] == "busy" and codes.count("busy") == 1
    shows_its_slider(driver)
    client(url=url, visitor=SIX).event("welcome")


def test_a_long_experiment_opens_its_room_also_after_a_restart(serve: Open, client: Open, tmp_path: Path) -> None:
    experiment = Experiment().change(own_data=TABLE)
    address = to_address(experiment)
    assert len(address) > 15_000
    server = serve(data=tmp_path)
    opened = client(url=server.url, experiment=address, tab="t" * 16)
    code = opened.event("welcome")["room"]
    assert Experiment.from_dict({**opened.event("settings")["experiment"], "own_data": TABLE}) == experiment
    server.process.kill()
    server.process.wait()
    again = client(code, url=serve(data=tmp_path).url, tab="t" * 16)
    assert from_address(
        again.event("settings")["address"] + "&own_data=" + address.split("own_data=")[1].split("&")[0]
    )


def test_a_long_experiment_that_cannot_be_is_explained_and_the_usual_stage_opens(client: Open) -> None:
    address = to_address(Experiment().change(own_data=TABLE)).replace(
        "own_data=", "own_data=" + "1,2,3,4,a%0A" * 2000
    )
    assert 35_000 < len(address) < 50_000
    driver = client(experiment=address, id=5)
    error = driver.event("error")
    assert (error["field"], error["code"]) == ("own_data", "cannot_be")
    assert driver.event("settings")["preset"] == "First look"
    driver.frame(PULSE)
    student = client(driver.events[0]["room"])
    student.event("settings")
    assert all(event["type"] != "error" for event in student.events)


def test_no_module_of_the_web_process_reads_an_experiment() -> None:
    root = Path(__file__).resolve().parent.parent.parent
    for name in ("admission", "hub", "lesson", "runs", "socket", "commands"):
        (path,) = (root / "server").rglob(f"{name}.py")
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
        assert "from_address" not in named
