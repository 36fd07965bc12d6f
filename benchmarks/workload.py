"""What is trained in the benchmarks: shapes, data, and the same batches for every contender."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from nablascope.engine import ACTIVATIONS, DATASETS, Dataset, Experiment, Trainer
from nablascope.engine.tape import Array
from nablascope.engine.training.batches import Batches

#: Different batches that a peer goes round; the first of them are those of the engine's own first steps.
PREPARED = 100

#: Distance of the clouds' centres from the origin, in their standard deviations: they overlap, so that losses stay
#: well above 0 and contenders can be compared by them.
OVERLAP = 1.0


class Clouds(Dataset):
    """Ten clouds in a space of many dimensions, as the engine's own sets are all smaller than that."""

    label, help = "clouds", "Ten clouds of points."
    classes = tuple("0123456789")
    losses = ("softmax_cross_entropy",)

    def __init__(self, n_inputs: int) -> None:
        self.name = f"clouds{n_inputs}"
        self.n_inputs = n_inputs

    def make(self, rng: np.random.Generator, samples: int, noise: float, balance: float) -> tuple[Array, Array]:
        labels = np.arange(samples) % 10
        centres = rng.normal(size=(10, self.n_inputs)) / self.n_inputs**0.5
        return OVERLAP * centres[labels] + rng.normal(size=(samples, self.n_inputs)), labels


DATASETS |= {clouds.name: clouds for clouds in (Clouds(64), Clouds(784))}


@dataclass(frozen=True)
class Workload:
    """One network with its data, loss, batch and optimiser.

    Of `samples` four fifths are trained on: a multiple of the batch, so that no step has less to do than another.
    """

    name: str
    hidden: tuple[int, ...]
    activation: str = "tanh"
    dataset: str = "circles"
    loss: str = "binary_cross_entropy"
    batch: int = 32
    optimiser: str = "sgd"
    learning_rate: float = 0.1
    samples: int = 1280
    #: Steps in a row of one contender: some milliseconds, most of them with its data in the caches.
    block: int = 20

    @property
    def experiment(self) -> Experiment:
        """Wider layers than an Experiment, made for a stage, allows, and data of our own: both behind its checks."""
        experiment = Experiment(
            dataset="circles" if self.loss == "binary_cross_entropy" else "digits", samples=self.samples,
            test_share=0.2, activation=self.activation, loss=self.loss, optimiser=self.optimiser,
            learning_rate=self.learning_rate, batch_size=self.batch,
        )  # fmt: skip
        object.__setattr__(experiment, "dataset", self.dataset)
        object.__setattr__(experiment, "hidden", self.hidden)
        return experiment

    def trainer(self) -> Trainer:
        """At step 0; all of a workload's are the same."""
        return Trainer(self.experiment)

    @property
    def sizes(self) -> list[int]:
        return self.experiment.layer_sizes

    @property
    def layers(self) -> list[tuple[int, int]]:
        """(inputs, outputs) of every layer of weights."""
        return list(pairwise(self.sizes))


def start(workload: Workload) -> tuple[Array, Array, list[Array], list[Array], list[Array]]:
    """What a peer needs to run the same course: x, y, the row numbers of each batch, and copies of W and b."""
    trainer = workload.trainer()
    x = trainer.data.inputs(trainer.data.x_train).astype(np.float32)
    batches = Batches(len(x), workload.batch, np.random.default_rng(0))
    batches.restore(trainer.batches.state())
    rows = []
    for _ in range(PREPARED):
        rows.append(batches.due.copy())
        batches.advance()
    parameters = trainer.network.parameters
    weights, biases = (
        [parameters[f"layer{layer}.{kind}"].copy() for layer in range(1, len(workload.layers) + 1)]
        for kind in ("weight", "bias")
    )
    return x, trainer.data.y_train.astype(np.float32), rows, weights, biases


def named(letter: str, shape: str, **settings: object) -> Workload:
    """With a name that says everything."""
    workload = Workload(letter, **settings)
    loss = "BCE" if workload.loss == "binary_cross_entropy" else "softmax CE"
    optimiser = "Adam" if workload.optimiser == "adam" else "SGD"
    name = f"{letter}: {shape} {ACTIVATIONS[workload.activation].label}, {loss}, batch {workload.batch}, {optimiser}"
    return Workload(name, **settings)


LARGE = {"activation": "relu", "loss": "softmax_cross_entropy", "batch": 128, "samples": 1600}
ADAM = {"optimiser": "adam", "learning_rate": 0.001}
WORKLOADS = [
    named("W1", "2-8-8-8-1", hidden=(8,) * 3, block=100),
    named("W2", "2-[16]×10-1", hidden=(16,) * 10, activation="sigmoid", batch=64, block=40),
    named("W3", "64-128-64-10", dataset="clouds64", hidden=(128, 64), block=20, **LARGE, **ADAM),
    named("W4", "784-512-512-10", dataset="clouds784", hidden=(512, 512), block=10, **LARGE, **ADAM),
]
