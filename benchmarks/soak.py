"""A long lesson: joins, leaves, forks, random commands and faults; memory and descriptors must stay flat."""

import argparse
import asyncio
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from crowd import Crowd
from family import descriptors, resident, workers
from machine import machine, table
from serving import LISTENING, ways_to_listen

#: Lines that a sound server may write.
EXPECTED = re.compile(r"training process \d+ ended; \d+ rooms go on in another$|Nablascope has ended\.$")
#: Seconds between two looks at memory, and between two worker processes that are killed.
LOOK, KILL = 2.0, 60.0


def look(pid: int) -> tuple[float, float, int, int]:
    """MB of the web process and of all workers, their descriptors, all in all; a worker may just have been killed."""
    mine = workers(pid)
    try:
        return resident(pid), sum(map(resident, mine)), descriptors(pid), sum(map(descriptors, mine))
    except FileNotFoundError:
        time.sleep(0.2)
        return look(pid)


async def soak(crowd: Crowd, warm_up: float, seconds: float, pace: float) -> list[tuple[float, ...]]:
    """Samples after so many seconds, for so many: second, the numbers of `look`, people, forks."""
    await crowd.gather()
    started = time.monotonic()
    samples: list[tuple[float, ...]] = []
    looked, killed = started - LOOK, started
    while (now := time.monotonic()) < started + warm_up + seconds:
        await crowd.act()
        if now - looked >= LOOK and now - started >= warm_up:
            looked = now
            samples.append((now - started, *look(crowd.pid), crowd.present, crowd.forks))
        if now - killed >= min(KILL, seconds / 3):
            killed = now
            await crowd.kill_a_worker()
        await asyncio.sleep(crowd.rng.expovariate(1 / pace))
    crowd.part()
    await asyncio.sleep(1)
    return samples


def summary(samples: list[tuple[float, ...]]) -> str:
    """Each quantity: a line through it, its ends and its extremes.

    A fork takes memory as long as it is there, and there are more of them at some times than at others: the slope at
    equal forks is that of a plane through time and forks.
    """
    numbers = np.array(samples)
    minutes = numbers[:, 0] / 60
    rows, forks = [], numbers[:, -1]
    plane = np.column_stack([np.ones_like(minutes), minutes, forks])
    names = (
        "MB of the web process",
        "MB of the workers",
        "descriptors of the web process",
        "descriptors of the workers",
    )
    for column, name in enumerate((*names, "people there", "forks"), 1):
        values = numbers[:, column]
        slope, first = np.polyfit(minutes - minutes[0], values, 1)
        last = first + slope * (minutes[-1] - minutes[0])
        extremes = (f"{values.min():.1f}", f"{values.max():.1f}")
        alike = "" if name == "forks" else f"{np.linalg.lstsq(plane, values)[0][1]:+.3f}"
        rows.append([name, f"{first:.1f}", f"{last:.1f}", f"{slope:+.3f}", alike, *extremes])
    return table(["", "line, first", "last", "a minute", "at equal forks", "least", "most"], rows)


def lesson(options: argparse.Namespace, way: str) -> bool:
    """A lesson on a server that listens in one way, and its part of the report; whether all was well."""
    with tempfile.TemporaryDirectory() as data:
        log = Path(data) / "server.log"
        command = [str(Path(sys.executable).with_name("nablascope")), "--no-open", "--port", "0", "--data", data]
        with log.open("w") as output:
            process = subprocess.Popen([*command, *LISTENING[way]], stdout=output, stderr=output)
        while not (found := re.search(r"http://(\S+?)/", greeting := log.read_text())):
            time.sleep(0.05)
        crowd = Crowd(f"ws://{found[1]}/ws", process.pid, options.clients, options.rooms, options.seed)
        try:
            samples = asyncio.run(soak(crowd, 60 * options.warm_up, 60 * options.minutes, options.pace))
        finally:
            process.terminate()
            process.wait()
        said = log.read_text().replace(greeting[greeting.index("Nablascope is at ") :], "")
        wrong = [line for line in said.splitlines() if line and not EXPECTED.search(line)]
    print(f"\n{way}\n\n{summary(samples)}")
    print(f"\nWhat happened: {', '.join(f'{count} × {name}' for name, count in sorted(crowd.did.items()))}.")
    print(f"Lines in the log that should not be there: {len(wrong)}. Unexplained ends and silences: "
          f"{len(crowd.unexplained)}.")  # fmt: skip
    for line in (*wrong[:20], *crowd.unexplained[:20]):
        print(f"- {line}")
    return not wrong and not crowd.unexplained


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--warm-up", type=float, default=6, help="minutes in which histories and states fill up")
    parser.add_argument("--minutes", type=float, default=20, help="for each way to listen")
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--rooms", type=int, default=4)
    parser.add_argument("--pace", type=float, default=0.2, help="seconds between two actions, in the mean")
    parser.add_argument("--seed", type=int, default=1)
    ways_to_listen(parser)
    options = parser.parse_args()
    print(f"## A long lesson\n\n{machine()}\n")
    print(f"{options.minutes:g} minutes after {options.warm_up:g} of warm-up, {options.clients} people in "
          f"{options.rooms} rooms, seed {options.seed}")  # fmt: skip
    went_well = [lesson(options, way) for way in options.listening]
    return int(not all(went_well))


if __name__ == "__main__":
    sys.exit(main())
