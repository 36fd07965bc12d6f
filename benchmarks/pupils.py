"""A teacher and students who give commands from a seed and remember what they were told."""

import asyncio
import contextlib
import json
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from nablascope.engine import Experiment, to_address
from nablascope.server.wire.protocol import NO_PHASE, PULSE, Header
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

EXPERIMENT = Experiment(dataset="moons", hidden=[5, 4], optimiser="adam", learning_rate=0.02, batch_size=16, seed=4)
#: What a browser has to hear before it knows all about its run and its class.
WHOLE = ("welcome", "me", "class", "run", "settings", "marks", "state")
#: Settings that they turn, and values that marks show in full.
VALUES: dict[str, tuple[float, ...]] = {
    "learning_rate": (0.001, 0.003, 0.005, 0.01, 0.02, 0.03), "l2": (0.0, 0.001, 0.002, 0.005),
    "batch_size": (4, 8, 16, 32), "l1": (0.0, 0.0001, 0.0003),
}  # fmt: skip
#: Marks that a run may have before its driver begins anew: the server keeps 200.
MOST_MARKS, PATIENCE = 120, 60.0


class Cut(Exception):
    """The server is gone."""


class Browser:
    """One tab: what it was told last, and the command that is not answered yet."""

    def __init__(self, name: str, draw: random.Random) -> None:
        self.name, self.tab, self.draw = name, f"{name:a<16}", draw
        self.room: str | None = None
        self.token: str | None = None
        self.flying: dict[str, Any] | None = None
        self.acknowledged = self.refused = self.ids = 0
        #: The experiment that each generation of its run began with.
        self.began: dict[int, dict[str, Any]] = {}
        self.clear()

    def clear(self) -> None:
        """Know nothing."""
        self.told: dict[str, dict[str, Any]] = {}
        self.heard: Counter[str] = Counter()
        self.frames: dict[int, bytes] = {}
        self.shown: Counter[int] = Counter()
        self.news, self.cut = asyncio.Event(), False
        self.shown_before = 0
        #: The server is about to go: no more is said.
        self.silent = False

    async def enter(self, url: str) -> None:
        """Come in, or back, and wait until everything has been told."""
        self.clear()
        self.socket = await connect(url, max_size=None, max_queue=None, compression=None)
        hello = {"type": "hello", "protocol": 1, "room": self.room, "token": self.token, "tab": self.tab}
        if self.room is None:
            hello["experiment"] = to_address(EXPERIMENT)
        await self.socket.send(json.dumps(hello))
        self.reading = asyncio.create_task(self.read())
        await self.until(lambda: all(type in self.told for type in WHOLE) and PULSE in self.frames)

    async def read(self) -> None:
        """Remember the last of everything."""
        with contextlib.suppress(ConnectionClosed):
            async for message in self.socket:
                if isinstance(message, str):
                    self.hear(json.loads(message))
                else:
                    header = Header.unpack(message)
                    self.frames[header.kind] = message
                    self.shown[header.kind] += 1
                    await self.socket.send(json.dumps({"type": "ack", "seq": header.seq}))
                self.news.set()
        self.cut = True
        self.news.set()

    def hear(self, event: dict[str, Any]) -> None:
        type = event["type"]
        self.told[type] = event
        self.heard[type] += 1
        if type == "state":
            self.shown_before = self.shown[PULSE]
        if type == "settings" and "run" in self.told:
            self.began.setdefault(self.told["run"]["run"], event["experiment"])

    async def until(self, met: Callable[[], bool]) -> None:
        """Wait for what is to be told; Cut when it cannot be any more."""
        async with asyncio.timeout(PATIENCE):
            while not met():
                if self.cut:
                    raise Cut(f"closed with {self.socket.close_code}; last error: {self.told.get('error')}")
                self.news.clear()
                await self.news.wait()

    async def say(self, met: Callable[[], bool], **command: Any) -> None:
        """Give a command and wait until it is acknowledged, or refused."""
        if self.silent:
            raise Cut
        self.ids += 1
        self.flying = command
        try:
            await self.socket.send(json.dumps({**command, "id": self.ids}))
        except ConnectionClosed:
            raise Cut from None
        refused = lambda: self.told.get("error", {}).get("command") == self.ids  # noqa: E731
        await self.until(lambda: met() or refused())
        self.flying = None
        if refused():
            self.refused += 1
        else:
            self.acknowledged += 1

    async def leave(self) -> None:
        await self.socket.close()
        await self.reading

    # --- where its run is --------------------------------------------------------------------------------------

    @property
    def place(self) -> tuple[int, int]:
        """Steps made, and how far the next one has come: 0 when it is not begun, else a phase and one."""
        header = Header.unpack(self.frames[PULSE])
        last = 2 * (len(self.told["run"]["layers"]) - 1) + 1
        half = header.phase not in (NO_PHASE, last)
        return header.step - half, header.phase + 1 if half else 0

    @property
    def placed(self) -> bool:
        """Whether the place has been shown since the state was told."""
        return self.shown[PULSE] > self.shown_before

    @property
    def driving(self) -> bool:
        return bool(self.told["me"]["driving"])

    # --- what it does ------------------------------------------------------------------------------------------

    async def drive(self) -> None:
        """One command to the run that it drives, as it may come in a lesson."""
        draw, state, marks = self.draw, self.told["state"], self.told["marks"]["marks"]
        standing = not state["playing"]
        if len(marks) > MOST_MARKS:
            await self.button("reset")
        elif draw.random() < 0.5:
            await self.turn(draw.choice([name for name in VALUES if not marks or marks[-1]["names"] != [name]]))
        elif draw.random() < 0.3:
            speed = draw.choice([0, 1, 2, 4, 5, 6, 6])
            heard = self.heard["state"]
            await self.say(
                lambda: self.heard["state"] > heard and self.told["state"]["speed"] == speed,
                type="speed", value=speed,
            )  # fmt: skip
        elif standing and not self.told["class"]["paused"]:
            await self.button(draw.choice(["play", "play", "layer", "step", "back", "advance"]))
        else:
            await self.button(draw.choice(["pause", "pause", "pause", "reset", "back"]))

    async def turn(self, name: str) -> None:
        """A slider."""
        now = self.told["settings"]["experiment"][name]
        value = self.draw.choice([value for value in VALUES[name] if value != now])
        heard = self.heard["state"]  # the last of its answers

        def met() -> bool:
            now = self.told["settings"]["experiment"][name]
            return bool(self.heard["state"] > heard and now == value)

        await self.say(met, type="set", changes={name: value})

    async def button(self, type: str) -> None:
        """A command of the transport; acknowledged when the state and the place it has led to are shown."""
        heard, shown = self.heard["state"], self.shown[PULSE]
        steps, run = self.place[0], self.told["run"]["run"]

        def met() -> bool:
            if self.heard["state"] <= heard or self.shown[PULSE] <= shown:
                return False
            if type == "step":
                return self.place == (steps + 1, 0)
            if type == "reset":
                return self.told["run"]["run"] > run
            return type not in ("play", "pause") or self.told["state"]["playing"] == (type == "play")

        await self.say(met, type=type, **({"steps": self.draw.randint(1, 30)} if type == "advance" else {}))

    async def of_class(self, told: str, field: str, value: object, **command: Any) -> None:
        """A command of the class, acknowledged when everybody is told of it."""
        await self.say(lambda: self.told[told][field] == value, **command)
