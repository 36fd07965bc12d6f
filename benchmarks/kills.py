"""A server is killed again and again in lessons: is what was acknowledged in force, and what do others notice?"""

import argparse
import asyncio
import contextlib
import random
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from afterwards import OF_CLASS, OF_MEMBER, OF_RUN, bit_equal, lost, picture
from endings import CLIENTS, ROOMS, call_to_end, worker_kills
from family import broken
from machine import machine, percentile, table
from pupils import Browser, Cut
from serving import LISTENING, ways_to_listen

#: Kills in a lesson, students with runs of their own, and seconds between two kills.
KILLS, FORKS, BETWEEN = 5, ("Ann", "Cem", "Dan"), (0.2, 1.6)
#: Most seconds between two commands of one browser.
PAUSE = 0.15
#: Seconds until everything has to be as it was told.
SETTLING = 3.0


class Server:
    """A `nablascope` on a port of its own, in a folder that outlives it."""

    def __init__(self, data: Path, *listening: str) -> None:
        self.listening = listening
        program = Path(sys.executable).with_name("nablascope")
        command = [str(program), "--no-open", "--port", "0", "--workers", "2", "--data", str(data)]
        command += listening
        with (data / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        assert self.process.stdout is not None
        found = re.search(r"http://(\S+?)/", self.process.stdout.readline())
        assert found, (data / "log").read_text()
        self.address = f"ws://{found[1]}/ws"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def faults_of(
    before: dict[str, object], browser: Browser, flying: set[str], tables: tuple[dict[str, set[str]], ...]
) -> list[str]:
    """What this browser had been told and is not told now."""
    return lost(before, picture(browser), flying, *tables)


@dataclass
class Tally:
    """What has come of all lessons."""

    kills: int = 0
    acknowledged: int = 0
    under_way: int = 0
    runs: int = 0
    equal: int = 0
    lost: list[str] = field(default_factory=list)


class Lesson:
    """A teacher, Bob, who gets the controls at times, and students with forks."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.teacher, self.bob = Browser("teacher", draw), Browser("Bob", draw)
        self.forks = [Browser(name, draw) for name in FORKS]
        self.everybody = [self.teacher, self.bob, *self.forks]
        self.bob.began = self.teacher.began  # of the same run: whoever hears first of a new start knows how it was
        #: Whoever moves the stage; while the controls change hands, nobody does.
        self.stage = asyncio.Lock()
        #: The class has been paused, or not any more, and runs are about to follow.
        self.unsettled = False

    async def open(self, address: str) -> None:
        """Everybody comes, students get their forks."""
        await self.teacher.enter(address)
        welcome = self.teacher.told["welcome"]
        for browser in self.everybody:
            browser.room = welcome["room"]
        self.teacher.token = welcome["token"]
        await self.teacher.of_class("class", "allow_forks", True, type="allow_forks", allowed=True)
        await self.come(address, *self.everybody[1:])
        for browser in self.forks:
            browser.began = dict(self.teacher.began)
            await browser.until(lambda one=browser: one.told["class"]["allow_forks"])  # type: ignore[misc]
            runs = browser.heard["state"]
            await browser.say(
                lambda one=browser, runs=runs: one.told["me"]["forked"] and one.heard["state"] > runs, type="fork"
            )

    async def come(self, address: str, *browsers: Browser) -> None:
        await asyncio.gather(*(browser.enter(address) for browser in browsers))

    async def go_on(self) -> None:
        """Until the server is cut off."""
        tasks = [self.teach(), self.bobs_part(), *map(self.study, self.forks)]
        await asyncio.gather(*(self.until_cut(task) for task in tasks))

    async def until_cut(self, part) -> None:  # type: ignore[no-untyped-def]
        with contextlib.suppress(Cut):
            await part

    async def study(self, browser: Browser) -> None:
        while True:
            await browser.drive()
            await asyncio.sleep(self.draw.uniform(0, PAUSE))

    async def teach(self) -> None:
        teacher = self.teacher
        while True:
            kind, told = self.draw.random(), teacher.told["class"]
            if kind < 0.12:
                await self.pause_all(not told["paused"])
            elif kind < 0.24:
                await self.hand_over(None if told["driver"] else self.bob.told["me"]["member"])
            elif kind < 0.3:
                locked = not told["locked"]
                await teacher.of_class("class", "locked", locked, type="lock", locked=locked)
            else:
                await self.drive_stage(teacher)
            await asyncio.sleep(self.draw.uniform(0, PAUSE))

    async def bobs_part(self) -> None:
        while True:
            if self.draw.random() < 0.2:
                raised = not self.bob.told["me"]["hand"]
                await self.bob.of_class("me", "hand", raised, type="hand", raised=raised)
            await self.drive_stage(self.bob)
            await asyncio.sleep(self.draw.uniform(0, PAUSE))

    async def drive_stage(self, browser: Browser) -> None:
        async with self.stage:
            if browser.driving:
                await browser.drive()

    async def pause_all(self, paused: bool) -> None:
        self.unsettled = True
        await self.teacher.of_class("class", "paused", paused, type="pause_all", paused=paused)
        for browser in self.everybody:
            await browser.until(lambda one=browser: one.told["class"]["paused"] == paused)  # type: ignore[misc]
            if paused:
                await browser.until(lambda one=browser: not one.told["state"]["playing"] and one.placed)  # type: ignore[misc]
        await asyncio.sleep(0.2)
        self.unsettled = False

    async def hand_over(self, member: int | None) -> None:
        """Once both have been told the same of the stage."""
        async with self.stage:
            both = (self.teacher, self.bob)
            for browser in both:
                await browser.until(lambda: len({str(picture(one)["marks"]) for one in both}) == 1)
            await self.teacher.of_class("class", "driver", member, type="give", member=member)
            await self.bob.until(lambda: self.bob.driving == (member is not None))
            await self.teacher.until(lambda: self.teacher.driving == (member is None))

    # --- the server ends, and is back --------------------------------------------------------------------------

    def checks(self) -> list[tuple[Browser, dict[str, object], set[str], tuple[dict[str, set[str]], ...]]]:
        """Of each browser: what it was told, what is under way, and what of it has to be so again."""
        of_class = {str(one.flying["type"]) for one in (self.teacher, self.bob) if one.flying}
        driver = self.bob if self.bob.driving else self.teacher
        found = []
        for browser in self.everybody:
            flying = {str(browser.flying["type"])} if browser.flying else set()
            flying |= {"pause_all"} if self.unsettled else set()
            flying |= of_class if browser in (self.teacher, self.bob) else set()
            tables: tuple[dict[str, set[str]], ...] = (OF_MEMBER,)
            tables += (OF_RUN,) if browser is driver or browser in self.forks else ()
            tables += (OF_CLASS,) if browser is self.teacher else ()
            found.append((browser, picture(browser), flying, tables))
        return found

    async def survive(self, server: Server, data: Path, tally: Tally) -> Server:
        """Some commands, a kill, a new server, the same tabs: what is lost goes into the tally."""
        going = asyncio.create_task(self.go_on())
        await asyncio.sleep(self.draw.uniform(*BETWEEN))
        for browser in self.everybody:
            browser.silent = True
        await asyncio.to_thread(server.kill)
        await going
        await asyncio.gather(*(browser.reading for browser in self.everybody))
        checks, tally.kills = self.checks(), tally.kills + 1
        server = await asyncio.to_thread(Server, data, *server.listening)
        await self.come(server.address, self.teacher)
        await self.come(server.address, *self.everybody[1:])
        for browser, before, flying, tables in checks:
            with contextlib.suppress(TimeoutError):  # a step that was shown to its end is shown once more
                async with asyncio.timeout(SETTLING):
                    await browser.until(lambda of=(before, browser, flying, tables): not faults_of(*of))  # type: ignore[misc]
            faults = faults_of(before, browser, flying, tables)
            tally.lost += [f"kill {tally.kills}, {browser.name}: {fault}" for fault in faults]
            tally.under_way += browser.flying is not None
            browser.flying = None
        self.unsettled = False
        self.stage = asyncio.Lock()
        return server

    async def compare(self, tally: Tally) -> None:
        """Every run beside one that was never broken."""
        await self.pause_all(True)
        stage = self.bob if self.bob.driving else self.teacher
        for browser in (stage, *self.forks):
            equal = await bit_equal(browser)
            tally.runs, tally.equal = tally.runs + 1, tally.equal + equal
            if not equal:
                print(f"after kill {tally.kills}, {browser.name}: other weights, {picture(browser)}", file=sys.stderr)
        tally.acknowledged += sum(browser.acknowledged for browser in self.everybody)
        for browser in self.everybody:
            await browser.leave()


async def lessons(kills: int, seed: int, data: Path, *listening: str) -> Tally:
    """So many kills, five in a lesson."""
    tally, draw = Tally(), random.Random(seed)
    server = await asyncio.to_thread(Server, data, *listening)
    try:
        while tally.kills < kills:
            lesson = Lesson(draw)
            await lesson.open(server.address)
            for _ in range(min(KILLS, kills - tally.kills)):
                server = await lesson.survive(server, data, tally)
            await lesson.compare(tally)
    finally:
        server.process.terminate()
        server.process.wait()
    return tally


def killed_lessons(kills: int, seed: int, way: str) -> tuple[list[object], bool]:
    """A row of the first table; whether nothing was lost."""
    with tempfile.TemporaryDirectory() as data:
        tally = asyncio.run(lessons(kills, seed, Path(data), *LISTENING[way]))
        said = (Path(data) / "log").read_text()
    faults = [*tally.lost, *([said] if broken(said) else [])]
    for fault in faults:
        print(f"{way}: {fault}", file=sys.stderr)
    row = [way, tally.kills, tally.acknowledged, len(tally.lost), tally.under_way, tally.runs, tally.equal]
    return row, not faults and tally.equal == tally.runs


def killed_workers(kills: int, seed: int, way: str) -> list[object]:
    """A row of the second table."""
    with tempfile.TemporaryDirectory() as data:
        found = asyncio.run(worker_kills(Path(data), kills, seed, *LISTENING[way]))
    noticed, resumed, age = zip(*found, strict=True)
    shown = [f"{percentile(list(times), 0.5):.0f} / {max(times):.0f}" for times in (noticed, resumed)]
    return [way, kills, len(found), *shown, f"{max(age):.1f}"]


def called_to_end(clients: int, way: str) -> list[object]:
    """A row of the third table."""
    with tempfile.TemporaryDirectory() as data:
        codes, seconds, left = asyncio.run(call_to_end(Path(data), clients, *LISTENING[way]))
    told = ", ".join(f"{count} × {code or 'none'}" for code, count in codes.items())
    return [way, clients, told, f"{seconds:.1f}", left]


LOST = [
    "listening", "kill -9", "commands acknowledged", "of them lost", "under way at a kill", "runs",
    "bit-equal to unbroken ones",
]  # fmt: skip
WENT_ON = [
    "listening", "kill -9", "runs that went on", "told after ms, median / worst", "seen again after ms",
    "steps of the last s lost, worst",
]  # fmt: skip
ENDED = ["listening", "clients", "told by a close code", "seconds until it has ended", "processes left"]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=50, help="for each way to listen")
    parser.add_argument("--workers", type=int, default=10, help="kills of a training process, likewise")
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--seed", type=int, default=20261126)
    ways_to_listen(parser)
    options = parser.parse_args()
    print(f"## Kills\n\n{machine()}\n")
    found = [killed_lessons(options.kills, options.seed, way) for way in options.listening]
    print(f"The server, in lessons of five browsers and four runs\n\n{table(LOST, [row for row, _ in found])}")
    if options.workers:
        print(f"\nA training process, {ROOMS} rooms in two of them, at 1,000 steps/s\n")
        print(table(WENT_ON, [killed_workers(options.workers, options.seed, way) for way in options.listening]))
    if options.clients:
        rows = [called_to_end(options.clients, way) for way in options.listening]
        print(f"\nSIGTERM to the server\n\n{table(ENDED, rows)}")
    return int(not all(well for _, well in found))


if __name__ == "__main__":
    sys.exit(main())
