"""A class in real browsers: a teacher, a wall, students on laptops and phones."""

from collections.abc import Callable
from typing import Any

import pytest

Open = Callable[..., Any]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
THETA = "window.nablascope.state().parameters.theta.map((layer) => Array.from(layer))"


def theta(page: Any) -> Any:
    return page.page.evaluate(THETA)


def button(page: Any, name: str) -> Any:
    return page.page.get_by_role("button", name=name, exact=True)


def allow(teacher: Any, allowed: bool) -> None:
    if (button(teacher, "Allow forks").get_attribute("aria-pressed") == "true") != allowed:
        teacher.press("Allow forks")
    teacher.until(f"state.classroom.allow_forks === {str(allowed).lower()}")


@pytest.fixture
def lesson(stage: Open) -> Callable[..., tuple[Any, list[Any]]]:
    """A teacher whose run stands still, and so many students."""

    def begin(students: int = 1, **options: Any) -> tuple[Any, list[Any]]:
        teacher = stage()
        teacher.press("Pause")
        teacher.press("Reset")
        teacher.until("!state.playing && state.pulse && state.pulse.step === 0")
        code = teacher.state("room")
        joined = [stage(f"r/{code}", **options) for _ in range(students)]
        for student in joined:
            student.until("state.role === 'student' && state.classroom")
        teacher.until(f"state.classroom.students === {students}")
        allow(teacher, True)
        return teacher, joined

    return begin


@pytest.fixture
def visit(server: Any, visits: Any) -> Callable[..., Any]:
    """Open a page that need not lead into the class."""
    return lambda like, path, **options: type(like)(visits.open(server.url + path, server.url, **options))


def test_a_fork_is_the_stage_to_the_bit_and_leaves_it_alone(lesson: Callable[..., Any]) -> None:
    teacher, (student,) = lesson()
    teacher.press("One step")
    teacher.until("state.parameters.step === 1 && state.parameters.after && state.pulse.phase === 9")
    step, eta = teacher.state("pulse.step"), teacher.state("experiment.learning_rate")
    student.press("Fork")
    student.until(f"state.forked && state.driving && state.run && state.parameters && state.pulse.step === {step}")
    assert theta(student) == theta(teacher)
    student.page.get_by_role("slider", name="Learning rate", exact=True).press("End")
    student.until(f"state.experiment.learning_rate !== {eta}")
    student.press("One step")
    student.until(f"state.pulse.step === {step + 1}")
    teacher.until("state.classroom.forks === 1")
    assert (teacher.state("pulse.step"), teacher.state("experiment.learning_rate")) == (step, eta)
    student.press("Follow the teacher")
    student.until(f"!state.forked && !state.driving && state.run && state.pulse && state.pulse.step === {step}")
    assert student.state("experiment.learning_rate") == eta
    student.until("state.parameters !== null")
    assert theta(student) == theta(teacher)


def test_the_teacher_allows_forks_or_not_and_sends_everybody_back_or_to_a_start(lesson: Callable[..., Any]) -> None:
    teacher, students = lesson(2)
    allow(teacher, False)
    for student in students:
        student.until("!state.classroom.allow_forks")
        assert button(student, "Fork").is_disabled()
        assert "not allowed" in student.page.locator("#class-says").inner_text()
    teacher.press("Everyone starts here")
    for student in students:
        student.until("state.forked && state.driving && state.run && state.parameters")
        assert theta(student) == theta(teacher)
    teacher.press("2 students")
    teacher.press("Send everyone back")
    teacher.press("Send back")
    for student in students:
        student.until("!state.forked && !state.driving && state.run && state.pulse")
        assert button(student, "Fork").is_visible()


def test_a_raised_hand_stands_at_the_teachers_and_comes_down_again(lesson: Callable[..., Any]) -> None:
    teacher, (ada, grace) = lesson(2)
    ada.press("Your name")
    ada.page.get_by_role("textbox", name="Your name", exact=True).fill("Ada")
    ada.press("Save")
    ada.until("state.name === 'Ada'")
    grace.press("Raise hand")
    ada.press("Raise hand")
    ada.until("state.hand")
    assert button(ada, "Raise hand").get_attribute("aria-pressed") == "true"
    button(teacher, "2 hands").click()
    names = teacher.page.locator(".class-list li .named bdi")
    assert "Ada" in names.all_inner_texts()
    assert teacher.page.locator(".class-list li .raised svg").count() == 2
    teacher.press("Close")
    said = teacher.page.locator(".class-bar [role=status]").all_text_contents()
    assert any("raised a hand" in text for text in said)
    ada.press("Raise hand")
    button(teacher, "1 hand").wait_for()


def test_pause_all_stops_a_fork_and_keeps_it_still(lesson: Callable[..., Any]) -> None:
    teacher, (student,) = lesson()
    student.press("Fork")
    student.until("state.forked && state.driving && state.run && state.pulse")
    if not student.state("playing"):
        student.press("Play")
    student.until("state.playing")
    teacher.press("Pause all")
    student.until("state.classroom.paused && !state.playing && !state.pulse.running")
    assert button(student, "Play").is_disabled()
    assert "paused everybody" in student.page.locator("#class-says").inner_text()
    step = student.state("pulse.step")
    student.page.keyboard.press("Space")
    student.page.wait_for_timeout(700)
    assert student.state("pulse.step") == step
    teacher.press("Pause all")
    student.until("!state.classroom.paused && state.playing")  # by itself: pressing Play now might pause it
    student.until(f"state.pulse.step > {step}")


def test_the_controls_are_handed_over_and_taken_back(lesson: Callable[..., Any]) -> None:
    teacher, (student,) = lesson()
    number = student.state("member")
    assert button(student, "One step").is_disabled()
    teacher.press("1 student")
    teacher.press(f"Give controls to Student {number}")
    teacher.press("Close")
    student.until("state.driving && !state.forked")
    teacher.until("!state.driving && state.leading")
    assert button(teacher, "One step").is_disabled()
    step = student.state("pulse.step")
    student.press("One step")
    teacher.until(f"state.pulse.step === {step + 1}")
    student.choose("Layer to inspect", "1")
    teacher.until("state.selection && state.selection.layer === 1")
    teacher.press("Take back")
    teacher.until("state.driving")
    student.until("!state.driving")
    assert button(student, "One step").is_disabled()


def test_students_and_the_wall_see_what_the_teacher_selects_and_points_at(
    stage: Open, lesson: Callable[..., Any]
) -> None:
    teacher, (student,) = lesson()
    wall = stage(f"r/{teacher.state('room')}?projector")
    wall.until("state.role === 'projector'")
    teacher.choose("Layer to inspect", "2")
    teacher.press("Lab")
    teacher.page.get_by_role("button", name="‖δ‖", exact=True).click()
    for page in (student, wall):
        page.until(
            "state.selection && state.selection.layer === 2 && state.lab === 'health' && state.ladder === 'delta'"
        )
    teacher.press("Close the lab")
    teacher.press("Point")
    box = teacher.page.locator("[data-view=output]").bounding_box()
    teacher.page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.5)
    for page in (student, wall):
        page.until("state.look.pointer && state.look.pointer.region === 'output'")
        assert page.page.locator("[data-view=output] .look-here").count() == 1
    student.choose("Layer to inspect", "1")
    student.until("!state.following")
    teacher.choose("Layer to inspect", "3")
    wall.until("state.selection.layer === 3")
    assert student.state("selection.layer") == 1
    student.press("Follow the teacher")
    student.until("state.following && state.selection.layer === 3")
    assert button(student, "Follow the teacher").count() == 0


def test_who_comes_late_is_where_the_others_are(stage: Open, lesson: Callable[..., Any]) -> None:
    teacher, _ = lesson()
    teacher.choose("Layer to inspect", "2")
    teacher.page.wait_for_timeout(300)
    late = stage(f"r/{teacher.state('room')}", **PHONE)
    late.until("state.selection && state.selection.layer === 2 && state.parameters", timeout=3)
    assert theta(late) == theta(teacher)
    assert late.state("pulse.step") == teacher.state("pulse.step")
    late.page.get_by_role("button", name="Fork", exact=True).tap()
    late.until("state.forked && state.driving")
    width = late.page.evaluate("document.documentElement.scrollWidth")
    assert width == PHONE["viewport"]["width"]


def test_a_second_tab_of_the_teacher_takes_the_controls_when_asked(stage: Open) -> None:
    teacher = stage()
    code, token = (
        teacher.state("room"),
        teacher.page.evaluate("sessionStorage.getItem('nablascope.token.' + window.nablascope.state().room)"),
    )
    second = stage(f"r/{code}#teacher={token}")
    second.until("state.role === 'teacher' && !state.leading")
    assert token not in second.page.url
    assert "Another tab has the controls" in second.page.locator(".class-bar").inner_text()
    second.press("Take the controls")
    second.until("state.leading && state.driving")
    teacher.until("!state.leading && !state.driving")
    assert "Another tab has the controls" in teacher.page.locator(".class-bar").inner_text()


def test_who_is_removed_reads_why_and_a_locked_class_lets_nobody_in(
    lesson: Callable[..., Any], visit: Callable[..., Any]
) -> None:
    teacher, (student,) = lesson()
    number = student.state("member")
    teacher.press("1 student")
    teacher.press(f"Remove Student {number}")
    teacher.press(f"Remove Student {number} for good")
    student.until("state.connection === 'gone'")
    assert "taken this browser tab out of the class" in student.page.locator(".banners").inner_text()
    student.page.reload()
    student.until("state.connection === 'gone'")
    teacher.until("state.classroom.students === 0")
    assert teacher.page.locator(".class-list li").count() == 0
    teacher.press("Lock")
    teacher.until("state.classroom.locked")
    outside = visit(teacher, f"r/{teacher.state('room')}")
    outside.until("state.connection === 'gone'")
    assert "locked this class" in outside.page.locator(".banners").inner_text()


def test_a_phone_joins_by_code_and_name(lesson: Callable[..., Any], visit: Callable[..., Any]) -> None:
    teacher, _ = lesson()
    phone = visit(teacher, "join", **PHONE)
    phone.page.get_by_role("textbox", name="Room code", exact=True).fill(teacher.state("room").lower())
    phone.page.get_by_role("textbox", name="Your name", exact=True).fill("Ada")
    phone.page.get_by_role("button", name="Join", exact=True).tap()
    phone.page.wait_for_url("**/r/*")
    phone.until("state.role === 'student' && state.name === 'Ada' && state.parameters")
    assert theta(phone) == theta(teacher)
    teacher.until("state.members.some(({name}) => name === 'Ada')")
    teacher.page.get_by_role("button", name="2 students", exact=True).wait_for()
