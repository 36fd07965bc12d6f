"""The optional peers, PyTorch and JAX: in `.venv` if somebody asked for them and they can be had; never a failure."""

import re
import subprocess
import tempfile
from pathlib import Path

from .environment import ROOT, say

OPTION = "--peers"
#: PyTorch is some 200 MB, and in its builds for graphics cards far more.
SECONDS = 1200
NAMES = {"torch": "PyTorch", "jax": "JAX"}


def works(python: Path, module: str) -> bool:
    """Whether the environment's Python can import it: half an installation is none."""
    return subprocess.run([str(python), "-c", f"import {module}"], capture_output=True).returncode == 0


def requirement(module: str) -> str:
    """Its line in requirements/peers.in."""
    lines = (ROOT / "requirements" / "peers.in").read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if re.match(rf"{module}\b", line))


def pins() -> str:
    """What the lock names, without its hashes: a peer may add packages, but change none of ours."""
    lock = (ROOT / "requirements" / "test.txt").read_text(encoding="utf-8")
    return "".join(f"{line.removesuffix(chr(92))}\n" for line in lock.splitlines() if re.match(r"\w", line))


def install(python: Path, module: str) -> str | None:
    """Try it with pip; the reason when it could not be done."""
    pip = [str(python), "-m", "pip"]
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--retries", "1", "--timeout", "15"]
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder) / "constraints.txt"
        constraints.write_text(pins(), encoding="utf-8")
        command = [*pip, "install", *quiet, "--constraint", str(constraints), requirement(module)]
        try:
            run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            reason = f"not done within {SECONDS // 60} minutes"
        else:
            if run.returncode == 0 and works(python, module):
                return None
            errors = [line for line in run.stderr.splitlines() if line.startswith("ERROR")]
            reason = errors[-1].removeprefix("ERROR: ") if errors else "it does not run on this system"
    subprocess.run([*pip, "uninstall", "--quiet", "--yes", module], capture_output=True)
    return reason


def ensure(python: Path, modules: tuple[str, ...], wanted: bool, without: str) -> None:
    """Say of each whether it is here, install it if wanted; `without` is what its absence means."""
    for module in modules:
        name = NAMES[module]
        if works(python, module):
            say(f"{name}: here")
        elif not wanted:
            say(f"{name}: not installed, so {without}; {OPTION} installs it")
        else:
            say(f"{name}: installing it with pip")
            reason = install(python, module)
            say(f"{name}: not to be had ({reason}), so {without}" if reason else f"{name}: installed")
