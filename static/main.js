// The composition root: the only module that knows all others.

import {h, render} from "preact";
import {createAddress, withTable} from "./page/address.js";
import {createAnnouncer} from "./page/announcer.js";
import {App} from "./stage/app.js";
import {connect, keepName, keepToken, tokenOf} from "./live/connection.js";
import {createRenderLoop} from "./page/render-loop.js";
import {followKeyboard} from "./page/keyboard.js";
import {without} from "./model/choices.js";
import {presents} from "./model/look.js";
import {createPresenter} from "./stage/presenter.js";
import {nextPage, pageAt, previousPage} from "./model/lessons.js";
import {at} from "./page/site.js";
import {hashOf} from "./model/variations.js";
import {waveAt} from "./model/wave.js";
import {createScenes} from "./stage/scenes.js";
import {started} from "./page/started.js";
import {createStore} from "./live/store.js";
import {followTheme, readPalette} from "./page/theme.js";
import {gradientHistoryView} from "./views/gradient-history.js";
import {ladderView} from "./views/ladder.js";
import {lossView} from "./views/loss.js";
import {networkView} from "./views/network.js";
import {outputView} from "./views/output.js";

const VIEWS = {
  network: networkView, ladder: ladderView, output: outputView, loss: lossView, "gradient-history": gradientHistoryView,
};
/** A frame that has drawn for so long leaves what remains to the next one, so that a hand on a control never waits. */
const BUDGET_MS = 5;
/** A view with a pause lets others go first: while a hand moves, and in frames that show a new pulse; but not longer. */
const HAND_MS = 150, LONGEST_WAIT_MS = 400;
/** A hole in the charts is asked for at most once a second: as many rows, or all where there are fewer; the first may be missing. */
const ASK_MS = 1000, RECENT = 200;

const element = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const wake = createRenderLoop(frame);
const store = createStore(JSON.parse(element("description").textContent ?? "{}"), wake);
const {state} = store;
/** @type {{view: View, due: boolean, drawnAt: number}[]} */
const mounted = [];
let askedAt = -Infinity, handAt = -Infinity, first = 0;
for (const type of ["pointerdown", "keydown", "input"]) {
  document.addEventListener(type, () => { handAt = performance.now(); }, {capture: true, passive: true});
}

const address = createAddress();

/** A teacher's link makes this tab a teacher's. */
function becomeTeacher() {
  const code = address.room(), token = address.takeTeacher();
  if (code && token) keepToken(code, token);
  return token !== null;
}
becomeTeacher();

const connection = connect({
  room: address.room,
  experiment: () => address.experiment() || null,
  projector: address.projector,
  onEvent(event) {
    if (event.type === "welcome" && address.room() !== event.room) address.enter(event.room);
    if (event.type === "settings") address.follow(withTable(event.address, state.run));
    store.onEvent(event);
    scenes.follow(event);
  },
  onFrame: store.onFrame,
  onStatus: (connection, closed) => store.set({connection, closed}),
});

window.addEventListener("hashchange", () => {
  if (becomeTeacher()) location.reload();
  else location.assign(at(location.hash));
});

const theme = followTheme((name) => store.set({theme: name, palette: readPalette()}));
const motion = matchMedia("(prefers-reduced-motion: reduce)");
const followMotion = () => store.set({reducedMotion: motion.matches});
motion.addEventListener("change", followMotion);
followMotion();

const scenes = createScenes(state, connection.send, look);
const presenter = createPresenter(store, connection.send);
const announcer = createAnnouncer(element("announcements"));
followKeyboard({
  state, send: connection.send, turnPage,
  openHelp: () => /** @type {HTMLButtonElement | null} */ (document.querySelector('button[aria-label="Help"]'))?.click(),
});

/** @type {import("./panels/stage.js").Stage} */
const stage = {
  signal: store.signal,
  send: connection.send,
  toggleTheme: theme.toggle,
  openRoom: () => location.assign(at(`#${address.experiment()}`)),
  address: address.experiment,
  compare: (addresses) => {
    address.write();
    location.assign(at(`compare${hashOf(addresses)}`));
  },
  chooseLadder: (ladder) => look({ladder}),
  openLab: (lab) => look({lab}),
  select: (selection) => look({selection, nudge: null}),
  openLesson: (lesson) => look({lesson}),
  setScene: scenes.set,
  openBar: (barOpen) => store.set({barOpen}),
  point: (pointing) => store.set({pointing, pointer: null}),
  followTeacher: store.follow,
  rename(name) {
    keepName(name);
    connection.send({type: "name", name});
  },
  teacherToken: () => tokenOf(state.room ?? ""),
  nudge: (nudge) => store.set({nudge}),
  dismiss: () => store.set({refusal: null, notice: null}),
  forget: (what) => store.set({answers: {...state.answers, [what]: undefined}}),
  keep: () => store.set({confirm: null}),
  withdraw: (setting) => store.set({confirm: without(state.confirm, setting)}),
};

/** Somebody who looks elsewhere does not follow any more, until they want to again. @param {Partial<State>} values */
function look(values) {
  store.set(state.role !== "student" || presents(state) || state.forked ? values : {...values, following: false});
}

/** As a presenter's remote does it. @param {1 | -1} by */
function turnPage(by) {
  const lessons = state.description.lessons ?? [], {lesson} = state;
  if (!lesson || !pageAt(lessons, lesson) || state.role === "projector") return;
  const to = by > 0 ? nextPage(lessons, lesson) : previousPage(lessons, lesson);
  if (to) look({lesson: to});
}

store.flush(performance.now());
element("stage").replaceChildren();
render(h(App, {stage, mounted: mountViews}), element("stage"));

function mountViews() {
  for (const [name, create] of Object.entries(VIEWS)) {
    const root = /** @type {HTMLElement} */ (document.querySelector(`[data-view="${name}"]`));
    const entry = {view: create(root), due: true, drawnAt: -Infinity};
    mounted.push(entry);
    new ResizeObserver(() => {
      entry.due = true;
      wake();
    }).observe(root);
  }
  wake();
}

/** One frame: what has changed goes to the controls, and whichever view reads it draws. @param {number} now @returns {boolean} whether one has yet to draw */
function frame(now) {
  followWave(now);
  const changed = store.flush(now);
  if (changed.has("role")) document.documentElement.dataset.role = state.role ?? "";
  drawViews(now, changed);
  announcer.tell(state, now);
  presenter.tell(now);
  if (now - askedAt > ASK_MS && store.takeMissed() && state.history.length) {
    askedAt = now;
    connection.send({type: "history", since: state.history.step[state.history.length - RECENT] ?? 0});
  }
  return mounted.some(({due}) => due);
}

/**
 * Each frame begins with another view, so that none is always the last; views with a pause come after the others, one
 * a frame.
 * @param {number} now @param {Set<keyof State>} changed
 */
function drawViews(now, changed) {
  for (const entry of mounted) entry.due ||= entry.view.reads.some((name) => changed.has(name));
  const start = performance.now(), busy = changed.has("pulse") || start - handAt < HAND_MS;
  const turns = mounted.map((_, turn) => mounted[(first + turn) % mounted.length]).filter(({due}) => due);
  first = (first + 1) % Math.max(1, mounted.length);
  for (const entry of turns.filter(({view}) => !view.pause)) {
    if (performance.now() - start >= BUDGET_MS) return;
    draw(entry, now);
  }
  const patient = turns.find(({view, drawnAt}) => view.pause && now - drawnAt >= (busy ? LONGEST_WAIT_MS : view.pause(state)));
  if (patient && performance.now() - start < BUDGET_MS) draw(patient, now);
}

/** @param {typeof mounted[number]} entry @param {number} now */
function draw(entry, now) {
  entry.due = Boolean(entry.view.draw(state, now));
  entry.drawnAt = now;
}

/** The controls learn of the wave only when it enters another layer. @param {number} now */
function followWave(now) {
  if (!state.run) return;
  const {pass, layer} = waveAt(state.pulse, state.run.layers.length - 1, now, state.reducedMotion);
  if (pass !== state.wave.pass || layer !== state.wave.layer) store.set({wave: {pass, layer}});
}

// A debugging aid: the state as it is. Documented in docs/architecture.md.
Object.assign(window, {nablascope: {state: () => state}});
started();
