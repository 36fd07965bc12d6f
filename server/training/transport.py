"""Transport: what moves a room's run through its steps, forwards and backwards, and how fast."""

from typing import Any

from ..wire.protocol import BELIEF, PARAMETERS, PULSE, RESPONSE
from .rewind import stand_at
from .run import TrainingRun
from .wave import ONE_STEP, QUICK_PHASE, SLOW_PHASE, phase_seconds


def play(run: TrainingRun, command: dict[str, Any], asker: object, now: float) -> None:
    """Go on; after a stopping criterion, too. A diverged run has nowhere to go."""
    if run.trainer.stopped_by_divergence:
        run.refuse(asker, command, "play", "a diverged run", "reset or rewind first")
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


def hold(run: TrainingRun, held: bool, now: float) -> None:
    """Stand still with the whole class, or go on as before."""
    if held == run.held:
        return
    run.burst.leave()
    run.held = held
    if held:
        playing = run.playing
        pause(run, {}, None, now)
        run.resumes = playing
    elif run.resumes and run.trainer.stopped is None:
        run.resumes = False
        play(run, {}, None, now)


def pause(run: TrainingRun, command: dict[str, Any], asker: object, now: float) -> None:
    """Stand still: the wave, too, wherever it is."""
    run.playing = run.single = run.resumes = False
    if run.wave is not None:
        run.wave.hold(now)
    else:
        run.measure(now)
    run.tell_state()
    run.tell_diagnosis(now)
    kinds = (PULSE,) if run.wave is not None else (PARAMETERS, RESPONSE, BELIEF, PULSE)
    run.send(now, *kinds)


def one_layer(run: TrainingRun, command: dict[str, Any], asker: object, now: float) -> None:
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


def one_step(run: TrainingRun, command: dict[str, Any], asker: object, now: float) -> None:
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


def back(run: TrainingRun, command: dict[str, Any], asker: object, now: float) -> None:
    """One step back in time, exact; settings go back as well."""
    run.playing = run.single = False
    was = run.trainer.experiment
    if run.trainer.back(run.on_the_way):
        arrive(run, now, was is not run.trainer.experiment)
    else:
        run.tell_state()
        run.send(now, PULSE)


def visit(run: TrainingRun, command: dict[str, Any], asker: object, now: float) -> None:
    """Stand at an earlier step, exact, with the settings of that moment; or at a later one, up to where it was."""
    run.playing = run.single = run.resumes = False
    was, told, first = run.trainer.experiment, run.sent_records, run.tip is None
    stand_at(run, command["step"])
    arrive(run, now, was is not run.trainer.experiment)
    if first and run.tip is not None:
        run.send_history(told)


def rewind(run: TrainingRun, command: dict[str, Any], asker: object, now: float) -> None:
    """After a divergence: to before the loss took off."""
    was = run.trainer.experiment
    if not run.trainer.rewind(run.on_the_way):
        run.refuse(asker, command, "rewind", "a run that has not diverged", "a diverged run")
        return
    arrive(run, now, was is not run.trainer.experiment)


def arrive(run: TrainingRun, now: float, settings_changed: bool) -> None:
    """In an earlier moment of the same run: tell everything that is different there."""
    run.wave, run.measured_at = None, -1
    run.sent_records = run.trainer.steps
    run.rate_mark = (now, run.trainer.steps)
    if run.tip is None:
        run.marks = [mark for mark in run.marks if mark["step"] <= run.trainer.steps]
    run.measure(now)
    if settings_changed:
        run.revision += 1
        run.tell_run()
        run.tell_settings()
    run.tell_marks()
    run.tell_state()
    run.tell_diagnosis(now)
    if run.tip is None:
        run.send_history(max(-1, run.trainer.steps - 1))
    run.send(now, PARAMETERS, RESPONSE, BELIEF, PULSE)
    run.dirty = True


def reset(run: TrainingRun, command: dict[str, Any], asker: object, now: float) -> None:
    """The same weights, from the beginning; goes on if it was going."""
    playing = run.goes_on
    run.trainer.reset()
    begin_anew(run, now, playing)


def begin_anew(run: TrainingRun, now: float, playing: bool) -> None:
    """A new generation: nothing of the old run may be drawn any more."""
    run.run += 1
    run.revision += 1
    run.marks, run.tip = [], None
    run.playing, run.resumes = playing and not run.held, playing and run.held
    run._start(now)
    run.measure(now)
    run.tell_all(now)


def speed(run: TrainingRun, command: dict[str, Any], asker: object, now: float) -> None:
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


def advance(run: TrainingRun, command: dict[str, Any], asker: object, now: float) -> None:
    """A number of steps in one go, answered when they are made. Only a run that stands still can."""
    if run.status != "paused":
        expected = "a paused run" if run.playing else "reset first"
        run.refuse(asker, command, "advance", f"a {run.status} run", expected)
        return
    run.burst.go(run, command["steps"], command["pictures"])
