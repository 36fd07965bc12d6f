"""A whole step on batches of one size, prepared."""

from collections.abc import Callable
from typing import Any, NamedTuple

from ..tape import Tape, straight
from .network import Network
from .norms import norms_tape
from .samples import Samples
from .workspace import Workspace


class Prepared(NamedTuple):
    """What is called, in this order: take(indices, *into), gradients, read, update.

    `read` gives the numbers that sum the step up: the loss, what bounds the squares of the gradient norms, and they.
    `summary` are their bytes.
    """

    workspace: Workspace
    take: Callable[..., Any]
    into: tuple[Any, ...]
    gradients: Callable[[], None]
    read: Callable[[], list[float]]
    summary: memoryview
    update: Callable[[], None]


def prepare(network: Network, samples: Samples, change: Tape, size: int) -> Prepared:
    """For so many samples; `change` updates the parameters."""
    workspace = network.workspace(size, "train")
    take, into, settle = samples.taking(workspace)
    steps = [call for call in workspace.tape if call is not workspace.mean]
    tape = [*settle, *workspace.draw_tape, *steps, *norms_tape(network, workspace)]
    update = [*change, *workspace.remember_tape]
    summary = workspace.summary
    return Prepared(workspace, take, into, straight(tape), summary.tolist, summary.data.cast("B"), straight(update))
