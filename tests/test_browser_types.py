"""The browser's types are what the engine and the wire say today."""

import re
from typing import Any, Literal

import pytest
from nablascope.engine import Experiment
from nablascope.server.wire.command import Command
from nablascope.server.wire.commands import MODELS
from support import browser_types


@pytest.mark.parametrize("path", browser_types.files(), ids=lambda path: path.name)
def test_the_checked_in_types_are_what_is_described(path: Any) -> None:
    assert path.read_text(encoding="utf-8") == browser_types.files()[path], "run tests/support/browser_types.py"


def test_a_setting_or_a_command_that_nobody_wrote_down_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Fly(Command):
        type: Literal["fly"]
        height: int | None = None

    fields = {**Experiment.describe(), "new": {**Experiment.describe()["noise"], "name": "new"}}
    monkeypatch.setattr(Experiment, "describe", lambda: fields)
    monkeypatch.setitem(MODELS, "fly", Fly)  # type: ignore[arg-type]
    assert "  new: number;\n" in browser_types.experiment()
    assert '\n  | { type: "fly"; height?: number | null };\n' in browser_types.commands()
    for path, text in browser_types.files().items():
        assert path.read_text(encoding="utf-8") != text


def test_the_types_name_every_setting_and_every_command() -> None:
    block = browser_types.experiment().split("type Experiment = {\n")[1].split("};")[0]
    assert re.findall(r"^  (\w+)\??: ", block, re.M) == list(Experiment().to_dict())
    types = re.findall(r"^  \| \{ type: ([^;}]+)", browser_types.commands(), re.M)
    assert {name for words in types for name in re.findall(r"\w+", words)} == set(MODELS)
