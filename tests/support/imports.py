"""Who imports whom in a tree of Python or JavaScript modules, and what is wrong with it: circles, and arrows back up.

A file is named by its path below the tree's root. An import counts wherever it is written: inside a function, under
`TYPE_CHECKING`, in a JSDoc type. A room is a folder or a single file at the root, with all that is in it.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

#: From the lowest room up: its name, and the rooms that it may import.
Rooms = Mapping[str, Collection[str]]
#: `import … from "./x.js"`, `export … from`, `import "./x.js"`, `import("./x.js")`; the last also in a JSDoc type.
JAVASCRIPT_IMPORT = re.compile(r"""\b(?:from|import)\s*\(?\s*["'](\.[^"']+)["']""")


@dataclass(frozen=True)
class Arrow:
    """One import: the file that imports, the file that is imported, and the line."""

    source: str
    target: str
    line: int

    def __str__(self) -> str:
        return f"{self.source}:{self.line} imports {self.target}"


def python_arrows(root: Path, package: str = "") -> list[Arrow]:
    """All imports within a Python package; `package` is its dotted name, which absolute imports begin with.

    `from .step import network` points to the module, not to its package: that Python also runs `step/__init__.py` is
    no arrow, or every package that lists its modules would be a circle.
    """
    return [
        Arrow(path.relative_to(root).as_posix(), target.relative_to(root).as_posix(), line)
        for path in sorted(root.rglob("*.py"))
        for target, line in _python_targets(path, root, package)
    ]


def _python_targets(path: Path, root: Path, package: str) -> Iterator[tuple[Path, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _found(root, _inside(alias.name, root, package), (), node.lineno)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            base = path.parents[node.level - 1].joinpath(*module.split(".")) if node.level else None
            base = _inside(module, root, package) if base is None else base
            yield from _found(root, base, [alias.name for alias in node.names], node.lineno)


def _inside(name: str, root: Path, package: str) -> Path | None:
    """The path of a module that is named in full; None of another package."""
    if not package or not f"{name}.".startswith(f"{package}."):
        return None
    return root.joinpath(*name.split(".")[package.count(".") + 1 :])


def _found(root: Path, base: Path | None, names: Collection[str], line: int) -> Iterator[tuple[Path, int]]:
    """The files that an import of these names from a module reads, as far as they belong to the tree."""
    if base is None or not base.is_relative_to(root):
        return
    for candidates in [(base / name, base) for name in names] or [(base,)]:
        files = [file for one in candidates for file in (one.with_name(f"{one.name}.py"), one / "__init__.py")]
        file = next((file for file in files if file.is_file() and file.is_relative_to(root)), None)
        if file is not None:
            yield file, line


def javascript_arrows(root: Path) -> list[Arrow]:
    """All relative imports within a tree of ES modules."""
    arrows = []
    for path in sorted(root.rglob("*.js")):
        text = path.read_text(encoding="utf-8")
        for found in JAVASCRIPT_IMPORT.finditer(text):
            target = (path.parent / found[1]).resolve()
            if target.is_relative_to(root.resolve()):
                line = text.count("\n", 0, found.start()) + 1
                source = path.relative_to(root).as_posix()
                arrows.append(Arrow(source, target.relative_to(root.resolve()).as_posix(), line))
    return arrows


def circles(arrows: Collection[Arrow]) -> list[list[str]]:
    """Of each group of files that import one another, directly or not, the imports that tie it."""
    targets: dict[str, set[str]] = defaultdict(set)
    for arrow in arrows:
        targets[arrow.source].add(arrow.target)
    reached = {source: _reached(source, targets) for source in list(targets)}
    groups = {
        frozenset(other for other in reach if source in reached.get(other, ()))
        for source, reach in reached.items()
        if source in reach
    }
    return [
        [str(arrow) for arrow in arrows if {arrow.source, arrow.target} <= group]
        for group in sorted(groups, key=sorted)
    ]


def _reached(source: str, targets: Mapping[str, set[str]]) -> set[str]:
    """What a file imports, directly or not."""
    reached: set[str] = set()
    waiting = [source]
    while waiting:
        new = targets.get(waiting.pop(), set()) - reached
        reached |= new
        waiting += new
    return reached


def room(file: str) -> str:
    """Where a file is.

    A page's entry point keeps its ending: `compare.js` is not the folder `compare`.

    >>> room("step/network.py"), room("errors.py"), room("compare/app.js"), room("compare.js")
    ('step', 'errors', 'compare', 'compare.js')
    """
    return file.split("/")[0].removesuffix(".py")


def misplaced(arrows: Collection[Arrow], rooms: Rooms) -> list[str]:
    """What the declared rooms do not allow, and what they allow without need.

    A room may import only rooms that are declared before it, and of these only the ones in its list.
    """
    faults, below = [], set[str]()
    for name, allowed in rooms.items():
        faults += [f"{name} may import {other}, which is not below it" for other in allowed if other not in below]
        below.add(name)
    used = {(room(arrow.source), room(arrow.target)) for arrow in arrows}
    faults += [
        f"{name} may import {other}, and does not"
        for name in rooms
        for other in rooms[name]
        if (name, other) not in used
    ]
    for arrow in arrows:
        here, there = room(arrow.source), room(arrow.target)
        if here != there and there not in rooms.get(here, ()):
            faults.append(f"{arrow}: {here} may not import {there}")
    return faults
