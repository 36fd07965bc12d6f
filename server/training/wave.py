"""Where the wave is: the phases of one training step, on a clock that others hand in.

A step of L layers has 2L + 2 phases: forward 1..L, the loss, backward L..1, the update.
"""

from dataclasses import dataclass

#: Steps a second for each position of the speed slider; None is slow motion, where a phase has a fixed length.
SPEEDS: tuple[float | None, ...] = (None, 1.0, 5.0, 25.0, 100.0, 1000.0, float("inf"))
SPEED_NAMES = ("slow motion", "1 step/s", "5 steps/s", "25 steps/s", "100 steps/s", "1,000 steps/s", "turbo")
#: Up to this position steps are shown one by one, with their wave; beyond, they stream.
LAST_STEPWISE = 2
SLOW_PHASE = 0.650  # seconds; as long as an eye needs to follow one layer
ONE_STEP = 1.2  # seconds that a single step takes when asked for
QUICK_PHASE = 0.160
#: The part of a step's time that its wave takes; the rest is a rest.
BUSY = 0.92


def phase_seconds(speed: int, layers: int) -> float:
    """How long one phase lasts at a stepwise speed."""
    rate = SPEEDS[min(speed, LAST_STEPWISE)]
    return SLOW_PHASE if rate is None else BUSY / rate / (2 * layers + 2)


@dataclass
class Wave:
    """A step on its way. Times are seconds of the caller's clock."""

    layers: int
    phase: int
    started: float  # when the phase began; when held, as if it had begun then
    seconds: float  # of one phase
    running: bool = True

    @property
    def update(self) -> int:
        """The last phase's number."""
        return 2 * self.layers + 1

    def move(self, now: float) -> None:
        """Catch up with the clock, but never into the update: that is for whoever makes it."""
        while self.running and self.phase < self.update - 1 and now >= self.started + self.seconds:
            self.phase += 1
            self.started += self.seconds

    def update_due(self, now: float) -> bool:
        """Whether the backward pass has reached the first layer and its time is up."""
        self.move(now)
        return self.running and self.phase == self.update - 1 and now >= self.started + self.seconds

    @property
    def next_change(self) -> float:
        """When the update is due, if the wave goes on."""
        return self.started + self.seconds * (self.update - self.phase)

    def elapsed(self, now: float) -> float:
        """Seconds into this phase, at most its length."""
        return min(max(0.0, now - self.started), self.seconds)

    def enter(self, phase: int, now: float) -> None:
        """Begin a phase."""
        self.phase, self.started = phase, now

    def hold(self, now: float) -> None:
        """Stop the clock where it is."""
        self.move(now)
        self.running = False

    def go_on(self, now: float, seconds: float) -> None:
        """Run again, at this pace, from the same place within the phase."""
        share = self.elapsed(now) / self.seconds if self.running else 1.0
        self.started, self.seconds, self.running = now - share * seconds, seconds, True
