"""The loop of training: for every batch forward, loss, backward, update.

`Loop` builds a run from its experiment and trains it; `trainer.Trainer` adds what a person does to it.
"""

import math
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from .batches import Batches
from .datasets import Data, load
from .divergence import find_divergence
from .experiment import Experiment
from .history import History
from .network import Network
from .norms import GradientNorms
from .optimisers import OPTIMISERS, Rates
from .stopping import Stop, Stopping
from .tape import Array, Tape, play
from .timeline import EVERY, Timeline
from .trace import Trace
from .workspace import Workspace


class Loop:
    """A network, its data, and the steps made so far."""

    stopped: Stop | None

    def __init__(self, experiment: Experiment, dtype: npt.DTypeLike = "float32") -> None:
        self.experiment = experiment
        self.dtype: np.dtype[Any] = np.dtype(dtype)
        self.reset()

    def _keep_state(self) -> None:
        """Called after every 50 steps and whenever settings change; whoever travels in time saves the state."""

    # --- building ----------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Back to the beginning: the same data, weights and batch order; the history is forgotten."""
        experiment = self.experiment
        self._seeds = np.random.SeedSequence(experiment.seed).spawn(3)
        self.network = Network(
            experiment.layer_sizes, experiment.activations, experiment.loss,
            np.random.default_rng(self._seeds[1]), self.dtype, experiment.initialiser,
            experiment.gain, experiment.init_size, experiment.weights,
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

    def _load(self) -> None:
        """Draw the samples and a batch order for them."""
        experiment = self.experiment
        rng = np.random.default_rng(self._seeds[0])
        self.data: Data = load(
            experiment.dataset, rng, experiment.samples, experiment.noise, experiment.test_share,
            self.network.sizes[-1],
            experiment.features, experiment.balance, experiment.standardise,
        )  # fmt: skip
        self._rows = self._as_rows(self.data.x_train, self.data.y_train)
        self._test_rows = self._as_rows(self.data.x_test, self.data.y_test)
        order = np.random.default_rng(self._seeds[2])
        self.batches = Batches(len(self._rows), experiment.batch_size, order)

    def _as_rows(self, x: Array, y: Array) -> Array:
        """x, a one for the bias, and y side by side: one call takes a whole batch."""
        return np.hstack([self.data.inputs(x), np.ones((len(x), 1)), y]).astype(self.dtype)

    def _prepare(self) -> None:
        """The tapes, for the settings in force."""
        network = self.network
        self.pending = False
        self._alive: Callable[[], Trace | None] = lambda: None
        self._workspace: Workspace = self.network.workspace(len(self.batches.peek()), "train")
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
            workspace = self._workspace = self.network.workspace(len(indices), "train")
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
