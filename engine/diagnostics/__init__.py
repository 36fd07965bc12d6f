"""Instruments: they read a network or a run and never alter it."""

from .flow import Diagnosis, diagnose
from .gradcheck import GradientCheck, check_run, gradient_check
from .responses import Responses, belief, input_maps, neuron_responses

__all__ = [
    "Diagnosis",
    "GradientCheck",
    "Responses",
    "belief",
    "check_run",
    "diagnose",
    "gradient_check",
    "input_maps",
    "neuron_responses",
]
