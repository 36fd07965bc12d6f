"""When a run ends by itself: a loss reached, no more progress, enough epochs, or numbers that are none."""

from dataclasses import asdict, dataclass
from typing import Any

from ..experiment import Experiment


@dataclass(frozen=True)
class Stop:
    """Why a run stands still. kind is loss, patience, epochs or diverged; layer and quantity tell where it began."""

    kind: str
    step: int
    sentence: str
    layer: int | None = None
    quantity: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


class Stopping:
    """Told the mean training loss of every epoch, says when it is enough.

    Whoever goes on after a stop calls `mute`: the criteria are silent until `listen`, when settings change.

    >>> stopping = Stopping()
    >>> stopping.check(Experiment(stop_loss=0.1), epoch=3, step=21, loss=0.05, watched=0.05).sentence
    'Epoch 3: the training loss, 0.05, is below 0.1.'
    """

    def __init__(self) -> None:
        self.best = float("inf")
        self.waited = 0
        self.muted = False

    def mute(self) -> None:
        """Say nothing until `listen`."""
        self.muted = True

    def listen(self) -> None:
        """Speak again; patience starts anew."""
        self.muted, self.waited = False, 0

    def check(self, experiment: Experiment, epoch: int, step: int, loss: float, watched: float) -> Stop | None:
        """One epoch has ended with this mean loss; `watched` is what patience watches, it or the test loss.

        Only a value below the best so far counts as progress.
        """
        if watched < self.best:
            self.best, self.waited = watched, 0
        else:
            self.waited += 1
        if self.muted:
            return None
        wanted, patience, epochs = experiment.stop_loss, experiment.stop_patience, experiment.stop_epochs
        if wanted is not None and loss < wanted:
            return Stop("loss", step, f"Epoch {epoch}: the training loss, {loss:.4g}, is below {wanted:g}.")
        if patience is not None and self.waited >= patience:
            spell = "1 epoch" if patience == 1 else f"{patience} epochs"
            which = "test loss" if experiment.stop_watch == "test" else "loss"
            return Stop("patience", step, f"Epoch {epoch}: no better {which} than {self.best:.4g} for {spell}.")
        if epochs is not None and epoch >= epochs:
            done = "The one epoch is" if epochs == 1 else f"All {epochs} epochs are"
            return Stop("epochs", step, f"{done} done; the training loss is {loss:.4g}.")
        return None
