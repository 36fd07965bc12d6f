"""A page that does not start says why, within a bound, and one that does says nothing of it."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe import SIZES, faults_of

Open = Callable[..., Any]
#: Each page, its module, and what is there once it has started.
PAGES = {
    "": ("main.js", "button[aria-label=Help]"),
    "compare#learning_rate=0.1||learning_rate=1": ("compare.js", ".transport"),
    "join": ("join.js", "#theme:not([hidden])"), "how": ("how.js", "#everything:not([hidden])"),
}  # fmt: skip
WITHOUT_IMPORT_MAPS = "delete HTMLScriptElement.supports"
WITHOUT_MODULES = "delete HTMLScriptElement.prototype.noModule"
THROWS = 'throw new Error("broken by a test");'
#: What waits for twenty seconds waits for a call of `pass`: a busy machine's seconds are none of the page's.
TWENTY_SECONDS_PASS_WHEN_ASKED = """
const later = window.setTimeout;
window.setTimeout = (call, wait, ...more) => wait === 20000 ? ((window.pass = call), 0) : later(call, wait, ...more);
"""
#: What a browser has to say of a module that does not arrive.
NOISE = "net::ERR_FAILED"


@pytest.fixture
def before(server: Any, visits: Any) -> Open:
    """A page of this server that has no scripts: what is set on it holds for the next one."""
    return lambda **options: visits.open(f"{server.url}healthz", server.url, **options)


@pytest.fixture
def faulty(browser: Any) -> Iterator[Any]:
    """A page whose scripts may throw."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def message(page: Any) -> Any:
    return page.locator(".no-start")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_that_starts_says_nothing_of_it(server: Any, before: Open, path: str) -> None:
    page = before()
    page.clock.install()
    page.goto(server.url + path)
    page.locator(PAGES[path][1]).first.wait_for()
    page.clock.fast_forward(60_000)
    assert message(page).count() == 0 and page.locator(".starting").count() == 0


@pytest.mark.parametrize("path", PAGES)
def test_an_old_browser_is_told_what_the_page_needs(server: Any, before: Open, path: str) -> None:
    page = before(forgive=NOISE)
    page.add_init_script(f"{WITHOUT_IMPORT_MAPS}; {WITHOUT_MODULES};")
    page.route("**/*.js", lambda route: route.abort())  # such a browser runs none of them
    page.goto(server.url + path)
    said = message(page).get_by_role("alert")
    said.wait_for()
    assert "too old" in said.inner_text()
    for browser in ("Chrome or Edge 110", "Firefox 115", "Safari 16.4", "iOS 16.4"):
        assert browser in said.inner_text()
    assert page.locator(".starting").count() == 0


@pytest.mark.parametrize("missing", [WITHOUT_IMPORT_MAPS, "delete Array.prototype.toSorted"])
def test_either_of_what_the_stage_is_written_for_is_missed(server: Any, faulty: Any, missing: str) -> None:
    page = faulty
    page.add_init_script(missing)
    page.goto(server.url)
    message(page).wait_for()
    page.wait_for_timeout(300)
    assert "too old" in message(page).inner_text()


@pytest.mark.parametrize("path", PAGES)
def test_a_module_that_does_not_arrive_is_said_and_the_page_can_be_loaded_again(
    server: Any, before: Open, path: str
) -> None:
    page = before(forgive=NOISE)
    broken = "**/theme.js"  # every page's module leads to it
    page.route(broken, lambda route: route.abort())
    page.goto(server.url + path)
    message(page).wait_for()
    assert "A part of this page did not arrive" in message(page).inner_text()
    assert page.locator(".starting").count() == 0
    page.unroute(broken)
    message(page).get_by_role("button", name="Reload", exact=True).click()
    page.locator(PAGES[path][1]).first.wait_for()
    assert message(page).count() == 0


@pytest.mark.parametrize("path", PAGES)
def test_a_module_that_throws_is_said_with_its_own_words(server: Any, faulty: Any, path: str) -> None:
    page = faulty
    page.route(f"**/{PAGES[path][0]}", lambda route: route.fulfill(content_type="text/javascript", body=THROWS))
    page.goto(server.url + path)
    message(page).wait_for()
    assert "Nablascope could not start" in message(page).inner_text()
    assert "broken by a test" in message(page).locator(".detail").inner_text()


def test_a_module_that_takes_too_long_is_said_until_it_has_come(server: Any, before: Open) -> None:
    page, held = before(), []
    page.add_init_script(TWENTY_SECONDS_PASS_WHEN_ASKED)
    page.route("**/theme.js", lambda route: held.append(route))
    page.goto(server.url, wait_until="commit")
    page.locator(".starting").wait_for()
    while not held or page.evaluate("typeof pass") != "function":
        page.wait_for_timeout(10)
    assert message(page).count() == 0 and page.locator(".starting").count() == 1
    page.evaluate("pass()")
    message(page).wait_for()
    assert "has not started yet" in message(page).inner_text() and page.locator(".starting").count() == 0
    for route in held:
        route.continue_()
    page.locator(PAGES[""][1]).wait_for()
    assert message(page).count() == 0


@pytest.mark.parametrize("path", ["", "join"])
def test_the_message_can_be_read_by_everybody(server: Any, before: Open, path: str) -> None:
    page = before(forgive=NOISE, reduced_motion="reduce")
    page.route("**/theme.js", lambda route: route.abort())
    for (width, height), theme in itertools.product(SIZES, ("light", "dark")):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        page.goto("about:blank")
        page.goto(server.url + path)
        message(page).wait_for()
        assert page.evaluate("document.documentElement.dataset.theme") == theme
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert faults_of(page, theme) == []
