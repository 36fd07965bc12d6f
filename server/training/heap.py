"""Memory that is not used any more goes back to the operating system.

What refers to itself, as connections that have ended do, is found by a full collection only, which Python puts off
until a quarter of all there is may be such: in a busy lesson a fifth of a megabyte a minute. And the C library keeps
what was freed between things that stay: after twenty minutes a tenth of the web process, a fifth of a worker.
glibc can be asked for it; other libraries cannot, and do it by themselves. Both cost milliseconds.
"""

import ctypes
import gc
import sys

#: Seconds between two times.
EVERY = 60.0


def give_back() -> None:
    """Find what refers to itself, and return all that is free."""
    gc.collect()
    if _trim is not None:
        _trim(0)


_trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
