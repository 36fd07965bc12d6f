"""The tapes of one network at one batch size: forward, loss, backward, as the textbook has them.

z = θᵀ h            the weighted sums of the layer before's output h, bias included
n = norm(z)         where the layer is normalised, else z
a = σ(n)
h = mask ⊙ a + h'   what the layer passes on: a, unless dropout or a residual connection (h' is its input) say else

error = ∂L/∂h = W δ (of the layer after, + its error where it is skipped)
δ = ∂L/∂z = error ⊙ mask ⊙ σ′(n), through the normalisation where there is one
∂L/∂θ = h δᵀ
"""

import numpy as np

from ..activations import ACTIVATIONS
from ..losses import LOSSES, End
from ..normalisations import NORMALISATIONS, Site
from ..tape import Array, Tape, constant, copy, play
from ..tape.memory import like
from .arena import BACKWARD, QUANTITIES, Arena
from .dropout import draw
from .groups import groups
from .layers import Layers
from .minus import Minus
from .products import gradient_product, gradients_together, product
from .summary import LOSS, SQUARES, summands


class Workspace:
    """Prepared for `batch` samples: put rows into `rows`, then play the tapes.

    Layer l = 1..L has z[l], a[l], h[l], slope[l], error[l], delta[l], each (units, batch); a[0], h[0] are the input.
    h is a where nothing stands between. Where the loss has taken the output activation over, slope[L] is 1 and
    delta[L] is ∂L/∂z. `loss` is 0-d and has the penalty in it. It is the first number of `summary`, whose others
    are free for what else sums a step up (see `norms`): one call then reads everything.

    Attributes:
        training    False: nothing is dropped or smoothed, running statistics stand for the batch's
        minus       for a training step (`lean`), the layers whose z has the other sign until `settle`
        mean        the call that makes the loss of its `terms`, for whoever sums these up otherwise (see `norms`)
        draw_tape   silences other units; before each training step
        remember_tape   keeps running statistics; after each training step
        late_tape   writes what no training step reads, before somebody reads its trace
    """

    def __init__(self, network: Layers, batch: int, training: bool, soft: bool, lean: bool = False) -> None:
        self.network, self.batch, self.training = network, batch, training
        masked = training and network.dropout > 0
        apart = masked or network.residual
        normalised = network.normalisation != "none"
        more = [name for name, wanted in (("normed", normalised), ("h", apart), ("mask", masked)) if wanted]
        self.arena = Arena(network.sizes, batch, network.rows_width, network.dtype, [*QUANTITIES, *more])
        arena, self.rows, self.columns = self.arena, self.arena.rows, self.arena.columns
        passed = "h" if apart else "a"
        self.columns[network.sizes[0]] = 1
        arena.blocks[passed][[end - 1 for _, end in arena.spans]] = 1
        self.z, self.a, self.slope = arena.views("z"), arena.views("a"), arena.views("slope")
        self.error, self.delta = arena.views("error"), arena.views("delta")
        self.h = arena.views(passed)
        self.normed = arena.views("normed") if normalised else self.z
        self.masks = arena.views("mask") if masked else None
        self.summary = np.zeros(SQUARES + len(network.sizes) - 1, network.dtype)
        self.loss = self.summary[LOSS, ...]
        self.summands, self.terms = summands(network, network.sizes[-1] * batch)
        self.draw_tape: Tape = []
        self.remember_tape: Tape = []
        self.last = len(network.sizes) - 1
        if masked:
            mask = arena.blocks["mask"]
            self.draw_tape = draw(mask, network.dropout, network.rng)
            # Until a trainer draws: some mask, at no cost to the trainer's generator, so that runs can be repeated.
            play(draw(mask, network.dropout, np.random.default_rng(0)))
        block = arena.blocks[passed]
        self._inputs = [self.columns[: network.sizes[0] + 1], *(block[start:end] for start, end in arena.spans)]
        self.minus = Minus(network, arena, lean)
        self._norm_backward: dict[int, Tape] = {}
        self._arriving = dict.fromkeys(range(1, self.last + 1), np.zeros(0))
        self._kept: tuple[Array, ...] = ()
        self.late_tape: Tape = []
        self.forward_parts = [self._forward(layer) for layer in range(1, self.last + 1)]
        self.loss_tape = self._loss(soft)
        self.slope_tape = self._slopes()
        self._together = self._gradients_together(passed)
        self.backward_parts = [self._backward(layer) for layer in range(self.last, 0, -1)]
        self.backward_parts += self._together.values()
        self.forward_tape: Tape = [*self.minus.tape, *(call for part in self.forward_parts for call in part)]
        self.backward_tape: Tape = [*self.slope_tape, *(call for part in self.backward_parts for call in part)]
        penalty = network.penalty.tape
        add_penalty: Tape = [(np.add, (self.loss, network.penalty.value, self.loss))] if penalty else []
        # Where there is room for terms, and no penalty is added.
        means = [call for call in self.loss_tape if getattr(call[0], "__self__", None) is self.terms]
        self.mean = means[0] if means and not penalty else None
        self.measure_tape: Tape = [*self.forward_tape, *self.loss_tape, *network.penalty.value_tape, *add_penalty]
        needed = self.forward_tape[: len(self.forward_tape) - len(self.late_tape)]
        self.tape: Tape = [*needed, *self.loss_tape, *self.backward_tape, *penalty, *add_penalty]

    def _forward(self, layer: int) -> Tape:
        network, z, a = self.network, self.z[layer], self.a[layer]
        theta, turned = self.minus.thetas.get(layer, network.thetas[layer]), layer in self.minus.thetas
        tape = product(theta.T, self._inputs[layer - 1], z)
        if network.normalised(layer):
            tape += self._normalise(layer)
        before = self.normed[layer] if network.normalised(layer) else z
        if layer == self.last and network.fused:
            self.late_tape, self._kept = LOSSES[network.loss].activate(z, a)
            return tape + self.late_tape
        activation = ACTIVATIONS[network.activations[layer - 1]]
        tape += activation.forward_from_minus(z, a) if turned else activation.forward(before, a)
        apart = "h" in self.arena.blocks and layer < self.last
        return tape + self._pass_on(layer) if apart else tape

    def _pass_on(self, layer: int) -> Tape:
        """h from a, where they are not the same."""
        a, h = self.a[layer], self.h[layer]
        skips = self.network.skips(layer)
        if self.masks is not None:
            kept: Tape = [(np.multiply, (a, self.masks[layer], h))]
            return [*kept, (np.add, (h, self.h[layer - 1], h))] if skips else kept
        return [(np.add, (a, self.h[layer - 1], h))] if skips else [copy(h, a)]

    def _normalise(self, layer: int) -> Tape:
        network = self.network
        self._arriving[layer] = like(self.z[layer])
        site = Site(
            self.z[layer], self.normed[layer], self._arriving[layer], self.delta[layer],
            network.norm_views(network.theta)[layer], network.norm_views(network.gradient)[layer],
            network.statistics_of(layer),
        )  # fmt: skip
        tapes = NORMALISATIONS[network.normalisation].tapes(site, self.training)
        self._norm_backward[layer] = tapes.backward
        self.remember_tape += tapes.remember
        return tapes.forward

    def _loss(self, soft: bool) -> Tape:
        network, last = self.network, self.last
        loss, dtype, n_out = LOSSES[network.loss], network.dtype, network.sizes[-1]
        start = network.sizes[0] + 1
        y, prepare = self.columns[start : start + n_out], Tape()
        smoothing = network.label_smoothing if self.training and loss.smooths else 0.0
        if smoothing:
            answers, smoothed = n_out if loss.fuses == "softmax" else 2, like(y)
            certain, indifferent = constant(1 - smoothing, dtype), constant(smoothing / answers, dtype)
            prepare = [(np.multiply, (y, certain, smoothed)), (np.add, (smoothed, indifferent, smoothed))]
            y = smoothed
        signs = None
        if network.rows_width > start + n_out and not soft and not smoothing:
            signs = self.columns[start + n_out :]
        if loss.reads_activation(signs):
            self.late_tape = []
        seen = self.z[last] if network.fused else self.a[last]
        derivative = self.delta[last] if network.fused else self.error[last]
        terms = self.terms if len(self.terms) else None
        return prepare + loss.tape(End(seen, self.a[last], y, derivative, self.loss, signs, self._kept, terms))

    def _slopes(self) -> Tape:
        """σ′ of neighbouring layers with the same activation in one call over their shared buffer."""
        network, tape = self.network, Tape()
        end = self.last if network.fused else self.last + 1
        if network.fused:
            self.slope[self.last][...] = 1
        kinds = [(network.activations[layer - 1], network.normalised(layer)) for layer in range(1, end)]
        for layers in groups(kinds):
            activation, normalised = kinds[layers.start - 1]
            names = ("normed" if normalised else "z", "a", "slope")
            before, a, slope = (self.arena.flat(name, layers) for name in names)
            tape += ACTIVATIONS[activation].slope(before, a, slope)
        return tape

    def _backward(self, layer: int) -> Tape:
        network, error, tape = self.network, self.error[layer], Tape()
        if layer < self.last:
            tape += product(network.weights[layer + 1], self.delta[layer + 1], error)
            if network.skips(layer + 1):
                tape.append((np.add, (error, self.error[layer + 1], error)))
        if layer < self.last or not network.fused:
            arriving = self._arriving[layer] if layer in self._norm_backward else self.delta[layer]
            if self.masks is not None and layer < self.last:
                tape.append((np.multiply, (error, self.masks[layer], arriving)))
                error = arriving
            tape.append((np.multiply, (error, self.slope[layer], arriving)))
            tape += self._norm_backward.get(layer, [])
        if any(layer in layers for layers in self._together):
            return tape
        return tape + gradient_product(self._inputs[layer - 1], self.delta[layer], network.gradients[layer])

    def _gradients_together(self, passed: str) -> dict[range, Tape]:
        """∂L/∂θ of neighbouring layers of one shape, where one call makes all of them, once their δ are there."""
        network, arena, found = self.network, self.arena, {}
        kinds = [(network.thetas[layer].shape, network.normalised(layer)) for layer in range(2, self.last + 1)]
        for layers in groups(kinds, 2):
            h = arena.stacked(passed, range(layers.start - 1, layers.stop - 1))
            delta, gradients = arena.stacked("delta", layers)[:, :-1], network.stacked(network.gradient, layers)
            tape = gradients_together(h, delta, gradients)
            if tape:
                found[layers] = tape
        return found

    @property
    def nbytes(self) -> int:
        """Bytes of what it writes: where nothing is trained, all of the backward pass is never touched."""
        size, used = self.arena.memory.nbytes, len(self.arena.quantities)
        if not self.training:
            size = size * (used - len(BACKWARD)) // used
        return size + sum((3 if self.training else 1) * array.nbytes for array in self._arriving.values())

    def settle(self) -> None:
        """Write what no training step reads, before somebody reads it."""
        play(self.late_tape)
        self.minus.late.settle()

    def forward(self) -> Array:
        """Play the forward pass; the output's activation (n_out, batch), a view."""
        play(self.forward_tape)
        return self.a[-1]
