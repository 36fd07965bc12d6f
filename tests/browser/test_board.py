"""The class board and the class curve on the teacher's page: every number on them is the fork's own."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from nablascope.engine import Experiment, Trainer
from nablascope.engine.diagnostics import diagnose
from nablascope.server.wire.protocol import PULSE, Header

Open = Callable[..., Any]
ADDRESS = "#dataset=moons&hidden=6,4&seed=3&learning_rate=0.05"
EXPERIMENT = Experiment(dataset="moons", hidden=[6, 4], seed=3, learning_rate=0.05)
#: Students by name: what they change, and for how many steps they train.
STUDENTS: dict[str, tuple[dict[str, Any], int]] = {
    "Emmy": ({"learning_rate": 0.8}, 80), "ada 10": ({"learning_rate": 0.002}, 50),
    "Ada 9": ({"learning_rate": 0.1}, 60),
}  # fmt: skip
CARDS = """() => [...document.querySelectorAll(".card")].map((card) => {
  const of = (name) => card.querySelector(name), figure = (name) => of(`[data-quantity="${name}"]`).dataset.value;
  return {member: Number(card.dataset.member), name: of(".card-name").textContent, status: card.dataset.status,
    rate: Number(figure("learning_rate")), loss: figure("loss"), words: of(".card-says").textContent}; })"""


class Class:
    """A teacher's page, and students at the wire's other end."""

    def __init__(self, page: Any, client: Open) -> None:
        self.page, self._client, self.students = page, client, {}
        page.press("Pause")
        page.until("!state.playing")
        self.room = page.state("room")

    def joined(self, name: str | None) -> Any:
        tab = f"tab-of-student-{len(self.students)}"
        student = self._client(room=self.room, name=name, tab=tab)
        student.number = student.event("welcome")["member"]
        self.students[student.number] = student
        return student

    def forked(self, name: str | None, changes: dict[str, Any] | None = None, steps: int = 0) -> Any:
        """A student with a run of their own that has gone so many steps and stands still."""
        student = self.joined(name)
        student.event("class", allow_forks=True)
        student.send(type="fork")
        student.event("moved", forked=True)
        step = Header.unpack(student.frame(PULSE)).step
        if changes:
            student.send(type="set", changes=changes, reset=True)
            step = 0
        if steps:
            student.send(type="advance", steps=steps)
            student.frame(PULSE, where=lambda header: header.step == step + steps)
        return student

    def cards(self) -> list[dict[str, Any]]:
        return list(self.page.page.evaluate(CARDS))


@pytest.fixture
def begun(stage: Open, client: Open) -> Callable[..., Class]:
    def begin(path: str = ADDRESS, **options: Any) -> Class:
        page = stage(path, **options)
        page.until("state.role === 'teacher' && state.leading")
        return Class(page, client)

    return begin


def with_three(begun: Callable[..., Class]) -> tuple[Class, dict[str, Any]]:
    """A class with the students above, whose cards are all there as they are now."""
    lesson = begun()
    allow(lesson)
    students = {name: lesson.forked(name, changes, steps) for name, (changes, steps) in STUDENTS.items()}
    for name, (_, steps) in STUDENTS.items():
        lesson.page.until(f"state.board[{students[name].number}]?.step === {steps}")
    return lesson, students


def allow(lesson: Class) -> None:
    lesson.joined(None)
    lesson.page.until("state.classroom.students > 0")
    if not lesson.page.state("classroom.allow_forks"):
        lesson.page.press("Allow forks")
        lesson.page.until("state.classroom.allow_forks")


def test_the_board_shows_every_forks_own_rate_loss_and_diagnosis(begun: Callable[..., Class]) -> None:
    lesson, students = with_three(begun)
    assert lesson.page.page.get_by_role("region", name="Class board", exact=True).is_visible()
    shown = {card["name"]: card for card in lesson.cards()}
    assert set(shown) == set(STUDENTS)
    for name, (changes, steps) in STUDENTS.items():
        own = Header.unpack(next(frame for frame in reversed(students[name].frames) if frame[5] == PULSE))
        trainer = Trainer(EXPERIMENT.change(**changes))
        trainer.run(steps)
        assert own.step == steps
        assert shown[name]["rate"] == pytest.approx(own.learning_rate, rel=1e-6) == changes["learning_rate"]
        assert float(shown[name]["loss"]) == pytest.approx(own.train_loss, rel=1e-6)
        assert float(shown[name]["loss"]) == pytest.approx(trainer.metrics().train_loss, rel=1e-6)
        found = lesson.page.state(f"board[{students[name].number}].diagnosis")
        assert (found["kind"], found["sentence"]) == (diagnose(trainer).kind, diagnose(trainer).sentence)


def test_cards_are_sorted_by_what_is_chosen(begun: Callable[..., Class]) -> None:
    lesson, _ = with_three(begun)
    orders = {"name": ["Ada 9", "ada 10", "Emmy"], "learning_rate": ["ada 10", "Ada 9", "Emmy"]}
    for by, names in orders.items():
        lesson.page.choose("Sort by", by)
        lesson.page.page.wait_for_timeout(200)
        assert [card["name"] for card in lesson.cards()] == names
    lesson.page.choose("Sort by", "loss")
    lesson.page.page.wait_for_timeout(200)
    losses = [float(card["loss"]) for card in lesson.cards()]
    assert losses == sorted(losses)


def test_the_class_curve_is_made_of_the_boards_numbers(begun: Callable[..., Class]) -> None:
    lesson, _ = with_three(begun)
    lesson.forked("deep", {"hidden": [4] * 3}, 20)
    lesson.page.until("Object.values(state.board).some((card) => card.settings.depth === 3 && card.step === 20)")
    lesson.page.page.wait_for_timeout(2200)  # the table says what was true two seconds ago at most
    rows = """() => [...document.querySelectorAll(".class-curve tbody tr")].map((row) => [Number(row.dataset.member),
      row.cells[1].dataset.x, row.cells[2].dataset.loss])"""
    cards = {card["member"]: card for card in lesson.cards()}
    table = lesson.page.page.evaluate(rows)
    assert {member: (float(x), loss) for member, x, loss in table} == {
        member: (card["rate"], card["loss"]) for member, card in cards.items()
    }
    lesson.page.choose("Across", "depth")
    lesson.page.page.wait_for_timeout(2200)
    assert sorted(x for _, x, _ in lesson.page.page.evaluate(rows)) == ["2", "2", "2", "3"]


def test_a_diverged_run_is_last_and_marked_by_more_than_a_colour(begun: Callable[..., Class]) -> None:
    lesson, _ = with_three(begun)
    lost = lesson.forked("Lost", {"learning_rate": 10, "dataset": "sine", "loss": "mse", "activation": "relu"})
    lost.send(type="advance", steps=400)
    lost.event("state", status="diverged")
    lesson.page.until(f"state.board[{lost.number}]?.status === 'diverged'")
    for by in ("loss", "name", "learning_rate"):
        lesson.page.choose("Sort by", by)
        lesson.page.page.wait_for_timeout(200)
        last = lesson.cards()[-1]
        assert (last["name"], last["status"], last["loss"], last["words"]) == ("Lost", "diverged", "", "✗diverged")


def test_names_are_hidden_with_one_switch(begun: Callable[..., Class]) -> None:
    lesson, students = with_three(begun)
    lesson.page.page.get_by_role("switch", name="Hide names", exact=True).click()
    lesson.page.until("Object.values(state.board).every((card) => card.name === null)")
    assert {card["name"] for card in lesson.cards()} == {f"Student {one.number}" for one in students.values()}
    lesson.page.page.wait_for_timeout(2200)
    assert not re.search("Emmy|Ada", lesson.page.page.locator("#class-board").inner_text())
    lesson.page.page.get_by_role("switch", name="Hide names", exact=True).click()
    lesson.page.until("Object.values(state.board).some((card) => card.name === 'Emmy')")


def test_a_card_is_brought_on_everybodys_stage_and_taken_off_again(begun: Callable[..., Class]) -> None:
    lesson, students = with_three(begun)
    watcher, emmy = lesson.joined("Watcher"), students["Emmy"]
    own = lesson.page.state("pulse.step")
    card = lesson.page.page.locator(f'.card[data-member="{emmy.number}"]')
    card.get_by_role("button", name="Bring on stage", exact=True).click()
    lesson.page.until(f"state.classroom.on_stage === {emmy.number} && state.pulse?.step === 80")
    assert lesson.page.state("experiment.learning_rate") == 0.8
    watcher.frame(PULSE, where=lambda header: header.step == 80)
    card.get_by_role("button", name="Take off the stage", exact=True).click()
    lesson.page.until(f"state.classroom.on_stage === null && state.pulse?.step === {own}")
    assert lesson.page.state("experiment.learning_rate") == 0.05


def test_a_card_goes_with_its_fork(begun: Callable[..., Class]) -> None:
    lesson, students = with_three(begun)
    students["Emmy"].send(type="follow")
    lesson.page.until(f"!({students['Emmy'].number} in state.board)")
    assert {card["name"] for card in lesson.cards()} == set(STUDENTS) - {"Emmy"}


def test_the_board_opens_by_itself_but_not_against_the_teachers_will(begun: Callable[..., Class]) -> None:
    lesson = begun()
    board = lesson.page.page.get_by_role("region", name="Class board", exact=True)
    allow(lesson)
    assert board.count() == 0
    lesson.page.page.get_by_role("button", name="Board", exact=True).click()
    assert "No runs yet" in board.inner_text()
    lesson.page.press("Close the board")
    lesson.forked("Emmy")
    lesson.page.until("Object.keys(state.board).length === 1")
    assert board.count() == 0


def test_a_projector_opens_the_board_with_the_first_fork_and_commands_nothing(
    begun: Callable[..., Class], stage: Open
) -> None:
    lesson = begun()
    allow(lesson)
    wall = stage(f"r/{lesson.room}?projector")
    assert wall.state("role") == "projector"
    lesson.forked("Emmy", {"learning_rate": 0.3}, 10)
    wall.until("Object.keys(state.board).length === 1")
    board = wall.page.get_by_role("region", name="Class board", exact=True)
    assert board.is_visible() and wall.page.get_by_role("region", name="Class curve", exact=True).is_visible()
    assert "Emmy" in board.inner_text()
    assert wall.page.get_by_role("button", name="Bring on stage").count() == 0
    assert wall.page.get_by_role("switch", name="Hide names").count() == 0


def test_students_see_no_board(begun: Callable[..., Class], stage: Open) -> None:
    lesson = begun()
    allow(lesson)
    lesson.forked("Emmy")
    student = stage(f"r/{lesson.room}")
    lesson.page.until("Object.keys(state.board).length === 1")
    student.page.wait_for_timeout(700)
    assert student.state("board") == {}
    assert student.page.get_by_role("region", name="Class board").count() == 0
