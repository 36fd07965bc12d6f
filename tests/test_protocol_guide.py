"""docs/protocol.md has every event, command, code, frame and field of the code, and no others."""

import ast
import re
import struct
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest
from nablascope.engine import Experiment, Trainer
from nablascope.engine.diagnostics import diagnose
from nablascope.server.serving import websocket
from nablascope.server.training.encode import describe_data, describe_run
from nablascope.server.wire import policy, protocol, refusal
from nablascope.server.wire.commands import MODELS

ROOT = Path(__file__).resolve().parent.parent
GUIDE = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
TYPES = {"B": "u8", "H": "u16", "I": "u32", "f": "f32"}
#: uvicorn's, when the server ends.
SERVICE_RESTART = 1012
WHO = {
    policy.EVERYBODY: "everybody", policy.DRIVER: "driving", policy.LEADER: "leading", policy.TEACHERS: "teachers",
    policy.STUDENTS: "students", policy.PRESENTER: "presenting",
}  # fmt: skip


def rows(guide: str, *head: str) -> list[list[str]]:
    """The rows of all tables whose head begins with these cells."""
    found, inside, known = [], False, False
    for line in guide.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            inside = known = False
        elif not inside:
            inside, known = True, tuple(cells[: len(head)]) == head
        elif known and set(line) - set("|-"):
            found.append(cells)
    return found


def named(cell: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", cell)


def told_events(guide: str) -> dict[str, set[str]]:
    """Every event of the guide with its fields."""
    events: dict[str, set[str]] = {}
    for event, field, *_ in rows(guide, "event"):
        current = named(event)[0] if event else current  # noqa: F821
        events.setdefault(current, set()).update(named(field))
    return events


def displays() -> Iterator[ast.Dict]:
    """Every dictionary that the server writes out, but those that are commands to a run."""
    for path in (ROOT / "server").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        commands = {id(given) for call in calls if ast.unparse(call.func).endswith("command") for given in call.args}
        yield from (node for node in ast.walk(tree) if isinstance(node, ast.Dict) and id(node) not in commands)


@cache
def made_events() -> dict[str, set[str]]:
    """Every event that the server makes, with its fields."""
    events: dict[str, set[str]] = {}
    for display in displays():
        entries = {
            key.value: value for key, value in zip(display.keys, display.values, strict=True)
            if isinstance(key, ast.Constant)
        }  # fmt: skip
        kind = getattr(entries.get("type"), "value", None)
        if isinstance(kind, str) and "." not in kind:  # ASGI's messages have a point
            events.setdefault(kind, set()).update(entries.keys() - {"type"})
    trainer = Trainer(Experiment())
    events["run"] |= set(describe_run(trainer))
    events["data"] |= set(describe_data(trainer) or {})
    events["diagnosis"] |= set(diagnose(trainer).to_dict())
    events["error"] |= set(refusal.words("", "", ""))
    return events


@cache
def closing_codes() -> set[int]:
    """Codes that the server closes connections with: its own from 4400 on, and those of the WebSocket protocol."""
    found = {SERVICE_RESTART, websocket.NOT_TEXT, websocket.TOO_MUCH, websocket.TOO_LONG}
    for path in (ROOT / "server").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, int) and 4400 <= node.value < 4500:
                found.add(node.value)
    return found


def faults(guide: str) -> list[str]:
    """Where the guide and the code differ."""
    pairs = {
        "events": (set(told_events(guide)), set(made_events())),
        "fields of hello": (
            {name for field, *_ in rows(guide, "field") for name in named(field)}, set(MODELS["hello"].model_fields),
        ),
        "commands": ({named(row[0])[0] for row in rows(guide, "command")}, set(policy.POLICY)),
        "refusals": ({named(row[0])[0] for row in rows(guide, "code", "of")}, set(refusal.REFUSALS)),
        "closing codes": ({int(row[0]) for row in rows(guide, "close")}, closing_codes()),
        "refusals of closing codes": (
            {name for row in rows(guide, "close") for name in named(row[2])} - set(refusal.REFUSALS), set(),
        ),
        "kinds": (
            {(int(row[0]), row[1]) for row in rows(guide, "kind")},
            {(getattr(protocol, name), name) for name in ("PULSE", "PARAMETERS", "RESPONSE", "BELIEF", "HISTORY")},
        ),
        "all kinds": ({int(row[0]) for row in rows(guide, "kind")}, set(protocol.KINDS)),
        "flags": (
            {(int(row[0]), row[1]) for row in rows(guide, "flag")},
            {(getattr(protocol, name), name) for name in ("RUNNING", "HOLD", "EXACT", "AFTER")},
        ),
        "instruments": (
            {(named(row[0])[0], row[1]) for row in rows(guide, "instrument")},
            {(name, WHO[who]) for name, who in policy.QUESTIONS.items()},
        ),
    }  # fmt: skip
    found = [f"{what}: {sorted(map(str, told ^ made))}" for what, (told, made) in pairs.items() if told != made]
    told = told_events(guide)
    found += [f"{event}: {made ^ told.get(event, made)}" for event, made in made_events().items()
              if made != told.get(event, made)]  # fmt: skip
    return found + faulty_commands(guide) + faulty_header(guide)


def faulty_commands(guide: str) -> list[str]:
    """Commands whose row differs from the policy or from the model."""
    found = []
    for command, given, who, rate, size in rows(guide, "command"):
        name = named(command)[0]
        rule, model = policy.POLICY.get(name), MODELS.get(name)
        if rule is None or model is None:
            continue
        known = set(model.model_fields) - {"type", "id"}
        expected = (known, WHO[rule.who], f"{rule.rate:,}", f"{rule.size:,}")
        if (set(named(given)), who, rate, size) != expected:
            found.append(f"{name}: {expected}")
    return found


def faulty_header(guide: str) -> list[str]:
    """Rows of the header that are not in their place."""
    at, expected = 0, []
    for letter in protocol.HEADER.format.lstrip("<"):
        expected.append((str(at), TYPES[letter]))
        at += struct.calcsize(letter)
    told = rows(guide, "at")
    found = [] if [(row[0], row[1]) for row in told] == expected else ["the header's places"]
    names = [named(row[2])[0] for row in told]
    if sorted(names) != sorted([*(field.name for field in fields(protocol.Header)), "magic", "version"]):
        return [*found, "the header's fields"]
    whole = {field.name for field in fields(protocol.Header) if field.type in ("int", int)}
    given = {name: int(place) if name in whole else float(place) for place, name in enumerate(names)} | {"kind": 5}
    header = protocol.Header(**{name: given[name] for name in names[2:]})  # after the magic and the version
    values = protocol.HEADER.unpack(header.pack())
    return found + [f"{name} in the header" for name in names[2:] if values[names.index(name)] != given[name]]


def test_the_guide_to_the_wire_has_all_that_the_code_says_and_nothing_else() -> None:
    assert len(made_events()) >= 20  # they have been found
    assert faults(GUIDE) == []


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("| `moved` | ", "| `went` | "),
        ("| | `tip` |", "| | `top` |"),
        ("| | `image` |", "| | `image`, `sound` |"),
        ("| `preset` | `name` | driving | 20 |", "| `preset` | `name` | driving | 21 |"),
        ("| `recall` | | leading | 5 | 512 |\n", ""),
        ("| `unreadable` | a hello |", "| `illegible` | a hello |"),
        ("| 4409 | ", "| 4410 | "),
        ("| 4 | BELIEF |", "| 4 | FAITH |"),
        ("| 36 | f32 | `train_loss` |", "| 36 | f32 | `test_loss` |"),
        ("| 56 | u16 | `phase` |", "| 56 | u32 | `phase` |"),
        ("| `nudge` | driving |", "| `nudge` | everybody |"),
        ("| `projector` | true or false |", "| `wall` | true or false |"),
    ],
)
def test_a_row_that_is_wrong_is_found(was: str, becomes: str) -> None:
    assert was in GUIDE
    assert faults(GUIDE.replace(was, becomes, 1)) != []
