"""The mathematics: networks, training and diagnosis, on NumPy alone.

>>> trainer = Trainer(Experiment(dataset="circles", hidden=[8, 8], learning_rate=0.3))
>>> trace = trainer.step()
>>> round(float(trace.gradient_norms[0]), 3) > 0
True
"""

from .activations import ACTIVATIONS, Activation
from .address import from_address, to_address
from .comparisons import COMPARISONS, Comparison
from .datasets import DATASETS, Data, Dataset
from .errors import ExperimentError
from .experiment import Experiment
from .exports import history_csv
from .features import FEATURES, Feature
from .history import History
from .initialisers import INITIALISERS, Initialiser
from .lessons import LESSONS, Lesson
from .losses import LOSSES, Loss
from .metrics import Metrics, Report, report
from .network import Network
from .normalisations import NORMALISATIONS, Normalisation
from .optimisers import OPTIMISERS, Optimiser
from .presets import PRESETS, Preset
from .schedules import SCHEDULES, Schedule
from .state import State
from .stopping import Stop
from .trace import Trace
from .trainer import Trainer

__all__ = [
    "ACTIVATIONS",
    "COMPARISONS",
    "DATASETS",
    "FEATURES",
    "INITIALISERS",
    "LESSONS",
    "LOSSES",
    "NORMALISATIONS",
    "OPTIMISERS",
    "PRESETS",
    "SCHEDULES",
    "Activation",
    "Comparison",
    "Data",
    "Dataset",
    "Experiment",
    "ExperimentError",
    "Feature",
    "History",
    "Initialiser",
    "Lesson",
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
