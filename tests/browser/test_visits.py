"""How the tests visit pages: one context after the other, and nobody finds what another left."""

from typing import Any

import pytest
from visits import Contexts, Visits

LEAVE = "localStorage.setItem('left', '1'); document.cookie = 'left=1; path=/'"
FOUND = "[localStorage.getItem('left'), document.cookie, history.length]"


def test_a_context_that_is_used_again_is_empty(contexts: Contexts, server: Any) -> None:
    seen = []
    for _ in range(2):
        visits = Visits(contexts)
        page = visits.open(server.url + "join", server.url, locale="en-IE")
        seen.append((page.context, page.evaluate(FOUND)))
        page.evaluate(LEAVE)
        visits.end()
    assert seen[0][0] is seen[1][0]
    assert [found for _, found in seen] == [[None, "", 2]] * 2


PLANT = "sessionStorage.setItem('left', '1'); localStorage.setItem('left', '1'); document.cookie = 'left=1; path=/'"
LEFT = """[localStorage.length + sessionStorage.length, document.cookie, history.length, innerWidth,
  matchMedia("(prefers-color-scheme: dark)").matches, matchMedia("(prefers-reduced-motion: reduce)").matches]"""


def test_a_page_that_is_used_again_is_as_a_new_one(contexts: Contexts, server: Any) -> None:
    seen = []
    wishes = {"viewport": {"width": 500, "height": 400}, "color_scheme": "dark", "reduced_motion": "reduce"}
    for number, own in enumerate(({}, {}, wishes, {})):
        visits = Visits(contexts)
        page = visits.open(server.url + "static/icon.svg", server.url, reuse=number > 0, locale="en-IE", **own)
        seen.append((page, page.evaluate(LEFT)))
        page.evaluate(PLANT)
        visits.end()
    assert seen[1][0] is seen[2][0] is seen[3][0] is not seen[0][0]
    new, same, wished, last = (found for _, found in seen)
    assert new == same == last == [0, "", 2, 1440, False, False] and wished[3:] == [500, True, True]


def test_two_visitors_at_once_have_a_context_each(contexts: Contexts, server: Any) -> None:
    visits = Visits(contexts)
    one, other = (visits.open(server.url + "join", server.url) for _ in range(2))
    one.evaluate(LEAVE)
    assert other.evaluate(FOUND)[:2] == [None, ""]
    visits.end()


def test_a_fault_on_a_page_is_a_fault_of_the_test(contexts: Contexts, server: Any) -> None:
    visits = Visits(contexts)
    visits.open(server.url + "join", server.url).evaluate("console.warn('planted')")
    with pytest.raises(AssertionError, match="warning: planted"):
        visits.end()


def test_a_fault_on_a_page_that_is_used_again_is_one_of_the_test_that_has_it(contexts: Contexts, server: Any) -> None:
    first, second = Visits(contexts), Visits(contexts)
    first.open(server.url + "join", server.url, reuse=True)
    first.end()
    second.open(server.url + "join", server.url, reuse=True).evaluate("console.warn('planted')")
    with pytest.raises(AssertionError, match="warning: planted"):
        second.end()
    assert first.faults == []
