"""The class board: a card of every student's run, live, for teachers and projectors alone."""

import base64
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from nablascope.engine import Experiment, Trainer, to_address
from nablascope.engine.diagnostics import belief
from nablascope.server.classroom.board import Board
from nablascope.server.classroom.classroom import Classroom
from nablascope.server.classroom.member import digest
from nablascope.server.training.card import Cards
from nablascope.server.training.run import TrainingRun

Open = Callable[..., Any]
EXPERIMENT = Experiment(dataset="moons", hidden=[5, 4], learning_rate=0.3, batch_size=16, seed=9)


def card_of(viewer: Any, member: int, wanted: Callable[[dict[str, Any]], bool] = lambda card: True) -> dict[str, Any]:
    """The next card of a member that is as wanted."""
    while True:
        for card in viewer.event("board")["cards"]:
            if card["member"] == member and wanted(card):
                return dict(card)


def test_a_card_has_the_engines_own_numbers() -> None:
    run = TrainingRun(EXPERIMENT, 0.0)
    run.trainer.run(200)
    card = Cards(0.0).make(run, 0.0)
    assert card is not None
    own = Trainer(EXPERIMENT)
    own.run(200)
    metrics = own.metrics()
    assert (card["step"], card["learning_rate"], card["status"]) == (200, 0.3, "running")
    assert (card["train_loss"], card["test_loss"]) == (metrics.train_loss, metrics.test_loss)
    assert card["best_loss"] == card["train_loss"] and card["accuracy"] == metrics.test_accuracy
    assert (card["settings"]["depth"], card["settings"]["width"], card["settings"]["hidden"]) == (2, 5, [5, 4])
    assert card["picture"]["classes"] == 2
    values = np.frombuffer(base64.b64decode(card["picture"]["values"]), np.uint8)
    assert np.array_equal(values, belief(own.network, own.data, 24).reshape(-1))


def test_a_card_is_made_twice_a_second_at_most_and_only_when_something_is_new() -> None:
    run, cards = TrainingRun(EXPERIMENT, 0.0), Cards(0.0)
    made = 0
    for tick in range(100):
        run.trainer.run(1)
        made += cards.make(run, tick / 20) is not None
    assert 8 <= made <= 10
    assert cards.make(run, 10.0) is not None
    assert cards.make(run, 20.0) is None and cards.next_due(run) is None
    run.revision += 1
    assert cards.next_due(run) is not None and cards.make(run, 30.0) is not None


def test_the_best_loss_is_that_of_the_settings_in_force_and_a_diverged_run_has_none() -> None:
    run, cards = (
        TrainingRun(EXPERIMENT.change(dataset="sine", activation="relu", loss="mse"), 0.0),
        Cards(0),
    )
    run.trainer.run(50)
    first = cards.make(run, 0.0)
    assert first is not None and first["best_loss"] > 0
    run.trainer.set(learning_rate=10.0)
    run.revision += 1
    run.trainer.run(500)
    assert run.trainer.stopped_by_divergence
    card = cards.make(run, 5.0)
    assert card is not None
    assert (card["status"], card["train_loss"], card["best_loss"]) == ("diverged", None, None)
    assert card["learning_rate"] == 10.0 and card["diagnosis"]["kind"] == "diverged"


def test_the_board_tells_what_is_new_and_what_is_gone() -> None:
    room = Classroom("ABCDEF", digest("token"))
    ann, bob = room.enter(None, "a", name="Ann"), room.enter(None, "b", name="Bob")
    board = Board()
    board.put(ann.number, {"step": 1})
    board.put(bob.number, {"step": 1})
    assert [card["name"] for card in board.take(room)["cards"]] == ["Ann", "Bob"]
    assert not board.due
    board.put(ann.number, {"step": 2})
    assert [card["member"] for card in board.take(room)["cards"]] == [ann.number]
    board.drop(bob.number)
    assert board.take(room) == {"type": "board", "cards": [], "gone": [bob.number]}
    room.names_hidden = True
    board.name_all(room)
    assert board.take(room)["cards"] == [{"member": ann.number, "name": None, "step": 2}]


def test_teachers_and_projectors_see_every_run_live_and_students_see_none(open_class: Open) -> None:
    lesson = open_class(experiment=to_address(EXPERIMENT))
    teacher, ann = lesson.teacher, lesson.forked("Ann")
    bob = lesson.forked("Bob")
    ann.send(type="set", changes={"learning_rate": 0.0123})
    card = card_of(teacher, ann.number, lambda card: card["learning_rate"] == 0.0123)
    assert card["name"] == "Ann" and card["picture"]["rows"] == 24
    wall = lesson.student("Wall", projector=True)
    first = wall.event("board")
    assert {c["member"] for c in first["cards"]} == {ann.number, bob.number}
    ann.send(type="speed", value=5)
    later = card_of(wall, ann.number, lambda later: later["step"] > card["step"] + 100)
    assert len(later["curve"]) <= 48 and later["train_loss"] is not None
    teacher.send(type="hide_names", hidden=True)
    assert card_of(wall, bob.number, lambda card: card["name"] is None)
    bob.send(type="follow")
    while bob.number not in wall.event("board")["gone"]:
        pass
    for student in (ann, bob):
        assert not any(event["type"] in ("board", "members") for event in student.events)


def test_boards_come_twice_a_second_at_most(open_class: Open) -> None:
    lesson = open_class()
    for name in ("Ann", "Bob", "Cem"):
        lesson.forked(name).send(type="speed", value=5)
    lesson.teacher.event("board")
    count, end = 0, time.monotonic() + 3
    while time.monotonic() < end:
        message = lesson.teacher.receive()
        count += isinstance(message, dict) and message["type"] == "board"
    assert 2 <= count <= 7
