"""QR codes: for a page, and for a terminal."""

from functools import lru_cache

import segno

from ..limits import QR_CODES_KEPT

#: Light modules around a code, as the standard asks for.
QUIET_ZONE = 4
#: Black on white, whatever colours the terminal has; and back.
INK, PLAIN = "\x1b[30;107m", "\x1b[0m"
#: An upper and a lower module in one character.
HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def modules(text: str) -> list[list[bool]]:
    """Rows of modules, dark ones true, the quiet zone around them; withstands damage to 15 % of it."""
    code = segno.make_qr(text, error="m", boost_error=False)
    return [[bool(module) for module in row] for row in code.matrix_iter(border=QUIET_ZONE)]


@lru_cache(QR_CODES_KEPT)
def svg(text: str) -> str:
    """Dark on light, as large as it is shown, without seams: dark modules of a row that touch are one rectangle."""
    rows = modules(text)
    side, path = len(rows), []
    for y, row in enumerate(rows):
        x = 0
        while x < side:
            end = x
            while end < side and row[end]:
                end += 1
            if end > x:
                path.append(f"M{x} {y}h{end - x}v1H{x}z")
            x = end + 1
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{"".join(path)}"/></svg>'
    )


def terminal(text: str, coloured: bool) -> str:
    """Two rows of modules in a line of text."""
    rows = modules(text)
    rows += [[False] * len(rows[0])] * (len(rows) % 2)
    lines = [
        "".join(HALVES[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    ]
    return "\n".join(f"{INK}{line}{PLAIN}" if coloured else line for line in lines)
