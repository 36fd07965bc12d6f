"""Numbers as a sentence has them."""

import math

SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def times(ratio: float) -> str:
    """A factor with two significant digits: 2.7×, 270×, 3·10⁸×."""
    if ratio < 9.95:
        return f"{ratio:.1f}×"
    if ratio < 1e5:
        digits = int(math.log10(ratio)) - 1
        return f"{round(ratio / 10**digits) * 10**digits:,}×"
    exponent = int(math.log10(ratio))
    return f"{ratio / 10**exponent:.0f}·10{str(exponent).translate(SUPERSCRIPT)}×"


def number(value: float) -> str:
    """Two significant digits, large and small ones by powers of ten; what is no finite number by its sign.

    >>> number(0.0312), number(12345), number(-4.2e-7), number(float("inf")), number(0)
    ('0.031', '1.2·10⁴', '−4.2·10⁻⁷', '∞', '0')
    """
    if math.isnan(value):
        return "NaN"
    sign, size = "−" if value < 0 else "", abs(value)
    if math.isinf(size):
        return f"{sign}∞"
    if size == 0 or 1e-3 <= size < 1e3:
        return f"{sign}{size:.2g}" if size < 100 else f"{sign}{size:.0f}"
    mantissa, exponent = f"{size:.1e}".split("e")
    return f"{sign}{mantissa}·10{str(int(exponent)).translate(SUPERSCRIPT)}"


def superscript(layer: int) -> str:
    """The number of a layer, as in W²."""
    return str(layer).translate(SUPERSCRIPT)
