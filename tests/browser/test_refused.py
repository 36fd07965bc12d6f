"""A hello that is refused: the page says why in a sentence, and goes on saying it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from axe import faults_of
from nablascope.server.quotas.shares import Lack, refuse_for
from nablascope.server.wire.refusal import BUSY, FULL, NO_ROOM, TOO_MANY, Refused, error_event


def refused_with(refusal: Refused) -> dict[str, Any]:
    shown = error_event(refusal.field, refusal.was, refusal.expected, refusal.code)
    return {"epoch": 1, "seq": 0, **shown}


def busy() -> Refused:
    with pytest.raises(Refused) as refused:
        refuse_for(11.5, "room", "too many connections from one address")
    return refused.value


REFUSALS = pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (
            busy(),
            "Too many connections from one address within a short time. The server expects another try in 12 s.",
        ),
        (
            Lack(None, "at most 200 rooms on this server").refused(),
            "There is no place left at the moment: at most 200 rooms on this server.",
        ),
    ],
    ids=[BUSY, FULL],
)


@REFUSALS
def test_a_page_that_is_refused_says_why_and_goes_on_saying_it(
    stage: Callable[..., Any], refusal: Refused, said: str
) -> None:
    assert refusal.ends == (TOO_MANY if refusal.code == BUSY else NO_ROOM)
    opened = stage(reuse=False)  # a clock stays in a page
    tries: list[Any] = []

    def refuse(socket: Any) -> None:
        """In the server's place."""
        tries.append(socket)
        socket.on_message(
            lambda hello: (socket.send(json.dumps(refused_with(refusal))), socket.close(code=refusal.ends))
        )

    opened.page.clock.install()
    opened.page.route_web_socket("**/ws", refuse)
    opened.page.reload()
    opened.page.clock.resume()
    banners = opened.page.locator(".banners")
    banners.get_by_text("Try again").wait_for()
    assert said in banners.inner_text()
    opened.page.clock.fast_forward(20_000)  # other refusals have gone by then
    assert said in banners.inner_text()
    assert len(tries) == 1
    with opened.page.expect_navigation():
        banners.get_by_text("Try again").click()
    banners.get_by_text("Try again").wait_for()
    assert len(tries) == 2


@REFUSALS
def test_a_comparison_that_is_refused_says_why_and_can_be_tried_again(
    server: Any, visits: Any, refusal: Refused, said: str
) -> None:
    page = visits.open(server.url + "compare", server.url)
    tries: list[Any] = []

    def refuse(socket: Any) -> None:
        """In the server's place."""
        tries.append(socket)
        socket.on_message(
            lambda hello: (socket.send(json.dumps(refused_with(refusal))), socket.close(code=refusal.ends))
        )

    page.route_web_socket("**/ws", refuse)
    page.goto(f"{server.url}compare#hidden=4,||hidden=5,")
    again = page.get_by_role("button", name="Try again")
    again.wait_for()
    assert said in page.get_by_role("alert").inner_text()
    assert "cannot be compared" not in page.inner_text("#compare") and faults_of(page) == []
    assert len(tries) == 2
    with page.expect_navigation():
        again.click()
    again.wait_for()
    assert len(tries) == 4
