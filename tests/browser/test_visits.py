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
