"""What is learned: the fields of an experiment that concern its data."""

from dataclasses import dataclass

from ..datasets import DATASETS, OWN, Own, read_table
from ..datasets.reading import MOST
from ..features import FEATURES
from .setting import Choice, choices_of, setting


@dataclass(frozen=True)
class DataSettings:
    """Samples, how they are drawn and split, and what the network sees of them."""

    dataset: str = setting(
        "circles", "choice", "Dataset", "data", "What the network shall learn.",
        choices=lambda: [*choices_of(DATASETS), Choice(OWN, Own.label, Own.help)],
    )  # fmt: skip
    own_data: str | None = setting(
        None, "table", "Your own data", "data",
        "Rows of a table: numbers, and last a class, or a number to predict.",
        optional=True, most=MOST, reads=lambda text: read_table(text).text,
    )  # fmt: skip
    samples: int = setting(
        300, "integer", "Samples", "samples", "How many points are drawn (of digits and irises always all are used).",
        minimum=20, maximum=2000,
        when=lambda: {"dataset": [name for name, row in DATASETS.items() if row.drawn]},
    )  # fmt: skip
    noise: float = setting(
        0.1, "number", "Noise", "data", "How far points are jittered from where they belong.",
        minimum=0, maximum=1, when=lambda: {"dataset": list(DATASETS)},
    )  # fmt: skip
    test_share: float = setting(
        0.3, "number", "Test share", "samples", "The part that is kept for testing and never trained on.",
        minimum=0.05, maximum=0.9,
    )  # fmt: skip
    balance: float = setting(
        0.5, "number", "Balance", "samples",
        "The share of the last of two classes; with more classes, its share beside any one of the others.",
        minimum=0.1, maximum=0.9,
        when=lambda: {"dataset": [name for name, row in DATASETS.items() if row.classes]},
    )  # fmt: skip
    standardise: bool = setting(
        False, "flag", "Standardise", "samples",
        "Brings every input to mean 0 and standard deviation 1, as measured on the training samples.",
    )  # fmt: skip
    features: tuple[str, ...] = setting(
        ("x1", "x2"), "features", "Inputs", "samples", "What the network sees of a point in the plane.",
        choices=lambda: choices_of(FEATURES),
        effect="restart",
        when=lambda: {"dataset": [*(name for name, row in DATASETS.items() if row.n_inputs == 2), OWN]},
    )  # fmt: skip
