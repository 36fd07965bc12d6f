"""What a browser may say: one strict decoder. Nothing is coerced, everything is bounded, unknown keys are refused."""

import math
import re
from itertools import islice
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, ValidationError
from pydantic_core import from_json

from ..limits import LONGEST_COMMAND, MOST_CONTAINERS, MOST_STEPS
from .class_commands import ClassCommand
from .command import MOST_ID, MOST_NAMES, MOST_NUMBERS, Command, CommandError, Value
from .policy import POLICY

PROTOCOL = 1
TYPES = ("hello", *POLICY)
#: Values in one command, and elements of all lists in it together.
MOST_VALUES, MOST_ELEMENTS = 60, 2 * MOST_NUMBERS
VALUES = "a text, a finite number, true, false, null, a list of texts and whole numbers, or one of up to 2000 numbers"
#: How the model names what is no object; its words would name classes of ours.
NO_OBJECT = ("dict_type", "model_type")
#: Letters of a name that a refusal repeats.
NAMED = 60
#: What has brackets as letters, a text, and brackets; so many of both are looked at.
TOKENS, MOST_TOKENS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[{]', re.DOTALL), 4000


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
    changes: Annotated[dict[Annotated[str, Field(max_length=40)], Value], Field(max_length=MOST_VALUES)]
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
#: Of each type, what it has to be.
MODELS: dict[str, type[AnyCommand]] = {
    name: model for model in get_args(AnyCommand) for name in get_args(model.model_fields["type"].annotation)
}
#: Fields with values of settings, and how many there may be.
VALUED = ("changes", "about")


def size_of(message: str | bytes) -> int:
    """Bytes of a message."""
    return len(message) if isinstance(message, bytes) or message.isascii() else len(_encoded(message))


def decode(message: str | bytes) -> AnyCommand:
    """A command from a text message; raises CommandError whatever the message is, and soon, however large it is.

    A hostile message is wrong at thousands of places, and the model describes each. So the first is looked for here.
    """
    if isinstance(message, bytes):
        raise CommandError("message", f"{len(message)} bytes, binary", "text")
    size = size_of(message)
    if size > LONGEST_COMMAND:
        raise CommandError("message", f"{size} bytes", f"at most {LONGEST_COMMAND} bytes")
    given, model = _parsed(message)
    id = _id(given)
    kind = given["type"]
    most = LONGEST_COMMAND if kind == "hello" else POLICY[kind].size
    if size > most:
        raise CommandError("message", f"{size} bytes", f"at most {most} bytes of {kind}", id)
    for field in VALUED:
        _look_at_values(field, given.get(field), id)
    extra = next((name for name in given if name not in model.model_fields), None)
    known = {name: given[name] for name in (*model.model_fields, extra) if name in given}
    try:
        return model.model_validate(known)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        was = given if first["input"] is known else first["input"]
        expected = "Input should be an object" if first["type"] in NO_OBJECT else first["msg"]
        raise CommandError(_path(first["loc"]), was, expected, id) from None


def _parsed(message: str) -> tuple[dict[str, Any], type[AnyCommand]]:
    """The JSON of a message, and what it has to be; raises CommandError."""
    containers = _containers(message)
    if containers > MOST_CONTAINERS:
        raise CommandError("message", f"{containers} or more lists and objects", f"at most {MOST_CONTAINERS}")
    try:
        given = from_json(message, cache_strings="none")
    except (TypeError, ValueError) as error:  # the first of half a pair, which is no letter
        raise CommandError("message", message, f"Invalid JSON: {error}") from None
    if not isinstance(given, dict):
        raise CommandError("message", given, "Input should be an object")
    kind = given.get("type")
    model = MODELS.get(kind) if isinstance(kind, str) else None
    if model is None:
        raise CommandError("type", kind, f"one of {', '.join(TYPES)}", _id(given))
    return given, model


def _containers(message: str) -> int:
    """Lists and objects of a message; if brackets are many, as far as they are no letters of texts."""
    count = message.count("[") + message.count("{")
    if count <= MOST_CONTAINERS:
        return count
    tokens = TOKENS.finditer(message)
    found = (token for token in islice(tokens, MOST_TOKENS) if token[0][0] != '"')
    return sum(1 for _ in islice(found, MOST_CONTAINERS + 1))


def _look_at_values(field: str, values: object, id: int | None) -> None:
    """Raises CommandError for the first value that no setting can have; too many of them the model refuses."""
    if not isinstance(values, dict):
        return
    elements = 0
    for name, value in islice(values.items(), MOST_VALUES):
        elements += len(value) if isinstance(value, list) else 0
        if not _is_value(value):
            raise CommandError(_path((field, name)), value, VALUES, id)
        if elements > MOST_ELEMENTS:
            raise CommandError(field, f"lists of more than {MOST_ELEMENTS} elements together", "fewer", id)


def _is_value(value: object) -> bool:
    """Whether it has the form of a `Value`."""
    if isinstance(value, float):
        return math.isfinite(value)
    if not isinstance(value, list):
        return not isinstance(value, dict)
    if len(value) > MOST_NUMBERS:
        return False
    kinds = set(map(type, value))
    return (len(value) <= MOST_NAMES and kinds <= {str, int}) or (kinds <= {int, float} and _finite(value))


def _finite(numbers: list[int | float]) -> bool:
    try:
        return all(map(math.isfinite, numbers))
    except OverflowError:  # of an int beyond all floats
        return all(number - number == 0 for number in numbers)


def _path(parts: tuple[int | str, ...]) -> str:
    """The path of the field at fault, in short, without names of a union's members."""
    shown = parts[:2] if parts[0] in VALUED else parts
    return ".".join(str(part)[:NAMED] for part in shown) or "message"


def _id(given: dict[str, Any]) -> int | None:
    """The id that a refusal repeats, if there is one."""
    id = given.get("id")
    return id if type(id) is int and 0 <= id <= MOST_ID else None


def _encoded(message: str) -> bytes:
    return message.encode("utf-8", "surrogatepass")
