"""The checker of imports finds what is planted, each kind by itself, and nothing where nothing is wrong."""

from pathlib import Path

import pytest
from support.imports import Arrow, circles, javascript_arrows, misplaced, python_arrows

#: A sound tree: `low` below `high`, whose package lists its module.
SOUND = {
    "__init__.py": "from .high import top",
    "low.py": "import json\nX = 1",
    "high/__init__.py": "from .top import Y\n__all__ = ['Y']",
    "high/top.py": "from typing import TYPE_CHECKING\n\nfrom ..low import X\n\nY = X",
}
ROOMS = {"low": (), "high": ("low",), "__init__": ("high",)}
#: What is put in the place of a file, and what the checker says of it.
CIRCLES = {
    "at the top of a module": ("low.py", "from .high.top import Y", "low.py:1 imports high/top.py"),
    "for types alone": (
        "low.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .high.top import Y",
        "low.py:3 imports high/top.py",
    ),
    "in a function": (
        "low.py",
        "def f():\n    from .high import top\n    return top",
        "low.py:2 imports high/top.py",
    ),
    "in full": ("low.py", "import tree.high.top", "low.py:1 imports high/top.py"),
    "in full, with names": ("low.py", "from tree.high import top", "low.py:1 imports high/top.py"),
    "of its own package": ("high/top.py", "from . import Y", "high/top.py:1 imports high/__init__.py"),
    "of the whole": ("high/top.py", "from .. import Z", "high/top.py:1 imports __init__.py"),
}


def planted(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "tree"


def test_a_sound_tree_has_its_arrows_and_no_fault(tmp_path: Path) -> None:
    arrows = python_arrows(planted(tmp_path, SOUND), "tree")
    assert arrows == [
        Arrow("__init__.py", "high/top.py", 1),
        Arrow("high/__init__.py", "high/top.py", 1),
        Arrow("high/top.py", "low.py", 3),
    ]
    assert circles(arrows) == [] and misplaced(arrows, ROOMS) == []


@pytest.mark.parametrize("kind", CIRCLES)
def test_a_circle_is_found(kind: str, tmp_path: Path) -> None:
    name, text, said = CIRCLES[kind]
    found = circles(python_arrows(planted(tmp_path, SOUND | {name: text}), "tree"))
    assert len(found) == 1 and said in found[0] and len(found[0]) > 1


def test_two_circles_are_told_apart_and_what_only_hangs_on_one_is_not_part_of_it() -> None:
    pairs = [("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"), ("c", "e"), ("f", "f")]
    ring, alone = circles([Arrow(source, target, 1) for source, target in pairs])
    assert ring == ["a:1 imports b", "b:1 imports c", "c:1 imports a"] and alone == ["f:1 imports f"]


@pytest.mark.parametrize("text", [
    "from .high.top import Y", "def f():\n    from .high import top",
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from . import high",
])  # fmt: skip
def test_an_arrow_back_up_is_found_even_where_no_circle_is_closed(text: str, tmp_path: Path) -> None:
    files = {"low.py": text, "high/__init__.py": "", "high/top.py": "Y = 1"}
    arrows = python_arrows(planted(tmp_path, files), "tree")
    assert circles(arrows) == []
    (said,) = misplaced(arrows, {"low": (), "high": ()})
    assert said.startswith("low.py:") and said.endswith(": low may not import high")


def test_a_declaration_that_points_up_or_that_nothing_needs_is_found(tmp_path: Path) -> None:
    arrows = python_arrows(planted(tmp_path, SOUND), "tree")
    assert misplaced(arrows, {"high": ("low",), "low": (), "__init__": ("high",)}) == [
        "high may import low, which is not below it"
    ]
    assert misplaced(arrows, ROOMS | {"__init__": ("high", "low")}) == ["__init__ may import low, and does not"]
    (said,) = misplaced(arrows, {"low": (), "__init__": ()} | {"high": ("low",)})
    assert said == "__init__.py:1 imports high/top.py: __init__ may not import high"


@pytest.mark.parametrize("text", [
    'import { top } from "../top.js";', 'import {\n  top,\n} from "../top.js";', 'export * from "../top.js";',
    'import "../top.js";', 'const top = await import("../top.js");',
    '/** @param {import("../top.js").Top} top */\nfunction f(top) {}',
])  # fmt: skip
def test_a_circle_of_browser_modules_is_found(text: str, tmp_path: Path) -> None:
    files = {"top.js": 'import { low } from "./low/low.js";\nimport { h } from "preact";', "low/low.js": text}
    arrows = javascript_arrows(planted(tmp_path, files))
    assert len(circles(arrows)) == 1
    (said,) = misplaced(arrows, {"low": (), "top.js": ("low",)})
    assert said.startswith("low/low.js:") and said.endswith("low may not import top.js")
