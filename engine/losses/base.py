"""What a loss is, and where it works."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..activations import ACTIVATIONS
from ..tape import Array, Tape


@dataclass(frozen=True)
class End:
    """The end of the network, where a loss works. Arrays are (n_out, batch).

    seen         z when the output activation is fused, else a
    a            the activation
    y            the targets; signs: 1 − 2y, where there is one output and all targets are 0 or 1
    derivative   of the loss with respect to `seen`, to be written; value: the loss, 0-d, to be written
    kept         what `Loss.activate` left
    terms        (n_out · batch,) room for a loss of each, where the loss is their mean
    """

    seen: Array
    a: Array
    y: Array
    derivative: Array
    value: Array
    signs: Array | None = None
    kept: tuple[Array, ...] = ()
    terms: Array | None = None


class Loss:
    """What the table holds. `value` is read after the tape was played."""

    name: ClassVar[str]
    label: ClassVar[str]
    help: ClassVar[str]
    #: The output activation that this loss takes over, if any.
    fuses: ClassVar[str | None] = None
    #: The usual output activation where classes are told apart and nothing is taken over.
    usual: ClassVar[str] = "sigmoid"
    #: A single output above this is a yes, when nothing is taken over.
    threshold: ClassVar[float] = 0.5
    #: Whether `tape` can use 1 − 2y of a single output; whether its targets can be smoothed.
    reads_signs: ClassVar[bool] = False
    smooths: ClassVar[bool] = False

    def activate(self, z: Array, a: Array) -> tuple[Tape, tuple[Array, ...]]:
        """Calls that write the fused activation into a, and the arrays that they leave behind for `tape`."""
        assert self.fuses is not None, f"{self.name} takes no output activation over"
        return ACTIVATIONS[self.fuses].forward(z, a), ()

    def tape(self, end: End) -> Tape:
        """Calls that write the loss into `end.value` and ∂L/∂seen into `end.derivative`."""
        raise NotImplementedError

    def reads_activation(self, signs: Array | None) -> bool:
        """Whether `tape` reads what `activate` writes; else training leaves that to whoever reads a trace."""
        return True

    def certainty(self, a: Array) -> Array:
        """How sure outputs a (n_out, samples) that this loss has trained are of each class, 0..1.

        Of an output activation that is taken over this is a itself. Here, for distances from 0 and 1: the output is
        the estimate, cut off at both ends.
        """
        return np.clip(a, 0, 1)
