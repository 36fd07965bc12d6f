"""Frames and descriptions of a trainer: what a room sends down, made from the engine's own numbers."""

import math
from typing import Any

import numpy as np

from ...engine import Metrics, Trace, Trainer
from ...engine.diagnostics import belief, input_maps, neuron_responses
from ...engine.training.history import History
from ..wire.protocol import (
    AFTER,
    Array,
    Header,
    Pulse,
    encode_belief,
    encode_history,
    encode_parameters,
    encode_pulse,
    encode_response,
)
from .input_names import names_of, table_of
from .rewind import Future

RESPONSE_CELLS, BELIEF_CELLS = 10, 48
#: Neurons of a layer that get a heat map; longer layers end in an ellipsis on the screen.
MAPPED_UNITS = 16
RECORDS_AT_MOST = 2000
#: Bytes that a pulse may have, as far as its records decide: 26 a second are 70 KB/s.
PULSE_BYTES = 2690
UNMEASURED = Metrics(math.nan, math.nan, math.nan, math.nan)


def describe_run(trainer: Trainer) -> dict[str, Any]:
    """What a browser must know to read this run's frames."""
    dataset, sizes = trainer.data.dataset, trainer.network.sizes
    kind = trainer.data.space
    cells, belief_cells = RESPONSE_CELLS, BELIEF_CELLS
    shapes = {
        "plane": ([cells, cells], [belief_cells, belief_cells]),
        "line": ([1, 2 * cells], [1, 2 * belief_cells]),
        "values": ([0, 0], [1, len(trainer.data.x_test)]),
        "none": ([0, 0], [len(dataset.classes), len(dataset.classes) + 1]),
    }[kind]
    return {
        "layers": sizes,
        "activations": trainer.network.activations,
        "loss": trainer.network.loss,
        "dataset": dataset.name,
        "task": dataset.task,
        "n_classes": len(dataset.classes),
        "labels": list(dataset.classes),
        "parameters": trainer.network.theta.size,
        "features": list(trainer.data.features) if dataset.n_inputs == 2 else [],
        "inputs": names_of(trainer.data),
        "input_maps": input_maps(trainer.data, cells).tolist() if trainer.data.mapped else [],
        "image": dataset.image,
        "standardised": standardised(trainer),
        "target_range": list(dataset.target_range),
        "losses": list(dataset.losses),
        "own": table_of(dataset),
        "grid": {
            "kind": kind,
            "bounds": list(dataset.bounds),
            "response": shapes[0],
            "belief": shapes[1],
            "units": [min(units, MAPPED_UNITS) if trainer.data.mapped else 0 for units in sizes[1:]],
        },
    }


def standardised(trainer: Trainer) -> dict[str, list[float]] | None:
    """What each input was brought to mean 0 and standard deviation 1 by; None when it was left as it is."""
    data = trainer.data
    if data.mean is None or data.deviation is None:
        return None
    return {"mean": np.round(data.mean, 5).tolist(), "deviation": np.round(data.deviation, 5).tolist()}


def describe_data(trainer: Trainer) -> dict[str, Any] | None:
    """All samples, when they can be drawn as points; of values only the true ones of the test part."""
    data = trainer.data
    if data.space == "values":
        true = np.round(data.labels_test, 5).tolist()
        return {"x": [], "y": true, "test": [True] * len(true)}
    if not data.mapped:
        return None
    x = np.concatenate([data.x_train, data.x_test])
    y = np.concatenate([data.labels_train, data.labels_test])
    test = [False] * len(data.x_train) + [True] * len(data.x_test)
    return {"x": np.round(x, 5).tolist(), "y": np.round(y, 5).tolist(), "test": test}


def moment(trainer: Trainer) -> tuple[int, int, float]:
    """Step, epoch and batch loss: of the last trace, or, where a saved run has just come back, of its history."""
    trace = trainer.trace
    if trace is not None:
        return trace.step, trace.epoch, trace.loss
    rows = trainer.history.since(trainer.steps - 1, 1)
    return trainer.steps, trainer.epoch + (trainer.steps > 0), float(rows[-1, 1]) if len(rows) else math.nan


def pulse_of(trace: Trace, steps_per_second: float) -> Pulse:
    """The sample on show."""
    shown = trace.shown
    return Pulse(
        steps_per_second, shown, trace.x[shown], trace.y[shown],
        trace.on_show("a"), trace.on_show("z"), trace.on_show("delta"),
        trace.gradient_norms, trace.delta_norms, trace.update_ratios,
    )  # fmt: skip


def records_a_pulse(trainer: Trainer) -> int:
    """As many records as fit into a pulse of usual size, 4 to 16."""
    sizes, layers = trainer.network.sizes, len(trainer.network.sizes) - 1
    tensors = 4 * (sizes[0] + sizes[-1] + 3 * sum(sizes[1:]) + 3 * layers) + 72
    return max(4, min(16, (PULSE_BYTES - tensors) // (4 * (5 + layers))))


def blank_pulse(trainer: Trainer) -> Pulse:
    """Before the first step: the first sample, and nothing computed yet (NaN)."""
    units, layers = sum(trainer.network.sizes[1:]), len(trainer.network.sizes) - 1
    rows = trainer.batches.due
    x, y = trainer.data.inputs(trainer.data.x_train)[rows[0]], trainer.data.y_train[rows[0]]
    nothing, none = np.full(units, np.nan), np.full(layers, np.nan)
    return Pulse(0.0, 0, x, y, nothing, nothing, nothing, none, none, none)


def pulse_frame(trainer: Trainer, header: Header, steps_per_second: float, rows: Array) -> bytes:
    """The last step, or the moment before the first."""
    trace = trainer.live
    pulse = blank_pulse(trainer) if trace is None else pulse_of(trace, steps_per_second)
    return encode_pulse(header, pulse, rows)


def parameters_frame(trainer: Trainer, header: Header, exact: bool) -> bytes:
    """Weights as they are now, and the last step's gradients."""
    network, trace = trainer.network, trainer.live
    gradient = np.zeros_like(network.theta) if trace is None else trace.gradient
    after = trainer.steps > 0 if trace is None else trace.updated  # without one a saved run has just come back
    return encode_parameters(
        Header(**{**vars(header), "flags": header.flags | (AFTER if after else 0)}),
        network.thetas[1:], network.views(gradient)[1:], exact,
    )  # fmt: skip


def response_frame(trainer: Trainer, header: Header) -> bytes | None:
    """Each neuron's answer over the input plane; None when there is no plane."""
    if not trainer.data.mapped:
        return None
    responses = neuron_responses(trainer.network, trainer.data, RESPONSE_CELLS, MAPPED_UNITS)
    return encode_response(header, responses.centres, responses.ranges, responses.maps)


def belief_frame(trainer: Trainer, header: Header) -> bytes:
    """What the network would answer everywhere, or on every test sample."""
    return encode_belief(header, belief(trainer.network, trainer.data, BELIEF_CELLS))


def history_frame(rows: History | Future, header: Header, since: int) -> bytes:
    """Losses and norms after a step."""
    return encode_history(header, rows.since(since, RECORDS_AT_MOST))
