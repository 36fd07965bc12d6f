"""What the browser's type checker knows of an experiment, made from the engine's own description of it.

`.venv/bin/python tests/support/browser_types.py` writes the file; a test compares it with what the engine says today.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from nablascope.engine import Experiment

FILE = Path(__file__).resolve().parents[2] / "static" / "types" / "experiment.d.ts"
HEAD = """// An experiment as the server sends it. Types only: no browser loads this file.
// Made by tests/support/browser_types.py from `Experiment.describe()`: change that, not this.
"""
#: What a setting of a kind is in JavaScript; `{}` is the type of its choices.
KINDS = {
    "flag": "boolean", "integer": "number", "number": "number", "numbers": "number[]", "layers": "number[]",
    "choice": "{}", "features": "{}[]", "activations": "{0} | {0}[]",
}  # fmt: skip


def union(name: str, words: Iterable[str]) -> str:
    """A type that is one of these words."""
    return f"type {name} =\n  | " + "\n  | ".join(f'"{word}"' for word in words) + ";"


def choice_type(field: Mapping[str, Any]) -> str:
    """What the type of a setting's choices is called: `DatasetName`."""
    return "".join(part.capitalize() for part in field["name"].split("_")) + "Name"


def line(field: Mapping[str, Any]) -> str:
    """A setting's line. A table is left out of what is sent: it may be long, and comes with the run alone."""
    kind = field["kind"].removeprefix("optional_")
    if kind == "table":
        return f"  {field['name']}?: null;"
    return f"  {field['name']}: {KINDS[kind].format(choice_type(field))}{' | null' if field['optional'] else ''};"


def text() -> str:
    """The whole file: the experiment, the names of what can be chosen, and what fields are like."""
    fields = list(Experiment.describe().values())
    experiment = "type Experiment = {\n" + "\n".join(line(field) for field in fields) + "\n};"
    choices = [
        union(choice_type(field), (choice["name"] for choice in field["choices"]))
        for field in fields
        if "choices" in field
    ]
    likenesses = [
        union(f"Field{key.capitalize()}", sorted({field[key] for field in fields}))
        for key in ("group", "kind", "effect")
    ]
    return "\n\n".join([HEAD.rstrip(), experiment, *choices, *likenesses]) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
