"""The floor: only the matrix products of a step, as bound calls into arrays made beforehand, as the engine's are."""

from nablascope.engine.tape import Array, Tape, play
from nablascope.engine.tape.memory import fresh
from rounds import Contender
from workload import Workload


def products(workload: Workload) -> Contender:
    """Forward, back through the weights, gradients; the bias is a row of the weights, as in the engine."""
    sizes, batch = workload.sizes, workload.batch
    tape: Tape = []
    h = [filled(n + 1, batch) for n in sizes]
    for layer, (n_in, n_out) in enumerate(workload.layers):
        theta, delta = filled(n_in + 1, n_out), filled(n_out, batch)
        tape.append((theta.T.dot, (h[layer], filled(n_out, batch))))
        tape.append((h[layer].dot, (delta.T, filled(n_in + 1, n_out))))
        if layer:
            tape.append((theta[:-1].dot, (delta, filled(n_in, batch))))

    def run(n: int) -> None:
        for _ in range(n):
            play(tape)

    return Contender(run)


def filled(*shape: int) -> Array:
    return fresh(shape, "float32", 0.5)
