"""The class board with forty runs, at a projector's and a phone's size: all readable, the stage still there."""

from collections.abc import Callable
from typing import Any

import headings
from axe import faults_of

Open = Callable[..., Any]
STUDENTS = 40
ADDRESS = "#dataset=moons&hidden=6,4&seed=3&learning_rate=0.0025"
SMALL = """() => [...document.querySelectorAll("#stage *")]
  .filter((element) => element.offsetParent && !element.closest("math, .hidden")
    && [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())
    && parseFloat(getComputedStyle(element).fontSize) < 11)
  .map((element) => element.outerHTML.slice(0, 120))"""
CUT = """() => { const range = document.createRange(), cut = [];
  const texts = ".card output, .card .words, .card dt, .class-head button, .class-head label";
  for (const element of document.querySelectorAll(texts)) {
    if (!element.offsetParent) continue;
    range.selectNodeContents(element);
    const text = range.getBoundingClientRect(), box = element.closest(".card, .class-panel").getBoundingClientRect();
    if (text.left < box.left || text.right > box.right) cut.push(element.outerHTML.slice(0, 120));
  }
  return cut; }"""


def filled(stage: Open, client: Open, **options: Any) -> Any:
    """A teacher's page with a board of forty."""
    teacher = stage(ADDRESS, **options)
    teacher.rest()
    for index in range(STUDENTS):
        client(room=teacher.state("room"), name=f"Student with a name {index}"[:24], tab=f"layout-of-{index:07}")
    teacher.until(f"state.classroom.students === {STUDENTS}", timeout=40)
    teacher.press("Everyone starts here")
    teacher.until(f"Object.keys(state.board).length === {STUDENTS}", timeout=60)
    return teacher


def seen(page: Any, name: str) -> dict[str, float]:
    return dict(page.page.get_by_role("region", name=name, exact=True).bounding_box())


def test_forty_runs_stand_beside_the_stage_or_fill_the_screen(stage: Open, client: Open) -> None:
    page = filled(stage, client)
    for theme in ("light", "dark"):
        if theme == "dark":
            page.press("Dark colours")
        for width, height in ((1440, 900), (1024, 768)):
            page.page.set_viewport_size({"width": width, "height": height})
            page.page.wait_for_timeout(300)
            scroll = page.page.evaluate(
                "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
            )
            assert scroll == [width, height]
            assert page.page.evaluate(CUT) == [] and page.page.evaluate(SMALL) == []
            assert seen(page, "Network")["width"] > 400 and seen(page, "Class curve")["height"] > 150
            for name in ("Network", "Gradient ladder", "Class board", "Class curve"):
                assert seen(page, name)["x"] + seen(page, name)["width"] <= width
                assert seen(page, name)["y"] + seen(page, name)["height"] <= height
            page.press("Fill the screen")
            page.page.wait_for_timeout(200)
            assert page.page.evaluate(CUT) == [] and page.page.evaluate(SMALL) == []
            if width == 1440:
                last = page.page.locator(".card").last.bounding_box()
                assert last["y"] + last["height"] <= height, "all forty are to be seen at once"
            page.press("Fill the screen")
        assert faults_of(page.page, theme) == []


def test_headings_on_the_wall_are_seen_whole_beside_the_board(stage: Open) -> None:
    teacher = stage()
    teacher.rest()
    wall = stage(f"r/{teacher.state('room')}?projector")
    teacher.press("Share")
    teacher.press("Class controls")
    teacher.press("Close")
    teacher.press("Board")
    wall.until("document.querySelector('.class-panel')")
    for width, height in ((1440, 900), (1280, 720), (1024, 768)):
        wall.page.set_viewport_size({"width": width, "height": height})
        wall.page.wait_for_timeout(200)
        assert wall.page.evaluate(headings.CUT) == [], width


def test_a_phone_scrolls_through_the_cards(stage: Open, client: Open) -> None:
    page = filled(stage, client, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    assert page.page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.page.evaluate(CUT) == []
    last = page.page.locator(".card").last
    last.scroll_into_view_if_needed()
    assert last.get_by_role("button", name="Bring on stage", exact=True).is_visible()


def test_a_question_leaves_room_and_axe_finds_nothing_in_it(stage: Open) -> None:
    teacher = stage(ADDRESS)
    teacher.rest()
    student = stage(f"r/{teacher.state('room')}", viewport={"width": 390, "height": 844}, color_scheme="dark")
    teacher.until("state.classroom.students === 1")
    teacher.press("Ask the class")
    assert faults_of(teacher.page) == []
    teacher.page.get_by_role("button", name="Zero initialisation: will it learn?", exact=True).click()
    teacher.press("Ask")
    student.until("state.question !== null")
    assert faults_of(student.page) == []
    teacher.press("Reveal")
    student.until("state.question.votes !== null")
    assert faults_of(student.page) == []
    assert seen(teacher, "Question")["height"] < 270 and seen(student, "Question")["height"] < 560
