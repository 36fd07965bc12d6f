"""Instruments: they read a network or a run and never alter it."""

from .finding import Finding
from .gradcheck import GradientCheck, check_run, gradient_check
from .health import Distribution, LayerHealth, gradient_health
from .lens import Lens, Zone, step_lens
from .responses import Responses, belief, input_maps, neuron_responses
from .taken_apart import LayerTakenApart, take_apart
from .verdicts import Diagnosis, Remedy, VERDICTS, diagnose

__all__ = [
    "Diagnosis",
    "Distribution",
    "Finding",
    "GradientCheck",
    "LayerHealth",
    "LayerTakenApart",
    "Lens",
    "Remedy",
    "Responses",
    "VERDICTS",
    "Zone",
    "belief",
    "check_run",
    "diagnose",
    "gradient_check",
    "gradient_health",
    "input_maps",
    "neuron_responses",
    "step_lens",
    "take_apart",
]
