"""A server under attack: what a class beside it notices, and what it costs in memory, descriptors and disk."""

import argparse
import asyncio
import contextlib
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from machine import machine, table
from school import School, Seen
from serving import Started, running
from toll import HEAD as TOLL_HEAD
from toll import Meter
from watcher import PUBLIC_HOST, Visitor

#: Seconds in which a class is looked at before an attack, at least and at most; until a server has settled.
CALM, SETTLING = (3.0, 5.0), 4.0
#: Seconds of the same attack on a server that does nothing, at most; and seconds after an attack.
CONTROL, AFTERWARDS = 6.0, 3.0
#: An attack ends by itself; if not, it is ended after so many more seconds.
OVERTIME = 40.0


@dataclass(frozen=True)
class Server:
    """A way of playing it: its options, and where the teacher and the school come from."""

    options: tuple[str, ...]
    teacher: Visitor
    others: Visitor
    descriptors: int | None = None


LAN = ("--lan", "127.0.0.1")
PUBLIC = ("--public", "--public-url", f"https://{PUBLIC_HOST}", "--trusted-proxy", "127.0.0.1")
AT_SCHOOL = Visitor(forwarded="203.0.113.7")
SERVERS = {
    "dual-stack": Server(LAN, Visitor(), Visitor(source="127.0.0.3")),
    "public": Server(PUBLIC, AT_SCHOOL, AT_SCHOOL),
    "dual-stack, one training process": Server((*LAN, "--workers", "1"), Visitor(), Visitor(source="127.0.0.3")),
    "dual-stack, 256 descriptors": Server(LAN, Visitor(), Visitor(source="127.0.0.3"), descriptors=256),
}


@dataclass(frozen=True)
class Attack:
    """A row of the table: what it is, what does it (`hostile.ATTACKS`), from where, and on which server."""

    says: str
    name: str
    origin: str = "a neighbour"
    server: str = "dual-stack"
    #: Whether the same is done to a server that does nothing.
    controlled: bool = True


ATTACKS = (
    Attack("rooms opened, 200/s", "open_rooms"),
    Attack("rooms opened, 200/s", "open_rooms", "one address", "public"),
    Attack("rooms opened, 200/s", "open_rooms", "a /64", "public", controlled=False),
    Attack("rooms opened, 200/s", "open_rooms", "a /48", "public", controlled=False),
    Attack("wrong codes, 200/s", "guess_codes"),
    Attack("hellos with 47 KB of experiment, 40/s", "large_hellos"),
    Attack("60 KB of unknown keys, 10 × 20/s", "unknown_keys"),
    Attack("refused tables of 40 KB, 8 rooms × 10/s", "bad_tables"),
    Attack("landscapes and range tests of 12×128, 20 rooms", "large_jobs"),
    Attack("rooms of 12×128 opened, 15/s", "large_rooms", "one address", "public"),
    Attack("1,250 invented tabs in the class's room", "invented_tabs"),
    Attack("pages, 170/s", "pages"),
    Attack("pings, 10 × 2,000/s, answers unread", "pings"),
    Attack("100 students who read nothing", "stalled"),
    Attack("1,000 connections that say nothing or half", "idle"),
    Attack("300 of these", "few_idle", "a neighbour", "dual-stack, 256 descriptors", controlled=False),
    Attack("training stopped", "stop_training", "itself", "dual-stack, one training process", controlled=False),
)  # fmt: skip
HEAD = [
    "attack", "server", "from", "what came of it", "slider → frame ms, p50 / p99: before", "beside a dummy", "during",
    "longest time without a frame, ms: before", "during", "students in, the slowest", "rooms opened, the slowest",
    *TOLL_HEAD, "teacher cut off", "tracebacks",
]  # fmt: skip
EXPLAINED = """\
The attackers have other addresses than the class. The teacher's run makes 1,000 steps/s, and the slider
moves all the time; a student comes every second, and now and then a colleague opens a room. “Beside a dummy” is the
same attack on another server, which does next to nothing: what the attackers' own work costs the machine. MB and
descriptors: before, the most during, and 3 s after the attack."""
HERE = Path(__file__).resolve().parent


@contextlib.asynccontextmanager
async def program(*arguments: str) -> AsyncIterator[tuple[Process, str]]:
    """Another Python process, and the first line that it says; it ends with the block."""
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdin=PIPE, stdout=PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process, (await process.stdout.readline()).decode().strip()
    finally:
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), OVERTIME)
        except TimeoutError:
            process.kill()
            await process.wait()


async def beside(
    school: School, attack: Attack, address: str, pid: int, seconds: float
) -> tuple[Seen, dict[str, int]]:
    """What the school notices while an address is attacked, and what came of the attempts."""
    what = (
        str(HERE / "hostile.py"),
        attack.name,
        address,
        "--origin",
        attack.origin or "a neighbour",
        "--room",
        school.room,
    )
    async with program(*what, "--pid", str(pid), "--seconds", str(seconds)) as (process, _):
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"\n")
        seen = await school.look_on(seconds)
        said = await asyncio.wait_for(process.stdout.read(), OVERTIME)
    return seen, json.loads(said)


async def suffered(attack: Attack, started: Started, seconds: float) -> list[object]:
    """A row of the table."""
    server = SERVERS[attack.server]
    school, meter = School(started.address, server.teacher, server.others), Meter(started)
    await school.open()
    await asyncio.sleep(SETTLING)
    meter.begin()
    calm = await school.look_on(min(max(seconds / 2, CALM[0]), CALM[1]))
    control = ""
    if attack.controlled:
        async with program(str(HERE / "dummy.py")) as (_, dummy):
            control = (await beside(school, attack, dummy, 0, min(seconds, CONTROL)))[0].slider
    watching = asyncio.create_task(meter.watch())
    seen, came = await beside(school, attack, started.address, started.pid, seconds)
    await asyncio.sleep(AFTERWARDS)
    watching.cancel()
    meter.end()
    school.teacher.cut()
    most = sorted(came.items(), key=lambda outcome: -outcome[1])[:4]
    outcomes = ", ".join(f"{count:,} × {name}" for name, count in most if count)
    cut = f"{len(seen.cuts)} ({', '.join(sorted(set(seen.cuts)))})" if seen.cuts else "no"
    broken = started.log.read_text("utf-8", "replace").count("Traceback")
    return [
        attack.says, attack.server, attack.origin, outcomes, calm.slider, control, seen.slider, f"{calm.gap:.0f}",
        f"{seen.gap:.0f}", seen.students, seen.colleagues, *meter.cells(), cut, broken,
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60, help="of each attack; 5 make a quick pass")
    parser.add_argument("--only", nargs="+", choices=sorted({attack.name for attack in ATTACKS}), metavar="NAME")
    options = parser.parse_args()
    rows = []
    for attack in ATTACKS:
        if options.only and attack.name not in options.only:
            continue
        server = SERVERS[attack.server]
        with running(*server.options, descriptors=server.descriptors) as started:
            rows.append(asyncio.run(suffered(attack, started, options.seconds)))
        print(*rows[-1], sep=" | ", file=sys.stderr)
    print(f"## Attacks, loopback\n\n{machine()}; the attackers run on the same cores, at the priority of training\n")
    print(f"Each for {options.seconds:g} s. {EXPLAINED}\n")
    print(table(HEAD, rows))


if __name__ == "__main__":
    main()
