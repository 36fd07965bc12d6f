"""A run that a person can touch: settings in mid-run, measuring, steps back in time."""

import copy
import math
from collections.abc import Callable
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from ..errors import ExperimentError
from ..experiment import Experiment
from ..optimisers import KNOBS, OPTIMISERS
from ..schedules import PlateauWatch
from ..step.clipping import clip
from ..step.network import Network
from ..step.update import update_tape
from ..tape import Array, play
from ..tape.memory import aligned
from .history import ALL
from .loop import Loop
from .metrics import Metrics, evaluate
from .state import State
from .timeline import Timeline

#: Changing one of these makes new samples; of these, new shapes or another start.
DATA_FIELDS = {"dataset", "own_data", "samples", "noise", "test_share", "features", "balance", "standardise"}
RATE_FIELDS = set(KNOBS)
NETWORK_FIELDS = {
    "activation", "output_activation", "loss", "dataset", "own_data", "residual", "dropout", "l1", "l2",
    "label_smoothing",
}  # fmt: skip
RESTART_FIELDS = {"seed", "features", "normalisation"}
#: History rows that a saved state carries; measurements that are kept.
SAVED_ROWS, MEASUREMENTS = 1000, 128
Names = set[str]  # within the class `set` is the method


def nothing() -> None:
    """What is done between two steps that are made once more, where nobody shares the processor."""


class Trainer(Loop):
    """Trains one network. The same experiment gives the same run, to the bit.

    >>> from nablascope.engine import Experiment
    >>> trainer = Trainer(Experiment(dataset="xor", hidden=[4], learning_rate=1.0))
    >>> trace = trainer.step()
    >>> trace.step, trace.x.shape, trace.gradients["layer1.weight"].shape
    (1, (32, 2), (2, 4))
    """

    #: (step, training loss, test loss) whenever `metrics` was asked, ever more thinly towards the beginning.
    measured: list[tuple[int, float, float]]

    def reset(self) -> None:
        """Back to the beginning: the same data, weights and batch order; the history is forgotten."""
        super().reset()
        self.measured = []

    def resume(self) -> None:
        """Go on after a criterion has stopped the run; it will not be stopped by it again until settings change."""
        if self.stopped is not None and self.stopped.kind != "diverged":
            self.stopped = None
            self.stopping.mute()

    # --- settings ----------------------------------------------------------------------------------------------

    def starts_anew(self, **changes: Any) -> list[str]:
        """Of these changes, those that show only with a new start: new shapes, another seed, another initialiser."""
        new = self.experiment.change(**changes)
        old_values, values = self.experiment.to_dict(), new.to_dict()
        changed = [name for name, value in values.items() if old_values[name] != value]
        if new.layer_sizes != self.experiment.layer_sizes:
            return changed
        return [name for name in changed if Experiment.setting(name).effect == "restart"]

    def set(self, **changes: Any) -> str:
        """Change settings between two steps; "live", or "restart" when the run began anew.

        Learning rate and momentum count at once, even for a pending step; anything else finishes it first. What
        keeps the shapes keeps the weights (another optimiser starts with empty memory, new data with a new batch
        order); new shapes or another seed make a new network at step 0. An initialiser shows at the next reset.
        """
        experiment = self.experiment.change(**changes)
        new = experiment.to_dict()
        changed = {name for name, value in self.experiment.to_dict().items() if value != new[name]}
        if not changed:
            return "live"
        if self.pending and not changed <= RATE_FIELDS:
            self.finish()
        sizes = self.experiment.layer_sizes
        self.experiment = experiment
        if experiment.layer_sizes != sizes or changed & RESTART_FIELDS:
            self.reset()
            return "restart"
        self._adopt(changed)
        self.stopping.listen()
        if self.stopped is not None and self.stopped.kind != "diverged":
            self.stopped = None
        self._keep_state()
        return "live"

    def _adopt(self, changed: Names) -> None:
        """Put changed settings into force without touching the parameters."""
        experiment = self.experiment
        self._quiet.run(self.network.late.settle)  # with the rates and the memory that it was made with
        turned = self.rates.values
        self.rates.set(experiment.knobs)
        if changed & (DATA_FIELDS | {"loss"}):
            self.measured = []
        if changed & DATA_FIELDS:
            self._load()
            self._epoch_loss = 0.0
        if "batch_size" in changed:
            self.batches.resize(experiment.batch_size)
        if changed & NETWORK_FIELDS:
            old, self.network = self.network, self._build()
            self.network.theta[...], self.network.statistics[...] = old.theta, old.statistics
        if changed & {"schedule", "schedule_epochs", "schedule_decay"}:
            self.plateau = PlateauWatch()
        if "optimiser" in changed:
            self.memory = aligned((OPTIMISERS[experiment.optimiser].slots, self.network.theta.size), self.dtype)
            self.rates.count = 0
        else:
            OPTIMISERS[experiment.optimiser].turned(self.memory, turned, self.rates.values)
        if changed - RATE_FIELDS:
            trace = self.trace
            if trace is not None:
                trace.keep()
            self._prepare()

    # --- measuring ---------------------------------------------------------------------------------------------

    def metrics(self) -> Metrics:
        """Loss and accuracy over all training and all test samples; the history's last row gets the losses."""
        classification = self.data.dataset.task == "classification"
        train = evaluate(self.network, self._samples.rows, self.data.labels_train, classification)
        test = evaluate(self.network, self._test_rows, self.data.labels_test, classification)
        self.history.measured(self.steps, train[0], test[0])
        self._remember(train[0], test[0])
        return Metrics(train[0], test[0], train[1], test[1])

    def train_loss(self) -> float:
        """Over all training samples, as `metrics` has it, and nothing else."""
        return evaluate(self.network, self._samples.rows, self.data.labels_train, False)[0]

    def _remember(self, train_loss: float, test_loss: float) -> None:
        if self.measured and self.measured[-1][0] == self.steps:
            self.measured.pop()
        if len(self.measured) >= MEASUREMENTS:
            del self.measured[1::2]
        self.measured.append((self.steps, train_loss, test_loss))

    def twin(self, dtype: npt.DTypeLike = "float64") -> Network:
        """A network of its own with the same parameters and statistics, in another precision: to try things on."""
        twin = self._build(dtype=dtype)
        twin.rng = np.random.default_rng(0)
        twin.theta[...], twin.statistics[...] = self.network.theta, self.network.statistics
        return twin

    def step_per_rate(self) -> Array:
        """What the update would subtract from θ for the gradient at hand, at a learning rate of 1.

        Every optimiser's step is proportional to the rate, so that this, times any rate, is its step. Clipping,
        memory and decay are those in force; nothing is altered.
        """
        twin, experiment, rates = self.twin(self.dtype), self.experiment, copy.deepcopy(self.rates)
        twin.gradient[...] = self.network.gradient
        rates.use(1.0)
        given, tape = clip(twin.gradient, experiment.clip_norm, experiment.clip_value)
        tape = tape + update_tape(OPTIMISERS[experiment.optimiser], given, self.memory.copy(), rates, twin)
        self._quiet.run(play, tape)
        self._quiet.run(twin.late.settle)
        change: Array = twin.change
        return change

    # --- time --------------------------------------------------------------------------------------------------

    def state(self, rows: int = SAVED_ROWS) -> State:
        """All that the run needs to go on; a pending step is not part of it and will be made again, the same."""
        progress = {
            "batches": self.batches.state(), "epoch_loss": self._epoch_loss,
            "best": None if math.isinf(self.stopping.best) else self.stopping.best, "waited": self.stopping.waited,
            "muted": self.stopping.muted, "updates": self.rates.count, "plateau": self.plateau.state(),
            "silencing": self._silence(),
        }  # fmt: skip
        return State(
            self.experiment, self._precision, self.steps, self.epoch, self.network.theta.copy(),
            self.memory.copy(), self.network.statistics.copy(), progress,
            self.history.since(-1, rows) if rows else np.zeros((0, self.history.width)),
        )  # fmt: skip

    def _silence(self) -> dict[str, Any]:
        """Where dropout's random numbers are; of a pending step: where they were before it drew its own."""
        return dict(self._silenced if self.pending else self._silencing.bit_generator.state)

    def _keep_state(self) -> None:
        self.timeline.keep(self.state(rows=0))

    def _restore(self, state: State) -> None:
        """Take over a state of the same shapes; the history is left to the caller."""
        new, old = state.experiment.to_dict(), self.experiment.to_dict()
        self.experiment = state.experiment
        self._adopt({name for name in new if new[name] != old[name]} | {"optimiser"})
        self.network.theta[...] = state.theta
        self.memory[...] = state.memory
        self.network.statistics[...] = state.statistics
        self.rates.count = state.progress["updates"]
        self.plateau.restore(state.progress["plateau"])
        if state.progress["silencing"] is not None:
            self._silencing.bit_generator.state = state.progress["silencing"]
        self.batches.restore(state.progress["batches"])
        self.steps, self.epoch = state.steps, state.epoch
        self._epoch_loss = state.progress["epoch_loss"]
        best = state.progress["best"]
        self.stopping.best = float("inf") if best is None else best
        self.stopping.waited, self.stopping.muted = state.progress["waited"], state.progress["muted"]
        self.stopped, self.pending = None, False

    @classmethod
    def from_state(cls, state: State) -> Self:
        """A trainer that goes on where the state was taken."""
        trainer = cls(state.experiment, state.dtype)
        if state.theta.shape != trainer.network.theta.shape or state.memory.shape != trainer.memory.shape:
            raise ExperimentError("state", str(state.theta.shape), f"parameters {trainer.network.theta.shape}")
        trainer.return_to(state, Timeline())
        trainer._keep_state()
        return trainer

    def return_to(self, state: State, timeline: Timeline) -> None:
        """Go on where this run had come before it went back; `timeline` is what it had kept then."""
        self._restore(state)
        self._trace = None
        self.history.replace(state.history, state.steps)
        losses = state.history[state.history[:, 2] == state.history[:, 2]]
        self.measured = [(int(row[0]), float(row[2]), float(row[3])) for row in losses[-MEASUREMENTS:]]
        self.timeline = timeline

    @property
    def can_go_back(self) -> bool:
        """Whether `back` has somewhere to go."""
        return self.pending or self.steps > self.timeline.oldest

    def back(self, on_the_way: Callable[[], None] = nothing) -> bool:
        """One step back, exact to the bit; from a pending step to before it. False when nothing is kept of it."""
        if not self.can_go_back:
            return False
        self.go_to(self.steps if self.pending or self.stopped_by_divergence else self.steps - 1, on_the_way)
        return True

    @property
    def stopped_by_divergence(self) -> bool:
        """Whether the numbers ran away."""
        return self.stopped is not None and self.stopped.kind == "diverged"

    def go_to(self, steps: int, on_the_way: Callable[[], None] = nothing) -> None:
        """Restore the run as it was after so many steps, by replay from the last state kept before.

        `on_the_way` is called after each step that is replayed.
        """
        rows = self.history.since(-1, ALL)
        start = self.timeline.before(max(self.timeline.oldest, steps - 1)) or self.timeline.states[0]
        self._restore(start)
        self._trace = None
        self.timeline.forget_after(steps)
        kept, self.timeline = self.timeline, Timeline()
        while self.steps < steps and self.stopped is None:
            self.step()
            on_the_way()
        self.stopped = None
        self.timeline = kept
        trace, final = self.trace, kept.at(steps)
        if final is not None and final is not start:
            if trace is not None:
                trace.keep()
            self._restore(final)
            self._trace = trace
        self.history.replace(rows, self.steps)
        self.measured = [row for row in self.measured if row[0] <= self.steps]

    def rewind(self, on_the_way: Callable[[], None] = nothing) -> bool:
        """After a divergence: back to the last step before the loss took off (ten times its best so far)."""
        if not self.stopped_by_divergence:
            return False
        rows = self.history.since(-1, ALL)
        best = np.minimum.accumulate(rows[:, 1]) if len(rows) else rows
        calm = rows[rows[:, 1] <= 10 * best + 1e-12][:, 0] if len(rows) else rows
        steps = int(calm[-1]) - 1 if len(calm) else 0
        self.go_to(min(self.steps, max(self.timeline.oldest, steps)), on_the_way)
        return True
