"""What happened before a run diverged: its last steps once more, layer by layer, and the chain that they make."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..step.quiet import quiet_context
from ..step.trace import Trace
from ..tape import Array
from ..training.trainer import Trainer
from .finding import Finding, norm
from .patience import Meter, Pauses, completed
from .verdicts.glance import shares
from .words import number, superscript

#: Steps that are looked at, the one that ended the run among them.
LAST = 12
#: What has grown by this factor since the strip began is a link of the chain, and so is what is no finite number.
GROWN = 100.0
#: Links that are told; the first and the last are always among them.
MOST_LINKS = 6
#: In the order of computation within a step: forward, then backward.
SYMBOLS = {"weights": "‖W{}‖", "z": "max|z{}|", "delta": "‖δ{}‖", "gradient": "‖∂L/∂W{}‖"}


@dataclass(frozen=True)
class Link(Finding):
    """At this step the quantity of the layer was a hundred times what it was when the strip began, or no number.

    Where nothing was before the last step, the first and the last finite value of what grew most.
    """

    step: int
    layer: int
    quantity: str
    value: float


@dataclass(frozen=True)
class Autopsy(Finding):
    """Why a run diverged.

    step, layer, quantity   where the first number that was none was met, as the trainer says
    last_finite             the last step that was made, with finite numbers throughout; 0: the very first one failed
    steps (n,)              the last steps, at most 12, up to the one that failed
    losses (n,); weights, z, delta, gradient (n, L)   of each: the batch loss, and of each layer ‖W‖, max|z|, ‖δ‖,
                            ‖∂L/∂W‖ before its update, as the arrays are: not finite where they overflowed
    links, chain            how it went, in order, and the same in words
    """

    step: int
    layer: int | None
    quantity: str | None
    last_finite: int
    steps: Array
    losses: Array
    weights: Array
    z: Array
    delta: Array
    gradient: Array
    links: tuple[Link, ...]
    chain: str


def autopsy(trainer: Trainer) -> Autopsy | None:
    """Look into a run that has diverged; None for any other.

    The last steps are made once more, to the bit, by a copy that starts from a state that was kept, and takes over
    every later one as well: settings that were changed on the way count from where they did. When no state is old
    enough the strip is shorter.
    """
    return completed(autopsy_with_pauses(trainer))


def autopsy_with_pauses(trainer: Trainer) -> Pauses[Autopsy | None]:
    """The same, with pauses."""
    stopped = trainer.stopped
    if stopped is None or stopped.kind != "diverged":
        return None
    first = max(1, stopped.step - LAST + 1)
    moments = yield from replayed(trainer, first, stopped.step)
    steps = np.array([moment.step for moment in moments])
    losses = np.array([moment.loss for moment in moments])
    strip = {name: np.array([moment.strip[name] for moment in moments]) for name in SYMBOLS}
    links = links_of(steps, strip)
    return Autopsy(
        stopped.step, stopped.layer, stopped.quantity, stopped.step - 1, steps, losses, **strip, links=links,
        chain=in_words(links, stopped.sentence),
    )  # fmt: skip


class Moment(NamedTuple):
    """What is told of a step: for each quantity a number of each layer."""

    step: int
    loss: float
    strip: dict[str, Array]


def moment_of(trainer: Trainer, trace: Trace) -> Moment:
    """Of a step that has just been made."""
    strip = {
        "weights": np.array(trace.weight_norms),
        "z": np.array([largest(z) for z in trace.z[1:]]),
        "delta": np.array([norm(delta) for delta in trace.delta[1:]]),
        "gradient": np.array([norm(part[:-1]) for part in weights_of(trainer, trace)]),
    }
    return Moment(trace.step, trace.loss, strip)


def replayed(trainer: Trainer, first: int, last: int) -> Pauses[list[Moment]]:
    """Steps first..last of a run, or as many as can be made again."""
    timeline, meter, quiet = trainer.timeline.copy(), Meter(), quiet_context()
    start = timeline.before(first - 1) or timeline.states[0]
    copy, moments = Trainer.from_state(start), []
    work = 3 * copy.network.theta.size * copy.experiment.batch_size
    while copy.steps < last and not copy.stopped_by_divergence:
        kept = timeline.at(copy.steps)
        if kept is not None and kept is not start:
            copy = Trainer.from_state(kept)
        copy.resume()
        trace = quiet.run(copy.step)
        if trace.step >= first:
            moments.append(quiet.run(moment_of, trainer, trace))
        if meter.due(work):
            yield
    return moments


def weights_of(trainer: Trainer, trace: Trace) -> list[Array]:
    """∂L/∂θ of each layer, the bias as its last row."""
    return trainer.network.views(trace.gradient)[1:]


def largest(z: Array) -> float:
    """max|z|; NaN where one is."""
    return float(np.abs(z.astype(np.float64)).max())


def links_of(steps: Array, strip: dict[str, Array]) -> tuple[Link, ...]:
    """For every quantity of every layer the step at which it first stood out, in the order of computation."""
    found = []
    for place, (quantity, values) in enumerate(strip.items()):
        before = np.abs(values[0])
        with np.errstate(all="ignore"):
            grown = ~(np.abs(values) <= GROWN * np.maximum(before, np.finfo(np.float64).tiny))
        for layer in range(values.shape[1]):
            at = np.flatnonzero(grown[:, layer])
            if len(at):
                order = layer if place < 2 else values.shape[1] - layer
                step = int(at[0])
                found.append((step, place >= 2, order, place, Link(int(steps[step]), layer + 1, quantity,
                                                                   float(values[step, layer]))))  # fmt: skip
    found.sort(key=lambda row: row[:4])
    links = tuple(row[4] for row in found)
    return links if links and links[0].step < steps[-1] else (*steadiest(steps, strip), *links)


def steadiest(steps: Array, strip: dict[str, Array]) -> tuple[Link, ...]:
    """The two ends of what grew most over the steps before the last one; nothing where there are no two."""
    if len(steps) < 3:
        return ()
    growth = {name: shares(values[-2], values[0]) for name, values in strip.items()}
    quantity = max(growth, key=lambda name: float(growth[name].max()))
    layer = int(growth[quantity].argmax())
    return tuple(
        Link(int(steps[at]), layer + 1, quantity, float(strip[quantity][at, layer])) for at in (0, len(steps) - 2)
    )


def in_words(links: tuple[Link, ...], sentence: str) -> str:
    """The first link of each step, joined by arrows, and how it ended."""
    firsts: dict[int, Link] = {}
    for link in links:
        firsts.setdefault(link.step, link)
    told = list(firsts.values())
    if len(told) > MOST_LINKS:
        told = [*told[: MOST_LINKS - 1], told[-1]]
    parts = [
        f"step {link.step}: {SYMBOLS[link.quantity].format(superscript(link.layer))} {number(link.value)}"
        for link in told
    ]
    return " → ".join([*parts, sentence])
