"""A wheel, built from the checkout and installed into an empty environment, runs by itself."""

import re
import subprocess
import sys
import tomllib
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nablascope.server.wire.protocol import PULSE

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


# It takes half a minute: an environment is made and filled.
def test_it_runs_with_the_lowest_versions_that_it_declares(
    wheel: Path, serve: Callable[..., Any], client: Callable[..., Any], tmp_path: Path
) -> None:
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    python = venv / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    pip = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]
    fetched = [*pip, "download", "--no-deps", "--retries", "1", "--dest", str(tmp_path), "segno"]
    if subprocess.run(fetched, capture_output=True, timeout=120).returncode:
        pytest.skip("no packages can be had here")
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    lowest = [re.sub(r">=([\d.]+).*", r"==\1", each) for each in declared]
    assert all("==" in each for each in lowest), lowest
    subprocess.run([*pip, "install", *lowest], check=True)
    subprocess.run([*pip, "install", "--no-deps", str(wheel)], check=True)
    server = serve("--port", "0", "--workers", "1", data=tmp_path / "data", program=python.with_name("nablascope"))
    viewer = client(url=server.url)
    assert viewer.event("welcome")["room"] and viewer.frame(PULSE)
    with urllib.request.urlopen(server.url) as answer:
        assert "importmap" in answer.read().decode()
