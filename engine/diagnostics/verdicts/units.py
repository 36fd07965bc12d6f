"""What the units of a layer do: the same as each other, nothing at all, or always the same."""

from collections.abc import Iterator

from ...experiment import Experiment
from ..words import number
from .cures import fitting_start, normalisation, rate
from .diagnosis import Remedy, Sight, Verdict
from .glance import Glance

#: The share of a layer's units beyond which, dead or saturated, they make the layer so.
MOST_OF_A_LAYER = 2 / 3


class Symmetric(Verdict):
    """Units that are copies of each other, and stay so."""

    kind, severity = "symmetric", "critical"
    why = "Units with the same weights in and out get the same gradient: they stay copies of each other for ever."

    def look(self, glance: Glance) -> Sight | None:
        """The first hidden layer all of whose units have the same weights in and out."""
        weights = glance.network.weights
        for layer in range(1, len(weights) - 1):
            into, out = weights[layer], weights[layer + 1]
            if into.shape[1] < 2 or into[0, 0] != into[0, 1] or out[0, 0] != out[1, 0]:
                continue
            if (into == into[:, :1]).all() and (out == out[:1]).all():
                units = into.shape[1]
                return Sight(f"All {units} units of layer {layer} have the same weights: they count as one.", layer)
        return None

    def remedies(self, experiment: Experiment) -> Iterator[Remedy]:
        """Chance breaks the symmetry."""
        yield fitting_start(experiment)
        yield Remedy("orthogonal weights", {"initialiser": "orthogonal", "weights": None})


class Dead(Verdict):
    """A layer most of whose units let no error through, for any sample of the batch."""

    kind, severity = "dead", "warning"
    why = "Where a unit's slope is 0 for every sample no error gets through: its weights never change again."

    def look(self, glance: Glance) -> Sight | None:
        """The first such layer."""
        for layer, (_, dead) in glance.flat_units.items():
            of = glance.network.sizes[layer]
            if dead > MOST_OF_A_LAYER * of:
                relu = glance.network.activations[layer - 1] == "relu"
                named = "ReLU units are silent" if relu else "units are flat"
                return Sight(f"Layer {layer}: {dead} of {of} {named} on the whole batch: no gradient.", layer)
        return None

    def remedies(self, experiment: Experiment) -> Iterator[Remedy]:
        """He et al. 2015; Maas et al. 2013; smaller steps, before it happens."""
        yield fitting_start(experiment)
        yield Remedy("leaky ReLU", {"activation": "leaky_relu"})
        yield rate(experiment, 1 / 3)


class Saturated(Verdict):
    """A layer most of whose units are far out, where the activation is flat, before much has been learned.

    Once it has, that is no disease: a unit that is sure of itself is far out.
    """

    kind, severity = "saturated", "warning"
    why = "Far out an activation is flat: its slope is almost 0, and so is every error that passes through it."

    def look(self, glance: Glance) -> Sight | None:
        """The first such layer."""
        for layer, (saturated, _) in glance.flat_units.items():
            of = glance.network.sizes[layer]
            if saturated > MOST_OF_A_LAYER * of and glance.much_left:
                slope = number(float(glance.mean_slopes[layer - 1].mean()))
                return Sight(
                    f"Layer {layer}: {saturated} of {of} units are saturated: their mean slope is {slope}.", layer
                )
        return None

    def remedies(self, experiment: Experiment) -> Iterator[Remedy]:
        """Smaller weights, or sums that are brought back to where slopes are."""
        yield fitting_start(experiment)
        yield normalisation()
        yield rate(experiment, 1 / 3)
