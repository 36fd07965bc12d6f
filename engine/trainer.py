"""A run: an experiment's network, its data, and the loop that trains it.

The algorithm, for every batch: forward, loss, backward, update.
"""

import math
import weakref
from collections.abc import Callable
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from .batches import Batches
from .datasets import DATASETS, Data, load
from .divergence import find_divergence
from .experiment import Experiment
from .history import History
from .metrics import Metrics, evaluate
from .network import Network
from .norms import GradientNorms
from .optimisers import OPTIMISERS, Rates
from .settings import ExperimentError
from .state import State
from .stopping import Stop, Stopping
from .tape import Array, Tape, play
from .timeline import EVERY, Timeline
from .trace import Trace
from .workspace import Workspace

#: Changing one of these makes new samples; of these, new shapes or another start.
DATA_FIELDS = {"dataset", "samples", "noise", "test_share", "features"}
RATE_FIELDS = {"learning_rate", "momentum"}
NETWORK_FIELDS = {"activation", "output_activation", "loss", "dataset"}
#: History rows that a saved state carries.
SAVED_ROWS = 1000
Names = set[str]


class Trainer:
    """Trains one network. The same experiment gives the same run, to the bit.

    >>> trainer = Trainer(Experiment(dataset="xor", hidden=[4], learning_rate=1.0))
    >>> trace = trainer.step()
    >>> trace.step, trace.x.shape, trace.gradients["layer1.weight"].shape
    (1, (32, 2), (2, 4))
    """

    def __init__(self, experiment: Experiment, dtype: npt.DTypeLike = "float32") -> None:
        self.experiment = experiment
        self.dtype: np.dtype[Any] = np.dtype(dtype)
        self.reset()

    # --- building ----------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Back to the beginning: the same data, weights and batch order; the history is forgotten."""
        experiment = self.experiment
        self._seeds = np.random.SeedSequence(experiment.seed).spawn(3)
        self.network = Network(
            experiment.layer_sizes, experiment.activations, experiment.loss,
            np.random.default_rng(self._seeds[1]), self.dtype, experiment.initialiser,
        )  # fmt: skip
        self.rates = Rates(self.dtype)
        self.rates.set(experiment.learning_rate, experiment.momentum)
        self.memory = np.zeros((OPTIMISERS[experiment.optimiser].slots, self.network.theta.size), self.dtype)
        self.steps = self.epoch = 0
        self._epoch_loss = 0.0
        self.stopping, self.stopped = Stopping(), None
        self.timeline = Timeline()
        self.trace: Trace | None = None
        self.history = History(len(self.network.sizes) - 1)
        self._load()
        self._prepare()
        self._keep_state()

    stopped: Stop | None

    def _load(self) -> None:
        """Draw the samples and a batch order for them."""
        experiment = self.experiment
        rng = np.random.default_rng(self._seeds[0])
        n_out = self.network.sizes[-1]
        self.data: Data = load(
            experiment.dataset, rng, experiment.samples, experiment.noise, experiment.test_share, n_out
        )
        self._rows = self._as_rows(self.data.x_train, self.data.y_train)
        self._test_rows = self._as_rows(self.data.x_test, self.data.y_test)
        order = np.random.default_rng(self._seeds[2])
        self.batches = Batches(len(self._rows), experiment.batch_size, order)

    def inputs(self, x: Array) -> Array:
        """The columns of samples x that the network sees, as the experiment's features say."""
        if DATASETS[self.experiment.dataset].n_inputs != 2:
            return x
        return x[:, [("x1", "x2").index(name) for name in self.experiment.features]]

    def _as_rows(self, x: Array, y: Array) -> Array:
        """x, a one for the bias, and y side by side: one call takes a whole batch."""
        return np.hstack([self.inputs(x), np.ones((len(x), 1)), y]).astype(self.dtype)

    def _prepare(self) -> None:
        """The tapes, for the settings in force."""
        network = self.network
        self.pending = False
        self._alive: Callable[[], Trace | None] = lambda: None
        self._workspace: Workspace = self.network.workspace(len(self.batches.peek()))
        self.norms = GradientNorms(network)
        optimiser = OPTIMISERS[self.experiment.optimiser]
        self._update: Tape = [
            (np.copyto, (network.before, network.theta)),
            *optimiser.tape(network.theta, network.gradient, network.change, self.memory, self.rates),
        ]

    # --- training ----------------------------------------------------------------------------------------------

    def step(self) -> Trace:
        """One training step; when one is pending, its end. Does nothing once stopped, and gives the last trace."""
        if self.pending:
            return self.finish()
        with np.errstate(all="ignore"):
            self._gradients()
            if self.pending:
                self._apply()
        return self._last()

    def begin(self) -> Trace:
        """The step's forward pass, loss and backward pass, but not yet its update."""
        if self.pending:
            raise RuntimeError("begin: a step is pending, expected finish() first")
        with np.errstate(all="ignore"):
            self._gradients()
        if self.pending:
            self._traced(self.steps + 1, updated=False)
        return self._last()

    def finish(self) -> Trace:
        """The pending step's update, with the settings in force now."""
        if not self.pending:
            raise RuntimeError("finish: no step is pending, expected begin() first")
        self._last().keep()
        with np.errstate(all="ignore"):
            self._apply()
        return self._last()

    def run(self, steps: int) -> int:
        """Up to so many steps, fewer when the run stops; how many were made."""
        before = self.steps
        if self.pending and steps:
            self.finish()
            steps -= 1
        with np.errstate(all="ignore"):
            for _ in range(steps):
                self._gradients()
                if not self.pending:
                    break
                self._apply()
        return self.steps - before

    def _gradients(self) -> None:
        """Forward, loss, backward; `pending` afterwards, unless the run has stopped or diverges here."""
        if self.stopped is not None:
            return
        # Our own reference goes first: a trace that nobody else holds is gone now, any other takes its copy.
        self.trace = None
        held = self._alive()
        if held is not None:
            held.keep()
        indices = self.batches.peek()
        workspace = self._workspace
        if workspace.batch != len(indices):
            workspace = self._workspace = self.network.workspace(len(indices))
        self._rows.take(indices, 0, workspace.rows, "clip")
        play(workspace.tape)
        play(self.norms.tape)
        self.loss, self._squares = float(workspace.loss), self.norms.read()
        if math.isfinite(self.loss + sum(self._squares)):
            self.pending = True
            return
        self._traced(self.steps + 1, updated=False)
        self._last().keep()
        self.stopped = find_divergence(self.network, workspace, self.steps + 1, self.experiment.learning_rate)

    def _apply(self) -> None:
        """Update the parameters, write the step down, go on to the next batch."""
        play(self._update)
        self.pending = False
        self.steps += 1
        self.history.add(self.steps, self.loss, self._squares)
        self._traced(self.steps, updated=True)
        self._epoch_loss += self.loss * self._workspace.batch
        if self.batches.advance():
            self.epoch += 1
            mean, self._epoch_loss = self._epoch_loss / self.batches.samples, 0.0
            self.stopped = self.stopping.check(self.experiment, self.epoch, self.steps, mean)
        if not self.steps % EVERY:
            self._keep_state()

    def _traced(self, step: int, updated: bool) -> None:
        self.trace = Trace(
            self.network, self._workspace, self.loss, self._squares,
            step, self.epoch + 1, self.experiment.learning_rate, updated,
        )  # fmt: skip
        self._alive = weakref.ref(self.trace)

    def _last(self) -> Trace:
        if self.trace is None:
            raise RuntimeError("the run was stopped before its first step: reset() or resume() it")
        return self.trace

    def resume(self) -> None:
        """Go on after a criterion has stopped the run; it will not be stopped by it again until settings change."""
        if self.stopped is not None and self.stopped.kind != "diverged":
            self.stopped = None

    # --- settings ----------------------------------------------------------------------------------------------

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
        if experiment.layer_sizes != sizes or "seed" in changed or "features" in changed:
            self.reset()
            return "restart"
        self._adopt(changed)
        if self.stopped is not None and self.stopped.kind != "diverged":
            self.stopped = None
        self._keep_state()
        return "live"

    def _adopt(self, changed: Names) -> None:
        """Put changed settings into force without touching the parameters."""
        experiment = self.experiment
        self.rates.set(experiment.learning_rate, experiment.momentum)
        if changed & DATA_FIELDS:
            self._load()
            self._epoch_loss = 0.0
        if "batch_size" in changed:
            self.batches.resize(experiment.batch_size)
        if changed & NETWORK_FIELDS:
            theta = self.network.theta.copy()
            self.network = Network(
                experiment.layer_sizes, experiment.activations, experiment.loss,
                np.random.default_rng(0), self.dtype, "zeros",
            )  # fmt: skip
            self.network.theta[...] = theta
        if "optimiser" in changed:
            self.memory = np.zeros((OPTIMISERS[experiment.optimiser].slots, self.network.theta.size), self.dtype)
        if changed - RATE_FIELDS:
            if self.trace is not None:
                self.trace.keep()
            self._prepare()

    # --- measuring ---------------------------------------------------------------------------------------------

    def metrics(self) -> Metrics:
        """Loss and accuracy over all training and all test samples; the history's last row gets the losses."""
        classification = self.data.dataset.task == "classification"
        train = evaluate(self.network, self._rows, self.data.labels_train, classification)
        test = evaluate(self.network, self._test_rows, self.data.labels_test, classification)
        self.history.measured(self.steps, train[0], test[0])
        return Metrics(train[0], test[0], train[1], test[1])

    # --- time --------------------------------------------------------------------------------------------------

    def state(self, rows: int = SAVED_ROWS) -> State:
        """All that the run needs to go on; a pending step is not part of it and will be made again, the same."""
        progress = {
            "batches": self.batches.state(), "epoch_loss": self._epoch_loss,
            "best": None if np.isinf(self.stopping.best) else self.stopping.best, "waited": self.stopping.waited,
        }  # fmt: skip
        return State(
            self.experiment, self.dtype.name, self.steps, self.epoch, self.network.theta.copy(),
            self.memory.copy(), progress, self.history.since(-1, rows) if rows else np.zeros((0, self.history.width)),
        )  # fmt: skip

    def _keep_state(self) -> None:
        self.timeline.keep(self.state(rows=0))

    def _restore(self, state: State) -> None:
        """Take over a state of the same shapes; the history is left to the caller."""
        new, old = state.experiment.to_dict(), self.experiment.to_dict()
        self.experiment = state.experiment
        self._adopt({name for name in new if new[name] != old[name]} | {"optimiser"})
        self.network.theta[...] = state.theta
        self.memory[...] = state.memory
        self.batches.restore(state.progress["batches"])
        self.steps, self.epoch = state.steps, state.epoch
        self._epoch_loss = state.progress["epoch_loss"]
        best = state.progress["best"]
        self.stopping.best = float("inf") if best is None else best
        self.stopping.waited = state.progress["waited"]
        self.stopped, self.pending = None, False

    @classmethod
    def from_state(cls, state: State) -> Self:
        """A trainer that goes on where the state was taken."""
        trainer = cls(state.experiment, state.dtype)
        if state.theta.shape != trainer.network.theta.shape or state.memory.shape != trainer.memory.shape:
            raise ExperimentError("state", str(state.theta.shape), f"parameters {trainer.network.theta.shape}")
        trainer._restore(state)
        trainer.history.replace(state.history, state.steps)
        trainer.timeline = Timeline()
        trainer._keep_state()
        return trainer

    @property
    def can_go_back(self) -> bool:
        """Whether `back` has somewhere to go."""
        return self.pending or self.steps > self.timeline.oldest

    def back(self) -> bool:
        """One step back, exact to the bit; from a pending step to before it. False when nothing is kept of it."""
        if not self.can_go_back:
            return False
        self.go_to(self.steps if self.pending or self.stopped_by_divergence else self.steps - 1)
        return True

    @property
    def stopped_by_divergence(self) -> bool:
        """Whether the numbers ran away."""
        return self.stopped is not None and self.stopped.kind == "diverged"

    def go_to(self, steps: int) -> None:
        """Restore the run as it was after so many steps, by replay from the last state kept before."""
        rows = self.history.since(-1, 10_000)
        start = self.timeline.before(max(self.timeline.oldest, steps - 1)) or self.timeline.states[0]
        self._restore(start)
        self.trace = None
        self.timeline.forget_after(steps)
        kept, self.timeline = self.timeline, Timeline()
        while self.steps < steps and self.stopped is None:
            self.step()
        self.stopped = None
        self.timeline = kept
        trace, final = self.trace, kept.at(steps)
        if final is not None and final is not start:
            if trace is not None:
                trace.keep()
            self._restore(final)
            self.trace = trace
        self.history.replace(rows, self.steps)

    def rewind(self) -> bool:
        """After a divergence: back to the last step before the loss took off (ten times its best so far)."""
        if not self.stopped_by_divergence:
            return False
        rows = self.history.since(-1, 10_000)
        best = np.minimum.accumulate(rows[:, 1]) if len(rows) else rows
        calm = rows[rows[:, 1] <= 10 * best + 1e-12][:, 0] if len(rows) else rows
        steps = int(calm[-1]) - 1 if len(calm) else 0
        self.go_to(min(self.steps, max(self.timeline.oldest, steps)))
        return True
