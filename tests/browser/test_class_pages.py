"""The class's pages at a wall's, a laptop's and a phone's size: layout, axe, keyboard, the Share dialog."""

import itertools
from collections.abc import Callable
from typing import Any

from axe import SIZES, at_every_size, faults_at_every_size, faults_in_both_themes
from stages import resize

Open = Callable[..., Any]
BAR = "[...document.querySelectorAll('.class-bar button, .class-bar p, .share *, .wall-head *')]"
OUTSIDE = f"""() => {BAR}.filter((element) => element.checkVisibility())
  .filter((element) => {{
    const box = element.getBoundingClientRect();
    return box.left < -1 || box.right > innerWidth + 1;
  }})
  .map((element) => element.outerHTML.slice(0, 120))"""
SMALL = f"""() => {BAR}.filter((element) => element.checkVisibility())
  .filter((element) => parseFloat(getComputedStyle(element).fontSize) < 11)
  .map((element) => element.outerHTML.slice(0, 120))"""


#: Nothing of an element's contents sticks out of it.
WHOLE = "(element) => element.scrollWidth <= element.clientWidth"


def joined(stage: Open, rest: bool = True, **options: Any) -> tuple[Any, Any, Any]:
    """A teacher, a student and a wall, all of the same size and colours; the run stands still."""
    teacher = stage(**options)
    code = teacher.state("room")
    if rest:  # before the others come: three pages that move beside each other take everything three times as long
        teacher.rest()
    student, wall = stage(f"r/{code}", **options), stage(f"r/{code}?projector", **options)
    teacher.until("state.classroom && state.classroom.students === 1")
    wall.until("state.role === 'projector'")
    return teacher, student, wall


def test_the_class_has_its_row_and_nothing_scrolls(stage: Open) -> None:
    pages = joined(stage)
    for (width, height), page in itertools.product([(1440, 900), (1280, 720), (1024, 768)], pages):
        page.resize(width, height)
        scroll = page.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        assert scroll == [width, height], page.state("role")
        assert page.page.evaluate(OUTSIDE) == []
        assert page.page.evaluate(SMALL) == []
        for name in ("Network", "Gradient ladder", "Output", "Loss", "Gradient history"):
            box = page.page.get_by_role("region", name=name, exact=True).bounding_box()
            assert box["width"] > 150 and box["height"] > 80 and box["y"] + box["height"] <= height


def test_axe_finds_nothing_on_any_page_of_the_class(stage: Open) -> None:
    teacher, student, wall = joined(stage)
    student.press("Raise hand")
    teacher.page.get_by_role("button", name="1 hand", exact=True).wait_for()
    for page in (teacher, student, wall):
        for width, _ in at_every_size(page.page):
            assert faults_in_both_themes(page.page) == [], page.state("role")
            assert page.page.evaluate("document.documentElement.scrollWidth") == width
    teacher.press("1 hand")
    assert faults_at_every_size(teacher.page) == []
    teacher.press("Close")
    teacher.press("Share")
    for _ in at_every_size(teacher.page):
        assert faults_in_both_themes(teacher.page) == []
        assert teacher.page.evaluate(OUTSIDE) == []


def test_share_shows_the_code_for_the_last_row_and_every_way_in(stage: Open) -> None:
    page = stage()
    code = page.state("room")
    page.press("Share")
    dialog = page.page.get_by_role("dialog", name="Join this class", exact=True)
    picture = dialog.get_by_role("img", name="QR code of the link to this class", exact=True)
    picture.wait_for()
    end = "(image) => image.complete && image.naturalWidth > 0"
    page.page.wait_for_timeout(300)
    assert picture.evaluate(end) and picture.bounding_box()["width"] >= 300
    shown = dialog.locator(".code span").first
    assert shown.inner_text().replace(" ", "") == code
    assert float(shown.evaluate("(element) => parseFloat(getComputedStyle(element).fontSize)")) >= 100
    assert dialog.locator(".share-address").inner_text().endswith("/join")
    assert dialog.get_by_text("Nobody has joined yet", exact=True).is_visible()
    link = dialog.get_by_role("link", name="Projector view", exact=True)
    assert link.get_attribute("href") == f"/r/{code}?projector"
    assert page.page.locator(".class-bar").count() == 0
    dialog.get_by_role("button", name="Class controls", exact=True).click()
    page.until("state.barOpen")
    dialog.get_by_role("button", name="Full screen", exact=True).click()
    page.page.wait_for_timeout(300)
    assert page.page.evaluate("document.fullscreenElement?.className") == "share-sheet"
    dialog.get_by_role("button", name="Full screen", exact=True).click()
    page.page.keyboard.press("Escape")
    for name in ("Allow forks", "Everyone starts here", "Pause all", "Ask the class", "Point"):
        assert page.page.get_by_role("button", name=name, exact=True).is_visible()


def test_the_widest_code_is_seen_whole(stage: Open, visits: Any, server: Any) -> None:
    sizes, widest = [(1920, 1080), *SIZES, (320, 640)], "WWWMMM"
    teacher = stage()
    teacher.rest()
    teacher.press("Share")
    words = teacher.page.locator(".share-words")
    code = words.locator(".code span").first
    code.evaluate(f"(element) => element.childNodes.forEach((node) => node.data = '{widest[:3]}')")
    for whole in (False, True):
        if whole:
            teacher.press("Full screen")
            teacher.page.wait_for_function("document.fullscreenElement !== null")
        for size in sizes:
            teacher.resize(*size)
            assert words.evaluate(WHOLE), size
    page = visits.open(f"{server.url}join", server.url)
    field = page.get_by_role("textbox", name="Room code", exact=True)
    field.fill(widest)
    for size in sizes:
        resize(page, *size)
        assert field.evaluate(WHOLE), size


def test_the_wall_has_the_stage_and_the_code_and_nothing_to_press(stage: Open) -> None:
    _, _, wall = joined(stage, rest=False)
    for role in ("button", "slider", "combobox", "textbox", "switch"):
        visible = [
            one
            for one in wall.page.get_by_role(role).all()
            if one.is_visible() and one.get_attribute("aria-disabled") != "true"
        ]
        assert visible == [], [one.evaluate("(element) => element.outerHTML.slice(0, 120)") for one in visible]
    assert wall.state("room") in wall.page.locator(".wall-join .code").inner_text().replace(" ", "")
    step = wall.quantity("step")
    wall.page.keyboard.press("Space")
    wall.until(f"state.playing && state.pulse.step > {step}")


def test_every_control_of_the_class_is_reached_by_tab(stage: Open) -> None:
    teacher, student, _ = joined(stage, rest=False)  # after a press Tab would go on from there
    wanted = (
        (
            teacher,
            {"Share", "1 student", "Allow forks", "Everyone starts here", "Pause all", "Ask the class", "Point"}
            | {"Board"},
        ),
        (student, {"Share", "Raise hand", "Your name"}),
    )  # fmt: skip
    for page, names in wanted:
        page.page.locator("body").focus()
        seen = set()
        for _ in range(24):
            page.page.keyboard.press("Tab")
            seen.add(page.page.evaluate("document.activeElement.textContent.trim()"))
        assert names <= seen, names - seen


def test_with_reduced_motion_the_ring_jumps_and_is_there(stage: Open) -> None:
    teacher = stage(reduced_motion="reduce")
    student = stage(f"r/{teacher.state('room')}", reduced_motion="reduce")
    teacher.until("state.classroom.students === 1")
    teacher.press("Point")
    box = teacher.page.locator("[data-view=network]").bounding_box()
    teacher.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    student.until("state.look && state.look.pointer")
    ring = student.page.locator("[data-view=network] .look-here")
    assert ring.evaluate("(element) => getComputedStyle(element).transitionDuration") == "0s"
    own = student.page.locator("[data-view=network]").bounding_box()
    seen = ring.bounding_box()
    assert abs(seen["x"] + seen["width"] / 2 - own["x"] - own["width"] / 2) < 8
