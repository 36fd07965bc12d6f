"""Instruments: they read a network or a run and never alter it.

Imports all that a run is made of. Pure: no I/O and no clock; what is random comes from a given generator or seed.
"""

from .finding import Finding
from .forensics import Autopsy, autopsy, autopsy_with_pauses
from .gradcheck import GradientCheck, check_run, check_run_with_pauses, gradient_check
from .health import Distribution, LayerHealth, gradient_health, gradient_health_with_pauses
from .inspection import Inspection, inspect
from .landscape import Landscape, LandscapeRow, landscape, landscape_with_pauses
from .layer_apart import LayerInspection
from .layer_check import LayerCheck, check_layer, check_layer_with_pauses
from .lens import Lens, Zone, step_lens, step_lens_with_pauses
from .patience import Pauses, completed
from .place import Place
from .range_test import RangeProgress, RangeTest, range_test, range_test_with_pauses
from .responses import Responses, belief, input_maps, neuron_responses
from .taken_apart import LayerTakenApart, take_apart
from .updates import Update
from .verdicts import VERDICTS, Diagnosis, Remedy, diagnose
from .what_if import Nudge, PlaceCheck, check_place, check_place_with_pauses, nudge, nudge_with_pauses

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
    "Pauses",
    "Place",
    "PlaceCheck",
    "RangeProgress",
    "RangeTest",
    "Remedy",
    "Responses",
    "Update",
    "Zone",
    "autopsy",
    "autopsy_with_pauses",
    "belief",
    "check_layer",
    "check_layer_with_pauses",
    "check_place",
    "check_place_with_pauses",
    "check_run",
    "check_run_with_pauses",
    "completed",
    "diagnose",
    "gradient_check",
    "gradient_health",
    "gradient_health_with_pauses",
    "input_maps",
    "inspect",
    "landscape",
    "landscape_with_pauses",
    "neuron_responses",
    "nudge",
    "nudge_with_pauses",
    "range_test",
    "range_test_with_pauses",
    "step_lens",
    "step_lens_with_pauses",
    "take_apart",
]
