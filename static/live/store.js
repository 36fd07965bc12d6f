// The one place that changes the state. Events and frames come in; whoever draws learns what has changed.

import {batch, signal} from "@preact/signals";
import {together} from "../model/choices.js";
import {append, dropFrom, emptyHistory} from "../model/history.js";
import {fits, placeOf} from "../model/place.js";
import {isLadder, presents} from "../model/look.js";
import {pageAt} from "../model/lessons.js";
import {BELIEF, HISTORY, NO_PHASE, PARAMETERS, PULSE, RESPONSE, decode} from "../wire/protocol.js";

/** While steps stream by, figures change so often at most: nobody reads faster. The canvases are not held back. */
const FIGURES_MS = 120;

/** @typedef {import("@preact/signals").Signal} Signal */

/** @param {Description} description @returns {State} */
function initial(description) {
  return {
    connection: "connecting", closed: null, room: null, role: null, driving: false, leading: false, member: null, name: null, hand: false, forked: false, viewers: 0, description, experiment: null, revision: 0,
    preset: null, form: null, run: null, data: null, playing: false, speed: 1, status: "paused", stop: null, canGoBack: false, tip: null,
    diagnosis: null, marks: [], notice: null, refusal: null, confirm: null, answers: {}, pulse: null, parameters: null, response: null,
    belief: null, history: emptyHistory(0), wave: {pass: "none", layer: 0}, ladder: "gradient", lab: null, lesson: null, selection: null, nudge: null, palette: {}, theme: "light", reducedMotion: false,
    classroom: null, members: [], board: {}, barOpen: false, question: null, look: null, following: true, pointing: false, pointer: null,
  };
}

/** A long job's parts come one by one: the latest answer has them all. @param {Answer} answer @param {Answer | undefined} before @returns {Answer} */
function collected(answer, before) {
  const goesOn = before?.parts && !before.cancelled && !before.refused && !before.found?.result, parts = goesOn ? before.parts : [];
  if (answer.found?.progress === undefined || answer.found.result) return {...answer, parts};
  return {...answer, parts: [...parts, answer.found]};
}

/** @param {Description} description @param {() => void} [wake] called whenever something changes */
export function createStore(description, wake) {
  const state = initial(description);
  /** @type {Set<keyof State>} */
  const changed = new Set();
  /** @type {Map<string, Signal>} */
  const signals = new Map();
  let missed = false, figuresAt = -Infinity, figuresDue = false, arrived = false;

  /** @param {Partial<State>} values */
  function set(values) {
    Object.assign(state, values);
    for (const name of Object.keys(values)) changed.add(/** @type {keyof State} */ (name));
    wake?.();
  }

  /** @param {Run & {type: string}} run */
  function begin(run) {
    if (!state.run || state.run.run !== run.run) {
      set({pulse: null, parameters: null, response: null, belief: null, data: null, marks: []});
      set({history: emptyHistory(run.layers.length - 1), confirm: null, answers: {}, nudge: null});
      if (state.selection && !fits(state.selection, run.layers)) set({selection: null});
    }
    set({run});
    look();
  }

  /** Whoever follows has the selection, the instrument, the ladder and the lesson's page of whoever presents. */
  function look() {
    if (state.look && state.following && !state.forked && !presents(state)) show(state.look);
  }

  /** As far as this page knows what it is told of. @param {Look} look */
  function show({selection: told, lab, ladder, lesson}) {
    const selection = told && placeOf(told);
    const known = !told || (selection && (!state.run || fits(selection, state.run.layers)));
    if (known && JSON.stringify(selection) !== JSON.stringify(state.selection)) set({selection, nudge: null});
    if (lab !== state.lab) set({lab});
    if (isLadder(ladder) && ladder !== state.ladder) set({ladder});
    if ((!lesson || pageAt(state.description.lessons ?? [], lesson)) && JSON.stringify(lesson) !== JSON.stringify(state.lesson)) set({lesson});
  }

  /** Only who presents points. */
  function letGo() {
    if (state.pointing && !presents(state)) set({pointing: false, pointer: null});
  }

  /** Another run is on the stage from here on. @param {boolean} forked @param {boolean} driving */
  function moved(forked, driving) {
    set({forked, driving, run: null, following: forked ? state.following : true});
  }

  /** @type {Record<string, (event: any) => void>} */
  const events = {
    welcome: ({room, role, driving, leading, member, name}) => set({
      room, role, driving, leading, member, name, notice: null, refusal: null, run: null, board: {}, members: [], classroom: null, question: null, look: null,
    }),
    me: ({type: _, ...me}) => {
      set(me);
      letGo();
    },
    class: ({type: _, ...classroom}) => {
      // With somebody else's hands on the stage, everybody looks there again.
      if (state.classroom && state.classroom.driver !== classroom.driver) set({following: true});
      set({classroom});
      arrived = true;
      letGo();
    },
    moved: (event) => {
      moved(event.forked, event.driving);
      letGo();
    },
    members: ({members}) => set({members}),
    board: ({cards, gone}) => {
      const board = {...state.board};
      for (const card of cards) board[card.member] = card;
      for (const member of gone) delete board[member];
      set({board});
    },
    look: (event) => {
      // Whoever presents is told only on coming back. A page that was loaded anew then looks where it did before; but nobody points at that.
      const mine = presents(state);
      set({look: mine ? {...event.look, pointer: null} : event.look});
      if (mine && !arrived) show(event.look);
      else look();
    },
    question: ({question}) => set({question}),
    run: begin,
    data: (data) => set({data}),
    settings: ({experiment, revision, preset}) => {
      set({experiment, revision, preset});
      if (!state.form || !sameBut(state.form, experiment, "learning_rate")) set({form: experiment});
    },
    state: ({playing, speed, status, stop, can_go_back, tip}) => set({playing, speed, status, stop, canGoBack: can_go_back, tip}),
    marks: ({marks}) => set({marks}),
    diagnosis: (diagnosis) => set({diagnosis}),
    confirm: ({type: _, ...confirm}) => set({confirm: together(state.confirm, confirm)}),
    answer: (answer) => { if (answer.run === state.run?.run) set({answers: {...state.answers, [answer.what]: collected(answer, state.answers[answer.what])}}); },
    viewers: ({count}) => set({viewers: count}),
    notice: ({text}) => set({notice: text}),
    error: (error) => set({refusal: {...error, at: performance.now()}}),
  };

  /** @param {Frame} frame @param {Run} run */
  function commit(frame, run) {
    const layers = run.layers.length - 1;
    switch (frame.kind) {
      case PULSE: {
        const pulse = /** @type {Pulse} */ (frame);
        missed ||= state.pulse !== null && pulse.number !== state.pulse.number + 1;
        append(state.history, pulse.records, layers, false);
        set({pulse, history: state.history});
        break;
      }
      case HISTORY: {
        const {records, step} = /** @type {HistoryFrame} */ (frame);
        append(state.history, records, layers, true);
        if (state.tip === null) dropFrom(state.history, step + 1);
        set({history: state.history});
        break;
      }
      case PARAMETERS: set({parameters: /** @type {ParameterFrame} */ (frame)}); break;
      case RESPONSE: set({response: /** @type {Responses} */ (frame)}); break;
      case BELIEF: set({belief: /** @type {Belief} */ (frame)}); break;
    }
  }

  return {
    state, set,
    /** Looks again where the presenter looks. */
    follow() {
      set({following: true});
      look();
    },
    /** @param {any} event */
    onEvent(event) { events[event.type]?.(event); },
    /** A frame of another run than the one on the stage is never drawn. @param {ArrayBuffer} buffer @param {Header} header */
    onFrame(buffer, header) {
      const run = state.run;
      if (run && header.run === run.run) commit(decode(buffer, header, run, performance.now()), run);
    },
    /** A signal that follows a field, updated once a drawn frame. @template {keyof State} K @param {K} name @returns {import("@preact/signals").Signal<State[K]>} */
    signal(name) {
      let found = signals.get(name);
      if (!found) signals.set(name, found = signal(state[name]));
      return found;
    },
    /** What has changed since the last call; signals get their new values. @param {number} now @returns {Set<keyof State>} */
    flush(now) {
      const names = new Set(changed);
      changed.clear();
      figuresDue ||= names.has("pulse");
      const figures = signals.get("pulse");
      // Figures of an older run never stand beside the new one's: its layers may be fewer.
      const sameRun = figures?.value?.run === state.pulse?.run;
      const streaming = state.playing && state.pulse?.phase === NO_PHASE && now - figuresAt < FIGURES_MS;
      batch(() => {
        if (figuresDue && !(streaming && sameRun)) {
          figuresDue = false;
          figuresAt = now;
          if (figures) figures.value = state.pulse;
        }
        for (const name of names) {
          if (name === "pulse") continue;
          const found = signals.get(name);
          if (found) found.value = state[name];
        }
      });
      return names;
    },
    /** Whether pulses were skipped since the last call: then the charts have a hole. */
    takeMissed() {
      const was = missed;
      missed = false;
      return was;
    },
  };
}

/** Whether two experiments differ in nothing but one setting. @param {Experiment} one @param {Experiment} other @param {string} name */
function sameBut(one, other, name) {
  const text = (/** @type {Experiment} */ experiment) => JSON.stringify({...experiment, [name]: null});
  return text(one) === text(other);
}
