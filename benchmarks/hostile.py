"""Visitors who mean no good, in a process of their own: `hostile.py NAME ADDRESS …` says what came of it as JSON.

Each attack is bounded in rate, count and time, goes to a loopback address only, and ends by itself.
"""

import argparse
import asyncio
import contextlib
import ipaddress
import itertools
import json
import os
import random
import secrets
import signal
import string
import sys
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from family import workers
from guest import PATIENCE, Guest, called, fetch
from siege import ORIGINS, Resident, Siege
from watcher import PING, TEXT, Watcher

#: The priority of the attackers, that of training: what they cost the machine should not be the server's fault.
NICE = 10
#: The largest network there may be, and one with twice its optimiser's memory.
LARGE = [128] * 12
LARGE_ADDRESS = f"hidden={','.join(map(str, LARGE))}&optimiser=adam"
LETTERS = string.ascii_uppercase.replace("I", "").replace("L", "").replace("O", "")


def numbers_of(salt: int, size: int) -> str:
    """Rows of a table, of so many characters together; others for every salt, as tables are remembered."""
    text = f"{salt},0,0,0,0,0,0,1\n"
    rows = (f"{row},{row * 3 % 101},{row % 7}.5,1,2,3,4,{row % 2}\n" for row in itertools.count())
    while len(text) < size:
        text += next(rows)
    return text


def bad_table(salt: int) -> str:
    """40 KB that are refused for the last row."""
    return f"{numbers_of(salt, 40_000)}1,2,3,4,5,6,?,1"


def large_address(salt: int) -> str:
    """An experiment with a sound table, 47 KB long: nobody has to write a number as %31, but anybody may."""
    table = "".join(f"%{ord(letter):02X}" for letter in numbers_of(salt, 15_600))
    return f"dataset=own&own_data={table}"


# --- visits that are over soon -----------------------------------------------------------------------------------


async def say_hello(siege: Siege, **hello: object) -> str:
    """Connect, hello, and away."""
    guest = Guest(hello)
    try:
        return called(await guest.enter(siege.address, siege.visitor))
    finally:
        guest.cut()


async def open_rooms(siege: Siege) -> None:
    """200 hellos a second, each of which opens a room."""
    await siege.at_rate(200, lambda: say_hello(siege))


async def guess_codes(siege: Siege) -> None:
    """200 hellos a second, each with a code that is hardly a room's, of a tab that nobody knows."""
    draw = random.Random(1)
    await siege.at_rate(
        200, lambda: say_hello(siege, room="".join(draw.choices(LETTERS, k=6)), tab=secrets.token_hex(12))
    )


async def large_hellos(siege: Siege) -> None:
    """40 hellos a second with an experiment of 47 KB."""
    addresses = itertools.cycle([large_address(salt) for salt in range(40)])  # more than are remembered
    await siege.at_rate(40, lambda: say_hello(siege, experiment=next(addresses)))


async def large_rooms(siege: Siege) -> None:
    """15 rooms a second, each with a network as large as may be."""
    await siege.at_rate(15, lambda: say_hello(siege, experiment=LARGE_ADDRESS))


async def invented_tabs(siege: Siege) -> None:
    """1,250 students who never were come into the teacher's room, and stay."""
    rate = max(100, 2 * 1250 / siege.seconds)
    await siege.at_rate(rate, lambda: come_and_stay(siege), 1250)


async def come_and_stay(siege: Siege) -> str:
    """A student of the teacher's room until the attack is over; it draws nothing, and so gets few frames."""
    guest = Guest({"room": siege.room, "tab": secrets.token_hex(12)})
    guest.acknowledges = False
    try:
        answer = await guest.enter(siege.address, siege.visitor)
        while siege.going and not guest.closed.is_set():
            await asyncio.sleep(0.5)
        return called(answer) if siege.going or answer["type"] != "welcome" else "there at the end"
    finally:
        guest.cut()


async def pages(siege: Siege) -> None:
    """170 pages a second, each over a connection of its own."""
    paths = itertools.cycle(("/", "/compare", "/how"))

    async def get() -> str:
        return f"HTTP {await fetch(siege.address, next(paths), siege.visitor)}"

    await siege.at_rate(170, get)


# --- visits that last --------------------------------------------------------------------------------------------


class Babbler(Resident):
    """Commands of 60 KB that consist of keys that nobody knows."""

    text = json.dumps({"type": "play", **{f"k{number}": 0 for number in range(5_000)}})

    def speak(self, guest: Guest) -> int:
        guest._write(TEXT, self.text.encode())
        return 1


class Clerk(Resident):
    """Tables that are refused for their last row."""

    def __init__(self, number: int) -> None:
        self.salts = itertools.count(number * 1_000_000)

    def speak(self, guest: Guest) -> int:
        guest.send({"type": "set", "changes": {"own_data": bad_table(next(self.salts))}})
        return 1


class Surveyor(Resident):
    """Landscapes and range tests of networks as large as may be, of runs that play or stand still."""

    def __init__(self, number: int) -> None:
        self.jobs = itertools.cycle((("landscape", {"points": 101}), ("range_test", {"steps": 2000})))
        self.playing = number % 2 == 0

    def settle(self, guest: Guest) -> None:
        guest.send({"type": "set", "changes": {"hidden": LARGE}, "reset": True})
        guest.send({"type": "speed", "value": 6} if self.playing else {"type": "pause"})

    def speak(self, guest: Guest) -> int:
        what, about = next(self.jobs)
        guest.send({"type": "ask", "what": what, "about": about})
        return 1


class Deaf(Resident):
    """Does not look at what comes back."""

    def settle(self, guest: Guest) -> None:
        guest.transport.pause_reading()


class Flooder(Deaf):
    """Pings."""

    def speak(self, guest: Guest) -> int:
        for _ in range(100):
            guest._write(PING, bytes(125))
        return 100


class Starer(Deaf):
    """A student in the teacher's room who reads nothing."""

    def __init__(self, room: str) -> None:
        self.hello = {"room": room, "tab": secrets.token_hex(12)}


async def idle(siege: Siege) -> None:
    """A thousand connections: a third say nothing, a third half a request, a third are WebSockets without a hello."""
    await asyncio.gather(*(idler(siege, number) for number in range(1000)))


async def few_idle(siege: Siege) -> None:
    """The same with 300, more than the server may have open."""
    await asyncio.gather(*(idler(siege, number) for number in range(300)))


async def idler(siege: Siege, number: int) -> None:
    """One of them; it comes back when it is cut off."""
    await asyncio.sleep(number / 500)
    while siege.going:
        await siege.attempt(hold(siege, number % 3))
        await asyncio.sleep(1)


async def hold(siege: Siege, kind: int) -> str:
    """A connection until the server closes it or the attack is over."""
    name = ("nothing said", "half a request", "no hello")[kind]
    watcher, visitor, url = Watcher({}), siege.visitor, urlsplit(siege.address)
    try:
        async with asyncio.timeout(PATIENCE):
            if kind == 2:
                await watcher.connect(siege.address, visitor)
            else:
                loop = asyncio.get_running_loop()
                await loop.create_connection(lambda: watcher, url.hostname, url.port, local_addr=visitor.local)
        if kind == 1:
            watcher.transport.write(f"GET / HTTP/1.1\r\n{visitor.head(url.netloc)}X-Half: ".encode())
        while siege.going and not watcher.closed.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(watcher.closed.wait(), 0.5)
        return f"{name}: {'closed' if watcher.closed.is_set() else 'open at the end'}"
    finally:
        watcher.cut()


async def stop_training(siege: Siege) -> None:
    """A training process that is stopped, and goes on at the end. (Nobody from outside can do this.)"""
    worker = workers(siege.pid)[0]
    os.kill(worker, signal.SIGSTOP)
    try:
        await asyncio.sleep(siege.seconds)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker, signal.SIGCONT)
    siege.came["stopped"] += 1


ATTACKS: dict[str, Callable[[Siege], Awaitable[None]]] = {
    "open_rooms": open_rooms,
    "guess_codes": guess_codes,
    "large_hellos": large_hellos,
    "large_rooms": large_rooms,
    "invented_tabs": invented_tabs,
    "pages": pages,
    "unknown_keys": lambda siege: siege.residents(10, 20, lambda number: Babbler()),
    "bad_tables": lambda siege: siege.residents(8, 10, Clerk),
    "large_jobs": lambda siege: siege.residents(20, 0.5, Surveyor),
    "pings": lambda siege: siege.residents(10, 20, lambda number: Flooder()),
    "stalled": lambda siege: siege.residents(100, 1, lambda number: Starer(siege.room)),
    "idle": idle,
    "few_idle": few_idle,
    "stop_training": stop_training,
}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("attack", choices=ATTACKS)
    parser.add_argument("address")
    parser.add_argument("--origin", choices=ORIGINS, required=True)
    parser.add_argument("--room", default="")
    parser.add_argument("--pid", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    if not ipaddress.ip_address(urlsplit(options.address).hostname or "").is_loopback:
        parser.error(f"was {options.address}, expected a loopback address: this is for one's own server only")
    os.nice(NICE)
    print("ready", flush=True)
    sys.stdin.readline()
    siege = Siege(options.address, options.room, options.pid, ORIGINS[options.origin](), options.seconds)

    async def attack() -> None:
        async with asyncio.timeout(options.seconds + 2 * PATIENCE):
            await ATTACKS[options.attack](siege)

    with contextlib.suppress(TimeoutError):
        asyncio.run(attack())
    print(json.dumps(siege.came))
    return 0


if __name__ == "__main__":
    sys.exit(main())
