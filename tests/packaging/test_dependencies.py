"""What is imported is declared, and no declared floor is one that is known to have a hole."""

import ast
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
#: The first versions without the holes that are known: CVE-2025-43859; -2025-27516; -2024-3772; -2026-54283 and
#: three before it; -2021-33880; -2025-47273; -2025-71176.
SOUND = {
    "h11": (0, 16), "jinja2": (3, 1, 6), "pydantic": (2, 4), "starlette": (1, 3, 1), "websockets": (9, 1),
    "setuptools": (78, 1, 1), "pytest": (9, 0, 3),
}  # fmt: skip


def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def floors(declared: list[str]) -> dict[str, tuple[int, ...]]:
    """By package: the lowest version that is allowed."""
    found = [re.fullmatch(r"([\w-]+)>=([\d.]+)(?:,<[\d.]+)?", each) for each in declared]
    assert all(found), declared
    return {match[1]: tuple(map(int, match[2].split("."))) for match in found if match}


def imported() -> set[str]:
    """The packages of others that engine and server import."""
    names = set()
    for path in [*(ROOT / "engine").rglob("*.py"), *(ROOT / "server").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add(str(node.module))
    return {name.split(".")[0] for name in names} - set(sys.stdlib_module_names)


def test_every_package_that_is_imported_is_declared() -> None:
    declared = floors(project()["project"]["dependencies"])  # type: ignore[index]
    assert imported() <= set(declared), imported() - set(declared)
    # These two are used without being imported: templates are rendered and requests are read with them.
    assert set(declared) - imported() <= {"h11", "jinja2"}


def test_no_floor_has_a_known_hole() -> None:
    written = project()
    ours = written["project"]
    every = [*ours["dependencies"], *ours["optional-dependencies"]["test"]]  # type: ignore[index]
    every += (ROOT / "requirements" / "build.in").read_text(encoding="utf-8").split()
    every += written["build-system"]["requires"]  # type: ignore[index]
    for each in every:
        ((name, floor),) = floors([each]).items()
        assert floor >= SOUND.get(name, (0,)), each


def test_what_is_subclassed_has_a_ceiling_that_the_lock_keeps() -> None:
    (declared,) = (each for each in project()["project"]["dependencies"] if "uvicorn" in each)  # type: ignore[index]
    ceiling = re.search(r"<(\d+)\.(\d+)$", declared)
    locked = re.search(r"^uvicorn==(\d+)\.(\d+)", (ROOT / "requirements/run.txt").read_text("utf-8"), re.MULTILINE)
    assert ceiling and locked
    assert tuple(map(int, locked.groups())) < tuple(map(int, ceiling.groups()))
