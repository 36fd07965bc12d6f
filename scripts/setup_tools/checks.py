"""The checks that are no tests: format, lint, types of Python and JavaScript."""

import shutil
import subprocess
from pathlib import Path

from .environment import ROOT, VENV, program, say


def typed_tree() -> Path:
    """A copy of the Python packages under their import name, as mypy does not follow the folder mapping."""
    tree = ROOT / "build" / "types"
    shutil.rmtree(tree, ignore_errors=True)
    for name in ("engine", "server"):
        shutil.copytree(ROOT / name, tree / "nablascope" / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tree


def commands() -> list[tuple[str, list[str]]]:
    """Each check with its command."""
    ruff, mypy = str(program(VENV, "ruff")), str(program(VENV, "mypy"))
    types = [mypy, "--namespace-packages", "--explicit-package-bases", str(typed_tree())]
    rows = [
        ("Format (ruff)", [ruff, "format", "--check", "."]),
        ("Lint (ruff)", [ruff, "check", "."]),
        ("Types of Python (mypy --strict)", types),
    ]
    npm = shutil.which("npm")
    if npm is None:
        say("Types of JavaScript: skipped, as Node's npm is not on PATH")
        return rows
    if not (ROOT / "node_modules" / "typescript").exists():
        install = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(install, cwd=ROOT, check=True)
    return [*rows, ("Types of JavaScript (tsc)", [npm, "exec", "--offline", "--", "tsc", "-p", "tsconfig.json"])]


def failures() -> list[str]:
    """Run them all; the titles of those that failed."""
    failed = []
    for title, command in commands():
        say(f"== {title}")
        if subprocess.run(command, cwd=ROOT).returncode != 0:
            failed.append(title)
    return failed
