"""What a room's run shows: its events in words, its frames in bytes, each into the outbox."""

from collections.abc import Callable
from typing import Any

from ...engine import Metrics, Trainer
from ...engine.diagnostics import diagnose
from ..wire.protocol import BELIEF, HISTORY, HOLD, NO_PHASE, PARAMETERS, PULSE, RESPONSE, RUNNING, Header
from ..wire.refusal import CANNOT_BE, error_event, shown
from . import encode, events
from .rates import Rates
from .rewind import Future
from .wave import LAST_STEPWISE, SPEEDS, Wave

Out = tuple[Any, ...]
#: Parameters a second that a viewer may get in full precision; steps a second of slow motion, about.
EXACT_NUMBERS, SLOWEST_STEPS = 3000, 0.2


class Feed:
    """The part of a run that others see; `TrainingRun` is the part that trains."""

    trainer: Trainer
    now: float
    preset: str | None
    speed: int
    playing: bool
    outbox: list[Out]
    run: int
    revision: int
    marks: list[dict[str, Any]]
    tip: Future | None
    sharers: int
    wave: Wave | None
    rates: Rates
    metrics: Metrics
    measured_at: int
    number: dict[int, int]
    sent_records: int
    steps_per_second: float
    told: str | None
    told_at: float
    told_back: bool
    on_the_way: Callable[[], None]

    @property
    def stepwise(self) -> bool:
        """Whether steps are shown one by one."""
        return self.speed <= LAST_STEPWISE

    @property
    def status(self) -> str:
        """running, paused, stopped or diverged."""
        stopped = self.trainer.stopped
        if stopped is not None:
            return "diverged" if stopped.kind == "diverged" else "stopped"
        return "running" if self.playing else "paused"

    @property
    def exact(self) -> bool:
        """Whether parameters go out in full precision, at every step: when nobody could mind the bytes."""
        rate = (SPEEDS[self.speed] or SLOWEST_STEPS) if self.stepwise else float("inf")
        return not self.playing or self.trainer.network.theta.size * rate <= EXACT_NUMBERS

    def tell(self, *events: dict[str, Any]) -> None:
        """Tell everybody."""
        self.outbox += [("event", event) for event in events]

    def refuse(self, asker: object, command: dict[str, Any], field: str, was: object, expected: str) -> None:
        """Tell the asker why it cannot do that."""
        event = error_event(field, shown(was), expected, CANNOT_BE, command.get("id"))
        self.outbox.append(("reply", asker, event))

    def tell_state(self) -> None:
        """The state event."""
        self.told_back = self.trainer.can_go_back
        self.tell(events.state(self))

    def tell_settings(self) -> None:
        """The settings event."""
        self.tell(events.settings(self))

    def tell_run(self) -> None:
        """The run and data events."""
        self.tell(*events.generation(self))

    def tell_marks(self) -> None:
        """The marks event."""
        self.tell({"type": "marks", "marks": self.marks})

    def tell_diagnosis(self, now: float) -> None:
        """One sentence, when it has changed."""
        self.told_at = now
        diagnosis = diagnose(self.trainer).to_dict()
        if diagnosis["sentence"] != self.told:
            self.told = diagnosis["sentence"]
            self.tell({"type": "diagnosis", **diagnosis})

    def tell_all(self, now: float) -> None:
        """Everything, for a browser that knows nothing."""
        self.tell(*events.generation(self), events.settings(self))
        self.tell_marks()
        self.tell_state()
        self.told = None
        self.tell_diagnosis(now)
        self.send_history(-1)
        self.send(now, PARAMETERS, RESPONSE, BELIEF, PULSE)

    def header(self, now: float, kind: int) -> Header:
        """The moment."""
        trainer, wave = self.trainer, self.wave
        self.number[kind] += 1
        phase, phase_ms, elapsed_ms, flags = NO_PHASE, 0, 0, RUNNING if self.playing else 0
        if wave is not None:
            wave.move(now)
            phase, phase_ms = wave.phase, round(1000 * wave.seconds)
            elapsed_ms = round(1000 * wave.elapsed(now))
            flags = RUNNING if wave.running else HOLD
        step, epoch, loss = encode.moment(trainer)
        return Header(
            kind, self.run, self.run, self.number[kind], step, epoch, loss,
            self.metrics.train_loss, self.metrics.test_loss, self.metrics.test_accuracy,
            trainer.rate, self.revision, phase, 0, phase_ms, elapsed_ms, flags,
        )  # fmt: skip

    def send(self, now: float, *kinds: int) -> None:
        """Make and send frames of these kinds now, and put their next turn off."""
        for kind in kinds:
            self.on_the_way()
            started = self.rates.clock()
            frame = self._frame(now, kind)
            if frame is not None:
                self.outbox.append(("frame", kind, frame))
            self.rates.sent(kind, now, len(frame or b""), self.rates.clock() - started, self.sharers)

    def _frame(self, now: float, kind: int) -> bytes | None:
        trainer, header = self.trainer, self.header(now, kind)
        if kind == PULSE:
            rows = trainer.history.since(self.sent_records, encode.records_a_pulse(trainer))
            self.sent_records = trainer.steps
            return encode.pulse_frame(trainer, header, self.steps_per_second, rows)
        if kind == PARAMETERS:
            return encode.parameters_frame(trainer, header, self.exact)
        if kind == RESPONSE:
            return encode.response_frame(trainer, header)
        return encode.belief_frame(trainer, header)

    def send_history(self, since: int, asker: object = None) -> None:
        """Losses and norms after a step, to all or to whoever asked; also what comes after the step it stands at."""
        header = self.header(self.now, HISTORY)
        frame = encode.history_frame(self.tip or self.trainer.history, header, since)
        self.outbox.append(("frame", HISTORY, frame) if asker is None else ("reply", asker, frame))

    def measure(self, now: float) -> None:
        """Losses over all samples, unless they are known."""
        if self.measured_at != self.trainer.steps:
            self.on_the_way()
            started = self.rates.clock()
            self.metrics, self.measured_at = self.trainer.metrics(), self.trainer.steps
            self.rates.sent(0, now, 0, self.rates.clock() - started, self.sharers)
