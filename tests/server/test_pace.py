"""A room's pace, on a clock of the test's own: what happens when, and what is sent."""

import math

import pytest
from nablascope.engine import PRESETS, Experiment
from nablascope.server.training import checkpoint, controls
from nablascope.server.training.run import TrainingRun
from nablascope.server.training.wave import ONE_STEP, SLOW_PHASE
from nablascope.server.wire.protocol import HOLD, NO_PHASE, PARAMETERS, PULSE, RUNNING, Header

LAYERS = 3
EXPERIMENT = Experiment(hidden=[4, 4])


class Clock:
    """A run and its time."""

    def __init__(self, speed: int = 0, playing: bool = True) -> None:
        self.now = 100.0
        self.run = TrainingRun(EXPERIMENT, self.now, speed=speed, playing=playing)

    def pass_time(self, seconds: float) -> list[Header]:
        """Let time pass as a worker would; the pulses sent meanwhile."""
        end = self.now + seconds
        while True:
            self.run.advance(self.now, math.inf)
            due = self.run.next_due(self.now)
            if due is None or due > end:
                break
            self.now = max(due, self.now)
        self.now = end
        return self.pulses()

    def command(self, type: str, **more: object) -> list[Header]:
        controls.apply(self.run, {"type": type, **more}, 1, self.now)
        return self.pulses()

    def pulses(self) -> list[Header]:
        sent, self.run.outbox = self.run.outbox, []
        self.events = [out[-1] for out in sent if isinstance(out[-1], dict)]
        self.kinds = [out[1] for out in sent if out[0] == "frame"]
        return [Header.unpack(out[2]) for out in sent if out[0] == "frame" and out[1] == PULSE]


def test_slow_motion_makes_one_step_in_its_phases() -> None:
    clock = Clock()
    begun = clock.pass_time(0)
    assert [(pulse.phase, pulse.step, pulse.flags) for pulse in begun] == [(0, 1, RUNNING)]
    assert clock.run.trainer.pending
    update = 2 * LAYERS + 1
    assert clock.pass_time(update * SLOW_PHASE - 0.01) == []
    done = clock.pass_time(0.02)
    assert [(pulse.phase, pulse.step) for pulse in done] == [(update, 1)]
    assert clock.run.trainer.steps == 1
    assert clock.pass_time(SLOW_PHASE)[0].step == 2


def test_layer_by_layer_visits_every_phase_in_order_and_stands_still_between() -> None:
    clock = Clock(playing=False)
    clock.pass_time(1)
    seen = []
    for _ in range(2 * LAYERS + 3):
        pulses = clock.command("layer")
        assert len(pulses) == 1
        assert pulses[0].flags & HOLD
        seen.append((pulses[0].step, pulses[0].phase))
        assert clock.pass_time(5) == []
    assert seen == [*[(1, phase) for phase in range(2 * LAYERS + 2)], (2, 0)]


def test_one_step_runs_through_and_stops_at_its_update() -> None:
    clock = Clock(playing=False)
    assert [pulse.phase for pulse in clock.command("step")] == [0]
    pulses = clock.pass_time(ONE_STEP + 0.1)
    assert [(pulse.phase, bool(pulse.flags & HOLD)) for pulse in pulses] == [(2 * LAYERS + 1, True)]
    assert clock.pass_time(10) == []
    assert clock.run.trainer.steps == 1


def test_pause_holds_the_wave_and_play_goes_on_from_there() -> None:
    clock = Clock()
    clock.pass_time(2.2 * SLOW_PHASE)
    held = clock.command("pause")[0]
    assert (held.phase, held.flags) == (2, HOLD)
    clock.pass_time(60)
    assert clock.command("play")[0].phase in (2, 3)
    clock.pass_time(SLOW_PHASE * 2 * LAYERS)
    assert clock.run.trainer.steps == 1


def test_a_half_made_step_is_finished_when_its_wave_was_left_for_streaming() -> None:
    clock = Clock()
    clock.pass_time(2.2 * SLOW_PHASE)
    clock.command("speed", value=3)
    clock.pass_time(0)
    clock.command("pause")
    clock.command("speed", value=0)
    assert clock.run.trainer.pending
    clock.command("step")
    clock.pass_time(ONE_STEP + 0.1)
    assert clock.run.trainer.steps == 2 and not clock.run.trainer.pending


@pytest.mark.parametrize(("speed", "seconds", "steps"), [(1, 10, 10), (2, 4, 20), (3, 4, 100), (4, 2, 200)])
def test_speeds_are_what_they_say(speed: int, seconds: float, steps: int) -> None:
    clock = Clock(speed)
    for _ in range(round(seconds * 100)):
        clock.pass_time(0.01)
    assert clock.run.trainer.steps == pytest.approx(steps, abs=2)


def test_a_command_is_answered_at_once_by_settings_and_a_pulse_with_the_new_revision() -> None:
    clock = Clock(speed=3)
    clock.pass_time(1)
    before = clock.run.revision
    pulses = clock.command("set", changes={"learning_rate": 1.0})
    assert [(pulse.revision, pulse.learning_rate) for pulse in pulses] == [(before + 1, 1.0)]
    settings = [event for event in clock.events if event["type"] == "settings"]
    assert settings[0]["experiment"]["learning_rate"] == 1.0
    marks = [event for event in clock.events if event["type"] == "marks"]
    assert marks[0]["marks"][-1]["text"] == "η 0.1 → 1"


def test_a_new_rate_counts_at_once_and_a_dragged_slider_does_not_hurry_the_run() -> None:
    clock = Clock(speed=3)
    clock.pass_time(1)
    steps, moves = clock.run.trainer.steps, 100
    for move in range(moves):
        clock.pass_time(0.045)
        before = clock.run.trainer.steps
        answer = clock.command("set", changes={"learning_rate": 0.1 + move / 1000})[-1]
        assert (answer.step, answer.learning_rate) == (before + 1, pytest.approx(0.1 + move / 1000))
    assert clock.run.trainer.steps - steps == pytest.approx(moves * 0.045 * 25, abs=2)
    steps = clock.run.trainer.steps
    for move in range(moves):
        clock.pass_time(0.016)
        clock.command("set", changes={"learning_rate": 0.3 + move / 1000})
    assert clock.run.trainer.steps - steps == pytest.approx(moves * 0.016 * 25, abs=2)


def test_a_refused_change_leaves_everything_as_it_was() -> None:
    clock = Clock(speed=3)
    clock.pass_time(1)
    kept = clock.run.trainer.experiment
    clock.command("set", changes={"hidden": [128] * 32})
    assert clock.events[0]["type"] == "error"
    assert clock.events[0]["field"] == "hidden"
    assert clock.run.trainer.experiment is kept
    clock.pass_time(1)
    assert clock.run.trainer.steps > 25


def test_streaming_keeps_within_the_viewers_budget() -> None:
    clock = Clock(speed=4)
    controls.apply(clock.run, {"type": "set", "changes": {"hidden": [16] * 10}}, 1, clock.now)
    sizes = 0
    clock.pulses()
    for _ in range(500):
        clock.now += 0.01
        clock.run.advance(clock.now, math.inf)
        sizes += sum(len(out[2]) for out in clock.run.outbox if out[0] == "frame")
        clock.run.outbox = []
    assert sizes / 5 < 100_000


def test_a_checkpoint_goes_on_bit_for_bit() -> None:
    clock = Clock(speed=4)
    for _ in range(100):
        clock.pass_time(0.01)
    again = checkpoint.unpack(checkpoint.pack(clock.run), clock.now)
    assert again.trainer.steps == clock.run.trainer.steps
    clock.run.trainer.run(50)
    again.trainer.run(50)
    assert (again.trainer.network.theta == clock.run.trainer.network.theta).all()


def test_every_preset_can_be_loaded_and_sends_exact_parameters() -> None:
    clock = Clock()
    for name, preset in PRESETS.items():
        clock.command("preset", name=name)
        assert PARAMETERS in clock.kinds
        assert clock.run.speed == preset.speed
        assert [event["run"] for event in clock.events if event["type"] == "run"] == [clock.run.run]


def test_before_the_first_step_there_is_no_phase() -> None:
    clock = Clock(playing=False)
    clock.run.tell_all(clock.now)
    assert clock.pulses()[0].phase == NO_PHASE


@pytest.mark.parametrize("speed", range(7))
def test_one_step_of_a_paused_run_is_made_to_its_end_at_any_speed(speed: int) -> None:
    clock = Clock(speed)
    clock.run.advance(clock.now, 0.0)
    clock.command("pause")
    clock.run.trainer.run(int(clock.run.trainer.pending))
    before = clock.run.trainer.steps
    for made in (1, 2):
        clock.command("step")
        assert clock.run.trainer.pending
        phases = [pulse.phase for pulse in clock.pass_time(ONE_STEP + 0.1)]
        assert clock.run.trainer.steps == before + made and not clock.run.trainer.pending
        assert phases[-1] == 2 * LAYERS + 1 and clock.run.status == "paused"
