"""A comparison that is loaded again: its runs begin anew, in the rooms that it has."""

import json
import re
from typing import Any

from compared import BASE, Compared, address_of


def welcomed(page: Any) -> list[str]:
    """The codes of rooms that this page is in, in the order of their welcomes, as they come."""
    codes: list[str] = []

    def hear(message: Any) -> None:
        event = json.loads(message) if isinstance(message, str) else {}
        if event.get("type") == "welcome":
            codes.append(event["room"])

    page.on("websocket", lambda socket: socket.on("framereceived", hear))
    return codes


def test_a_comparison_that_is_loaded_again_begins_anew_in_the_same_rooms(server: Any, visits: Any) -> None:
    opened = Compared(visits.open(f"{server.url}compare", server.url))
    codes = welcomed(opened.page)
    opened.page.goto(server.url + address_of(BASE, BASE.change(learning_rate=10)))
    opened.until("session.ready && states.length === 2")
    first = set(codes)
    opened.press("Play")
    opened.until("states[1].status === 'diverged' && states[0].pulse.step > 30")
    for _ in range(2):
        codes.clear()
        opened.page.reload()
        opened.until("session.ready && states.length === 2")
        assert len(codes) == 2 and set(codes) == first
        assert opened.steps() == [0, 0] and opened.figures("step") == [0, 0]
        assert opened.page.evaluate("window.nablascope.states().map(({status}) => status)") == ["paused"] * 2
        opened.press("One step")
        opened.until("states.every(({pulse, history}) => pulse.step === 1 && history.length === 1)")


def test_a_comparison_whose_rooms_are_gone_opens_others(server: Any, visits: Any) -> None:
    address = address_of(BASE, BASE.change(activation="tanh"))
    opened = Compared(visits.open(server.url + address, server.url))
    opened.until("session.ready")
    codes = welcomed(opened.page)
    kept = opened.page.evaluate("sessionStorage['nablascope.compared']")
    gone = re.sub('"[A-Z2-9]{6}"', '"222222"', kept)
    opened.page.evaluate("(gone) => { sessionStorage['nablascope.compared'] = gone; }", gone)
    opened.page.reload()
    opened.until("session.ready && states.length === 2")
    assert len(set(codes)) == 2 and "222222" not in codes
    first = set(codes)
    codes.clear()
    opened.page.reload()
    opened.until("session.ready && states.length === 2")
    assert set(codes) == first
