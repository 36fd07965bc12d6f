"""Programs that some tests run beside the server: a proxy, a reader of QR codes. Without them these are skipped."""

import contextlib
import os
import shutil
import subprocess

from .environment import say

#: The program, Debian's package, and what is tried with it.
WANTED = (
    ("nginx", "nginx", "the server behind a proxy (tests/browser/test_behind_nginx.py)"),
    ("openssl", "openssl", "the same, for want of a certificate,"),
    ("zbarimg", "zbar-tools", "reading a QR code from the screen (tests/browser/test_qr.py)"),
)
#: Seconds for each of apt-get's two parts; without a network it would try for long.
PATIENCE = 180
WHERE = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])


def ensure(wanted: bool) -> None:
    """Say which are missing; where they are wanted, root and apt-get are asked for them first."""
    missing = [entry for entry in WANTED if not shutil.which(entry[0], path=WHERE)]
    can = wanted and hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")
    if missing and can:
        packages = [package for _, package, _ in missing]
        say(f"Installing {' and '.join(packages)} with apt-get")
        quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
        with contextlib.suppress(subprocess.TimeoutExpired):
            for command in (["apt-get", "update", "-qq"], install):
                subprocess.run(command, check=False, timeout=PATIENCE, **quiet)
    for program, _, purpose in missing:
        if not shutil.which(program, path=WHERE):
            say(f"{program}: not installed, so {purpose} is not tried")
