"""A wheel, built from the checkout and installed into an empty environment, runs by itself."""

import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_one_package_and_everything_it_needs(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"nablascope"}
    for wanted in (
        "nablascope/engine/data/digits.npy.gz", "nablascope/engine/data/iris.npy.gz",
        "nablascope/engine/datasets/load.py", "nablascope/engine/activations/base.py",
        "nablascope/engine/step/textbook.py", "nablascope/engine/training/loop.py", "nablascope/engine/tape/calls.py",
        "nablascope/static/main.js", "nablascope/static/vendor/uplot.css",
        "nablascope/templates/stage.html", "nablascope/engine/diagnostics/verdicts/flow.py",
        "nablascope/static/styles/tokens.css", "nablascope/engine/data/golden.json", "nablascope/templates/how.html",
        "nablascope/templates/lessons/forward.html", "nablascope/templates/lessons/formulas.html",
        "nablascope/engine/data/LICENCE.txt", "nablascope/static/vendor/LICENSE.uplot.txt",
    ):  # fmt: skip
        assert wanted in names


def test_the_wheel_runs_from_an_empty_environment(wheel: Path, serve: Callable[..., Any], tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    python = venv / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / "requirements" / "run.txt")], check=True)
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True)
    server = serve(data=tmp_path / "data", program=python.with_name("nablascope"))
    for path, kind, words in (
        ("", "text/html", "importmap"), ("static/main.js", "text/javascript", "composition root"),
        ("static/vendor/preact.js", "text/javascript", ""), ("static/styles/layout.css", "text/css", "grid"),
    ):  # fmt: skip
        with urllib.request.urlopen(server.url + path) as answer:
            assert answer.headers["content-type"].startswith(kind)
            assert words in answer.read().decode()
