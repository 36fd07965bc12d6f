"""What a browser may say: one strict decoder. Nothing is coerced, everything is bounded, unknown keys are refused."""

import json
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from .ahead import MOST_STEPS
from .class_commands import ClassCommand
from .command import Command, CommandError, Value
from .policy import POLICY

LONGEST = 64 * 1024  # bytes of one command
PROTOCOL = 1
TYPES = ("hello", *POLICY)
VALUES = "a text, a finite number, true, false, null, a list of texts and whole numbers, or one of up to 2000 numbers"


class Hello(Command):
    """The first message: which room, the token of its teacher, and who says it.

    `tab` is a secret of the browser's tab: with it the same member comes back.
    """

    type: Literal["hello"]
    protocol: Literal[1]
    room: Annotated[str, Field(pattern=r"^[A-Z0-9]{6}$")] | None = None
    token: Annotated[str, Field(max_length=64)] | None = None
    experiment: Annotated[str, Field(max_length=50_000)] | None = None
    name: Annotated[str, Field(max_length=24)] | None = None
    tab: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,64}$")] | None = None
    projector: bool = False


class Set(Command):
    """Change settings; `reset` begins the run anew with them, also where a new start would have to be confirmed."""

    type: Literal["set"]
    changes: Annotated[dict[Annotated[str, Field(max_length=40)], Value], Field(max_length=60)]
    reset: bool = False


class Preset(Command):
    """Load a preset by name."""

    type: Literal["preset"]
    name: Annotated[str, Field(max_length=60)]


class Speed(Command):
    """0 slow motion … 6 turbo."""

    type: Literal["speed"]
    value: Annotated[int, Field(ge=0, le=6)]


class Button(Command):
    """A command without words of its own."""

    type: Literal["play", "pause", "layer", "step", "back", "reset", "rewind"]


class Advance(Command):
    """So many steps in one go; parameters, responses, belief and diagnosis come with the answer if `pictures`."""

    type: Literal["advance"]
    steps: Annotated[int, Field(ge=1, le=MOST_STEPS)]
    pictures: bool = False


class Visit(Command):
    """Stand at a step of the past, or at a later one, up to where the run had come."""

    type: Literal["visit"]
    step: Annotated[int, Field(ge=0, le=2**32 - 1)]


class Ack(Command):
    """The newest frame that has been drawn."""

    type: Literal["ack"]
    seq: Annotated[int, Field(ge=0, le=2**32 - 1)]


class History(Command):
    """Ask for the losses and norms after a step."""

    type: Literal["history"]
    since: Annotated[int, Field(ge=0, le=2**32 - 1)]


class Ask(Command):
    """Read an instrument: which, and about what."""

    type: Literal["ask"]
    what: Annotated[str, Field(max_length=40)]
    about: Annotated[dict[Annotated[str, Field(max_length=40)], Value], Field(max_length=20)] = Field(
        default_factory=dict
    )


class Cancel(Command):
    """End the long job that there is."""

    type: Literal["cancel"]


class Again(Command):
    """Ask for everything once more."""

    type: Literal["again"]


AnyCommand = (
    Hello | Set | Preset | Speed | Button | Advance | Visit | Ack | History | Ask | Cancel | Again | ClassCommand
)
_ADAPTER: TypeAdapter[AnyCommand] = TypeAdapter(Annotated[AnyCommand, Field(discriminator="type")])


def decode(message: str | bytes) -> AnyCommand:
    """A command from a text message; raises CommandError whatever the message is."""
    if isinstance(message, bytes):
        raise CommandError("message", f"{len(message)} bytes, binary", "text")
    size = len(message) if message.isascii() else len(message.encode("utf-8", "surrogatepass"))
    if size > LONGEST:
        raise CommandError("message", f"{size} bytes", f"at most {LONGEST} bytes")
    try:
        command = _ADAPTER.validate_json(message, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        field, was = _field(first)
        expected = VALUES if field.startswith("changes.") else first["msg"]
        if first["type"].startswith("union_tag"):
            expected = f"one of {', '.join(TYPES)}"
        raise CommandError(field, was, expected, command_id(message)) from None
    except ValueError as error:
        raise CommandError("message", message[:80], f"JSON ({error})") from None
    most = LONGEST if command.type == "hello" else POLICY[command.type].size
    if size > most:
        raise CommandError("message", f"{size} bytes", f"at most {most} bytes of {command.type}", command.id)
    return command


def _field(error: Any) -> tuple[str, object]:
    """The path of the field at fault, without the names of union members, and what it was."""
    if error["type"] == "json_invalid":
        return "message", error["input"]
    path = [str(part) for part in error["loc"]]
    if path and path[0] in TYPES:
        path = path[1:]
    if path[:1] == ["changes"]:
        path = path[:2]  # what follows names members of the union of allowed values
    if error["type"].startswith("union_tag"):
        given = error["input"]
        return "type", given.get("type") if isinstance(given, dict) else given
    return ".".join(path) or "message", error["input"]


def command_id(message: str) -> int | None:
    """The id of a command that was refused, if that much can be read."""
    try:
        given = json.loads(message).get("id")
    except (ValueError, AttributeError, RecursionError):
        return None
    return given if isinstance(given, int) and not isinstance(given, bool) else None
