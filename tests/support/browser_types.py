"""What the browser's type checker knows of an experiment and of commands, made from their own descriptions.

`.venv/bin/python tests/support/browser_types.py` writes the files; a test compares them with what is described today.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

from nablascope.engine import Experiment
from nablascope.server.wire.commands import MODELS

FOLDER = Path(__file__).resolve().parents[2] / "static" / "types"
MADE = """Types only: no browser loads this file.
// Made by tests/support/browser_types.py from {}: change that, not this.

"""
#: What a setting of a kind is in JavaScript; `{}` is the type of its choices.
KINDS = {
    "flag": "boolean", "integer": "number", "number": "number", "numbers": "number[]", "layers": "number[]",
    "choice": "{}", "features": "{}[]", "activations": "{0} | {0}[]",
}  # fmt: skip
#: What a type of a JSON schema is in JavaScript.
PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def union(name: str, words: Iterable[str]) -> str:
    """A type that is one of these."""
    return f"type {name} =\n  | " + "\n  | ".join(words) + ";"


def quoted(words: Iterable[str]) -> list[str]:
    """Words as types."""
    return [f'"{word}"' for word in words]


def choice_type(field: Mapping[str, Any]) -> str:
    """What the type of a setting's choices is called: `DatasetName`."""
    return "".join(part.capitalize() for part in field["name"].split("_")) + "Name"


def setting(field: Mapping[str, Any]) -> str:
    """A setting's line. A table is left out of what is sent: it may be long, and comes with the run alone."""
    kind = field["kind"].removeprefix("optional_")
    if kind == "table":
        return f"  {field['name']}?: null;"
    return f"  {field['name']}: {KINDS[kind].format(choice_type(field))}{' | null' if field['optional'] else ''};"


def experiment() -> str:
    """The experiment, the names of what can be chosen, and what fields are like."""
    fields = list(Experiment.describe().values())
    chosen = [field for field in fields if "choices" in field]
    parts = ["type Experiment = {\n" + "\n".join(setting(field) for field in fields) + "\n};"]
    parts += [union(choice_type(field), quoted(choice["name"] for choice in field["choices"])) for field in chosen]
    for key in ("group", "kind", "effect"):
        parts.append(union(f"Field{key.capitalize()}", quoted(sorted({field[key] for field in fields}))))
    head = "// An experiment as the server sends it. " + MADE.format("`Experiment.describe()`")
    return head + "\n\n".join(parts) + "\n"


def value(schema: Mapping[str, Any], named: Mapping[str, Any]) -> str:
    """The type of what a JSON schema allows; `named` are the schemas that it refers to."""
    if "$ref" in schema:
        return value(named[schema["$ref"].rsplit("/", 1)[1]], named)
    if "const" in schema or "enum" in schema:
        words = schema.get("enum", [schema.get("const")])
        return " | ".join(f'"{word}"' if isinstance(word, str) else str(word) for word in words)
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(value(one, named) for one in schema["anyOf"]))
    if schema["type"] == "array":
        return f"Array<{value(schema['items'], named)}>"
    if schema["type"] != "object":
        return PLAIN[schema["type"]]
    if "properties" not in schema:  # values of settings by name: the server refuses what is none
        return "Record<string, unknown>"
    needed = schema.get("required", ())
    rows = [
        f"{name}{'' if name in needed else '?'}: {value(of, named)}"
        for name, of in schema["properties"].items()
        if name != "id"
    ]
    return "{ " + "; ".join(rows) + " }"


def commands() -> str:
    """All commands, without the id that no page sends; and the names of those that are buttons of the transport."""
    schemas = [model.model_json_schema() for model in dict.fromkeys(MODELS.values())]
    head = "// What a browser may say. " + MADE.format("the models in server/wire")
    buttons = get_args(MODELS["play"].model_fields["type"].annotation)
    said = [value(schema, schema.get("$defs", {})) for schema in schemas]
    return head + union("Command", said) + "\n\n" + union("ButtonName", quoted(buttons)) + "\n"


def files() -> dict[Path, str]:
    """What each file should say."""
    return {FOLDER / "experiment.d.ts": experiment(), FOLDER / "commands.d.ts": commands()}


if __name__ == "__main__":
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
