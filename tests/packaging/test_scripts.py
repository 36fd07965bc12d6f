"""The scripts before there is an environment: an old Python, a folder that can only be read, two at a time."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rights import bound_by_rights

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPTS = ("run", "test", "lint", "bench", "screenshot")
#: Runs a script as if this Python were another.
DISGUISED = "import runpy, sys\nsys.version_info, sys.version = (3, {0}, 6, 'final', 0), '3.{0}.6 (other)'\n"
#: Begins an environment, with stand-ins for what takes long and needs the internet: `made` counts what was begun.
BEGIN = """
import sys, time
from pathlib import Path
sys.path.insert(0, "scripts")
from setup_tools import environment
def make_venv():
    environment.VENV.mkdir()
    environment.program(environment.VENV, "python").parent.mkdir()
    environment.program(environment.VENV, "python").touch()
def install(lock):
    with open("made", "a") as made:
        made.write("one\\n")
    end = time.monotonic() + 20
    while time.monotonic() < end and not Path("second").exists():
        time.sleep(0.05)
    time.sleep(1)
    assert environment.program(environment.VENV, "python").exists()
environment.make_venv, environment.install, environment.install_project = make_venv, install, lambda: None
if "second" in sys.argv:
    Path("second").touch()
print(environment.ensure("run.txt"))
"""

#: Runs `scripts/test`, with a stand-in for pytest that says how it was called.
CALLED = """
import os, runpy, subprocess, sys
from types import SimpleNamespace
sys.path.insert(0, "scripts")
from setup_tools import browser, checks, environment, peers, programs
environment.ensure = browser.ensure = lambda *given: "python"
peers.ensure = programs.ensure = lambda *given: None
checks.failures = lambda: []
def run(command, env, **more):
    print("called", command[3:], env.get("NABLASCOPE_LONG"))
    return SimpleNamespace(returncode=0)
subprocess.run = run
runpy.run_path("scripts/test", run_name="__main__")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The scripts in a folder of their own, without an environment."""
    folder = tmp_path / "project"
    shutil.copytree(ROOT / "scripts", folder / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.mark.parametrize("minor", [8, 9, 10])
@pytest.mark.parametrize("script", SCRIPTS)
def test_an_old_python_gets_a_sentence(script: str, minor: int, project: Path) -> None:
    path = project / "scripts" / script
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, minor))
    code = DISGUISED.format(minor) + f"runpy.run_path({str(path)!r}, run_name='__main__')"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    assert told.stderr == f"Nablascope needs Python 3.11 or newer; this is 3.{minor}.6.\n" and told.returncode == 1


@pytest.mark.parametrize("minor", [8, 9, 10])
def test_an_old_python_that_is_here_gets_it_too(minor: int, project: Path) -> None:
    python = [f"python3.{minor}"]
    if shutil.which(*python) is None or subprocess.run([*python, "-c", ""], capture_output=True).returncode:
        pytest.skip(f"no Python 3.{minor} is here")
    for script in ("run", "test"):
        told = subprocess.run([*python, project / "scripts" / script], capture_output=True, text=True, timeout=30)
        assert re.fullmatch(rf"Nablascope needs Python 3\.11 or newer; this is 3\.{minor}\.\d+\.\n", told.stderr)


def test_what_an_old_python_reads_of_the_tools_is_plain_enough_for_it() -> None:
    ast.parse((ROOT / "scripts" / "setup_tools" / "__init__.py").read_text(encoding="utf-8"), feature_version=(3, 6))


def test_of_two_first_starts_the_second_waits_and_uses_what_the_first_has_made(project: Path) -> None:
    started = []
    for name in ("first", "second"):
        pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "cwd": project}
        started.append(subprocess.Popen([sys.executable, "-c", BEGIN, name], **pipe))  # type: ignore[call-overload]
        while name == "first" and not (project / "made").exists():
            assert started[0].poll() is None
    first, second = (process.communicate(timeout=40)[0] for process in started)
    assert [process.returncode for process in started] == [0, 0], first + second
    assert "Making .venv" in first and "waiting until it is done" in second and "Making .venv" not in second
    assert (project / "made").read_text() == "one\n"


@pytest.mark.skipif(sys.platform == "win32", reason="a folder's rights are others there")
def test_a_project_folder_that_can_only_be_read_is_said_to_be_one(project: Path) -> None:
    project.chmod(0o500)
    try:
        tried = [sys.executable, "-c", f"import os; os.mkdir({str(project / 'x')!r})"]
        if not subprocess.run(tried, preexec_fn=bound_by_rights, capture_output=True).returncode:
            pytest.skip("nothing keeps this user from writing anywhere")
        command = [sys.executable, project / "scripts" / "run", "--no-open"]
        told = subprocess.run(command, preexec_fn=bound_by_rights, capture_output=True, text=True, timeout=60)
    finally:
        project.chmod(0o700)
    assert told.returncode == 1 and "Traceback" not in told.stderr
    assert f"{project} cannot be written (Permission denied), and .venv is made there" in told.stderr


def test_an_environment_to_run_with_can_grow_into_one_to_test_with() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^\S+==\S+", (ROOT / "requirements" / name).read_text("utf-8"), re.MULTILINE))

    assert pins("run.txt") <= pins("test.txt")


@pytest.mark.parametrize(
    ("given", "passed_on", "long"),
    [
        (["tests/engine", "-k", "mazur"], "['tests/engine', '-k', 'mazur']", "None"),
        (["tests/engine", "--long", "-q"], "['tests/engine', '-q']", "1"),
        (["--long"], "['-n', ", "1"),  # the whole suite
    ],
)
def test_tests_in_their_full_form_are_asked_for_by_an_option(
    given: list[str], passed_on: str, long: str, project: Path
) -> None:
    environ = {name: value for name, value in os.environ.items() if name != "NABLASCOPE_LONG"}
    command = [sys.executable, "-c", CALLED, *given]
    told = subprocess.run(command, capture_output=True, text=True, cwd=project, env=environ, timeout=30)
    assert told.returncode == 0, told.stderr
    called = told.stdout.splitlines()[-1]
    assert called.startswith(f"called {passed_on}") and called.endswith(f" {long}"), told.stdout
