"""Find a Chromium for the tests, or get one, and say what was done."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from .environment import say

VARIABLE = "NABLASCOPE_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")


def works(path: str) -> bool:
    """Whether it runs and says its version. (Some systems have a `chromium` that only tells where to get one.)"""
    try:
        run = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return run.returncode == 0 and any(word in run.stdout for word in ("Chrom", "Edge"))


def find() -> str | None:
    """From the environment variable, else from PATH."""
    named = os.environ.get(VARIABLE)
    if named:
        if not works(named):
            raise SystemExit(f"{VARIABLE} is {named!r}, which does not run: expected the path of a Chromium.")
        say(f"Chromium: {named} (from {VARIABLE})")
        return named
    for name in NAMES:
        path = shutil.which(name)
        if path and works(path):
            say(f"Chromium: {path} (on PATH)")
            return path
    return None


def from_apt() -> str | None:
    """Debian's package, when we are root on a system that has apt-get."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    say("No Chromium found: installing Debian's with apt-get")
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
    subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False, **quiet)
    path = shutil.which("chromium")
    if path and works(path):
        say(f"Chromium: {path} (installed by apt-get)")
        return path
    return None


def ready_for_playwright() -> None:
    """Playwright's own Node needs libatomic1, which a bare Debian lacks."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        libraries = [Path("/usr/lib"), Path("/lib")]
        if not any(next(folder.glob("**/libatomic.so.1"), None) for folder in libraries if folder.exists()):
            say("Installing libatomic1, which Playwright needs")
            subprocess.run(["apt-get", "update", "-qq"], check=False, stdout=subprocess.DEVNULL)
            subprocess.run(["apt-get", "install", "-y", "-qq", "libatomic1"], check=False, stdout=subprocess.DEVNULL)


def from_playwright(python: Path) -> str | None:
    """Playwright's own download."""
    say("No Chromium found: asking Playwright to download its own")
    if subprocess.run([str(python), "-m", "playwright", "install", "chromium"], check=False).returncode != 0:
        return None
    ask = "from playwright.sync_api import sync_playwright as p\nwith p() as q: print(q.chromium.executable_path)"
    path = subprocess.run([str(python), "-c", ask], capture_output=True, text=True).stdout.strip()
    if path and works(path):
        say(f"Chromium: {path} (downloaded by Playwright)")
        return path
    return None


def ensure(python: Path) -> str:
    """The path of a Chromium that runs, or an end with a sentence that says what to do."""
    ready_for_playwright()
    found = find() or from_apt() or from_playwright(python)
    if not found:
        sys.exit(f"No Chromium could be found or installed. Install one, or set {VARIABLE} to the path of yours.")
    return found
