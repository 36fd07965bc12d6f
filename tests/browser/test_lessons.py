"""Lessons on the stage: their pages, what they put on it, and how they fit it."""

from collections.abc import Callable
from typing import Any

import pytest
from axe import SIZES, faults_at_every_size
from nablascope.engine import COURSES, to_address

Open = Callable[..., Any]
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
#: Parts of the panel, or letters of a formula, that stick out of it; and letters that nobody could read.
OUTSIDE = """() => { const panel = document.querySelector(".lesson").getBoundingClientRect();
  return [...document.querySelectorAll(".lesson *")]
    .filter((part) => part.checkVisibility() && !part.closest(".hidden"))
    .filter((part) => { const box = part.getBoundingClientRect();
      return box.width && (box.left < panel.left - 1 || box.right > panel.right + 1); })
    .map((part) => part.outerHTML.slice(0, 120)); }"""
SMALL = """() => [...document.querySelectorAll(".lesson *")]
  .filter((part) => part.checkVisibility() && !part.closest("math, .hidden") && part.textContent.trim()
    && parseFloat(getComputedStyle(part).fontSize) < 11.5).map((part) => part.outerHTML.slice(0, 120))"""


def panel(page: Any) -> Any:
    return page.page.get_by_role("region", name="Lesson", exact=True)


def button(page: Any, name: str) -> Any:
    return page.page.get_by_role("button", name=name, exact=True)


def turn_to(page: Any, lesson: str, number: int) -> None:
    """To a page of the open lesson, by hand."""
    page.choose("Lessons", lesson)
    page.until(f"state.lesson.name === {lesson!r} && state.lesson.page === 1")
    for at in range(2, number + 1):
        page.press("Next page")
        page.until(f"state.lesson.page === {at}")


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_page_of_every_lesson_fits(stage: Open, width: int, height: int) -> None:
    page = stage(viewport={"width": width, "height": height})
    page.rest()
    page.press("Lesson")
    panel(page).wait_for()
    pages = [(lesson, number, one) for lesson in COURSES.values() for number, one in enumerate(lesson.pages, 1)]
    for lesson, number, one in pages:
        page.until(f"state.lesson.name === {lesson.name!r} && state.lesson.page === {number}")
        assert panel(page).get_by_role("heading", name=one.title, exact=True).is_visible()
        assert panel(page).get_by_text(f"Page {number} of {len(lesson.pages)}", exact=True).is_visible()
        assert page.page.evaluate(OUTSIDE) == [], one.name
        assert page.page.evaluate(SMALL) == [], one.name
        assert page.page.evaluate("document.documentElement.scrollWidth") == width
        if width == 1440:  # where a class looks at the wall, nothing has to be scrolled for
            text = page.page.locator(".lesson-text")
            assert text.evaluate("(text) => text.scrollHeight <= text.clientHeight"), one.name
        if width > 390:
            assert page.page.evaluate("document.documentElement.scrollHeight") == height
        if one is not lesson.pages[-1]:
            page.press("Next page")
        elif lesson is not list(COURSES.values())[-1]:
            page.press("Next lesson")
    assert button(page, "Next page").get_attribute("aria-disabled") == "true"
    page.press("Previous page")
    page.until("state.lesson.page === 4")


def test_setting_the_stage_begins_the_very_run_of_the_page_and_looks_where_it_says(stage: Open) -> None:
    page = stage()
    page.press("Lesson")
    for lesson, number in (("vanishing", 2), ("vanishing", 3), ("forward", 5), ("rate", 1), ("remedies", 4)):
        turn_to(page, lesson, number)
        scene, run = COURSES[lesson].pages[number - 1].scene, page.state("run.run")
        assert "A new run: " + scene.preset in panel(page).inner_text()
        page.press("Set the stage")
        page.until(f"state.run && state.run.run > {run} && state.playing && state.speed === {scene.speed}")
        page.page.wait_for_timeout(500)  # the address waits until hands rest
        assert page.page.evaluate("location.hash.slice(1)") == to_address(scene.experiment)
        assert (page.state("lab"), page.state("ladder")) == (scene.lab, scene.ladder)
        selection = page.state("selection")
        assert (selection and {name: selection[name] for name in scene.selection or ()}) == scene.selection
        assert "On the stage." in panel(page).inner_text()


def test_a_scene_that_changes_a_setting_leaves_nothing_of_the_run_before(stage: Open) -> None:
    page = stage("#dataset=spirals&hidden=3&l2=0.1&optimiser=adam")
    page.press("Lesson")
    turn_to(page, "rate", 1)
    page.press("Set the stage")
    page.until("state.experiment.learning_rate === 0.003 && state.experiment.dataset === 'circles' && state.playing")
    assert page.state("experiment.l2") == 0 and page.state("experiment.optimiser") == "sgd"
    assert page.page.locator(".banner").count() == 0


def test_the_page_of_the_divergence_diverges(stage: Open) -> None:
    page = stage()
    page.press("Lesson")
    turn_to(page, "rate", 4)
    page.press("Set the stage")
    page.until("state.status === 'diverged' && state.stop.step < 20", timeout=30)
    button(page, "What happened?").wait_for()


def test_a_lesson_is_read_by_keyboard_and_turned_by_a_remote(stage: Open) -> None:
    page = stage()
    keys = page.page.keyboard
    button(page, "Lesson").focus()
    keys.press("Enter")
    panel(page).wait_for()
    keys.press("PageDown")
    page.until("state.lesson.page === 2")
    keys.press("PageUp")
    page.until("state.lesson.page === 1")
    seen = []
    page.page.get_by_role("combobox", name="Lessons", exact=True).focus()
    for _ in range(5):
        keys.press("Tab")
        seen.append(page.page.evaluate(
            "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"
        ))  # fmt: skip
    assert seen == ["Close the lesson", "A unit adds up", "Set the stage", "Previous page", "Next page"]
    step = page.state("pulse.step")
    keys.press("Enter")
    page.until("state.lesson.page === 2")
    assert page.page.evaluate("document.activeElement.getAttribute('aria-label')") == "Next page"
    keys.press("Space")
    page.until("state.lesson.page === 3")
    assert page.state("playing") and page.state("pulse.step") >= step
    button(page, "Close the lesson").focus()
    keys.press("Enter")
    page.until("state.lesson === null")
    assert panel(page).count() == 0
    page.press("Lesson")  # where it was left
    page.until("state.lesson.page === 3")


def test_axe_finds_nothing_beside_an_open_lesson(stage: Open) -> None:
    page = stage()
    page.rest()
    page.press("Lesson")
    for lesson, number in (("forward", 3), ("rate", 5)):
        turn_to(page, lesson, number)
        assert faults_at_every_size(page.page) == []


def test_on_a_phone_the_lesson_is_a_sheet_under_the_network(stage: Open) -> None:
    page = stage(**PHONE)
    button(page, "Lesson").tap()
    panel(page).wait_for()
    page.page.get_by_role("region", name="Network", exact=True).evaluate("(part) => part.scrollIntoView()")
    page.page.wait_for_timeout(100)
    sheet = panel(page).bounding_box()
    assert sheet["y"] + sheet["height"] == pytest.approx(844, abs=1) and sheet["height"] <= 0.47 * 844
    last = page.page.get_by_role("region", name="Transport", exact=True).bounding_box()
    assert last["y"] + last["height"] <= sheet["y"]
    for name in ("Next page", "Set the stage", "Close the lesson"):
        assert button(page, name).bounding_box()["height"] >= 28
    page.page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    page.page.wait_for_timeout(100)
    end = page.page.locator("main > :not(.lesson)").evaluate_all(
        "(parts) => Math.max(...parts.map((part) => part.getBoundingClientRect().bottom))"
    )
    assert end <= panel(page).bounding_box()["y"]
