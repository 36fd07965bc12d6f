"""What is said of a run, and the rows that say it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from ...errors import ExperimentError
from ...experiment import Experiment
from ..finding import Finding
from .glance import Glance

#: At most so many remedies stand beside a diagnosis.
MOST_REMEDIES = 2


@dataclass(frozen=True)
class Remedy(Finding):
    """What helps: words, and the changes of settings that `Experiment.change` takes."""

    label: str
    changes: Mapping[str, Any]


@dataclass(frozen=True)
class Diagnosis(Finding):
    """kind: a name in VERDICTS. severity: good, note, warning or critical. layer: which one to look at, or None.

    sentence: what was seen, with its number. advice: what to try, or "". why: how that comes about, or "".
    remedies: at most two, each of which would change this experiment.
    """

    kind: str
    severity: str
    layer: int | None
    sentence: str
    advice: str = ""
    why: str = ""
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True)
class Sight:
    """What a verdict has seen; `why` where it depends on what that was."""

    sentence: str
    layer: int | None = None
    why: str = ""


#: Of every experiment that there is: each verdict's fitting remedies, by its kind.
_fitting: WeakKeyDictionary[Experiment, dict[str, tuple[Remedy, ...]]] = WeakKeyDictionary()


class Verdict:
    """A row of the table: when it applies, why that happens, and what helps."""

    kind: ClassVar[str]
    severity: ClassVar[str]
    why: ClassVar[str] = ""
    #: What to try, where the remedies' labels do not say it already.
    advice: ClassVar[str] = ""

    def look(self, glance: Glance) -> Sight | None:
        """What there is to see, or None when this verdict does not apply."""
        raise NotImplementedError

    def remedies(self, experiment: Experiment) -> Iterable[Remedy]:
        """The best first; those that would change nothing are left out by `fitting`."""
        return ()

    def fitting(self, experiment: Experiment) -> tuple[Remedy, ...]:
        """The best that would change the experiment, found once: each has to be validated as a whole experiment."""
        known = _fitting.setdefault(experiment, {})
        if self.kind not in known:
            fitting = [remedy for remedy in self.remedies(experiment) if would_change(experiment, remedy)]
            known[self.kind] = tuple(fitting[:MOST_REMEDIES])
        return known[self.kind]

    def judge(self, glance: Glance) -> Diagnosis | None:
        """The diagnosis, if it applies."""
        sight = self.look(glance)
        if sight is None:
            return None
        remedies = self.fitting(glance.experiment)
        advice = self.advice
        if not advice and remedies:
            advice = f"Try {' or '.join(remedy.label for remedy in remedies)}."
        return Diagnosis(
            self.kind, self.severity, sight.layer, sight.sentence, advice, sight.why or self.why, remedies
        )


def would_change(experiment: Experiment, remedy: Remedy) -> bool:
    """Whether the experiment allows these changes and would be another."""
    try:
        return experiment.change(**remedy.changes) != experiment
    except ExperimentError:
        return False
