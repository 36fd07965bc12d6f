"""The loop of training: for every batch forward, loss, backward, update.

`Loop` builds a run from its experiment and trains it; `trainer.Trainer` adds what a person does to it.
"""

import math
from collections.abc import Callable, Generator
from functools import partial
from sys import getrefcount
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from ..datasets import Data, load
from ..experiment import Experiment
from ..optimisers import OPTIMISERS, Rates
from ..schedules import SCHEDULES, PlateauWatch
from ..step.clipping import clip
from ..step.network import Network
from ..step.norms import HIGH, LOW, exact_sums
from ..step.prepared import Prepared, prepare
from ..step.quiet import quiet_context
from ..step.samples import Samples
from ..step.summary import BOUND, LOSS, SQUARES
from ..step.trace import UNHELD, LiveTrace, Trace
from ..step.update import update_tape
from ..tape import Tape
from ..tape.memory import aligned
from .batches import Batches
from .divergence import find_divergence
from .history import ALL, History
from .metrics import evaluate
from .stopping import Stop, Stopping
from .timeline import EVERY, Timeline

#: What the loop is asked for: True, to halt before the update; else a whole step, or the rest of one.
StepGenerator = Generator[Trace | None, bool | None, None]


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
        self.rates.set(experiment.knobs)
        self.memory = aligned((OPTIMISERS[experiment.optimiser].slots, self.network.theta.size), self.dtype)
        self.steps, self.epoch, self._epoch_loss = 0, 0, 0.0
        self.stopping, self.stopped = Stopping(), None
        self.plateau = PlateauWatch()
        self.timeline = Timeline()
        self._trace: Trace | None = None
        self.history = History(len(self.network.sizes) - 1, self.dtype)
        self._load()
        self._prepare()
        self._keep_state()

    def _build(self, rng: np.random.Generator | None = None, dtype: npt.DTypeLike | None = None) -> Network:
        """The network; without a generator its parameters are 0, for others to be put in their place."""
        experiment, drawn = self.experiment, rng is not None
        network = Network(
            experiment.layer_sizes, experiment.activations, experiment.loss, rng or self._silencing,
            dtype or self.dtype, experiment.initialiser if drawn else "zeros",
            experiment.gain, experiment.init_size, experiment.weights if drawn else None,
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
            experiment.source, rng, experiment.samples, experiment.noise, experiment.test_share,
            self.network.sizes[-1],
            experiment.features, experiment.balance, experiment.standardise,
        )  # fmt: skip
        order = np.random.default_rng(self._seeds[2])
        self.batches = Batches(len(self.data.x_train), experiment.batch_size, order)

    def _prepare(self) -> None:
        """The tapes, for the settings in force."""
        network, data = self.network, self.data
        self._samples = Samples(network.as_rows(data.inputs(data.x_train), data.y_train))
        self._test_rows = network.as_rows(data.inputs(data.x_test), data.y_test)
        experiment, optimiser = self.experiment, OPTIMISERS[self.experiment.optimiser]
        given, clip_tape = clip(network.gradient, experiment.clip_norm, experiment.clip_value)
        # Nothing is decided inside the step: a schedule is a call of its tape.
        follow: Tape = [] if experiment.schedule == "constant" else [(self._follow_schedule, ())]
        self._change: Tape = follow + clip_tape + update_tape(optimiser, given, self.memory, self.rates, network)
        self._prepared: dict[int, Prepared] = {}
        self._for_batches_of(len(self.batches.due))
        self._set_out()

    def _set_out(self) -> None:
        """From here on: a half made step is let go."""
        self.pending = False
        self._generator = self._training()
        next(self._generator)
        self._step: Callable[[], Trace | None] = partial(self._quiet.run, self._generator.__next__)

    def _for_batches_of(self, size: int) -> Prepared:
        """What a step with so many samples plays; its workspace becomes the one at hand."""
        prepared = self._prepared.get(size)
        if prepared is None:
            prepared = self._prepared[size] = prepare(self.network, self._samples, self._change, size)
        self._workspace = prepared.workspace
        return prepared

    # --- training ----------------------------------------------------------------------------------------------

    def step(self) -> Trace:
        """One training step; when one is pending, its end. Does nothing once stopped, and gives the last trace."""
        try:
            trace = self._step()
        except BaseException:
            self._interrupted()
            raise
        return trace or self._nothing()

    def begin(self) -> Trace:
        """The step's forward pass, loss and backward pass, but not yet its update."""
        if self.pending:
            raise RuntimeError("begin: a step is pending, expected finish() first")
        self._silenced = dict(self._silencing.bit_generator.state)
        try:
            trace = self._quiet.run(self._generator.send, True)
        except BaseException:
            self._interrupted()
            raise
        return trace or self._nothing()

    def finish(self) -> Trace:
        """The pending step's update, with the settings in force now."""
        if not self.pending:
            raise RuntimeError("finish: no step is pending, expected begin() first")
        return self.step()

    def run(self, steps: int) -> int:
        """Up to so many steps, fewer when the run stops; how many were made."""
        before = self.steps
        try:
            self._quiet.run(self._steps, steps)
        except BaseException:
            self._interrupted()
            raise
        return self.steps - before

    def end(self, stop: Stop) -> None:
        """Stop here; a half made step is let go."""
        self.stopped = stop
        self._set_out()

    def _steps(self, count: int) -> None:
        step = self._generator.__next__
        for _ in range(count):
            step()
            if self.stopped is not None:
                return

    def _interrupted(self) -> None:
        """Something was raised in the midst of a step, which has ended the loop: it can begin again."""
        self._trace = None
        self.history.replace(self.history.since(-1, ALL), self.steps)
        self._set_out()

    def _nothing(self) -> NoReturn:
        raise RuntimeError("the run was stopped before its first step: reset() or resume() it")

    def _training(self) -> StepGenerator:
        """The loop: for every batch forward, loss, backward, update. It makes a step each time it is asked to go on.

        As a generator it has at hand, in local names, what every step needs: that is a twentieth of a small one.
        """
        batches, rates, history, record = self.batches, self.rates, self.history, self.history.add
        trace, size, new_epoch = None, 0, True
        halt = yield None
        step = self.steps
        if self._trace is not None:
            self._trace.keep()
        while True:
            if new_epoch:
                while self.stopped is not None:
                    halt = yield self._trace
                epoch, losses = self.epoch + 1, self._epoch_loss
            if trace is not None and getrefcount(trace) > UNHELD:  # somebody else has it
                trace.keep()
            indices = batches.due
            if len(indices) != size:
                size, trace = len(indices), None
                workspace, take, into, gradients, read, summary, update = self._for_batches_of(size)
            if trace is None or trace.arena is not None:  # what was read from a trace stays as it is
                trace = Trace(self.network, workspace)
            take(indices, *into)
            gradients()
            numbers, step = read(), step + 1
            loss = numbers[LOSS]
            unusual = not loss + numbers[BOUND] < HIGH  # true for NaN as well
            for number in numbers:
                if number < LOW:
                    unusual = True
                    break
            if unusual and not self._finite(numbers):
                self._diverge(trace.tell((numbers, step, epoch, rates.values["learning_rate"], False)))
                new_epoch = True
                continue
            if halt:
                self._trace = trace.tell((numbers, step, epoch, rates.values["learning_rate"], False))
                self.pending = True
                yield trace
                trace.keep()
                trace, self.pending = Trace(self.network, workspace), False
            update()
            self.steps = step
            record(summary)
            if unusual:
                loss = numbers[LOSS]
                history.correct(numbers[SQUARES:])
            trace.loss, trace.moment = loss, (numbers, step, epoch, rates.values["learning_rate"], True)
            self._trace = trace
            self._epoch_loss = losses = losses + loss * size
            new_epoch = batches.advance()
            if new_epoch:
                self._end_epoch()
            if not step % EVERY:
                history.thin()
                self._keep_state()
            halt = yield trace

    def _finite(self, numbers: list[float]) -> bool:
        """Norms beyond float32's range are taken again; what is no number at all ends the run."""
        total = exact_sums(self.network, self._workspace, numbers)
        return math.isfinite(total) and bool(np.isfinite(self.network.gradient).all())

    def _diverge(self, trace: Trace) -> None:
        """The last trace is that of a step that had no update."""
        self._trace = trace
        trace.keep()
        self.stopped = find_divergence(self.network, self._workspace, trace.step, trace.learning_rate)

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

    @property
    def trace(self) -> Trace | None:
        """The last step's; None before the first."""
        return self._trace

    @property
    def live(self) -> Trace | None:
        """The same, not copied: true only until the next step begins."""
        if self._trace is None or self._trace.kept:
            return self._trace
        return LiveTrace(self.network, self._workspace).tell(self._trace.moment)

    @property
    def loss(self) -> float:
        """Of the last step's batch."""
        return (self._trace or self._nothing()).loss
