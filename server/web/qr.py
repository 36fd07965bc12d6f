"""QR codes: for a page, and for a terminal."""

from functools import lru_cache
from io import BytesIO

import segno

from ..limits import QR_CODES_KEPT

#: Light modules around a code, as the standard asks for.
QUIET_ZONE = 4
#: Black on white, whatever colours the terminal has; and back.
INK, PLAIN = "\x1b[30;107m", "\x1b[0m"
#: An upper and a lower module in one character.
HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def code(text: str) -> segno.QRCode:
    """It withstands damage to 15 % of it."""
    return segno.make_qr(text, error="m", boost_error=False)


def modules(text: str) -> list[list[bool]]:
    """Rows of modules, dark ones true, the quiet zone around them."""
    return [[bool(module) for module in row] for row in code(text).matrix_iter(border=QUIET_ZONE)]


@lru_cache(QR_CODES_KEPT)
def svg(text: str) -> str:
    """Dark on light, as large as it is shown. Crisp edges: between two rows of modules there is no seam."""
    drawn = BytesIO()
    code(text).save(
        drawn, kind="svg", border=QUIET_ZONE, light="#fff", omitsize=True, xmldecl=False, svgclass=None,
        lineclass=None, nl=False,
    )  # fmt: skip
    return drawn.getvalue().decode().replace("<svg ", '<svg shape-rendering="crispEdges" ', 1)


def terminal(text: str, coloured: bool) -> str:
    """Two rows of modules in a line of text. (segno's own has no colours, and is light on dark.)"""
    rows = modules(text)
    rows += [[False] * len(rows[0])] * (len(rows) % 2)
    lines = [
        "".join(HALVES[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    ]
    return "\n".join(f"{INK}{line}{PLAIN}" if coloured else line for line in lines)
