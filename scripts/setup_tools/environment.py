"""The project's own virtual environment, `.venv`, made from the hash-pinned lock."""

import hashlib
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from . import locking

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
UV_VENV = ROOT / ".uv"
LOCK = ROOT / ".venv.lock"
WAITING = "Another start is making .venv; waiting until it is done."
READ_ONLY = """\
{} cannot be written ({}), and .venv is made there at the first start.
Copy the folder to a place of your own, or have its owner start it once."""
NO_VENV = (
    "Python's venv module is missing or incomplete. On Debian and Ubuntu: apt install python3-venv; "
    "elsewhere install a full Python 3.11 or newer."
)


def say(text: str) -> None:
    """One line for the person at the terminal, at once."""
    encoding = sys.stdout.encoding or "utf-8"  # it may lack letters of a folder's name
    print(text.encode(encoding, "backslashreplace").decode(encoding), flush=True)


def program(venv: Path, name: str) -> Path:
    """Where a program of a virtual environment is, on this system."""
    return venv / ("Scripts" if os.name == "nt" else "bin") / (name + (".exe" if os.name == "nt" else ""))


def fingerprint(lock: Path) -> str:
    """What the environment depends on: the lock, the project's own declaration, this Python."""
    parts = [lock.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), sys.version.encode(), str(ROOT).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def is_ready(venv: Path, *locks: Path) -> bool:
    """Whether the environment was made from one of these locks as they are now."""
    stamp = venv / "made-from.txt"
    if not stamp.exists() or not program(venv, "python").exists():
        return False
    return stamp.read_text(encoding="utf-8") in {fingerprint(lock) for lock in locks}


def runs(path: str | None) -> bool:
    """Whether a program is there and says its version."""
    if not path or not Path(path).exists():
        return False
    return subprocess.run([path, "--version"], capture_output=True).returncode == 0


@cache
def find_uv() -> str | None:
    """uv on PATH, else in a private environment, `.uv`, where it is installed if that works; else None: use pip."""
    private = str(program(UV_VENV, "uv"))
    for found in (shutil.which("uv"), private):
        if runs(found):
            return found
    python, lock = str(program(UV_VENV, "python")), str(ROOT / "requirements" / "uv.txt")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", lock]
    for command in ([sys.executable, "-m", "venv", str(UV_VENV)], pip):
        if subprocess.run(command, capture_output=True).returncode != 0:
            shutil.rmtree(UV_VENV, ignore_errors=True)
            say("uv is not here and could not be installed; pip does it, more slowly")
            return None
    return private


def make_venv() -> None:
    """An empty environment with pip; a plain sentence when Python cannot make one."""
    if VENV.exists():
        shutil.rmtree(VENV)
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if made.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        raise SystemExit(f"{NO_VENV}\n{(made.stderr or made.stdout).strip()}")


def install(lock: Path) -> None:
    """Everything the lock names, by hash."""
    say(f"Installing {lock.name} with {'uv' if find_uv() else 'pip'}")
    subprocess.run([*installer(), "--require-hashes", "-r", str(lock)], check=True)


def install_project() -> None:
    """The project itself, editable and without looking anything up."""
    subprocess.run([*installer(), "--no-deps", "--no-build-isolation", "-e", str(ROOT)], check=True)


def installer() -> list[str]:
    """The command that installs into `.venv`."""
    python, uv = str(program(VENV, "python")), find_uv()
    if uv:
        return [uv, "pip", "install", "--quiet", "--python", python]
    return [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]


def compiling() -> dict[str, str]:
    """The environment variables for whoever starts many processes: Python keeps what it compiles.

    Where it was told not to, every process would compile all packages anew: half of a server's start.
    """
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def make(lock: Path, smaller: Path) -> None:
    """Make `.venv`. One that was made from the smaller lock only gets the rest: a server may be running in it."""
    say("Making .venv (once; again when the lock changes)")
    grows = is_ready(VENV, smaller)
    try:
        if not grows:
            make_venv()
        install(lock)
        if not grows:
            install_project()
    except subprocess.CalledProcessError as error:
        if not grows:
            shutil.rmtree(VENV, ignore_errors=True)
        raise SystemExit(f"Installing failed (see above), exit code {error.returncode}.") from error
    except KeyboardInterrupt:
        raise SystemExit("Interrupted before .venv was complete; the next start makes it anew.") from None
    (VENV / "made-from.txt").write_text(fingerprint(lock), encoding="utf-8")


def ensure(lock_name: str) -> Path:
    """The environment's Python, after making whatever is missing. lock_name is run.txt or test.txt."""
    run, full = ROOT / "requirements" / "run.txt", ROOT / "requirements" / "test.txt"
    lock = ROOT / "requirements" / lock_name
    if not is_ready(VENV, lock, full):
        try:
            with locking.alone(LOCK, lambda: say(WAITING)):
                if not is_ready(VENV, lock, full):
                    make(lock, run)
        except OSError as error:
            if os.access(ROOT, os.W_OK):
                raise
            raise SystemExit(READ_ONLY.format(ROOT, error.strerror or error)) from None
    return program(VENV, "python")
