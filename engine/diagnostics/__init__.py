"""Instruments: they read a network or a run and never alter it.

Imports all that a run is made of. Pure: no I/O and no clock; what is random comes from a given generator or seed.
"""

from .finding import Finding
from .forensics import Autopsy, autopsy
from .gradcheck import GradientCheck, check_run, gradient_check
from .health import Distribution, LayerHealth, gradient_health
from .inspection import Inspection, inspect
from .landscape import Landscape, LandscapeRow, landscape
from .layer_apart import LayerInspection
from .layer_check import LayerCheck, check_layer
from .lens import Lens, Zone, step_lens
from .patience import completed
from .place import Place
from .range_test import RangeProgress, RangeTest, range_test
from .responses import Responses, belief, input_maps, neuron_responses
from .taken_apart import LayerTakenApart, take_apart
from .updates import Update
from .verdicts import VERDICTS, Diagnosis, Remedy, diagnose
from .what_if import Nudge, PlaceCheck, check_place, nudge

__all__ = [
    "VERDICTS",
    "Autopsy",
    "Diagnosis",
    "Distribution",
    "Finding",
    "GradientCheck",
    "Inspection",
    "Landscape",
    "LandscapeRow",
    "LayerCheck",
    "LayerHealth",
    "LayerInspection",
    "LayerTakenApart",
    "Lens",
    "Nudge",
    "Place",
    "PlaceCheck",
    "RangeProgress",
    "RangeTest",
    "Remedy",
    "Responses",
    "Update",
    "Zone",
    "autopsy",
    "belief",
    "check_layer",
    "check_place",
    "check_run",
    "completed",
    "diagnose",
    "gradient_check",
    "gradient_health",
    "input_maps",
    "inspect",
    "landscape",
    "neuron_responses",
    "nudge",
    "range_test",
    "step_lens",
    "take_apart",
]
