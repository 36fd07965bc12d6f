"""A lesson in a class: its pages turn on every screen, and who looks elsewhere comes back with one tap."""

from collections.abc import Callable
from typing import Any

import pytest
from axe import faults_in_both_themes
from nablascope.engine import COURSES

Open = Callable[..., Any]
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
AT = "state.lesson && state.lesson.name === {!r} && state.lesson.page === {}"
WHOLE = "(text) => text.scrollHeight <= text.clientHeight && text.scrollWidth <= text.clientWidth"


def panel(page: Any) -> Any:
    return page.page.get_by_role("region", name="Lesson", exact=True)


def button(page: Any, name: str) -> Any:
    return page.page.get_by_role("button", name=name, exact=True)


def at(page: Any, lesson: str, number: int) -> None:
    page.until(AT.format(lesson, number))
    title = COURSES[lesson].pages[number - 1].title
    assert panel(page).get_by_role("heading", name=title, exact=True).is_visible()


@pytest.fixture
def lesson(stage: Open) -> Callable[..., tuple[Any, Any, Any]]:
    """A teacher with an open lesson, a student on a phone, and a wall."""

    def begin(student: dict[str, Any] = PHONE, **options: Any) -> tuple[Any, Any, Any]:
        teacher = stage(**options)
        teacher.rest()
        code = teacher.state("room")
        follower, wall = stage(f"r/{code}", **{**options, **student}), stage(f"r/{code}?projector", **options)
        teacher.until("state.classroom.students === 1")
        wall.until("state.role === 'projector'")
        teacher.press("Lesson")
        at(teacher, "forward", 1)
        return teacher, follower, wall

    return begin


def test_pages_turn_with_the_teachers_on_phones_and_on_the_wall(lesson: Callable[..., Any]) -> None:
    teacher, student, wall = lesson()
    for page in (student, wall):
        at(page, "forward", 1)
    teacher.page.keyboard.press("PageDown")
    for page in (teacher, student, wall):
        at(page, "forward", 2)
    teacher.choose("Lessons", "vanishing")
    for page in (student, wall):
        at(page, "vanishing", 1)
    assert student.state("following")
    teacher.press("Close the lesson")
    for page in (student, wall):
        page.until("state.lesson === null")
        assert panel(page).count() == 0


def test_a_student_turns_pages_alone_and_returns_with_one_tap(lesson: Callable[..., Any]) -> None:
    teacher, student, wall = lesson()
    at(student, "forward", 1)
    assert button(student, "Follow the teacher").count() == 0
    button(student, "Next page").tap()
    at(student, "forward", 2)
    student.until("!state.following")
    teacher.choose("Lessons", "rate")
    at(wall, "rate", 1)
    assert student.state("lesson") == {"name": "forward", "page": 2}
    button(student, "Close the lesson").tap()
    student.until("state.lesson === null")
    teacher.press("Next page")
    at(wall, "rate", 2)
    assert student.state("lesson") is None
    button(student, "Follow the teacher").tap()
    at(student, "rate", 2)
    assert button(student, "Follow the teacher").count() == 0


def test_only_who_drives_sets_the_stage_and_everybody_sees_what_comes_of_it(lesson: Callable[..., Any]) -> None:
    teacher, student, wall = lesson()
    teacher.choose("Lessons", "vanishing")
    teacher.press("Next page")
    for page in (student, wall):
        at(page, "vanishing", 2)
        assert button(page, "Set the stage").count() == 0
    teacher.press("Set the stage")
    for page in (student, wall):
        page.until("state.experiment.activation === 'sigmoid' && state.lab === 'taken_apart' && state.playing")
    teacher.press("Allow forks")
    student.until("state.classroom.allow_forks")
    button(student, "Fork").tap()
    student.until("state.forked && state.driving && state.run && state.pulse")
    button(student, "Next page").tap()
    at(student, "vanishing", 3)
    button(student, "Set the stage").tap()
    student.until("state.experiment.dataset === 'digits' && state.ladder === 'delta' && state.playing")
    assert teacher.state("experiment.dataset") == "circles"
    button(student, "Follow the teacher").tap()
    student.until("!state.forked && state.experiment.dataset === 'circles'")
    at(student, "vanishing", 2)
    teacher.press("Pause all")
    teacher.until("state.classroom.paused")
    assert button(teacher, "Set the stage").is_disabled()


def test_a_page_survives_a_reload_and_late_comers_are_on_it(stage: Open, lesson: Callable[..., Any]) -> None:
    teacher, student, wall = lesson()
    teacher.choose("Lessons", "remedies")
    teacher.press("Next page")
    teacher.choose("Layer to inspect", "2")
    for page in (student, wall):
        at(page, "remedies", 2)
        page.until("state.selection && state.selection.layer === 2")
    teacher.page.reload()
    teacher.until("state.leading && state.classroom && state.parameters")
    at(teacher, "remedies", 2)
    assert teacher.state("selection.layer") == 2
    late = stage(f"r/{teacher.state('room')}", **PHONE)
    late.until(AT.format("remedies", 2), timeout=3)
    teacher.press("Next page")
    for page in (teacher, student, wall, late):
        at(page, "remedies", 3)


def test_a_student_with_the_controls_turns_the_pages(lesson: Callable[..., Any]) -> None:
    teacher, student, wall = lesson({})
    number = student.state("member")
    teacher.press("1 student")
    teacher.press(f"Give controls to Student {number}")
    teacher.press("Close")
    student.until("state.driving && !state.forked")
    student.press("Next page")
    for page in (teacher, student, wall):
        at(page, "forward", 2)
    teacher.press("Take back")
    teacher.until("state.driving")
    teacher.press("Next page")
    for page in (teacher, student, wall):
        at(page, "forward", 3)


def test_every_page_fits_the_wall_and_beside_the_classs_row(lesson: Callable[..., Any]) -> None:
    teacher, student, wall = lesson({})
    for width, height in ((1440, 900), (1024, 768)):
        for page in (teacher, student, wall):
            page.resize(width, height)
        teacher.choose("Lessons", next(iter(COURSES)))
        fits(teacher, student, wall, width, height)


def fits(teacher: Any, student: Any, wall: Any, width: int, height: int) -> None:
    """Every page of every lesson, on screens of this size that show the first one."""
    pages = [(name, number) for name, one in COURSES.items() for number in range(1, len(one.pages) + 1)]
    for name, number in pages:
        for page in (teacher, wall):
            at(page, name, number)
            size = page.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
            assert size == [width, height]
            if page is wall or width == 1440:
                assert page.page.locator(".lesson-text").evaluate(WHOLE), (page.state("role"), name, number)
        teacher.page.keyboard.press("PageDown")
    for region in ("Network", "Gradient ladder", "Output", "Loss", "Gradient history"):
        for page in (teacher, student, wall):
            box = page.page.get_by_role("region", name=region, exact=True).bounding_box()
            assert box["width"] > 150 and box["height"] > 80 and box["y"] + box["height"] <= height


def test_axe_finds_nothing_on_any_screen_of_the_class(lesson: Callable[..., Any]) -> None:
    pages = lesson()
    for page in pages:
        at(page, "forward", 1)
        assert faults_in_both_themes(page.page) == [], page.state("role")
    wall = pages[2]
    visible = [one for one in wall.page.get_by_role("button").all() if one.is_visible()]
    assert visible == []


def test_what_a_presenter_says_is_open_and_is_not_opens_nothing(stage: Open, client: Open) -> None:
    teacher = client(tab="t" * 16)
    wall = stage(f"r/{teacher.event('welcome')['room']}?projector")
    for told in ({"name": "__proto__", "page": 1}, {"name": "rate", "page": 99}):
        teacher.send(type="look", look={"lesson": told})
        teacher.event("error")
    # A newer server may know of more lessons than a page that was loaded before.
    wall.page.evaluate("delete window.nablascope.state().description.lessons")
    teacher.send(type="look", look={"lesson": {"name": "rate", "page": 2}, "ladder": "delta"})
    wall.until("state.ladder === 'delta'")
    assert wall.state("lesson") is None and panel(wall).count() == 0
