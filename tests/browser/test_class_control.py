"""What a teacher does to a class asks back where it ends something, closes votes in time, and reaches the wall."""

import re
from collections.abc import Callable
from typing import Any

import pytest

Open = Callable[..., Any]


def button(page: Any, name: str) -> Any:
    return page.page.get_by_role("button", name=name, exact=True)


@pytest.fixture
def begun(stage: Open, client: Open) -> Callable[..., tuple[Any, list[Any]]]:
    """A teacher whose run stands still, and so many students of the wire with runs of their own."""

    def begin(students: int) -> tuple[Any, list[Any]]:
        teacher = stage("#dataset=moons&hidden=6,4&seed=3")
        teacher.press("Pause")
        teacher.until("!state.playing")
        forked = []
        for number in range(students):
            student = client(room=teacher.state("room"), name=f"S{number}", tab=f"student-{number:010}")
            student.number = student.event("welcome")["member"]
            if not number:
                teacher.until("state.classroom.students === 1")
                teacher.press("Allow forks")
            student.told("class", allow_forks=True)
            student.send(type="fork")
            student.event("moved", forked=True)
            student.send(type="pause")
            student.event("state", playing=False)
            forked.append(student)
        teacher.until(f"state.classroom.forks === {students}")
        return teacher, forked

    return begin


def moves(student: Any) -> int:
    """How often another run has come in front of a student."""
    student.send(type="fly", id=1)
    student.event("error", command=1)
    return sum(event["type"] == "moved" for event in student.events)


def test_runs_of_students_end_only_when_the_teacher_has_confirmed_it(begun: Open) -> None:
    teacher, students = begun(2)
    asked = teacher.page.get_by_role("alertdialog", name="2 private runs will start anew from here.", exact=True)
    teacher.press("Everyone starts here")
    assert asked.is_visible() and button(teacher, "Keep them").evaluate("one => one === document.activeElement")
    teacher.page.keyboard.press("Escape")
    assert not asked.is_visible()
    button(teacher, "Everyone starts here").press("Enter")
    teacher.press("Keep them")
    assert [moves(student) for student in students] == [1, 1]
    teacher.press("Everyone starts here")
    teacher.page.keyboard.press("Shift+Tab")
    teacher.page.keyboard.press("Enter")
    assert not asked.is_visible()
    for student in students:
        student.event("moved", forked=True)
    teacher.press("2 students")
    teacher.press("Send everyone back")
    back = teacher.page.get_by_role("alertdialog", name="2 private runs will end.", exact=True)
    assert back.is_visible()
    teacher.page.keyboard.press("Escape")
    assert not back.is_visible() and teacher.page.get_by_role("dialog", name="Class list").is_visible()
    teacher.press("Send everyone back")
    teacher.press("Send back")
    for student in students:
        student.event("moved", forked=False)
    teacher.until("state.classroom.forks === 0")
    teacher.press("Close")
    teacher.press("Everyone starts here")  # nothing of anybody's would end: nothing is asked
    for student in students:
        student.event("moved", forked=True)


def test_who_gets_the_controls_loses_their_run_only_when_it_is_confirmed(begun: Open) -> None:
    teacher, (ann,) = begun(1)
    teacher.press("1 student")
    teacher.press("Give controls to S0")
    teacher.press("Keep it")
    assert moves(ann) == 1
    teacher.press("Give controls to S0")
    teacher.page.get_by_role("alertdialog").get_by_role("button", name="Give controls", exact=True).click()
    ann.event("moved", forked=False)
    ann.told("me", driving=True)


def test_nobody_points_any_more_once_the_controls_have_changed_hands(stage: Open) -> None:
    teacher = stage()
    teacher.rest()
    student = stage(f"r/{teacher.state('room')}")
    teacher.until("state.classroom.students === 1")
    number = student.state("member")
    teacher.press("Point")
    teacher.until("state.pointing")
    teacher.press("1 student")
    teacher.press(f"Give controls to Student {number}")
    teacher.press("Close")
    student.until("state.driving")
    teacher.until("!state.pointing")
    assert button(teacher, "Point").count() == 0
    student.press("Point")
    student.until("state.pointing")
    teacher.press("Take back")
    teacher.until("state.driving")
    student.until("!state.pointing")
    assert button(student, "Point").count() == 0
    assert button(teacher, "Point").get_attribute("aria-pressed") == "false"


def test_votes_are_closed_as_soon_as_it_runs(stage: Open, client: Open) -> None:
    teacher = stage()
    teacher.rest()
    student = stage(f"r/{teacher.state('room')}")
    teacher.until("state.classroom.students === 1")
    late = client(room=teacher.state("room"), tab="late-student-0001")
    teacher.press("Ask the class")
    teacher.page.get_by_role("button", name=re.compile("^η × 10")).click()
    teacher.press("Ask")
    student.until("state.question")
    option = student.state("question.options[0]")
    student.press(option)
    teacher.until("state.question.voted === 1")
    teacher.press("Run it")
    student.until("!state.question.open")
    region = student.page.get_by_role("region", name="Question", exact=True)
    assert "1 has voted; voting is over" in region.inner_text()
    assert student.state("question.votes") is None
    assert all(one.is_disabled() for one in region.get_by_role("group", name="Answers").get_by_role("button").all())
    late.send(type="vote", option=0, id=5)
    assert late.event("error", command=5)["expected"] == "a question that can still be voted on"
    teacher.press("Reveal")
    student.until("state.question.votes !== null")
    assert student.state("question.votes[0]") == 1


def test_the_wall_shows_the_board_as_the_teacher_has_it_and_has_no_controls(begun: Open, stage: Open) -> None:
    teacher, students = begun(3)
    for student, rate in zip(students, (0.3, 0.01, 0.1), strict=True):
        student.send(type="set", changes={"learning_rate": rate})
    wall = stage(f"r/{teacher.state('room')}?projector")
    wall.until("Object.values(state.board).map((card) => card.learning_rate).sort().join() === '0.01,0.1,0.3'")
    order = "() => [...document.querySelectorAll('.card')].map((card) => Number(card.dataset.member))"
    panel = wall.page.locator("#class-board")
    assert panel.get_by_role("button").count() == panel.get_by_role("combobox").count() == 0
    assert panel.get_by_role("switch").count() == 0
    teacher.choose("Sort by", "learning_rate")
    wall.until("state.classroom.arrangement.by === 'learning_rate'")
    by_rate = [students[1].number, students[2].number, students[0].number]
    for page in (wall, teacher):
        page.until(f"({order})().join() === '{','.join(map(str, by_rate))}'")
    assert wall.page.evaluate(order) == teacher.page.evaluate(order) == by_rate
    assert "by learning rate" in panel.inner_text()
    teacher.choose("Across", "depth")
    teacher.press("Loss")
    teacher.press("Fill the screen")
    wall.until("state.classroom.arrangement.whole")
    wall.page.get_by_role("img", name="across the depth").wait_for()
    assert panel.get_attribute("data-whole") == "true"
    assert {one.get_attribute("data-picture") for one in panel.locator(".card").all()} == {"spark"}
    teacher.press("Close the board")
    wall.until("state.classroom.arrangement.open === false")
    panel.wait_for(state="detached")
