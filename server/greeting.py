"""What is said in the terminal when the server is there."""

import os
import sys
from pathlib import Path

from .web.qr import HALVES, terminal
from .web.site import Site

NO_NETWORK = """\
This machine is in no network now, so nobody else can open it. Join the Wi-Fi, and open the page again:
its "Share" then shows the address."""


#: The file that has the teacher's link where what is said is kept.
LINK_FILE = "teacher-link.txt"
KEPT = """\
Teacher:    the link is in {}
            Whoever reads it is the teacher. It is not shown here, as this is no terminal and may be kept."""
NOT_KEPT = """\
Teacher:    the link is shown in a terminal only; without one, it is written into the folder given by --data."""


def greeting(
    site: Site, opened: tuple[str, str] | None, in_terminal: bool = True, folder: Path | None = None
) -> tuple[str, str]:
    """The text, and the page to open here. `opened` is the code and the teacher's token of a class's room.

    The token is for a person at a terminal; elsewhere it is written into a file of the folder, for its owner alone.
    """
    lines = [f"Nablascope is at {site.own}/  (Ctrl-C ends it)"]
    if site.origins:
        lines.append(f"Others open {site.origins[0]}{site.root}/")
    if opened is None:
        return "\n".join(lines), f"{site.own}/"
    code, token = opened
    teacher = f"/r/{code}#teacher={token}"
    bases = [site.origins[0] + site.root] if site.origins else [site.at(address) for address in site.addresses()]
    if bases:
        first, *more = bases
        lines += ["", f"To join:    {first}/join", f"Room code:  {code}", *drawn(f"{first}/join/{code}")]
        if more:
            lines += ["Also at:    " + "  ".join(f"{base}/join" for base in more)]
    else:
        lines += ["", NO_NETWORK, f"Room code:  {code}"]
    link = (bases or [site.own])[0] + teacher
    if in_terminal:
        lines += [f"Teacher:    {link}", "            Whoever has this link is the teacher: keep it to yourself."]
    else:
        kept = write_secret(folder / LINK_FILE, link) if folder is not None else None
        lines += [NOT_KEPT if kept is None else KEPT.format(kept)]
    return "\n".join(lines), site.own + teacher


def write_secret(path: Path, text: str) -> Path | None:
    """Write a file anew that only its owner may read; None when it cannot be written."""
    try:
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text + "\n")
    except OSError:
        return None
    return path


def drawn(text: str) -> list[str]:
    """A QR code, where the terminal has the characters for it."""
    try:
        "".join(HALVES.values()).encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return []
    coloured = sys.stdout.isatty()
    if coloured and os.name == "nt":
        os.system("")  # this is how Windows' older consoles learn to read colours
    return ["", terminal(text, coloured), ""]


def unusable(folder: Path, error: Exception) -> str:
    """Why nothing can be kept in a folder; SQLite's own words do not say that it can only be read."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not os.access(there, os.W_OK):
        return f"{folder} cannot be used, as {there} can only be read"
    return f"{folder} cannot be used ({error})"
