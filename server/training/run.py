"""One room's run: what is training, how fast, and what has to be sent when. Pure: the clock is handed in.

Commands come in by `command`, time by `advance`; what is to be sent is collected in `outbox` as
("event", dict), ("frame", kind, bytes) or, for whoever asked, ("reply", asker or several, event or frame).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ...engine import Experiment, Trainer
from ..wire.protocol import BELIEF, HISTORY, PARAMETERS, PULSE, RESPONSE
from . import encode
from .burst import Burst
from .feed import Feed, Out
from .instruments.queue import Queue
from .rates import Rates
from .rewind import Future
from .wave import SPEEDS, Wave, phase_seconds

MOST_MARKS = 200
DIAGNOSE_EVERY = 0.5  # seconds
#: Steps made between two looks at the clock when nothing holds training back, by all runs of a process together.
TURBO_STEPS = 8
#: The same of large networks: multiplications of 5 ms.
AT_ONCE = 128_000_000


@dataclass
class TrainingRun(Feed):
    """A trainer and its pace. `now` is in seconds of any clock that does not go back."""

    experiment: Experiment
    now: float
    preset: str | None = None
    speed: int = 1
    playing: bool = True
    outbox: list[Out] = field(default_factory=list)
    run: int = 1
    revision: int = 0
    marks: list[dict[str, Any]] = field(default_factory=list)
    #: It stands still, whatever it is told, and plays again afterwards if it `resumes`.
    held: bool = False
    resumes: bool = False
    #: It is told again what it was told before: nothing is answered.
    repeating: bool = False
    #: Where it had come, while it stands at an earlier step.
    tip: Future | None = None
    #: Seconds of processor time that went into answering what is asked of it.
    asked: float = 0.0
    #: Rooms that train in the same process: what takes time is done less often when there are many.
    sharers: int = 1
    #: Called between steps that are made once more, and between frames: the process looks after other rooms there.
    on_the_way: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self.trainer = Trainer(self.experiment)
        self.queue, self.burst = Queue(), Burst()
        self._start(self.now)

    def _start(self, now: float) -> None:
        """Forget everything about the pace of what ran before."""
        self.wave: Wave | None = None
        self.single = False  # one step is being played while paused
        self.next_begin = now
        self.credit, self.credited = 0.0, now
        self.metrics, self.measured_at = encode.UNMEASURED, -1
        self.rates = Rates(now)
        self.sent_records = self.trainer.steps
        self.number = dict.fromkeys((PULSE, PARAMETERS, RESPONSE, BELIEF, HISTORY), 0)
        self.rate_mark, self.steps_per_second = (now, self.trainer.steps), 0.0
        self.told: str | None = None
        self.told_at, self.told_back = now - DIAGNOSE_EVERY, False
        self.dirty = True

    def replace_trainer(self, experiment: Experiment) -> None:
        """Another experiment altogether."""
        self.trainer = Trainer(experiment)

    def awake(self, now: float) -> None:
        """Somebody looks again: go on from here, as if no time had passed."""
        if self.wave is not None and self.wave.running:
            self.wave.started = now
        self.next_begin = self.credited = now
        self.rate_mark = (now, self.trainer.steps)
        self.rates = Rates(now)

    # --- what it is --------------------------------------------------------------------------------------------

    @property
    def goes_on(self) -> bool:
        """Whether it would go on playing from a new start."""
        return self.playing or self.resumes or self.trainer.stopped is not None

    @property
    def layers(self) -> int:
        """Layers of weights."""
        return len(self.trainer.network.sizes) - 1

    @property
    def at_once(self) -> int:
        """Steps that are made between two looks at the clock, when nobody else is there."""
        work = 3 * self.trainer.network.theta.size * self.trainer.experiment.batch_size
        return max(1, min(TURBO_STEPS, AT_ONCE // work))

    @property
    def waves(self) -> bool:
        """Whether steps have their wave: always but while they stream, also for one step of a paused run."""
        return self.stepwise or not self.playing

    # --- time --------------------------------------------------------------------------------------------------

    def next_due(self, now: float) -> float | None:
        """When something has to be done: a time, now when training holds nothing back, None when nothing will."""
        times = self._next_step(now), self.queue.next_due, self.burst.next_due(now)
        known = [time for time in times if time is not None]
        return min(known) if known else None

    def _next_step(self, now: float) -> float | None:
        if self.waves:
            if self.wave is not None and self.trainer.pending:
                return self.wave.next_change if self.wave.running else None
            return self.next_begin if self.playing else None
        rate = SPEEDS[self.speed]
        assert rate is not None
        if rate == float("inf"):
            return now
        return min(self.rates.next_pulse, self.credited + max(1.0, 1 - self.credit) / rate)

    def advance(self, now: float, deadline: float) -> None:
        """Do what is due: train at most until the deadline, then send what has its turn."""
        self.now = now
        if self.waves:
            self._advance_wave(now)
        else:
            self._stream(now, deadline)
        self.burst.serve(self, now, deadline)
        self.queue.serve(self, now)
        if self.trainer.can_go_back != self.told_back:
            self.tell_state()

    def _advance_wave(self, now: float) -> None:
        wave = self.wave
        if wave is not None and self.trainer.pending:
            if wave.update_due(now):
                self._update(now)
        elif self.playing and now >= self.next_begin:
            self._begin(now, phase_seconds(self.speed, self.layers))

    def _begin(self, now: float, seconds: float, running: bool = True) -> None:
        """Forward, loss and backward of a new step, and a wave that will show them."""
        self.trainer.run(int(self.trainer.pending))  # half made when its wave was left for streaming
        self.trainer.begin()
        if not self.trainer.pending:
            self._stopped(now)
            return
        self.wave = Wave(self.layers, 0, now, seconds, running)
        rate = SPEEDS[self.speed] if self.stepwise else None
        length = seconds * (2 * self.layers + 2)
        self.next_begin = now + (max(1 / rate, length) if rate else length)
        self.send(now, PULSE, PARAMETERS)

    def _update(self, now: float) -> None:
        """The pending step's update; the last phase."""
        wave = self.wave
        assert wave is not None
        self.trainer.finish()
        wave.enter(wave.update, now)
        if self.single or not self.playing:
            self.single = wave.running = False
        self.measure(now)
        pictures = (PARAMETERS, RESPONSE, BELIEF)
        self.send(now, PULSE, *(kind for kind in pictures if self.exact or self.rates.due(kind, now)))
        self.dirty = True
        if self.trainer.stopped is not None:
            self._stopped(now)
        self.tell_diagnosis(now)

    def _stream(self, now: float, deadline: float) -> None:
        """Train as many steps as the speed allows, then send what has its turn."""
        rate, trainer = SPEEDS[self.speed], self.trainer
        assert rate is not None
        passed = now - self.credited  # nothing, where the clock is coarse: turbo has its steps all the same
        self.credit = rate if rate == float("inf") else min(self.credit + passed * rate, 0.1 * rate + 1)
        self.credited = now
        self.wave = None
        portion = max(1, min(TURBO_STEPS // self.sharers, self.at_once))
        while self.credit >= 1:  # what is due is begun, however late it is: an answer shows a step
            done = trainer.run(int(min(self.credit, portion)))
            self.credit -= max(1, done)
            if trainer.stopped is not None or self.rates.clock() >= deadline:
                break
        self.dirty = True
        if trainer.stopped is not None:
            self._stopped(now)
            return
        self._send_due(self.rates.clock() if rate == float("inf") else now)

    def _send_due(self, now: float) -> None:
        rates = self.rates
        since, steps = self.rate_mark
        if now - since >= 0.5:
            self.steps_per_second = (self.trainer.steps - steps) / (now - since)
            self.rate_mark = (now, self.trainer.steps)
        if rates.due(0, now):
            self.measure(now)
        self.send(now, *(kind for kind in (PARAMETERS, RESPONSE, BELIEF, PULSE) if rates.due(kind, now)))
        if now - self.told_at >= DIAGNOSE_EVERY:
            self.tell_diagnosis(now)

    def _stopped(self, now: float) -> None:
        """The run has ended by itself."""
        self.playing = self.single = False
        if self.wave is not None and self.trainer.stopped_by_divergence:
            self.wave = None
        if not self.trainer.stopped_by_divergence:
            self.measure(now)
        self.tell_state()
        self.tell_diagnosis(now)
        self.send(now, PARAMETERS, RESPONSE, BELIEF, PULSE)
