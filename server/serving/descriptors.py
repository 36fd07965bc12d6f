"""How many files and connections the system lets this process have open."""

import contextlib
import sys

from .. import limits


def raised() -> int:
    """The bound, after it was raised as far as the system allows. Windows has none that matters."""
    if sys.platform == "win32":
        return limits.MOST_DESCRIPTORS
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = limits.MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, limits.MOST_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return limits.MOST_DESCRIPTORS if soft == resource.RLIM_INFINITY else min(soft, limits.MOST_DESCRIPTORS)


def connections(descriptors: int, processes: int) -> int:
    """How many connections fit beside everything else: training processes, one that stands by, one that computes."""
    reserved = limits.RESERVED_DESCRIPTORS + limits.PROCESS_DESCRIPTORS * (processes + 2)
    return descriptors - reserved


def too_few(descriptors: int, processes: int) -> str:
    """Why a server cannot be run with so few, in a sentence; "" if it can."""
    if connections(descriptors, processes) >= limits.FEWEST_CONNECTIONS:
        return ""
    needed = descriptors - connections(descriptors, processes) + limits.FEWEST_CONNECTIONS
    return (
        f"this system lets a process have {descriptors} open files, and {processes} training processes with "
        f"{limits.FEWEST_CONNECTIONS} connections need {needed}: raise it (ulimit -n) or give a smaller --workers"
    )
