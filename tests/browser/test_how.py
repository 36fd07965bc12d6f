"""The page "How do we know?", as people meet it."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe import faults_of
from nablascope.engine.golden import GOLDEN

ROOT = Path(__file__).resolve().parent.parent.parent
Open = Callable[..., Any]
CLAIMS = sum(len(entry.claims) for entry in GOLDEN.values())
SMALL = """() => [...document.querySelectorAll("body *")]
  .filter((element) => element.offsetParent && parseFloat(getComputedStyle(element).fontSize) < 11).length"""


@pytest.fixture
def how(server: Any, visits: Any) -> Open:
    """Open the page."""
    return lambda **options: visits.open(server.url + "how", server.url, **options)


def compute_all(page: Any) -> None:
    page.get_by_role("button", name="Compute all", exact=True).click()
    page.get_by_role("status").filter(has_text=f"All {len(GOLDEN)} sources are reproduced.").wait_for(timeout=60_000)


def test_compute_all_fills_every_row_and_every_row_agrees(how: Open) -> None:
    page = how()
    answers: list[Any] = []
    page.on("response", lambda answer: answer.request.method == "POST" and answers.append(answer))
    assert page.locator(".verdict").all_inner_texts() == ["–"] * CLAIMS
    compute_all(page)
    assert page.locator(".verdict").all_inner_texts() == ["✓ agrees"] * CLAIMS
    shown = page.locator(".ours").all_inner_texts()
    told = [answer.json() for answer in answers]
    assert [answer["name"] for answer in told] == list(GOLDEN)
    assert shown == [row["text"] for answer in told for row in answer["rows"]]
    outcomes = page.locator(".outcome").all_inner_texts()
    for entry, outcome in zip(GOLDEN.values(), outcomes, strict=True):
        assert outcome.startswith(f"All {len(entry.claims)} agree. Computed in ")


def test_axe_finds_nothing_before_or_after_light_or_dark_wide_or_narrow(how: Open) -> None:
    page = how(reduced_motion="reduce")  # colours change at once, not in passing
    for computes in (False, True):
        if computes:
            compute_all(page)
        for theme, (width, height) in itertools.product(("light", "dark"), ((1440, 900), (390, 844))):
            page.emulate_media(color_scheme=theme)
            page.set_viewport_size({"width": width, "height": height})
            page.locator(f"html[data-theme={theme}]").wait_for()  # the page hears of it on its next frame
            assert page.evaluate("document.documentElement.scrollWidth") == width
            assert page.evaluate(SMALL) == 0
            assert faults_of(page, theme) == []


def test_one_entry_is_computed_by_keyboard_and_keeps_the_focus(how: Open) -> None:
    page = how()
    section = page.locator('section[data-name="micrograd_readme"]')
    section.get_by_role("button", name="Compute", exact=True).focus()
    page.keyboard.press("Enter")
    section.get_by_text("All 3 agree.").wait_for()
    assert page.evaluate("document.activeElement.closest('section').dataset.name") == "micrograd_readme"
    title = GOLDEN["micrograd_readme"].title
    assert page.get_by_role("status").inner_text().startswith(f"{title}: All 3 agree.")
    assert page.locator(".verdict").all_inner_texts().count("✓ agrees") == 3


def test_one_step_can_be_read_as_its_file_has_it_by_keyboard_and_on_a_phone(how: Open) -> None:
    page = how(reduced_motion="reduce")
    page.get_by_role("link", name="as a textbook prints it").click()
    page.get_by_role("heading", name="One step, as a textbook prints it").wait_for()
    for name in ("engine/step/textbook.py", "engine/step/formulas.py"):
        folded = page.locator("details", has_text=name)
        listing = folded.locator("pre")
        assert not listing.is_visible()
        folded.locator("summary").focus()
        page.keyboard.press("Enter")
        assert listing.is_visible()
        assert listing.text_content() == (ROOT / name).read_text(encoding="utf-8")
        page.keyboard.press("Tab")  # what scrolls can be reached
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == name
    for theme, (width, height) in itertools.product(("light", "dark"), ((1440, 900), (390, 844))):
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.evaluate(SMALL) == 0
        assert faults_of(page) == []


def test_a_number_that_differs_is_shown_as_such_in_words(how: Open) -> None:
    page = how()

    def planted(route: Any) -> None:
        answer = route.fetch()
        told = answer.json()
        told["rows"][0] |= {"ok": False, "text": "2.4"}
        route.fulfill(response=answer, json=told)

    page.route("**/how/chance_level", planted)
    section = page.locator('section[data-name="chance_level"]')
    section.get_by_role("button", name="Compute", exact=True).click()
    section.get_by_text("1 of 2 do not agree.").wait_for()
    assert section.locator(".verdict").all_inner_texts() == ["✗ differs", "✓ agrees"]
    assert section.locator(".ours").first.inner_text() == "2.4"
    assert faults_of(page) == []


def test_a_server_that_is_gone_is_said_to_be_and_can_be_asked_again(how: Open) -> None:
    page = how(forgive=".")  # a browser reports a request that failed
    page.route("**/how/chance_level", lambda route: route.abort(), times=1)
    section = page.locator('section[data-name="chance_level"]')
    button = section.get_by_role("button", name="Compute", exact=True)
    button.click()
    section.get_by_text("Could not be computed: the server does not answer.").wait_for()
    button.click()
    section.get_by_text("All 2 agree.").wait_for()


def test_it_can_be_read_without_javascript(how: Open) -> None:
    page = how(java_script_enabled=False)
    # Chromium does not draw <noscript> where only its debugger has switched scripts off.
    assert "takes JavaScript" in page.content()
    assert page.get_by_role("button").count() == 0
    assert page.get_by_role("cell", name="0.593269992").is_visible()
    assert page.get_by_role("link", name="A. Karpathy").is_visible()


def test_the_stages_help_leads_here_and_back_to_the_same_room(stage: Open) -> None:
    opened = stage()
    room = opened.state("room")
    opened.press("Help")
    opened.page.get_by_role("link", name="How do we know?").click()
    opened.page.get_by_role("heading", name="How do we know?").wait_for()
    opened.page.get_by_role("link", name="Back to the stage").click()
    opened.until(f"state.room === '{room}' && state.driving && state.pulse !== null")
