"""Instruments: they read a network or a run and never alter it."""

from .finding import Finding
from .flow import Diagnosis, diagnose
from .gradcheck import GradientCheck, check_run, gradient_check
from .lens import Lens, Zone, step_lens
from .responses import Responses, belief, input_maps, neuron_responses

__all__ = [
    "Diagnosis",
    "Finding",
    "GradientCheck",
    "Lens",
    "Responses",
    "Zone",
    "belief",
    "check_run",
    "diagnose",
    "gradient_check",
    "input_maps",
    "neuron_responses",
    "step_lens",
]
