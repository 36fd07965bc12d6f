"""What an activation is: a name, a sentence for students, and two tapes."""

from typing import ClassVar

from ..tape import Array, Tape


class Activation:
    """What the table holds. Its calls work on arrays of any one shape, element by element.

    `slope` gets flat arrays that may span several layers. Where z is NaN, a is; where z is infinite, a is the
    limit, or NaN where the formula gives none.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    help: ClassVar[str]
    #: The value that is neither positive nor negative evidence, and how far the function swings around it
    #: (None: unbounded). Heat maps are centred and scaled by these.
    centre: ClassVar[float] = 0.0
    swing: ClassVar[float | None] = None
    #: The largest slope, by which an error can be multiplied on its way back through one unit.
    steepest: ClassVar[float] = 1.0
    #: What initialisers scale weights by for layers of this activation: PyTorch's calculate_gain where that
    #: knows one, else 1/√E[σ(z)²] for z ~ N(0, 1) (by numeric integration), which keeps the mean square of
    #: signals from layer to layer; for ReLU that is √2 as well.
    gain: ClassVar[float] = 1.0
    #: Whether a hidden layer may have it.
    hidden: ClassVar[bool] = True
    #: Whether `forward` begins by turning z's sign, and `forward_from_minus` goes on from there (see `step.minus`).
    turns: ClassVar[bool] = False

    def forward(self, z: Array, a: Array) -> Tape:
        """Calls that write σ(z) into a."""
        raise NotImplementedError

    def forward_from_minus(self, minus: Array, a: Array) -> Tape:
        """The same, given −z; `slope` then does without z."""
        raise NotImplementedError

    def slope(self, z: Array, a: Array, slope: Array) -> Tape:
        """Calls that write σ′(z) into slope, given z and a = σ(z)."""
        raise NotImplementedError
