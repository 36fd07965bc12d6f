"""Whatever buttons are pressed, in whatever order at any speed: a run does what it says, and is never stuck."""

import random

import pytest
from nablascope.engine import Experiment
from nablascope.server.training import controls, transport
from nablascope.server.training.run import TrainingRun

EXPERIMENTS = [
    Experiment(hidden=[4, 4]),
    Experiment(dataset="sine", loss="mse", activation="relu", initialiser="he", learning_rate=3, hidden=[5, 4]),
    Experiment(hidden=[4], stop_epochs=3),
]
BUTTONS = [
    "play",
    "play",
    "pause",
    "layer",
    "step",
    "step",
    "back",
    "visit",
    "speed",
    "set",
    "reset",
    "rewind",
    "hold",
]


class Pressed:
    """A run, a hand, and a clock that also stands still between two looks at it."""

    def __init__(self, draw: random.Random) -> None:
        self.draw, self.now = draw, 100.0
        self.run = TrainingRun(
            draw.choice(EXPERIMENTS), self.now, speed=draw.randint(0, 6), playing=draw.random() < 0.7
        )
        self.told_back = False

    def press(self, button: str) -> None:
        draw, run = self.draw, self.run
        changes = draw.choice(
            [{"learning_rate": 10 ** draw.uniform(-3, 1)}, {"activation": draw.choice(["tanh", "relu"])}]
        )
        more = {
            "visit": {"step": draw.randint(0, 2 * run.trainer.steps + 2)}, "speed": {"value": draw.randint(0, 6)},
            "set": {"changes": changes},
        }.get(button, {})  # fmt: skip
        if button == "hold":
            transport.hold(run, not run.held, self.now)
        else:
            controls.apply(run, {"type": button, **more}, 1, self.now)

    def pass_time(self, seconds: float) -> None:
        """As a training process does: what is due, in small portions."""
        end, run = self.now + seconds, self.run
        for _ in range(400):
            run.advance(self.now, run.rates.clock() + 0.0003)
            due = run.next_due(self.now)
            if due is None or due > end:
                break
            self.now = max(due, self.now + (0.001 if self.draw.random() < 0.5 else 0.0))
        self.now = max(self.now, end)
        states = [message[1] for message in run.outbox if message[0] == "event" and message[1]["type"] == "state"]
        if states:
            self.told_back = states[-1]["can_go_back"]
        run.outbox.clear()


@pytest.mark.parametrize("seed", range(60))
def test_a_run_is_never_stuck(seed: int) -> None:
    draw = random.Random(seed)
    pressed = Pressed(draw)
    run = pressed.run
    for _ in range(20):
        button, steps, status, held = draw.choice(BUTTONS), run.trainer.steps, run.status, run.held
        pressed.press(button)
        since = run.trainer.steps
        pressed.pass_time(0)
        assert pressed.told_back == run.trainer.can_go_back
        if draw.random() < 0.4:
            pressed.pass_time(draw.choice([0.0, 0.05]))
            assert pressed.told_back == run.trainer.can_go_back
            continue
        pressed.pass_time(3.5 if run.speed else 9.0)
        assert pressed.told_back == run.trainer.can_go_back
        ended = run.trainer.stopped is not None
        if button == "step" and not held and status != "diverged":
            assert not run.trainer.pending and (run.trainer.steps > steps or ended)
        if run.playing:
            assert button not in ("pause", "layer", "step", "back", "visit") and run.trainer.steps > since
        else:
            assert run.next_due(pressed.now) is None
        if button == "play" and not held and status != "diverged":
            assert run.trainer.steps > steps or ended
        if button == "visit":
            assert not run.trainer.pending and run.status == "paused"


def test_turbo_trains_also_while_the_clock_stands_still() -> None:
    run = TrainingRun(EXPERIMENTS[0], 100.0, speed=6)
    for _ in range(3):
        run.advance(100.0, run.rates.clock() + 0.0003)
    assert run.trainer.steps > 0
