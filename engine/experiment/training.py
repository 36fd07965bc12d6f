"""How it learns, and when it stops: the fields of an experiment that concern its training."""

from dataclasses import dataclass

from ..losses import LOSSES
from ..optimisers import KNOBS, OPTIMISERS
from ..schedules import SCHEDULES
from .setting import Choice, choices_of, setting


def reads(knob: str) -> dict[str, list[str]]:
    """The optimisers that a knob is for."""
    return {"optimiser": [name for name, optimiser in OPTIMISERS.items() if knob in optimiser.knobs]}


@dataclass(frozen=True)
class TrainingSettings:
    """Loss, optimiser, learning rate and its schedule, regularisation, stopping criteria."""

    loss: str = setting(
        "binary_cross_entropy", "choice", "Loss", "training", "What training makes small.",
        choices=lambda: choices_of(LOSSES),
    )  # fmt: skip
    optimiser: str = setting(
        "sgd", "choice", "Optimiser", "training", "How the gradient moves the weights.",
        choices=lambda: choices_of(OPTIMISERS),
    )  # fmt: skip
    learning_rate: float = setting(
        0.1, "number", "Learning rate", "training", "How far one step goes against the gradient.",
        minimum=1e-5, maximum=10, scale="log",
    )  # fmt: skip
    batch_size: int = setting(
        32, "integer", "Batch size", "training", "Samples whose gradients are averaged for one step.",
        minimum=1, maximum=1024, scale="log",
    )  # fmt: skip
    momentum: float = setting(
        0.9, "number", "Momentum", "training", "The share of its velocity that a momentum optimiser keeps.",
        minimum=0, maximum=0.999,
        when=lambda: reads("momentum"),
    )  # fmt: skip
    rho: float = setting(
        0.99, "number", "RMSProp memory ρ", "optimiser", "The share of its average of squares that RMSProp keeps.",
        minimum=0, maximum=0.9999,
        when=lambda: reads("rho"),
    )  # fmt: skip
    beta1: float = setting(
        0.9, "number", "Adam memory β₁", "optimiser", "The share of its average gradient that Adam keeps.",
        minimum=0, maximum=0.999,
        when=lambda: reads("beta1"),
    )  # fmt: skip
    beta2: float = setting(
        0.999, "number", "Adam memory β₂", "optimiser", "The share of its average of squares that Adam keeps.",
        minimum=0, maximum=0.9999,
        when=lambda: reads("beta2"),
    )  # fmt: skip
    weight_decay: float = setting(
        0.01, "number", "Weight decay", "training",
        "AdamW shrinks every weight by this share, times the learning rate, at each step.", minimum=0, maximum=1,
        when=lambda: reads("weight_decay"),
    )  # fmt: skip
    schedule: str = setting(
        "constant", "choice", "Schedule", "optimiser",
        "How the learning rate changes by itself; the slider is its base.",
        choices=lambda: choices_of(SCHEDULES),
    )  # fmt: skip
    schedule_epochs: int = setting(
        50, "integer", "Schedule's epochs", "optimiser", "How many epochs a schedule is stretched to, or waits.",
        minimum=1, maximum=10_000, scale="log",
        when=lambda: {"schedule": [name for name in SCHEDULES if name != "constant"]},
    )  # fmt: skip
    schedule_decay: float = setting(
        0.5, "number", "Schedule's decay", "optimiser",
        "What the rate is multiplied by, for schedules that fall by a factor.",
        minimum=0.01, maximum=0.99,
        when=lambda: {"schedule": ["step", "exponential", "plateau"]},
    )  # fmt: skip
    clip_norm: float | None = setting(
        None, "number", "Clip norm", "optimiser",
        "A gradient longer than this is shortened to it before the step.",
        minimum=1e-6, maximum=1000, optional=True,
    )  # fmt: skip
    clip_value: float | None = setting(
        None, "number", "Clip value", "optimiser",
        "Every entry of the gradient is cut off at this size before the step.",
        minimum=1e-6, maximum=1000, optional=True,
    )  # fmt: skip
    l1: float = setting(
        0.0, "number", "L1 penalty", "regularisation",
        "Adds this times the weights' sizes to the loss: useless weights go to exactly 0.", minimum=0, maximum=1,
    )  # fmt: skip
    l2: float = setting(
        0.0, "number", "L2 penalty", "regularisation",
        "Adds half of this times the weights' squares to the loss: large ones cost more.", minimum=0, maximum=1,
    )  # fmt: skip
    dropout: float = setting(
        0.0, "number", "Dropout", "regularisation",
        "This share of the hidden units is silent at each step, at random: no unit can rely on another.",
        minimum=0, maximum=0.9,
    )  # fmt: skip
    label_smoothing: float = setting(
        0.0, "number", "Label smoothing", "regularisation",
        "Targets are moved this share towards indifference: the network does not get overconfident.",
        minimum=0, maximum=0.5,
        when=lambda: {"loss": [name for name, loss in LOSSES.items() if loss.smooths]},
    )  # fmt: skip
    stop_loss: float | None = setting(
        None, "number", "Stop at loss", "stopping", "Stops when an epoch's mean loss is below this.",
        minimum=0, maximum=10, optional=True,
    )  # fmt: skip
    stop_patience: int | None = setting(
        None, "integer", "Patience", "stopping", "Stops after so many epochs without a new best loss.",
        minimum=1, maximum=10_000, optional=True,
    )  # fmt: skip
    stop_watch: str = setting(
        "train", "choice", "Patience watches", "stopping",
        "Early stopping watches the test loss: it ends before the network learns by heart.",
        choices=lambda: [
            Choice("train", "training loss", "The mean loss of the epoch's batches."),
            Choice("test", "test loss", "The loss on samples that are never trained on: early stopping."),
        ],
    )  # fmt: skip
    stop_epochs: int | None = setting(
        None, "integer", "Epochs", "stopping", "Stops after so many epochs.",
        minimum=1, maximum=1_000_000, optional=True,
    )  # fmt: skip

    @property
    def knobs(self) -> dict[str, float]:
        """What can be turned in the middle of a step, by name."""
        return {name: getattr(self, name) for name in KNOBS}
