"""How the gradient flows through the layers: not at all, ever less, ever more."""

from collections.abc import Iterator

from ...activations import ACTIVATIONS
from ...experiment import Experiment
from ..words import times
from .cures import fitting_start, normalisation, rectifier, residual
from .diagnosis import Remedy, Sight, Verdict
from .glance import Glance

#: A first layer whose gradient is so many times smaller (larger) than the output layer's is worth a warning.
VANISHING, EXPLODING = 30.0, 10.0


class Stuck(Verdict):
    """No gradient at all."""

    kind, severity = "stuck", "critical"
    why = "A gradient is a product of slopes, weights and errors; here every such product has a zero in it."
    advice = "Reset with another initialiser."

    def look(self, glance: Glance) -> Sight | None:
        """All norms 0."""
        if glance.norms.max() > 0:
            return None
        return Sight("Every gradient is exactly 0: nothing can be learned from here.")

    def remedies(self, experiment: Experiment) -> Iterator[Remedy]:
        """Another start, or an activation that is never flat."""
        yield fitting_start(experiment)
        yield Remedy("leaky ReLU", {"activation": "leaky_relu"})


class Vanishing(Verdict):
    """The weakest layer against the output layer, before much has been learned.

    Once it has, the lower layers have done their work: it is no disease that the upper ones refine it.
    """

    kind, severity = "vanishing", "warning"
    why = "On its way back the error is multiplied by every layer's slope and weights; here these products shrink."

    def look(self, glance: Glance) -> Sight | None:
        """More than 30 times smaller."""
        norms, output = glance.norms, float(glance.norms[-1])
        if len(norms) < 2 or output <= 0:
            return None
        weakest = int(norms[:-1].argmin())
        if norms[weakest] * VANISHING >= output or not glance.much_left:
            return None
        if norms[weakest] == 0:
            how = "does not learn at all"
        else:
            how = f"learns {times(output / float(norms[weakest]))} slower than the output layer"
        steepest = max(ACTIVATIONS[name].steepest for name in glance.network.activations[:-1])
        factor = f" (σ′ ≤ {steepest:g})" if steepest < 1 else ""
        sentence = glance.over_steps(f"layer {weakest + 1} {how}: the gradient is vanishing{factor}.")
        why = (
            f"On its way back the error is multiplied at every layer by weights and a slope of at most {steepest:g}."
        )
        return Sight(sentence, weakest + 1, why if steepest < 1 else "")

    def remedies(self, experiment: Experiment) -> Iterator[Remedy]:
        """He et al. 2015; He et al. 2016; Ioffe and Szegedy 2015."""
        yield rectifier()
        yield from residual(experiment)
        yield normalisation()
        yield fitting_start(experiment)


class Exploding(Verdict):
    """The strongest layer against the output layer, before much has been learned: then all gradients are small."""

    kind, severity = "exploding", "warning"
    why = (
        "On its way back the error is multiplied by every layer's weights; here they are so large that products grow."
    )

    def look(self, glance: Glance) -> Sight | None:
        """More than ten times larger."""
        norms, output = glance.norms, float(glance.norms[-1])
        if len(norms) < 2 or output <= 0:
            return None
        strongest = int(norms[:-1].argmax())
        if norms[strongest] <= EXPLODING * output or not glance.much_left:
            return None
        ratio = times(float(norms[strongest]) / output)
        what = f"the gradient of layer {strongest + 1} is {ratio} that of the output layer: it is exploding."
        return Sight(glance.over_steps(what), strongest + 1)

    def remedies(self, experiment: Experiment) -> Iterator[Remedy]:
        """Glorot and Bengio 2010; Pascanu et al. 2013; Ioffe and Szegedy 2015."""
        yield fitting_start(experiment)
        yield Remedy("clipping the gradient's norm at 1", {"clip_norm": 1.0})
        yield normalisation()
