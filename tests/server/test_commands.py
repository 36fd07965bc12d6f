"""The command decoder: any bytes give a command or a named refusal, never anything else."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nablascope.server.command import CommandError
from nablascope.server.commands import LONGEST, Set, Speed, decode

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
)
TYPES = st.sampled_from(["set", "preset", "speed", "play", "ack", "history", "hello", "again", "step", "nonsense"])


@given(st.text() | st.binary())
def test_any_text_and_any_bytes_are_a_command_or_a_refusal(message: str | bytes) -> None:
    try:
        decode(message)
    except CommandError as error:
        assert error.field and error.expected


@given(
    TYPES, st.dictionaries(st.sampled_from(["id", "value", "changes", "name", "seq", "since", "x"]), JSON, max_size=4)
)
def test_any_object_is_a_command_or_a_refusal_that_names_a_field(kind: str, more: dict[str, Any]) -> None:
    try:
        command = decode(json.dumps({"type": kind, **more}))
    except CommandError as error:
        assert error.field
        assert len(error.was) <= 200
        return
    kept = command.model_dump()
    for name, value in more.items():
        assert kept[name] == value and type(kept[name]) is type(value)  # nothing was coerced


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ("", "message"), ("[]", "message"), ("null", "message"), ('{"type": "bogus"}', "type"), ("{", "message"),
        ('{"type": "speed", "value": 7}', "value"), ('{"type": "speed", "value": "3"}', "value"),
        ('{"type": "speed", "value": true}', "value"), ('{"type": "speed", "value": 1.0}', "value"),
        ('{"type": "speed"}', "value"), ('{"type": "play", "extra": 1}', "extra"),
        ('{"type": "set", "changes": {"learning_rate": NaN}}', "changes.learning_rate"),
        ('{"type": "set", "changes": {"learning_rate": 1e999}}', "changes.learning_rate"),
        ('{"type": "set", "changes": {"hidden": {"a": 1}}}', "changes.hidden"),
        ('{"type": "ack", "seq": -1}', "seq"), ('{"type": "hello", "protocol": 2}', "protocol"),
        ('{"type": "hello", "protocol": 1, "room": "../../x"}', "room"), ("[" * 20_000, "message"),
    ],
)  # fmt: skip
def test_refusals_name_the_field(message: str, field: str) -> None:
    with pytest.raises(CommandError) as refusal:
        decode(message)
    assert refusal.value.field == field


def test_commands_over_64_kib_are_refused_by_their_bytes() -> None:
    with pytest.raises(CommandError, match="at most 65536 bytes"):
        decode(json.dumps({"type": "preset", "name": "é" * (LONGEST // 2)}, ensure_ascii=False))


def test_what_is_fine_comes_through_as_it_is() -> None:
    changes = {"learning_rate": 0.3, "hidden": [8, 8], "activation": ["tanh", "relu"], "stop_loss": None, "seed": 7}
    command = decode(json.dumps({"type": "set", "changes": changes, "id": 5}))
    assert isinstance(command, Set)
    assert command.changes == changes
    assert (command.id, command.reset) == (5, False)
    assert decode('{"type": "speed", "value": 6}') == Speed(type="speed", value=6)


def test_lists_of_two_thousand_numbers_come_through_and_longer_ones_do_not() -> None:
    def told(numbers: list[float]) -> str:
        return json.dumps({"type": "set", "changes": {"weights": numbers}})

    numbers = [1, *(-0.123456789012345 * n for n in range(1999))]
    command = decode(told(numbers))
    assert isinstance(command, Set)
    assert command.changes["weights"] == numbers
    for refused in ([0.5] * 2001, [0.5, None], [0.5, [1.0]], [0.5, True], [0.5, float("nan")]):
        with pytest.raises(CommandError) as refusal:
            decode(told(refused))
        assert refusal.value.field == "changes.weights"
