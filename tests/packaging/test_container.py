"""The container: what its file promises holds, and where Docker works the image is built and answers."""

import json
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nablascope.server.options import chosen

ROOT = Path(__file__).resolve().parent.parent.parent
IMAGE = "nablascope-of-the-tests"
SCHOOL = "https://school.example"


def instructions() -> list[tuple[str, str]]:
    """Of the Dockerfile, in order, each in one line."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.M)
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in lines if line.strip())]


def last(name: str) -> str:
    return [rest for found, rest in instructions() if found == name][-1]


def check() -> list[str]:
    """The command that says whether the server is well."""
    command: list[str] = json.loads(last("HEALTHCHECK").partition("CMD ")[2])
    return command


def test_everything_copied_is_there_and_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for name, rest in instructions():
        if name == "COPY":
            for source in rest.split()[:-1]:
                assert (ROOT / source).exists() and f"!{source}" in ignored, source
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    copied = {source for name, rest in instructions() if name == "COPY" for source in rest.split()[:-1]}
    needed = {folder.split("/")[0] for folder in project["tool"]["setuptools"]["package-dir"].values()}
    assert {*needed, project["project"]["readme"], "LICENSE", "pyproject.toml"} <= copied


def test_packages_come_by_hash_and_the_server_is_not_root() -> None:
    names = [name for name, _ in instructions()]
    installs = [rest for name, rest in instructions() if name == "RUN" and "pip install" in rest]
    assert installs
    assert all("--require-hashes" in rest or "--no-deps --no-build-isolation" in rest for rest in installs)
    assert last("USER") not in ("root", "0")
    assert names.index("USER") < names.index("ENTRYPOINT") and "RUN" not in names[names.index("USER") :]
    assert last("FROM").endswith("-slim")


@pytest.mark.parametrize(
    "more",
    [None, ["--public", "--public-url", f"{SCHOOL}/nabla", "--trusted-proxy", "172.16.0.0/12"]],
)
def test_its_command_line_is_one_that_others_can_reach(more: list[str] | None) -> None:
    program, *fixed = json.loads(last("ENTRYPOINT"))
    options = chosen([*fixed, *(more or json.loads(last("CMD")))])
    assert program == "nablascope" and options.host in ("0.0.0.0", "::") and not options.open
    assert str(options.port) == last("EXPOSE") and str(options.data) == last("VOLUME")


@pytest.mark.parametrize(
    "options",
    [
        ("--host", "0.0.0.0"),
        ("--host", "0.0.0.0", "--public", "--public-url", f"{SCHOOL}/nabla", "--trusted-proxy", "10.0.0.1"),
    ],
)  # fmt: skip
def test_its_health_check_tells_a_server_that_is_well_from_none(
    serve: Callable[..., Any], options: tuple[str, ...]
) -> None:
    server = serve("--port", "0", *options)
    program, *arguments = check()
    assert program == "python"
    command = [sys.executable, *(argument.replace(":8000", f":{server.port}") for argument in arguments)]
    assert subprocess.run(command, capture_output=True, timeout=30).returncode == 0
    server.stop()
    assert subprocess.run(command, capture_output=True, timeout=30).returncode != 0


def test_the_image_is_built_and_answers() -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "info"], capture_output=True, timeout=60).returncode:
        pytest.skip("no Docker works here")
    if subprocess.run([docker, "pull", "-q", last("FROM")], capture_output=True, timeout=600).returncode:
        pytest.skip(f"{last('FROM')} cannot be had here")
    subprocess.run([docker, "build", "-q", "-t", IMAGE, str(ROOT)], check=True, timeout=1200)
    started = subprocess.run([docker, "run", "-d", "--rm", IMAGE], check=True, capture_output=True, text=True)
    container = started.stdout.strip()
    try:
        end = time.monotonic() + 60
        while subprocess.run([docker, "exec", container, *check()], capture_output=True).returncode:
            assert time.monotonic() < end, "the health check did not succeed within a minute"
            time.sleep(1)
        user = subprocess.run([docker, "exec", container, "id", "-u"], check=True, capture_output=True, text=True)
        assert user.stdout.strip() != "0"
    finally:
        subprocess.run([docker, "kill", container], capture_output=True)
