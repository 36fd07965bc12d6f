"""An experiment as the text of an address: what differs from the defaults, `dataset=xor&hidden=4,4`."""

from collections.abc import Container
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, quote

from ..errors import ExperimentError
from .experiment import Experiment

#: Characters; 2,000 starting weights have fewer.
LONGEST = 50_000
FLAGS = {"yes": True, "no": False}


def to_address(experiment: Experiment, without: Container[str] = ()) -> str:
    """The shortest text from which `from_address` makes this very experiment; some settings may be left out.

    >>> to_address(Experiment(dataset="xor", hidden=[4, 4], learning_rate=0.5))
    'dataset=xor&hidden=4,4&learning_rate=0.5'
    """
    usual = defaults()
    return "&".join(
        f"{name}={written(value)}"
        for name, value in experiment.to_dict().items()
        if value != usual[name] and name not in without
    )


@cache
def defaults() -> dict[str, Any]:
    """What an address need not say."""
    return Experiment().to_dict()


def written(value: object) -> str:
    """A value as text: lists with commas (and one at the end of less than two), "not chosen" as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ",".join(written(item) for item in value) + ("," if len(value) < 2 else "")
    return quote(value, safe=",") if isinstance(value, str) else repr(value)


def from_address(text: str) -> Experiment:
    """The reverse; raises ExperimentError that names the field, its text and what was expected.

    >>> from_address("hidden=4,4&activation=relu").activations
    ['relu', 'relu', 'sigmoid']
    >>> from_address("learning_rate=fast")
    Traceback (most recent call last):
        ...
    nablascope.engine.errors.ExperimentError: learning_rate: was 'fast', expected a number from 1e-05 to 10
    """
    return Experiment().change(**settings_in(text))


def settings_in(text: str) -> dict[str, Any]:
    """The settings that an address names, not yet checked; raises ExperimentError for what is no setting at all."""
    if len(text) > LONGEST:
        raise ExperimentError("address", f"{len(text):,} characters", f"at most {LONGEST:,}")
    try:
        pairs = parse_qsl(
            text, keep_blank_values=True, strict_parsing=bool(text), errors="strict", max_num_fields=200
        )
    except ValueError as error:
        raise ExperimentError("address", text, f"name=value pairs joined by & ({error})") from error
    described = Experiment.describe()
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name not in described or name in values:
            raise ExperimentError(name, value, "the name of a setting, once")
        values[name] = read(described[name]["kind"].removeprefix("optional_"), described[name]["optional"], value)
    return values


def read(kind: str, optional: bool, text: str) -> object:
    """A value from its text, or the text itself where it is none: then the setting refuses it in its own words."""
    if text == "" and optional:
        return None
    match kind:
        case "flag":
            return FLAGS.get(text, text)
        case "number" | "integer":
            return number(text)
        case "layers" | "numbers":
            return [number(item) for item in text.split(",") if item]
        case "features":
            return text.removesuffix(",").split(",")
        case "activations" if text == ",":
            return []
        case "activations":
            return text.removesuffix(",").split(",") if "," in text else text
    return text


def number(text: str) -> object:
    """An int where it is one, else a float, else the text. Only plain ASCII: Python would read more."""
    if not text.isascii() or "_" in text or text != text.strip():
        return text
    for type in (int, float):
        try:
            return type(text)
        except ValueError:
            continue
    return text
