"""What goes wrong, and what a person sees."""

import contextlib
import os
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

Open = Callable[..., Any]
LOST = "WebSocket connection to|net::ERR_CONNECTION_REFUSED"


def test_a_rate_of_ten_on_a_relu_net_diverges_is_explained_and_recovers_by_reset(stage: Open) -> None:
    page = stage()
    page.choose("Preset", "Sine")
    page.until("state.preset === 'Sine'")
    page.choose("Activation", "relu")
    page.until("state.experiment.activation === 'relu'")
    page.page.get_by_role("slider", name="Learning rate", exact=True).press("End")
    page.until("state.diagnosis.kind === 'diverged'")
    line = page.page.locator(".diagnosis")
    assert "η = 10 was too large" in line.inner_text()
    assert page.page.get_by_role("button", name="Play", exact=True).is_disabled()
    typed = page.page.get_by_role("textbox", name="Learning rate, typed")
    typed.fill("0.05")
    typed.press("Enter")
    page.until("state.experiment.learning_rate === 0.05")
    page.press("Reset")
    page.until("state.status === 'running' && state.pulse.step > 5 && Number.isFinite(state.pulse.loss)")


def test_rewind_goes_back_to_before_the_loss_took_off(stage: Open) -> None:
    page = stage()
    page.choose("Preset", "Sine")
    page.until("state.pulse && state.pulse.step > 20")
    page.choose("Activation", "relu")
    page.page.get_by_role("slider", name="Learning rate", exact=True).press("End")
    page.until("state.status === 'diverged'")
    stopped = page.state("stop.step")
    page.press("Rewind")
    page.until("state.status === 'paused' && Number.isFinite(state.pulse.loss)")
    assert page.state("pulse.step") < stopped


def test_the_page_comes_back_after_the_server_was_restarted(serve: Open, stage: Open, tmp_path: Path) -> None:
    first = serve(data=tmp_path)
    page = stage(url=first.url, forgive=LOST)
    page.slide("Speed", 4)
    page.until("state.pulse.step > 60")
    room, step = page.state("room"), page.state("pulse.step")
    first.stop()
    page.until("state.connection === 'lost'")
    assert "Connection lost" in page.page.locator(".banners").inner_text()
    serve("--port", str(first.port), data=tmp_path)
    page.until("state.connection === 'live'")
    assert (page.state("room"), page.state("driving")) == (room, True)
    page.until(f"state.pulse !== null && state.pulse.step > {step}")
    page.until("state.history.length > 20")


def test_a_connection_that_falls_silent_is_noticed_within_15_seconds(serve: Open, stage: Open) -> None:
    own = serve()
    page = stage(url=own.url, forgive=LOST)
    page.press("Pause")
    page.until("!state.playing")
    page.page.wait_for_timeout(13_000)
    assert page.state("connection") == "live"  # a run that stands still is no silence
    os.kill(own.process.pid, signal.SIGSTOP)
    try:
        page.until("state.connection === 'lost'", timeout=15)
    finally:
        os.kill(own.process.pid, signal.SIGCONT)
    page.until("state.connection === 'live' && state.pulse !== null")
    assert page.state("driving")


def test_two_browsers_see_the_same_and_only_one_drives(stage: Open) -> None:
    driver = stage()
    watcher = stage(path=f"r/{driver.state('room')}")
    watcher.until("state.role === 'student' && state.viewers === 2")
    assert watcher.page.get_by_role("slider", name="Learning rate", exact=True).is_disabled()
    driver.press("Pause")
    driver.press("One layer")
    for page in (driver, watcher):
        page.until("!state.playing && state.pulse.hold")
    driver.page.wait_for_timeout(200)
    seen = [
        [page.state(path) for path in ("pulse.step", "pulse.phase", "pulse.number", "pulse.loss", "wave", "run.run")]
        for page in (driver, watcher)
    ]
    assert seen[0] == seen[1]
    theta = [
        page.page.evaluate("Array.from(window.nablascope.state().parameters.theta[1])") for page in (driver, watcher)
    ]
    assert theta[0] == theta[1]


def test_who_joins_late_gets_the_past_as_well(stage: Open) -> None:
    driver = stage()
    driver.slide("Speed", 4)
    driver.until("state.pulse.step > 150")
    late = stage(path=f"r/{driver.state('room')}")
    late.until("state.history.length > 140")
    assert late.state("history.step[0]") == 1


def test_a_room_that_is_no_more_offers_a_new_one(stage: Open, server: Any) -> None:
    page = stage()
    page.page.goto(server.url + "r/ZZZZZZ")
    page.page.get_by_role("button", name="Open a new room").click()
    page.until("state.connection === 'live' && state.driving")


def test_the_deepest_network_is_built_and_the_button_for_more_is_off(stage: Open) -> None:
    page = stage()
    page.rest()
    for layers in range(4, 33):
        page.press("Add a layer")
        page.until(f"state.experiment.hidden.length === {layers}")
    page.press("Play")
    page.until("state.run.layers.length === 34 && state.pulse && state.pulse.step >= 1")
    assert page.page.get_by_role("button", name="Add a layer", exact=True).is_disabled()


def test_a_network_that_is_too_large_is_refused_and_the_old_one_stays(stage: Open, client: Open) -> None:
    page = stage()
    room = page.state("room")
    token = page.page.evaluate(f"sessionStorage.getItem('nablascope.token.{room}')")
    driver = client(room=room, token=token)
    driver.send(type="take")
    driver.event("me", driving=True)
    page.until("!state.driving")
    driver.send(type="set", changes={"hidden": [128] * 32})
    error = driver.event("error")
    assert error["field"] == "hidden" and "at most 200,000 weights and biases" in error["expected"]
    driver.send(type="set", changes={"hidden": [77] * 32}, reset=True)
    page.until("state.run.layers.length === 34 && state.pulse && state.pulse.step >= 1", 30)
    assert page.state("run.parameters") > 180_000


def test_a_room_that_is_damaged_says_so_and_offers_a_new_one(serve: Open, stage: Open, tmp_path: Path) -> None:
    first = serve(data=tmp_path)
    page = stage(url=first.url, forgive=LOST)
    code = page.state("room")
    first.stop()
    with contextlib.closing(sqlite3.connect(tmp_path / "rooms.sqlite3")) as disk:
        disk.execute("update runs set state = substr(state, 1, 500)")
        disk.commit()
    serve("--port", str(first.port), data=tmp_path)
    banner = page.page.get_by_text("This room is damaged on the server’s disk")
    banner.wait_for(timeout=30_000)
    page.page.get_by_role("button", name="Open a new room").click()
    page.until(f"state.room !== {code!r} && state.connection === 'live' && state.pulse !== null")
