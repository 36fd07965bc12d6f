"""A network that blocks WebSockets is told apart from a connection that is lost."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe import SIZES, faults_in_both_themes
from stages import Stage
from upgrades import Filter

Open = Callable[..., Any]
NOISE = "WebSocket connection to|net::ERR_"
LOST = "Connection lost"


@pytest.fixture
def network(server: Any) -> Iterator[Filter]:
    made = Filter(server.port)
    yield made
    made.end()


def banners(page: Stage) -> str:
    return str(page.page.locator(".banners").inner_text())


def hurry(page: Stage, connection: str) -> None:
    """Wait for a state of the connection; attempts follow each other faster than usual."""
    for _ in range(100):
        if page.state("connection") == connection:
            return
        page.page.evaluate("dispatchEvent(new Event('online'))")
        page.page.wait_for_timeout(150)
    raise AssertionError(f"not {connection} but {page.state('connection')}")


def test_a_network_that_blocks_websockets_is_said_to_and_the_page_tries_on(network: Filter, visits: Any) -> None:
    page = Stage(visits.open(network.url, network.url, forgive=NOISE))
    page.until("state.connection === 'blocked'")
    said = banners(page)
    assert "This network blocks WebSockets" in said and "administrator" in said and LOST not in said
    assert f"{network.url.replace('http', 'ws')}ws" in said
    held = network.held
    while network.held == held:  # quietly: the words stay
        page.page.wait_for_timeout(50)
        assert banners(page) == said
    network.open = True
    page.until("state.connection === 'live' && state.pulse !== null")
    assert banners(page).strip() == ""


def test_a_network_that_swallows_websockets_is_said_to_block_them(network: Filter, before: Any) -> None:
    network.silent = True
    page = before(network)
    page.clock.install()
    page.goto(network.url)
    stage = Stage(page)
    for _ in range(400):
        page.clock.fast_forward(1000)  # twelve seconds of silence for each attempt
        page.wait_for_timeout(20)
        if stage.state("connection") == "blocked":
            break
    assert "This network blocks WebSockets" in banners(stage)


@pytest.fixture
def before(visits: Any) -> Open:
    """A page without scripts, for a clock of its own."""
    return lambda network: visits.open(f"{network.url}healthz", network.url, forgive=NOISE)


def test_a_server_that_has_ended_is_a_lost_connection(serve: Open, stage: Open, tmp_path: Path) -> None:
    first = serve("--port", "0", "--workers", "1", data=tmp_path)
    page = stage(url=first.url, forgive=NOISE)
    page.page.evaluate("""() => { window.seen = new Set(); setInterval(() =>
      window.seen.add(window.nablascope.state().connection), 5); }""")
    first.stop()
    page.until("state.connection === 'lost'")
    page.page.wait_for_timeout(2500)  # some attempts, each of which fails
    assert LOST in banners(page) and "blocks" not in banners(page)
    serve("--port", str(first.port), "--workers", "1", data=tmp_path)
    page.until("state.connection === 'live' && state.pulse !== null")
    assert set(page.page.evaluate("[...window.seen]")) == {"lost", "live"}


def test_a_page_that_came_into_such_a_network_later_learns_of_it_and_of_its_end(network: Filter, visits: Any) -> None:
    network.open = True
    page = Stage(visits.open(network.url, network.url, forgive=NOISE))
    page.until("state.pulse !== null")
    network.down, network.open = True, False
    network.cut()
    hurry(page, "lost")
    page.page.wait_for_timeout(1500)
    assert LOST in banners(page)
    network.down = False
    hurry(page, "blocked")
    network.down = True
    network.cut()
    hurry(page, "lost")
    network.down, network.open = False, True
    hurry(page, "live")


def test_runs_side_by_side_say_it_as_well(network: Filter, visits: Any) -> None:
    page = visits.open(f"{network.url}compare#learning_rate=0.1||learning_rate=1", network.url, forgive=NOISE)
    note = page.get_by_role("alert")
    note.filter(has_text="This network blocks WebSockets").wait_for()
    assert f"{network.url.replace('http', 'ws')}ws" in note.inner_text()
    network.open = True
    note.wait_for(state="detached")
    page.locator("[aria-busy=false]").first.wait_for()


def test_the_words_can_be_read_by_everybody(network: Filter, visits: Any) -> None:
    page = Stage(visits.open(network.url, network.url, forgive=NOISE, reduced_motion="reduce"))
    page.until("state.connection === 'blocked'")
    for width, height in SIZES:
        page.page.set_viewport_size({"width": width, "height": height})
        box = page.page.locator(".banner").bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        assert faults_in_both_themes(page.page) == []
