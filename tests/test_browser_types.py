"""The browser's types are what the engine and the wire say today."""

import re
from typing import Any

import pytest
from nablascope.engine import Experiment
from support import browser_types


def test_the_checked_in_types_are_what_the_engine_describes() -> None:
    said = browser_types.FILE.read_text(encoding="utf-8")
    assert said == browser_types.text(), "run tests/support/browser_types.py"


def test_a_setting_that_nobody_wrote_down_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    fields: dict[str, Any] = {**Experiment.describe(), "new": {**Experiment.describe()["noise"], "name": "new"}}
    monkeypatch.setattr(Experiment, "describe", lambda: fields)
    assert "  new: number;\n" in browser_types.text() != browser_types.FILE.read_text(encoding="utf-8")


def test_the_types_name_every_setting_of_an_experiment_once() -> None:
    block = browser_types.text().split("type Experiment = {\n")[1].split("};")[0]
    assert re.findall(r"^  (\w+)\??: ", block, re.M) == list(Experiment().to_dict())
