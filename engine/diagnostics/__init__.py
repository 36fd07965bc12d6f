"""Instruments: they read a network or a run and never alter it."""

from .finding import Finding
from .forensics import Autopsy, autopsy
from .gradcheck import GradientCheck, check_run, gradient_check
from .health import Distribution, LayerHealth, gradient_health
from .landscape import Landscape, LandscapeRow, landscape
from .lens import Lens, Zone, step_lens
from .patience import completed
from .range_test import RangeProgress, RangeTest, range_test
from .responses import Responses, belief, input_maps, neuron_responses
from .taken_apart import LayerTakenApart, take_apart
from .verdicts import VERDICTS, Diagnosis, Remedy, diagnose

__all__ = [
    "VERDICTS",
    "Autopsy",
    "Diagnosis",
    "Distribution",
    "Finding",
    "GradientCheck",
    "Landscape",
    "LandscapeRow",
    "LayerHealth",
    "LayerTakenApart",
    "Lens",
    "RangeProgress",
    "RangeTest",
    "Remedy",
    "Responses",
    "Zone",
    "autopsy",
    "belief",
    "check_run",
    "completed",
    "diagnose",
    "gradient_check",
    "gradient_health",
    "input_maps",
    "landscape",
    "neuron_responses",
    "range_test",
    "step_lens",
    "take_apart",
]
