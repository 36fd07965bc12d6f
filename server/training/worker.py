"""The process that trains: many rooms, one after the other, a millisecond each.

What a run is asked is answered before any more training is done, unless the run has asked for much (`turns`). It ends
when its socket does, so that no process outlives the web process, however that one died.
"""

import contextlib
import ctypes
import gc
import os
import platform
import signal
import socket
import struct
import sys

PR_SET_PDEATHSIG = 1
#: Linux's number of sched_setattr, by machine; and the turn that training asks for, in nanoseconds, the shortest.
SCHED_SETATTR, TURN = {"x86_64": 314, "aarch64": 274}, 100_000
NICE = 10


def main(channel: socket.socket, parent: int) -> None:
    """Serve rooms until the channel closes."""
    settle(parent)
    from .scheduler import Scheduler

    scheduler = Scheduler(channel)
    gc.collect()
    gc.freeze()
    with contextlib.suppress(ConnectionError, BrokenPipeError):
        scheduler.serve()


def settle(parent: int) -> None:
    """What every process beside the web process does first."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"  # two BLAS threads on a busy machine make a step many times slower
    # Both go to the whole group of processes, and are for the web process: it closes the channel, rooms are saved.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    _die_with_parent(parent)


def _die_with_parent(parent: int) -> None:
    """On Linux, ask for a signal when the parent dies; elsewhere the closed channel has to do."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    if sys.platform == "linux":
        _take_short_turns()
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit(0)


def _take_short_turns() -> None:
    """Whoever wakes beside training need not wait until its turn ends: 3 ms by default, and an answer has six hops.

    Kernels before 6.12 know no such wish, and leave it.
    """
    number = SCHED_SETATTR.get(platform.machine())
    if number is not None:
        # struct sched_attr: size, policy, flags, nice, priority, runtime, deadline, period
        wish = struct.pack("=IIQiIQQQ", 48, os.SCHED_OTHER, 0, NICE, 0, TURN, 0, 0)
        ctypes.CDLL(None).syscall(number, 0, wish, 0)
