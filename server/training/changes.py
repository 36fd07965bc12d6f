"""Changes of settings while a run goes on: what each needs, its first answer, and its mark on the charts."""

from typing import Any

from ...engine import PRESETS, ExperimentError
from ..wire.protocol import PULSE
from .rewind import leave
from .run import MOST_MARKS, TrainingRun
from .transport import begin_anew

#: Seconds of training before a new setting is answered: a few steps, so that nobody waits longer for the picture.
ANSWER = 0.0003


def preset(run: TrainingRun, command: dict[str, Any], asker: object, now: float) -> None:
    """Another experiment, at the speed that shows it best."""
    found = PRESETS.get(command["name"])
    if found is None:
        raise ExperimentError("name", command["name"], f"one of {', '.join(PRESETS)}")
    run.preset, run.speed = found.name, found.speed
    run.replace_trainer(found.experiment)
    begin_anew(run, now, True)


def change(run: TrainingRun, command: dict[str, Any], asker: object, now: float) -> None:
    """Settings; what keeps the shapes counts from the next update on.

    What needs a new start is asked back first, and the run that there is goes on meanwhile.
    """
    old, trainer = run.trainer.experiment, run.trainer
    steps, playing = trainer.steps, run.goes_on
    anew = trainer.starts_anew(**command["changes"])
    if anew and steps and not command.get("reset"):
        event = {"type": "confirm", "changes": command["changes"], "names": anew, "steps": steps}
        run.outbox.append(("reply", asker, event))
        return
    if command.get("reset") or old.change(**command["changes"]) != old:
        leave(run)
    effect = trainer.set(**command["changes"])
    new = trainer.experiment
    if (anew or command.get("reset")) and effect == "live":
        trainer.reset()
        effect = "restart"
    if effect == "restart":
        run.preset = None if new != old else run.preset
        begin_anew(run, now, playing)
        return
    run.dirty = True
    was, becomes = old.to_dict(), new.to_dict()
    changed = [name for name, value in becomes.items() if was[name] != value]
    if changed:
        run.revision += 1
        run.preset = None if set(changed) - {"learning_rate"} else run.preset
        add_mark(run, trainer.steps, was, becomes, changed)  # a half made step may just have been finished
        if set(changed) - {"learning_rate", "momentum"}:
            run.wave, run.measured_at = (run.wave if trainer.pending else None), -1
            run.tell_run()
    run.tell_settings()
    run.tell_state()
    answer(run, now)


def answer(run: TrainingRun, now: float) -> None:
    """The first steps with a setting that has just changed, and a pulse of them.

    While steps stream by, one that is not due yet is borrowed from the time to come, at most one.
    """
    if run.repeating:
        return
    before = run.number[PULSE]
    if run.playing and not run.stepwise:
        borrowed = max(0.0, 1 - run.credit) if run.credit > 0 else 0.0
        run.credit += borrowed
        run._stream(now, run.rates.clock() + ANSWER)
        run.credit -= borrowed
    if run.number[PULSE] == before:
        run.send(now, PULSE)


def add_mark(run: TrainingRun, step: int, old: dict[str, Any], new: dict[str, Any], changed: list[str]) -> None:
    """Note on the charts what was changed; a dragged slider leaves one mark a step."""
    short = {"learning_rate": "η"}
    if "dataset" in changed:  # which says it
        changed = [name for name in changed if name != "own_data"]
    text = ", ".join(
        f"{short.get(name, name.replace('_', ' '))} {said(old[name])} → {said(new[name])}" for name in changed
    )
    last = run.marks[-1] if run.marks else None
    mark = {"step": step, "text": text, "names": changed, "old": said(old[changed[0]])}
    if (
        last is not None
        and last["names"] == changed
        and len(changed) == 1
        and step - last["step"] <= merge_within(run)
    ):
        mark["step"], mark["old"] = last["step"], last["old"]
        name = changed[0]
        mark["text"] = f"{short.get(name, name.replace('_', ' '))} {last['old']} → {said(new[name])}"
        run.marks.pop()
    run.marks = [*run.marks, mark][-MOST_MARKS:]
    run.tell_marks()


def merge_within(run: TrainingRun) -> float:
    """Steps within which changes of the same setting count as one drag: about a second's."""
    return max(1.0, run.steps_per_second if not run.stepwise else 1.0)


def said(value: object) -> str:
    """A setting's value in a few characters."""
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, list) and value and isinstance(value[0], float):
        return f"{len(value)} numbers"
    if isinstance(value, str) and "\n" in value:
        return "table"
    return "–".join(map(str, value)) if isinstance(value, list) else str(value).replace("_", " ")
