"""The command decoder: any bytes give a command or a named refusal, never anything else."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nablascope.server.limits import LONGEST_COMMAND
from nablascope.server.wire.command import CommandError
from nablascope.server.wire.commands import Hello, Set, Speed, decode
from nablascope.server.wire.refusal import SHOWN, shown

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
        decode(json.dumps({"type": "preset", "name": "é" * (LONGEST_COMMAND // 2)}, ensure_ascii=False))


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


def filled(piece: str, whole: str) -> str:
    """A message of 64 KiB at most, that has a piece again and again, numbered so that names differ."""
    room, pieces = LONGEST_COMMAND - len(whole), []
    while (room := room - len(one := piece.format(len(pieces))) - 1) >= 0:
        pieces.append(one)
    return whole.replace("…", ",".join(pieces))


MANY = 1900
NAMES, LISTS, OBJECTS = '"{}":0', '"{}":[1,[]]', '"{}":{{}}'


def listed(element: str) -> str:
    """A name, and a list of many of the same."""
    return f'"{{}}":[{",".join([element] * MANY)}]'


#: What is wrong at thousands of places, and what is said of it: the field, and what was expected.
HOSTILE = {
    "names in a play": (NAMES, '{"type":"play",…}', "message", "at most 512 bytes of play"),
    "names in a hello": (NAMES, '{"type":"hello","protocol":1,…}', "0", "Extra inputs are not permitted"),
    "names in a set": (NAMES, '{"type":"set","changes":{},…}', "0", "Extra inputs are not permitted"),
    "names and no type": (NAMES, "{…}", "type", "one of hello, ack"),
    "changes": (NAMES, '{"type":"set","changes":{…}}', "changes", "Dictionary should have at most 60 items"),
    "changes that are lists": (LISTS, '{"type":"set","changes":{…}}', "message", "at most 256"),
    "changes that are objects": (OBJECTS, '{"type":"set","changes":{…}}', "message", "at most 256"),
    "a long list": ("0", '{"type":"set","changes":{"a":[…]}}', "changes.a", "a text, a finite number"),
    "a long list of texts": ('"x"', '{"type":"set","changes":{"a":[…]}}', "changes.a", "a text, a finite number"),
    "lists of nulls": (
        listed("null"), '{"type":"set","changes":{…}}', "changes.0", "a text, a finite number",
    ),
    "lists of no numbers": (
        listed("NaN"), '{"type":"set","changes":{…}}', "changes.0", "a text, a finite number",
    ),
    "lists of numbers": (
        listed("0"), '{"type":"set","changes":{…}}', "changes", "fewer",
    ),
    "nested lists": ("[" * 150 + "]" * 150, '{"type":"set","changes":{"a":[…]}}', "message", "at most 256"),
    "options": ('""', '{"type":"question","text":"?","options":[…]}', "options", "List should have at most 6 items"),
    "a type that is a list": ("0", '{"type":[…]}', "type", "one of hello, ack"),
    "an experiment that is an object": (
        NAMES, '{"type":"hello","protocol":1,"experiment":{…}}', "experiment", "Input should be a valid string",
    ),
    "an end that is missing": (NAMES, '{"type":"set","changes":{…', "message", "Invalid JSON: EOF"),
}  # fmt: skip
#: Seconds of the processor for a refusal: it takes 0.8 ms at most, and took up to 170.
MOST_SECONDS = 0.004


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_wrong_at_thousands_of_places_is_refused_at_once_for_the_first(name: str) -> None:
    message, (field, expected) = filled(*HOSTILE[name][:2]), HOSTILE[name][2:]
    took = []
    for _ in range(5):
        began = time.process_time()
        with pytest.raises(CommandError) as refusal:
            decode(message)
        took.append(time.process_time() - began)
        assert refusal.value.field == field and refusal.value.expected.startswith(expected)
        assert len(refusal.value.was) <= 200
    assert min(took) < MOST_SECONDS


def test_large_commands_that_are_fine_come_through() -> None:
    table = "".join(f"[{n}],{{{n}}}\n" for n in range(3000))  # brackets in a text are letters
    for changes in (
        {"own_data": table},
        {"weights": [0.1] * 2000, "hidden": [8] * 8},
        {f"a{n}": [n] for n in range(60)},
    ):
        command = decode(json.dumps({"type": "set", "changes": changes}))
        assert isinstance(command, Set) and command.changes == changes
    hello = decode(json.dumps({"type": "hello", "protocol": 1, "experiment": "x" * 50_000}))
    assert isinstance(hello, Hello)


def test_a_refusal_repeats_the_id_and_a_long_name_in_short() -> None:
    with pytest.raises(CommandError) as refusal:
        decode(json.dumps({"type": "set", "id": 7, "changes": {}, "k" * 60_000: 0}))
    assert refusal.value.id == 7 and refusal.value.field == "k" * 60


@given(JSON)
def test_a_value_is_shown_as_python_writes_it_and_only_so_far(value: Any) -> None:
    text, whole = shown(value), repr(value)
    assert text == whole if len(whole) <= SHOWN else (len(text) == SHOWN and text.endswith("…"))
