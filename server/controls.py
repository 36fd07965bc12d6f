"""What each command does to a room's run. Every one is answered at once: by an event, and a pulse."""

from typing import Any

from ..engine import PRESETS, ExperimentError
from .protocol import BELIEF, PARAMETERS, PULSE, RESPONSE
from .run import MOST_MARKS, RoomRun
from .wave import ONE_STEP, QUICK_PHASE, SLOW_PHASE, phase_seconds

#: Seconds of training before a new setting is answered: a few steps, so that nobody waits longer for the picture.
ANSWER = 0.0003


def apply(run: RoomRun, command: dict[str, Any], asker: object, now: float) -> None:
    """Carry out a decoded command; a refusal goes to the asker as an error event."""
    run.now = now
    if command["type"] not in READING:
        run.ahead.leave()
    try:
        ACTIONS[command["type"]](run, command, asker, now)
    except ExperimentError as error:
        refuse(run, asker, command, error.field, error.was, error.expected)


def refuse(run: RoomRun, asker: object, command: dict[str, Any], field: str, was: object, expected: str) -> None:
    """Tell the asker what was wrong."""
    shown = repr(was)
    event = {
        "type": "error", "command": command.get("id"), "field": field,
        "was": shown if len(shown) <= 200 else shown[:199] + "…", "expected": expected,
        "message": f"{field}: was {shown[:200]}, expected {expected}",
    }  # fmt: skip
    run.outbox.append(("reply", asker, event))


def play(run: RoomRun, command: dict[str, Any], asker: object, now: float) -> None:
    """Go on; after a stopping criterion, too. A diverged run has nowhere to go."""
    if run.trainer.stopped_by_divergence:
        refuse(run, asker, command, "play", "a diverged run", "reset or rewind first")
        return
    run.trainer.resume()
    run.playing, run.single = True, False
    if run.wave is not None and run.trainer.pending and run.stepwise:
        run.wave.go_on(now, phase_seconds(run.speed, run.layers))
        run.next_begin = run.wave.next_change + run.wave.seconds
    else:
        run.next_begin = now
    run.credited = now
    run.tell_state()
    run.send(now, PULSE)


def pause(run: RoomRun, command: dict[str, Any], asker: object, now: float) -> None:
    """Stand still: the wave, too, wherever it is."""
    run.playing = run.single = False
    if run.wave is not None:
        run.wave.hold(now)
    else:
        run.measure(now)
    run.tell_state()
    run.tell_diagnosis(now)
    kinds = (PULSE,) if run.wave is not None else (PARAMETERS, RESPONSE, BELIEF, PULSE)
    run.send(now, *kinds)


def one_layer(run: RoomRun, command: dict[str, Any], asker: object, now: float) -> None:
    """Pause, and go on by one phase of the step."""
    run.playing = run.single = False
    wave = run.wave
    if wave is not None and run.trainer.pending:
        wave.move(now)
        wave.running, wave.seconds = False, SLOW_PHASE
        if wave.phase == wave.update - 1:
            run.tell_state()
            run._update(now)
            return
        wave.enter(wave.phase + 1, now)
        run.send(now, PULSE)
    else:
        run._begin(now, SLOW_PHASE, running=False)
    run.tell_state()


def one_step(run: RoomRun, command: dict[str, Any], asker: object, now: float) -> None:
    """Pause, and play the rest of this step, or a whole one, as a quick wave."""
    run.playing, run.single = False, True
    seconds = min(QUICK_PHASE, ONE_STEP / (2 * run.layers + 2))
    if not run.stepwise and not run.trainer.pending:
        run.wave = None
    if run.wave is not None and run.trainer.pending:
        run.wave.go_on(now, seconds)
        run.send(now, PULSE)
    else:
        run._begin(now, seconds)
    run.tell_state()


def back(run: RoomRun, command: dict[str, Any], asker: object, now: float) -> None:
    """One step back in time, exact; settings go back as well."""
    run.playing = run.single = False
    was = run.trainer.experiment
    if run.trainer.back():
        arrive(run, now, was is not run.trainer.experiment)
    else:
        run.tell_state()
        run.send(now, PULSE)


def rewind(run: RoomRun, command: dict[str, Any], asker: object, now: float) -> None:
    """After a divergence: to before the loss took off."""
    was = run.trainer.experiment
    if not run.trainer.rewind():
        refuse(run, asker, command, "rewind", "a run that has not diverged", "a diverged run")
        return
    arrive(run, now, was is not run.trainer.experiment)


def arrive(run: RoomRun, now: float, settings_changed: bool) -> None:
    """In an earlier moment of the same run: tell everything that is different there."""
    run.wave, run.measured_at = None, -1
    run.sent_records = run.trainer.steps
    run.rate_mark = (now, run.trainer.steps)
    run.marks = [mark for mark in run.marks if mark["step"] <= run.trainer.steps]
    run.measure(now)
    if settings_changed:
        run.revision += 1
        run.tell_run()
        run.tell_settings()
    run.tell_marks()
    run.tell_state()
    run.tell_diagnosis(now)
    run.send_history(max(-1, run.trainer.steps - 1))
    run.send(now, PARAMETERS, RESPONSE, BELIEF, PULSE)
    run.dirty = True


def reset(run: RoomRun, command: dict[str, Any], asker: object, now: float) -> None:
    """The same weights, from the beginning; goes on if it was going."""
    playing = run.playing or run.trainer.stopped is not None
    run.trainer.reset()
    begin_anew(run, now, playing)


def begin_anew(run: RoomRun, now: float, playing: bool) -> None:
    """A new generation: nothing of the old run may be drawn any more."""
    run.run += 1
    run.revision += 1
    run.marks = []
    run.playing = playing
    run._start(now)
    run.measure(now)
    run.tell_all(now)


def preset(run: RoomRun, command: dict[str, Any], asker: object, now: float) -> None:
    """Another experiment, at the speed that shows it best."""
    found = PRESETS.get(command["name"])
    if found is None:
        raise ExperimentError("name", command["name"], f"one of {', '.join(PRESETS)}")
    run.preset, run.speed = found.name, found.speed
    run.replace_trainer(found.experiment)
    begin_anew(run, now, True)


def change(run: RoomRun, command: dict[str, Any], asker: object, now: float) -> None:
    """Settings; what keeps the shapes counts from the next update on.

    What needs a new start is asked back first, and the run that there is goes on meanwhile.
    """
    old, trainer = run.trainer.experiment, run.trainer
    steps, playing = trainer.steps, run.playing or trainer.stopped is not None
    anew = trainer.starts_anew(**command["changes"])
    if anew and steps and not command.get("reset"):
        event = {"type": "confirm", "changes": command["changes"], "names": anew, "steps": steps}
        run.outbox.append(("reply", asker, event))
        return
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
        add_mark(run, steps, was, becomes, changed)
        if set(changed) - {"learning_rate", "momentum"}:
            run.wave, run.measured_at = (run.wave if trainer.pending else None), -1
            run.tell_run()
    run.tell_settings()
    run.tell_state()
    answer(run, now)


def answer(run: RoomRun, now: float) -> None:
    """The first steps with a setting that has just changed, and a pulse of them.

    While steps stream by, one that is not due yet is borrowed from the time to come, at most one.
    """
    before = run.number[PULSE]
    if run.playing and not run.stepwise:
        borrowed = max(0.0, 1 - run.credit) if run.credit > 0 else 0.0
        run.credit += borrowed
        run._stream(now, run.rates.clock() + ANSWER)
        run.credit -= borrowed
    if run.number[PULSE] == before:
        run.send(now, PULSE)


def add_mark(run: RoomRun, step: int, old: dict[str, Any], new: dict[str, Any], changed: list[str]) -> None:
    """Note on the charts what was changed; a dragged slider leaves one mark a step."""
    short = {"learning_rate": "η"}
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


def merge_within(run: RoomRun) -> float:
    """Steps within which changes of the same setting count as one drag: about a second's."""
    return max(1.0, run.steps_per_second if not run.stepwise else 1.0)


def said(value: object) -> str:
    """A setting's value in a few characters."""
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, list) and value and isinstance(value[0], float):
        return f"{len(value)} numbers"
    return "–".join(map(str, value)) if isinstance(value, list) else str(value).replace("_", " ")


def speed(run: RoomRun, command: dict[str, Any], asker: object, now: float) -> None:
    """Another pace, from the same place in the same step."""
    was_stepwise = run.stepwise
    run.speed = command["value"]
    run.credit, run.credited = 0.0, now
    if run.stepwise and run.wave is not None and run.trainer.pending and run.playing:
        run.wave.go_on(now, phase_seconds(run.speed, run.layers))
        run.next_begin = run.wave.next_change + run.wave.seconds
    elif run.stepwise and not was_stepwise:
        run.next_begin = now
    run.tell_state()
    run.send(now, PULSE)


def history(run: RoomRun, command: dict[str, Any], asker: object, now: float) -> None:
    """The losses that a browser missed."""
    run.send_history(command["since"], asker)


def ask(run: RoomRun, command: dict[str, Any], asker: object, now: float) -> None:
    """An instrument is read for whoever asked, as soon as the run has a moment."""
    run.asks.put(run, asker, command["what"], command["about"])
    run.asks.serve(run, now)


def cancel(run: RoomRun, command: dict[str, Any], asker: object, now: float) -> None:
    """The long job ends."""
    run.asks.cancel(run)


def advance(run: RoomRun, command: dict[str, Any], asker: object, now: float) -> None:
    """A number of steps in one go, answered when they are made. Only a run that stands still can."""
    if run.status != "paused":
        expected = "a paused run" if run.playing else "reset first"
        refuse(run, asker, command, "advance", f"a {run.status} run", expected)
        return
    run.ahead.go(run, command["steps"], command["pictures"])


#: Commands that alter nothing; any other one ends an `advance` that is under way.
READING = ("history", "ask", "cancel")
ACTIONS = {
    "play": play, "pause": pause, "layer": one_layer, "step": one_step, "back": back, "rewind": rewind,
    "reset": reset, "preset": preset, "set": change, "speed": speed, "history": history,
    "ask": ask, "cancel": cancel, "advance": advance,
}  # fmt: skip
