"""What must be so again after a server has gone and come back: all that was told, and weights to the bit."""

import json
from itertools import pairwise
from typing import Any

import numpy as np
from nablascope.engine import Experiment, Trainer
from nablascope.server.wire.protocol import AFTER, EXACT, PARAMETERS, PULSE, Header
from pupils import Browser

#: What a mark calls a setting.
CALLED = {"η": "learning_rate", "l2": "l2", "batch size": "batch_size", "l1": "l1"}
#: Commands that move a run; while one is under way, the run may stand here or there.
MOVING = {"layer", "step", "back", "advance", "reset", "play", "pause", "pause_all"}
#: What is told of a run and of the class, and the commands that, while they are under way, may alter it.
OF_RUN: dict[str, set[str]] = {
    "run": {"reset"}, "speed": {"speed"}, "playing": MOVING, "experiment": {"set", "reset", "back"},
    "marks": {"set", "reset", "back"}, "place": MOVING | {"set"},
}  # fmt: skip
OF_CLASS: dict[str, set[str]] = {"paused": {"pause_all"}, "driver": {"give"}, "locked": {"lock"}}
OF_MEMBER: dict[str, set[str]] = {"hand": {"hand"}, "forked": set()}


def picture(browser: Browser) -> dict[str, Any]:
    """All that a browser was told last."""
    told = browser.told
    standing = not told["state"]["playing"] and browser.placed
    return {
        "run": told["run"]["run"], "marks": told["marks"]["marks"], "experiment": told["settings"]["experiment"],
        "playing": told["state"]["playing"], "speed": told["state"]["speed"],
        "place": browser.place if standing else None,
        **{name: told["me"][name] for name in OF_MEMBER}, **{name: told["class"][name] for name in OF_CLASS},
    }  # fmt: skip


def lost(before: dict[str, Any], after: dict[str, Any], flying: set[str], *told: dict[str, set[str]]) -> list[str]:
    """What was told and is not so, but for what the commands under way may do."""
    return [
        f"{what}: was told {before[what]}, is {after[what]} ({', '.join(sorted(flying)) or 'nothing'} under way)"
        for table in told
        for what, excuse in table.items()
        if before[what] != after[what] and before[what] is not None and not flying & excuse
    ]


def unbroken(began: dict[str, Any], marks: list[dict[str, Any]], steps: int) -> np.ndarray:
    """The weights of a run that was told what the marks say, at their steps, and of which nothing ever ended."""
    run = Trainer(Experiment.from_dict(began))
    for mark in marks:
        run.run(mark["step"] - run.steps)
        name, _, value = mark["text"].partition(" → ")
        setting = CALLED[name.rpartition(" ")[0]]
        run.set(**{setting: int(value) if setting == "batch_size" else float(value)})
    run.run(steps - run.steps)
    return np.concatenate([layer.reshape(-1) for layer in run.network.thetas[1:]])


def steps_of(frame: bytes | None, run: int) -> int | None:
    """After how many steps parameters are those of a frame; None when it has them rounded, or of another run."""
    header = None if frame is None else Header.unpack(frame)
    if header is None or header.run != run or not header.flags & EXACT:
        return None
    return max(0, header.step - (not header.flags & AFTER))  # before the first step there is none to be after


async def weights(browser: Browser) -> tuple[int, np.ndarray]:
    """Of the run in front of a browser, which stands still: steps made, and parameters to the bit."""
    await browser.socket.send(json.dumps({"type": "again"}))

    def here() -> bool:  # the frame in hand may be of before
        frame, marks = browser.frames.get(PARAMETERS), browser.told["marks"]["marks"]
        steps = steps_of(frame, browser.told["run"]["run"])
        if frame is None or steps is None or (marks and marks[-1]["step"] > steps):
            return False
        return Header.unpack(frame).step == Header.unpack(browser.frames[PULSE]).step

    await browser.until(here)
    sizes = browser.told["run"]["layers"]
    count = sum((n + 1) * m for n, m in pairwise(sizes))
    frame = browser.frames[PARAMETERS]
    return steps_of(frame, browser.told["run"]["run"]) or 0, np.frombuffer(frame, "<f4", count, 64)


async def bit_equal(browser: Browser) -> bool:
    """Whether the run in front of a browser, which stands still, has the weights of an unbroken one."""
    steps, found = await weights(browser)
    told = browser.told
    return np.array_equal(found, unbroken(browser.began[told["run"]["run"]], told["marks"]["marks"], steps))
