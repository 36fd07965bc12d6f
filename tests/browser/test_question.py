"""Predict first: asked, voted, run, revealed; nobody learns a vote before that."""

from collections.abc import Callable
from typing import Any

import pytest

Open = Callable[..., Any]
ADDRESS = "#dataset=moons&hidden=6,4&seed=3&learning_rate=0.05"


@pytest.fixture
def begun(stage: Open, client: Open) -> tuple[Any, Any, Callable[..., Any]]:
    """A teacher's page, a student's page, and a way for more students to come in."""
    teacher = stage(ADDRESS)
    teacher.press("Pause")
    room = teacher.state("room")
    student = stage(f"r/{room}")
    teacher.until("state.classroom.students === 1")

    def enter(tab: str) -> Any:
        entered = client(room=room, tab=f"{tab:-<16}")
        entered.event("welcome")
        return entered

    return teacher, student, enter


def asked(page: Any) -> Any:
    page.until("state.question !== null")
    return page.page.get_by_role("region", name="Question", exact=True)


def ask(teacher: Any, text: str, options: list[str]) -> None:
    """An own question, through the dialog."""
    teacher.press("Ask the class")
    teacher.page.get_by_role("button", name="Own question", exact=True).click()
    teacher.page.get_by_role("textbox", name="Question text", exact=True).fill(text)
    for index, option in enumerate(options):
        if index >= 2:
            teacher.press("Add an answer")
        teacher.page.get_by_role("textbox", name=f"Answer {index + 1}", exact=True).fill(option)
    teacher.press("Ask")


def test_a_ready_question_is_voted_on_run_revealed_and_marked(begun: Any) -> None:
    teacher, student, enter = begun
    ann = enter("ann")
    teacher.press("Ask the class")
    teacher.page.get_by_role("button", name="η × 10 (0.05 → 0.5): faster, same, or diverges?", exact=True).click()
    teacher.press("Ask")
    at_student, at_teacher = asked(student), asked(teacher)
    at_student.get_by_role("button", name="diverges", exact=True).click()
    student.until("state.question.mine === 2")
    at_student.get_by_role("button", name="faster", exact=True).click()
    student.until("state.question.mine === 0")
    number = ann.event("question")["question"]["number"]
    ann.send(type="vote", option=2)
    teacher.until("state.question.voted === 2")
    assert (teacher.state("question.votes"), student.state("question.votes")) == (None, None)
    assert "2 have voted" in at_teacher.inner_text() and at_teacher.get_by_role("button", name="faster").count() == 0
    teacher.press("Run it")
    teacher.until("state.experiment.learning_rate === 0.5 && state.playing")
    assert teacher.state("question.votes") is None
    assert all(
        event["question"]["votes"] is None
        for event in ann.events
        if event["type"] == "question" and event["question"]
    )
    teacher.press("Reveal")
    student.until("state.question.votes !== null")
    assert (student.state("question.number"), student.state("question.votes")) == (number, [1, 0, 1])
    counts = "() => [...document.querySelectorAll('.votes li')].map((line) => Number(line.dataset.votes))"
    assert student.page.evaluate(counts) == [1, 0, 1]
    at_teacher.get_by_role("button", name="This happened", exact=True).first.click()
    student.until("state.question.outcome === 0")
    assert "this happened" in at_student.inner_text() and "your vote" in at_student.inner_text()
    at_teacher.get_by_role("button", name="Close", exact=True).click()
    student.until("state.question === null")
    assert student.page.get_by_role("region", name="Question").count() == 0


def test_who_comes_late_sees_the_question_and_a_wall_sees_the_bars(begun: Any, stage: Open) -> None:
    teacher, student, enter = begun
    ask(teacher, "Which one learns?", ["the first", "the second", "neither"])
    late = enter("late").event("question")["question"]
    assert (late["text"], late["options"]) == ("Which one learns?", ["the first", "the second", "neither"])
    assert late["votes"] is None and late.get("changes") is None
    asked(student).get_by_role("button", name="neither", exact=True).click()
    wall = stage(f"r/{teacher.state('room')}?projector")
    on_wall = asked(wall)
    assert "Which one learns?" in on_wall.inner_text() and on_wall.get_by_role("button", name="neither").count() == 0
    teacher.until("state.question.voted === 1")
    teacher.press("Reveal")
    wall.until("state.question.votes !== null")
    assert on_wall.locator(".votes li").nth(2).get_attribute("data-votes") == "1"


def test_what_cannot_be_asked_is_said_in_the_dialog(begun: Any) -> None:
    teacher, student, _ = begun
    teacher.press("Ask the class")
    teacher.press("Ask")
    assert teacher.page.get_by_role("alert").filter(has_text="Write a question.").is_visible()
    teacher.page.get_by_role("textbox", name="Question text", exact=True).fill("Why?")
    teacher.press("Ask")
    assert teacher.page.get_by_role("alert").filter(has_text="Give at least 2 answers.").is_visible()
    teacher.press("Cancel")
    assert teacher.state("question") is None and student.state("question") is None


def test_a_question_can_be_put_aside_and_taken_up_again(begun: Any) -> None:
    teacher, student, _ = begun
    ask(teacher, "Higher?", ["yes", "no"])
    region = asked(student)
    student.press("Hide the question")
    assert region.get_by_role("button", name="yes").count() == 0
    student.press("Show the question")
    region.get_by_role("button", name="yes", exact=True).press("Enter")
    teacher.until("state.question.voted === 1")
