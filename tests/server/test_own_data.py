"""A table of one's own over the socket: what everybody is told of it, when, and that it outlives what it has to."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from nablascope.engine import Experiment, Trainer, from_address, to_address
from nablascope.engine.diagnostics import belief
from nablascope.server.wire.protocol import BELIEF, HEADER, PULSE, Header

Open = Callable[..., Any]
TABLE = "hours,sleep,passed\n" + "\n".join(f"{i % 9}.5,{i * 5 % 7},{'yes' if i % 9 > 4 else 'no'}" for i in range(40))
HOUSES = "size,rooms,the age of it,storeys,price\n" + "\n".join(
    f"{50 + i},{i % 5},{i * 7 % 40},{i % 3},{300 + 3.5 * i - i * 7 % 40}" for i in range(60)
)
PRICES = "size;price\n" + "\n".join(f"{50 + i};{200 + 2 * i},5" for i in range(40))


def test_a_table_of_the_same_shape_is_learned_at_once_and_told_with_the_run_alone(client: Open) -> None:
    driver = client()
    driver.event("settings")
    driver.send(type="set", changes={"own_data": TABLE})
    told, data, settings = driver.event("run"), driver.event("data"), driver.event("settings")
    assert told["own"] == {
        "text": TABLE, "target": "passed",
        "columns": [{"name": "hours", "low": 0.5, "high": 8.5}, {"name": "sleep", "low": 0, "high": 6}],
    }  # fmt: skip
    assert (told["run"], told["labels"], told["grid"]["kind"]) == (1, ["no", "yes"], "plane")
    trainer = Trainer(Experiment(hidden=[6, 6, 4]).change(own_data=TABLE))
    assert sorted(map(tuple, data["x"])) == sorted(
        map(tuple, [*trainer.data.x_train.round(5), *trainer.data.x_test.round(5)])
    )
    assert settings["experiment"]["dataset"] == "own" and "own_data" not in settings["experiment"]
    driver.send(type="set", changes={"learning_rate": 0.1})
    again = driver.event("settings", revision=2)
    assert TABLE[:20] not in json.dumps(again)
    assert len([event for event in driver.events if event["type"] == "run"]) == 2
    experiment = from_address(f"{again['address']}&own_data={TABLE}")
    assert (experiment.own_data, experiment.learning_rate) == (TABLE, 0.1)


def test_a_table_that_cannot_be_read_changes_nothing(client: Open) -> None:
    driver = client()
    driver.event("settings")
    driver.send(type="set", id=5, changes={"own_data": TABLE.replace("0.5", "none"), "learning_rate": 0.001})
    error = driver.event("error")
    assert (error["command"], error["field"], error["expected"]) == (5, "own_data", "a number")
    assert error["was"] == "'row 2, column 1 (hours): none'"
    driver.send(type="set", changes={"learning_rate": 0.2})
    settings = driver.event("settings")
    assert (settings["experiment"]["learning_rate"], settings["experiment"]["dataset"]) == (0.2, "circles")


def test_another_shape_is_asked_back(client: Open) -> None:
    driver = client()
    driver.frame(PULSE, where=lambda header: header.step > 1)
    driver.send(type="set", changes={"own_data": PRICES})
    asked = driver.event("confirm")
    driver.send(type="set", changes=asked["changes"], reset=True)
    told = driver.event("run")
    assert (told["task"], told["layers"][0], told["grid"]["kind"]) == ("regression", 1, "line")
    assert told["losses"] == ["mse", "half_sse", "mae", "huber"]
    assert told["own"]["columns"][-1] == {"name": "price", "low": 200.5, "high": 278.5}
    assert driver.event("settings")["experiment"]["loss"] == "mse"


def test_more_inputs_than_can_be_drawn_are_told_by_their_answers(client: Open) -> None:
    driver = client(experiment=to_address(Experiment().change(own_data=HOUSES)))
    told, data = driver.event("run"), driver.event("data")
    samples = told["grid"]["belief"][1]
    assert (told["grid"]["kind"], told["grid"]["belief"][0], samples) == ("values", 1, len(data["y"]))
    assert (told["inputs"], told["input_maps"], told["image"]) == (
        ["size", "rooms", "the age …", "storeys"],
        [],
        False,
    )
    trainer = Trainer(Experiment().change(own_data=HOUSES))
    assert data["y"] == trainer.data.labels_test.round(5).tolist() and data["x"] == []
    frame = driver.frame(BELIEF, where=lambda header: header.step <= 1)
    before = belief(trainer.network, trainer.data)
    trainer.step()
    answers = np.frombuffer(frame, "<f4", samples, HEADER.size)
    assert any(np.array_equal(answers, one) for one in (before, belief(trainer.network, trainer.data)))


def test_whoever_comes_later_and_whoever_forks_has_the_table(open_class: Open) -> None:
    lesson = open_class()
    lesson.teacher.send(type="set", changes={"own_data": TABLE})
    lesson.teacher.event("run", dataset="own")
    ann = lesson.student("Ann")
    assert ann.event("run", dataset="own")["own"]["text"] == TABLE
    lesson.teacher.send(type="allow_forks", allowed=True)
    ann.told("class", allow_forks=True)
    ann.send(type="fork")
    ann.event("moved", forked=True)
    assert ann.event("run")["own"]["text"] == TABLE


def test_a_table_outlives_the_server(serve: Open, client: Open, tmp_path: Path) -> None:
    server = serve(data=tmp_path)
    driver = client(url=server.url)
    welcome = driver.event("welcome")
    driver.send(type="speed", value=4)
    driver.send(type="set", changes={"own_data": TABLE})
    step = Header.unpack(driver.frame(PULSE, where=lambda header: header.step > 50)).step
    server.stop()
    back = client(url=serve(data=tmp_path).url, room=welcome["room"], token=welcome["token"])
    assert back.event("run")["own"]["text"] == TABLE
    assert Header.unpack(back.frame(PULSE)).step >= step


def test_looking_back_beyond_a_table_brings_the_data_set_that_was_there(client: Open) -> None:
    driver = client()
    driver.frame(PULSE, where=lambda header: header.step == 2)
    driver.send(type="set", changes={"own_data": TABLE})
    driver.event("run", dataset="own")
    driver.frame(PULSE, where=lambda header: header.step > 3)
    driver.send(type="visit", step=1)
    assert driver.event("run")["dataset"] == "circles"
    driver.send(type="visit", step=10**6)
    assert driver.event("run")["own"]["text"] == TABLE
