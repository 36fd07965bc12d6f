"""What is said in the terminal when the server is there."""

import os
import sys

from .qr import HALVES, terminal
from .site import Site

NO_NETWORK = """\
This machine is in no network now, so nobody else can open it. Join the Wi-Fi, and open the page again:
its "Share" then shows the address."""


def greeting(site: Site, opened: tuple[str, str] | None) -> tuple[str, str]:
    """The text, and the page to open here. `opened` is the code and the teacher's token of a class's room."""
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
    lines += [
        f"Teacher:    {(bases or [site.own])[0]}{teacher}",
        "            Whoever has this link is the teacher: keep it to yourself.",
    ]
    return "\n".join(lines), site.own + teacher


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
