"""Imports point one way (docs/architecture.md draws them), and every package's folder ships."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from support.imports import circles, javascript_arrows, misplaced, python_arrows, room

ROOT = Path(__file__).resolve().parent.parent
ENGINE = ROOT / "engine"
#: The engine's rooms from the lowest up, and what each may import (docs/architecture.md has them as a table).
ENGINE_ROOMS = {
    "errors": (),
    "tape": (),
    "activations": ("tape",),
    "losses": ("tape", "activations"),
    "initialisers": ("tape",),
    "normalisations": ("tape",),
    "optimisers": ("tape",),
    "schedules": (),
    "features": ("tape",),
    "data": (),
    "datasets": ("errors", "tape", "features", "data"),
    "experiment": (
        "errors", "activations", "losses", "initialisers", "normalisations", "optimisers", "schedules", "features",
        "datasets",
    ),
    "step": ("errors", "tape", "activations", "losses", "initialisers", "normalisations", "optimisers", "experiment"),
    "training": ("errors", "tape", "losses", "optimisers", "schedules", "datasets", "experiment", "step"),
    "content": ("experiment",),
    "__init__": (
        "errors", "activations", "losses", "initialisers", "normalisations", "optimisers", "schedules", "features",
        "datasets", "experiment", "step", "training", "content",
    ),
    "diagnostics": (
        "errors", "tape", "activations", "losses", "optimisers", "datasets", "experiment", "step", "training",
    ),
    "golden": ("tape", "activations", "normalisations", "data", "datasets", "step", "diagnostics"),
}  # fmt: skip
#: What no file of the engine imports.
FORBIDDEN_IN_ENGINE = {"asyncio", "fastapi", "pydantic", "uvicorn", "starlette", "threading", "time", "socket"}
#: Modules that know no sockets and no event loop; with its folder where two have the name.
PURE = (
    "limits",
    "turns",
    "heartbeat",
    "run_slot",
    "holding",
    "accounts",
    "protocol",
    "commands",
    "codes",
    "policy",
    "classroom",
    "member",
    "question",
    "teaching",
    "throttle",
    "bucket",
    "shares",
    "nearby",
    "intake",
    "waiting",
    "doorkeeper",
    "command",
    "class_commands",
    "roll",
    "card",
    "board",
    "qr",
    "mailbox",
    "wave",
    "rates",
    "run",
    "feed",
    "controls",
    "transport",
    "changes",
    "refusal",
    "burst",
    "encode",
    "input_names",
    "messages",
    "journal",
    "backlog",
    "checkpoint",
    "training/events",
    "queue",
    "scores",
    "experiments",
    "health",
    "inspector",
    "health_over_time",
    "saved",
    "ages",
)
STATIC = ROOT / "static"
#: The browser's rooms from the lowest up, and what each may import; then the entry points, one a page.
STATIC_ROOMS = {
    "wire": (),
    "model": ("wire",),
    "draw": (),
    "views": ("wire", "model", "draw"),
    "page": ("model",),
    "live": ("wire", "model", "page"),
    "panels": ("model", "draw", "views", "page"),
    "classroom": ("model", "draw", "page", "panels"),
    "stage": ("model", "panels", "classroom"),
    "compare": ("model", "views", "page", "panels"),
    "main.js": ("model", "views", "page", "live", "panels", "stage"),
    "compare.js": ("model", "views", "page", "live", "compare"),
    "join.js": ("page", "live"),
    "how.js": ("page",),
    "start.js": (),
}
#: The same of the folders in `panels`.
PANEL_ROOMS = {
    "stage.js": (),
    "parts": ("stage.js",),
    "data": ("stage.js",),
    "settings": ("stage.js", "parts", "data"),
    "transport": ("stage.js", "parts"),
    "diagnosis": ("stage.js",),
    "network": ("stage.js", "parts", "diagnosis"),
    "inspector": ("stage.js", "parts"),
    "lab": ("stage.js", "parts", "data"),
    "lesson": ("stage.js", "lab"),
    "header": ("stage.js", "lab", "lesson"),
    "notices": ("stage.js",),
}
#: Rooms whose modules give the same answer to the same arguments, and what they therefore never read.
PURE_ROOMS = ("wire", "model", "draw")
OUTSIDE = re.compile(
    r"\b(document|window|location|fetch|WebSocket|localStorage|sessionStorage|performance|Date|Math\.random"
    r"|crypto|setTimeout|setInterval|requestAnimationFrame|matchMedia|addEventListener)\b"
)
#: The one exception: it makes the canvases, and asks how many pixels the screen has.
CANVASES = "draw/canvas.js"


def imports(path: Path) -> set[str]:
    """Names of modules imported; relative ones begin with a dot."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add("." * node.level + (node.module or ""))
            if node.module is None:
                names |= {"." * node.level + alias.name for alias in node.names}
    return names


def test_the_engine_knows_numpy_and_the_standard_library_alone() -> None:
    for path in (ROOT / "engine").rglob("*.py"):
        for name in imports(path):
            assert name.split(".")[0] not in FORBIDDEN_IN_ENGINE, f"{path} imports {name}"
            assert "server" not in name and not name.startswith("nablascope"), f"{path} imports {name}"


def test_the_engine_has_no_import_circle() -> None:
    assert circles(python_arrows(ENGINE, "nablascope.engine")) == []


def test_the_web_process_has_no_import_circle() -> None:
    arrows = python_arrows(ROOT / "server", "nablascope.server")
    assert [circle for circle in circles(arrows) if "live/" in "".join(circle)] == []
    for path in (ROOT / "server" / "live").glob("*.py"):
        assert "TYPE_CHECKING" not in path.read_text(encoding="utf-8"), path


def test_each_room_of_the_engine_imports_only_what_it_may_and_nothing_above_it() -> None:
    arrows = python_arrows(ENGINE, "nablascope.engine")
    assert len(arrows) > 500  # they have been found
    assert misplaced(arrows, ENGINE_ROOMS) == []
    assert {room(path.relative_to(ENGINE).as_posix()) for path in ENGINE.rglob("*.py")} == set(ENGINE_ROOMS)


def test_the_guide_to_the_architecture_has_the_rooms_of_the_engine() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = text.split("| room | what lives there | may import |\n| --- | --- | --- |\n")[1].split("\n\n")[0]
    written: dict[str, tuple[str, ...]] = {}
    for line in table.splitlines():
        name, what, allowed = (cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|"))
        others = re.findall(r"\w+", allowed.removeprefix("all above but "))
        above = [other for other in written if other not in others]
        assert what and set(others) <= set(written), line
        written[name.strip("`")] = tuple(above if allowed.startswith("all above but ") else others)
    assert list(written.items()) == list(ENGINE_ROOMS.items())


def test_each_package_of_the_engine_says_what_lives_there_and_what_it_imports() -> None:
    for path in ENGINE.glob("*/__init__.py"):
        said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        assert "\n\nImports " in said and ("Pure: " in said or "Not pure: " in said), path


@pytest.mark.parametrize("name", PURE)
def test_pure_modules_know_no_sockets_and_no_event_loop(name: str) -> None:
    (path,) = (ROOT / "server").rglob(f"{name}.py")
    for imported in imports(path):
        assert imported.split(".")[0] not in {"asyncio", "socket", "fastapi", "starlette", "uvicorn", "websockets"}


def test_only_the_composition_root_knows_every_server_module() -> None:
    for path in (ROOT / "server").rglob("*.py"):
        if path.stem not in ("app", "main"):
            assert not imports(path) & {".app", ".main", "..app", "..main", "...app", "...main"}, path


@pytest.mark.parametrize(
    ("root", "rooms", "least"), [(STATIC, STATIC_ROOMS, 400), (STATIC / "panels", PANEL_ROOMS, 80)]
)
def test_each_room_of_the_browser_imports_only_what_it_may_and_nothing_above_it(
    root: Path, rooms: dict[str, tuple[str, ...]], least: int
) -> None:
    arrows = javascript_arrows(root)
    assert len(arrows) > least  # they have been found
    assert circles(arrows) == []
    assert misplaced(arrows, rooms) == []
    modules = {path.relative_to(root).as_posix() for path in root.rglob("*.js")}
    assert {room(path) for path in modules} - {"vendor"} == set(rooms)


def test_pure_rooms_of_the_browser_read_neither_the_page_nor_a_clock() -> None:
    for name in PURE_ROOMS:
        for path in (STATIC / name).rglob("*.js"):
            code = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.S)
            found = OUTSIDE.findall(code)
            assert not found or path == STATIC / CANVASES, f"{path} reads {found}"


@pytest.mark.parametrize(("head", "rooms"), [("room", STATIC_ROOMS), ("folder of `panels/`", PANEL_ROOMS)])
def test_the_guide_to_the_architecture_has_the_rooms_of_the_browser(
    head: str, rooms: dict[str, tuple[str, ...]]
) -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    _, table = text.split(f"| {head} | what lives there | may import | pure |\n| --- | --- | --- | --- |\n")
    written = {}
    for line in table.split("\n\n")[0].splitlines():
        name, what, others, pure = (cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|"))
        written[name.strip("`")] = tuple(others.split(", ")) if others else ()
        assert what and pure.startswith("yes" if name.strip("`") in PURE_ROOMS else "no"), line
    assert list(written.items()) == list(rooms.items())


def test_views_send_nothing_and_only_main_knows_all() -> None:
    for path in (ROOT / "static" / "views").glob("*.js"):
        assert "send(" not in path.read_text(encoding="utf-8")
    for path in (ROOT / "static").rglob("*.js"):
        assert path.name == "main.js" or "main.js" not in path.read_text(encoding="utf-8")


def test_every_package_folder_is_declared_and_files_stay_small() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = set(project["tool"]["setuptools"]["packages"])
    for top in ("engine", "server", "static", "templates"):
        for init in (ROOT / top).rglob("__init__.py"):
            assert "nablascope." + ".".join(init.parent.relative_to(ROOT).parts) in packages
    for pattern in (
        "engine/**/*.py",
        "server/**/*.py",
        "static/**/*.js",
        "static/**/*.css",
        "tests/**/*.py",
        "scripts/**/*",
    ):
        for path in ROOT.glob(pattern):
            if path.is_file() and "vendor" not in path.parts and "__pycache__" not in path.parts:
                assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, path


def test_no_lock_names_a_registry_and_vendored_files_are_what_they_were() -> None:
    import hashlib
    import json

    for lock in [*(ROOT / "requirements").glob("*.txt"), ROOT / "package-lock.json"]:
        assert not re.search(
            r"https?://(?!.*(github|opencollective|tidelift|paypal|patreon))\S*/", lock.read_text()
        ), lock
    vendored = json.loads((ROOT / "static/vendor/vendor.json").read_text(encoding="utf-8"))
    for library in vendored["libraries"]:
        for file, digest in library["sha256"].items():
            assert hashlib.sha256((ROOT / "static/vendor" / file).read_bytes()).hexdigest() == digest, file
