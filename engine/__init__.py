"""The mathematics: networks, training and diagnosis, on NumPy alone.

>>> trainer = Trainer(Experiment(dataset="circles", hidden=[8, 8], learning_rate=0.3))
>>> trace = trainer.step()
>>> round(float(trace.gradient_norms[0]), 3) > 0
True
"""

from .activations import ACTIVATIONS, Activation
from .content.comparisons import COMPARISONS, Comparison
from .content.courses import COURSES, Course
from .content.presets import PRESETS, Preset
from .datasets import DATASETS, Data, Dataset
from .errors import ExperimentError
from .experiment import Experiment
from .experiment.address import from_address, to_address
from .features import FEATURES, Feature
from .initialisers import INITIALISERS, Initialiser
from .losses import LOSSES, Loss
from .normalisations import NORMALISATIONS, Normalisation
from .optimisers import OPTIMISERS, Optimiser
from .schedules import SCHEDULES, Schedule
from .step.network import Network
from .step.trace import Trace
from .training.exports import history_csv
from .training.history import History
from .training.metrics import Metrics, Report, report
from .training.state import State
from .training.stopping import Stop
from .training.trainer import Trainer

__all__ = [
    "ACTIVATIONS",
    "COMPARISONS",
    "COURSES",
    "DATASETS",
    "FEATURES",
    "INITIALISERS",
    "LOSSES",
    "NORMALISATIONS",
    "OPTIMISERS",
    "PRESETS",
    "SCHEDULES",
    "Activation",
    "Comparison",
    "Course",
    "Data",
    "Dataset",
    "Experiment",
    "ExperimentError",
    "Feature",
    "History",
    "Initialiser",
    "Loss",
    "Metrics",
    "Network",
    "Normalisation",
    "Optimiser",
    "Preset",
    "Report",
    "Schedule",
    "State",
    "Stop",
    "Trace",
    "Trainer",
    "from_address",
    "history_csv",
    "report",
    "to_address",
]
