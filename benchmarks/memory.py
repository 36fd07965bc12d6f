"""Whether memory stays flat while a run goes on: what this process holds after ever more steps."""

import argparse
import os
import time
from pathlib import Path

from machine import machine, table, use_one_thread
from workload import WORKLOADS


def resident() -> float:
    """Megabytes of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    use_one_thread()
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    options = parser.parse_args()
    workload = WORKLOADS[0]
    trainer, rows = workload.trainer(), []
    begun = time.perf_counter()
    for steps in options.steps:
        while trainer.steps < steps:
            trace = trainer.step()
            if trainer.steps % 1000 == 0:
                trainer.metrics()
        if trainer.stopped is not None or trace.step != steps:
            raise SystemExit(f"{workload.name}: {trace.step} steps, {trainer.stopped}; expected {steps} and no stop")
        rows.append([f"{steps:,}", f"{resident():.1f}", f"{time.perf_counter() - begun:.1f}"])
    print(
        f"## Memory as a run goes on\n\n{machine()}; {workload.name}, every step with its trace, measured each 1,000"
    )
    print("\nThe states for going back in time are full after 20,000 steps, the history after 5,120\n")
    print(table(["steps", "MB resident", "seconds"], rows))


if __name__ == "__main__":
    main()
