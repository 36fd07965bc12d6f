"""The rooms of the server: imports point one way, pure rooms stay pure, and the guide has their table."""

import ast
import re
from pathlib import Path

import pytest
from support.imports import Arrow, circles, misplaced, python_arrows, room

ROOT = Path(__file__).resolve().parent.parent
SERVER = ROOT / "server"
#: From the lowest up, and what each may import; the files at the root last.
ROOMS = {
    "limits": (),
    "wire": ("limits",),
    "quotas": ("limits", "wire"),
    "classroom": ("limits", "wire"),
    "serving": ("limits", "quotas"),
    "storage": ("limits", "classroom"),
    "training": ("limits", "wire"),
    "live": ("limits", "wire", "quotas", "classroom", "serving", "storage", "training"),
    "web": ("limits", "quotas", "classroom", "training"),
    "options": ("quotas",),
    "greeting": ("web",),
    "app": ("quotas", "storage", "live", "web"),
    "main": ("limits", "quotas", "serving", "storage", "web", "options", "greeting", "app"),
}
#: Rooms that know no sockets and no event loop, and the only modules of a pure room that do.
PURE_ROOMS = ("wire", "quotas", "classroom", "training")
WITH_A_LOOP = {"training": {"worker", "scheduler", "process", "pool"}}
#: Single modules of other rooms that are pure as well.
PURE_MODULES = ("live/ages", "live/mailbox", "live/waiting", "limits")
IMPURE = {"asyncio", "socket", "selectors", "threading", "fastapi", "uvicorn", "websockets"}


def arrows() -> list[Arrow]:
    """All imports within the server."""
    return python_arrows(SERVER, "nablascope.server")


def imported(path: Path) -> set[str]:
    """Packages that a module imports."""
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    named = [node for node in tree if isinstance(node, ast.Import | ast.ImportFrom)]
    return {
        name.split(".")[0]
        for node in named
        for name in ([each.name for each in node.names] if isinstance(node, ast.Import) else [node.module or ""])
        if not (isinstance(node, ast.ImportFrom) and node.level)
    }


def test_the_server_has_no_import_circle_but_that_of_a_run_and_what_reads_it() -> None:
    tied = circles(arrows())
    assert all(line.startswith("training/") for circle in tied for line in circle), tied
    assert len(tied) <= 1


def test_each_room_imports_only_what_it_may_and_nothing_above_it() -> None:
    found = arrows()
    assert len(found) > 300  # they have been found
    assert misplaced(found, ROOMS) == []
    assert {room(path.relative_to(SERVER).as_posix()) for path in SERVER.rglob("*.py")} - {"__init__"} == set(ROOMS)
    assert len(list(SERVER.glob("*.py"))) <= 7


@pytest.mark.parametrize("name", PURE_ROOMS)
def test_pure_rooms_know_no_sockets_and_no_event_loop(name: str) -> None:
    files = [path for path in (SERVER / name).rglob("*.py") if path.stem not in WITH_A_LOOP.get(name, ())]
    assert len(files) > 3
    for path in files:
        assert not imported(path) & IMPURE, path


def test_pure_modules_of_other_rooms_know_none_either() -> None:
    for name in PURE_MODULES:
        assert not imported(SERVER / f"{name}.py") & IMPURE, name


def test_the_guide_to_the_architecture_has_the_rooms_of_the_server() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    _, table = text.split("| server | what lives there | may import | pure |\n| --- | --- | --- | --- |\n")
    written = {}
    for line in table.split("\n\n")[0].splitlines():
        name, what, others, pure = (cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|"))
        name = name.strip("`")
        written[name] = tuple(written) if others == "all above" else tuple(re.findall(r"\w+", others))
        assert what and pure.startswith("yes" if name in PURE_ROOMS or name in PURE_MODULES else "no"), line
    assert list(written.items()) == list(ROOMS.items())


def test_each_package_says_what_lives_there_and_what_it_imports() -> None:
    for path in SERVER.rglob("*/__init__.py"):
        said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        assert "\n\nImports " in said and ("Pure" in said or "Not pure" in said), path
