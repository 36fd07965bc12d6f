"""The loop of training: for every batch forward, loss, backward, update.

`Loop` builds a run from its experiment and trains it; `trainer.Trainer` adds what a person does to it.
"""

import math
import sys
from typing import Any

import numpy as np
import numpy.typing as npt

from .batches import Batches
from .clipping import clip
from .datasets import Data, load
from .divergence import find_divergence
from .experiment import Experiment
from .history import History
from .memory import aligned
from .metrics import evaluate
from .network import Network
from .norms import HIGH, LOW, GradientNorms
from .optimisers import OPTIMISERS, Rates
from .quiet import quiet_context
from .samples import Samples
from .schedules import SCHEDULES, PlateauWatch
from .stopping import Stop, Stopping
from .tape import Tape
from .timeline import EVERY, Timeline
from .trace import LiveTrace, Moment, Trace
from .update import update_tape

#: Counts the references to an object. A weak one, asking the same, would cost a fortieth of a small step.
getrefcount = sys.getrefcount


def _unheld() -> int:
    """What it counts for what only a local name holds, which depends on the interpreter."""
    trace = object()
    return getrefcount(trace)


UNHELD = _unheld()


class Loop:
    """A network, its data, and the steps made so far."""

    stopped: Stop | None

    def __init__(self, experiment: Experiment, dtype: npt.DTypeLike = "float32") -> None:
        self.experiment = experiment
        self.dtype: np.dtype[Any] = np.dtype(dtype)
        self._precision = self.dtype.name  # NumPy spells it out anew each time
        self.reset()

    def _keep_state(self) -> None:
        """Called after every 100 steps and whenever settings change; whoever travels in time saves the state."""

    # --- building ----------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Back to the beginning: the same data, weights and batch order; the history is forgotten."""
        experiment = self.experiment
        self._quiet = quiet_context()
        # One stream each for samples, weights, batch order and dropout: none depends on how much another has drawn.
        self._seeds = np.random.SeedSequence(experiment.seed).spawn(4)
        self._silencing = np.random.default_rng(self._seeds[3])
        self._silenced: dict[str, Any] = {}
        self.network = self._build(np.random.default_rng(self._seeds[1]))
        self.rates = Rates(self.dtype)
        self.rates.set(experiment)
        self.memory = aligned((OPTIMISERS[experiment.optimiser].slots, self.network.theta.size), self.dtype)
        self.steps = self.epoch = 0
        self._epoch_loss = 0.0
        self.stopping, self.stopped = Stopping(), None
        self.plateau = PlateauWatch()
        self.timeline = Timeline()
        self._moment: Moment | None = None
        self._trace: Trace | None = None
        self.history = History(len(self.network.sizes) - 1)
        self._load()
        self._prepare()
        self._keep_state()

    def _build(self, rng: np.random.Generator, dtype: npt.DTypeLike | None = None) -> Network:
        experiment = self.experiment
        network = Network(
            experiment.layer_sizes, experiment.activations, experiment.loss, rng, dtype or self.dtype,
            experiment.initialiser,
            experiment.gain, experiment.init_size, experiment.weights,
            normalisation=experiment.normalisation, residual=experiment.residual, dropout=experiment.dropout,
            l1=experiment.l1, l2=experiment.l2, label_smoothing=experiment.label_smoothing,
        )  # fmt: skip
        network.rng = self._silencing
        return network

    def _load(self) -> None:
        """Draw the samples and a batch order for them."""
        experiment = self.experiment
        rng = np.random.default_rng(self._seeds[0])
        self.data: Data = load(
            experiment.dataset, rng, experiment.samples, experiment.noise, experiment.test_share,
            self.network.sizes[-1],
            experiment.features, experiment.balance, experiment.standardise,
        )  # fmt: skip
        order = np.random.default_rng(self._seeds[2])
        self.batches = Batches(len(self.data.x_train), experiment.batch_size, order)

    def _prepare(self) -> None:
        """The tapes, for the settings in force."""
        network, data = self.network, self.data
        self.pending = False
        self._samples = Samples(network.as_rows(data.inputs(data.x_train), data.y_train))
        self._test_rows = network.as_rows(data.inputs(data.x_test), data.y_test)
        self.norms = GradientNorms(network)
        experiment = self.experiment
        given, clip_tape = clip(network.gradient, experiment.clip_norm, experiment.clip_value)
        optimiser = OPTIMISERS[experiment.optimiser]
        # Nothing is decided inside the step: a schedule is a call of its tape.
        follow: Tape = [] if experiment.schedule == "constant" else [(self._follow_schedule, ())]
        self._change: Tape = follow + clip_tape + update_tape(optimiser, given, self.memory, self.rates, network)
        self._set_out(len(self.batches.peek()))

    def _set_out(self, batch: int) -> None:
        """The tapes of a step with so many samples: up to the norms of its gradients, and from there to its end."""
        workspace = self._workspace = self.network.workspace(batch, "train")
        self._take, self._into, settle = self._samples.taking(workspace)
        self._tape: Tape = [*settle, *workspace.draw_tape, *workspace.tape, *self.norms.tape]
        self._update: Tape = [*self._change, *workspace.remember_tape]
        self._batch, self._read_loss, self._read_squares = batch, workspace.loss.item, self.norms.read

    # --- training ----------------------------------------------------------------------------------------------

    def step(self) -> Trace:
        """One training step; when one is pending, its end. Does nothing once stopped, and gives the last trace."""
        if self.pending:
            return self.finish()
        self._quiet.run(self._step)
        return self._last()

    def begin(self) -> Trace:
        """The step's forward pass, loss and backward pass, but not yet its update."""
        if self.pending:
            raise RuntimeError("begin: a step is pending, expected finish() first")
        self._silenced = dict(self._silencing.bit_generator.state)
        self._quiet.run(self._gradients)
        if self.pending:
            self._note()
        return self._last()

    def finish(self) -> Trace:
        """The pending step's update, with the settings in force now."""
        if not self.pending:
            raise RuntimeError("finish: no step is pending, expected begin() first")
        self._last().keep()
        self._trace = None
        self._quiet.run(self._apply)
        return self._last()

    def run(self, steps: int) -> int:
        """Up to so many steps, fewer when the run stops; how many were made."""
        before = self.steps
        if self.pending and steps:
            self.finish()
            steps -= 1
        self._quiet.run(self._steps, steps)
        return self.steps - before

    def _steps(self, count: int) -> None:
        for _ in range(count):
            self._step()
            if self.stopped is not None:
                return

    def _step(self) -> None:
        self._gradients()
        if self.pending:
            self._apply()

    def _gradients(self) -> None:
        """Forward, loss, backward; `pending` afterwards, unless the run has stopped or diverges here.

        What stands here and in `_apply` counts on small networks: no call more than needed.
        """
        if self.stopped is not None:
            return
        trace = self._trace
        if trace is not None:
            self._trace = None
            if getrefcount(trace) > UNHELD:  # somebody else has it
                trace.keep()
        indices = self.batches.peek()
        if len(indices) != self._batch:
            self._set_out(len(indices))
        self._take(indices, *self._into)
        for function, arguments in self._tape:
            function(*arguments)
        self.loss = loss = self._read_loss()
        self._squares = squares = self._read_squares()
        self.pending = True
        bound = squares.pop()
        for square in squares:
            if square < LOW:
                break
        else:
            if loss + bound < HIGH:  # false for NaN as well
                return
        self._look_closer()

    def _look_closer(self) -> None:
        """Norms beyond float32's range are taken again; what is no number at all ends the run."""
        self._squares = self.norms.closer()
        if not math.isfinite(self.loss + sum(self._squares)) or not np.isfinite(self.network.gradient).all():
            self._diverge()

    def _diverge(self) -> None:
        self.pending = False
        self._note()
        self._last().keep()
        rate = self.rates.values["learning_rate"]
        self.stopped = find_divergence(self.network, self._workspace, self.steps + 1, rate)

    def _apply(self) -> None:
        """Update the parameters, write the step down, go on to the next batch."""
        for function, arguments in self._update:
            function(*arguments)
        self.pending = False
        self.steps = step = self.steps + 1
        loss, squares = self.loss, self._squares
        self.history.add(step, loss, squares)
        self._moment = loss, squares, step, self.epoch + 1, self.rates.values["learning_rate"], True
        self._epoch_loss += loss * self._batch
        if self.batches.advance():
            self._end_epoch()
        if not step % EVERY:
            self._keep_state()

    @property
    def rate(self) -> float:
        """The learning rate of the next update: the base rate, as the schedule has it at this moment."""
        experiment = self.experiment
        epochs = self.epoch + self.batches.cursor / self.batches.samples
        schedule = SCHEDULES[experiment.schedule]
        factor = schedule.factor(epochs, experiment.schedule_epochs, experiment.schedule_decay)
        return experiment.learning_rate * factor * self.plateau.factor

    def _follow_schedule(self) -> None:
        self.rates.use(self.rate)

    def _end_epoch(self) -> None:
        experiment = self.experiment
        self.epoch += 1
        mean, self._epoch_loss = self._epoch_loss / self.batches.samples, 0.0
        if experiment.schedule == "plateau":
            self.plateau.tell(mean, experiment.schedule_epochs, experiment.schedule_decay)
        watched = mean
        if experiment.stop_watch == "test" and experiment.stop_patience is not None:
            watched = evaluate(self.network, self._test_rows, self.data.labels_test, False)[0]
        self.stopped = self.stopping.check(experiment, self.epoch, self.steps, mean, watched)

    def _note(self) -> None:
        """What a trace of this moment, before the update, would say, should anybody ask for one."""
        rate = self.rates.values["learning_rate"]
        self._moment = self.loss, self._squares, self.steps + 1, self.epoch + 1, rate, False
        self._trace = None

    @property
    def trace(self) -> Trace | None:
        """The last step's, made when somebody asks; None before the first."""
        return None if self._moment is None else self._last()

    @property
    def live(self) -> Trace | None:
        """The same, not copied: true only until the next step begins."""
        if self._moment is None or (self._trace is not None and self._trace.kept):
            return self.trace
        return LiveTrace(self.network, self._workspace, self._moment)

    def _last(self) -> Trace:
        trace = self._trace
        if trace is None:
            if self._moment is None:
                raise RuntimeError("the run was stopped before its first step: reset() or resume() it")
            self._trace = trace = Trace(self.network, self._workspace, self._moment)
        return trace
