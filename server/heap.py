"""Memory that is not used any more goes back to the operating system.

The C library keeps what was freed between things that stay: after twenty minutes of a busy lesson a tenth of the web
process, a fifth of a training process, and more of it every minute. glibc can be asked for it, at a cost of
milliseconds; other libraries cannot, and do it by themselves.
"""

import ctypes
import sys

#: Seconds between two times.
EVERY = 60.0


def give_back() -> None:
    """Once; does nothing where the C library knows no such call."""
    if _trim is not None:
        _trim(0)


_trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
