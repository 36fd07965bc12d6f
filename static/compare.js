// The composition root of the page that compares runs: a room, a socket and a store for each, all driven together.

import {signal} from "@preact/signals";
import {h, render} from "preact";
import {App} from "./compare/app.js";
import {createLockstep} from "./compare/lockstep.js";
import {overlayView} from "./compare/overlay.js";
import {keepRoom, roomOf} from "./compare/rooms.js";
import {connect} from "./live/connection.js";
import {createRenderLoop} from "./page/render-loop.js";
import {followKeyboard} from "./page/keyboard.js";
import {addressesOf, faultOf, hashOf} from "./model/variations.js";
import {started} from "./page/started.js";
import {createStore} from "./live/store.js";
import {followTheme, readPalette} from "./page/theme.js";
import {ladderView} from "./views/ladder.js";
import {networkView} from "./views/network.js";

/** A frame that has drawn for so long leaves what remains to the next one. */
const BUDGET_MS = 8;
/** Free above the small networks: they have no titles. */
const TOP = 8;
/** Refusals that pass: the page says why. After others a run whose room cannot be entered gets another room. */
const NOT_NOW = ["busy", "full", "second_tab"];

const element = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const wake = createRenderLoop(frame);
/** @type {Description} */
const description = JSON.parse(element("description").textContent ?? "{}");
const addresses = addressesOf(location.hash), whole = hashOf(addresses).slice(1), wrong = faultOf(addresses);
const fault = signal(/** @type {CompareFault | null} */ (wrong && {run: null, ...wrong}));
const ending = signal(/** @type {CompareEnding | null} */ (null));
const runs = wrong ? [] : addresses.map(openRun);
const lockstep = createLockstep(runs);
const session = signal({ready: false, playing: false, over: false, speed: lockstep.speed});
window.addEventListener("hashchange", () => location.reload());

/**
 * A room of its own, paused and at its beginning, also where an earlier load of this page had opened it. After a loss
 * it comes back as it is, and catches up.
 * @param {string} address @param {number} index
 */
function openRun(address, index) {
  const store = createStore(description, wake);
  let room = roomOf(whole, index), fresh = false, resets = 0;
  const connection = connect({
    projector: () => false,
    room: () => room,
    experiment: () => address,
    onEvent(event) {
      store.onEvent(event);
      if (event.type === "welcome") enter(event.room);
      if (event.type === "notice") hold();
      if (event.type === "run") begin(event.run);
      if (event.type === "error" && !["type", "room", "tab"].includes(event.field)) refuse(index, event);
    },
    // What an earlier load of this page, or a new room by itself, has done is not shown.
    onFrame: (buffer, header) => { if (fresh) store.onFrame(buffer, header); },
    onStatus(status, closed) {
      store.set({connection: status, closed});
      if (status === "gone") leave(closed);
    },
  });
  const member = {
    store, address, state: store.state, signal: store.signal, send: connection.send, goal: /** @type {number | null} */ (null), least: Infinity,
  };

  /** A new room began to play by itself; in an older one the run may have ended, and would play once it is reset. @param {string} code */
  function enter(code) {
    resets = room === null ? 1 : 2;
    room = code;
    hold();
  }

  /** A generation has begun: the first one known is not the one to compare. @param {number} run */
  function begin(run) {
    forget();
    if (fresh) return;
    if (member.least < Infinity) {
      fresh = run >= member.least;
      return;
    }
    if (!store.state.refusal) keepRoom(whole, index, room);
    member.least = run + resets;
    for (let time = 0; time < resets; time++) for (const type of /** @type {const} */ (["pause", "reset"])) connection.send({type});
  }

  /** It may have lost some steps, and may play by itself. */
  function hold() {
    forget();
    member.least = fresh ? 0 : Infinity;
    connection.send({type: "pause"});
  }

  /** Where it is, only its next pulse says. */
  function forget() {
    member.goal = null;
    store.set({pulse: null});
  }

  /** The connection has ended for good: a run whose room is gone gets another. @param {number | null} closed */
  function leave(closed) {
    const {refusal} = store.state;
    if (room === null || NOT_NOW.includes(refusal?.code ?? "")) {
      lockstep.pause();
      ending.value ??= {closed, refusal};
      return;
    }
    room = null;
    fresh = false;
    keepRoom(whole, index, null);
    connection.open();
  }

  return member;
}

/** @param {number} run @param {Refusal} refusal */
function refuse(run, {field, was, expected}) {
  lockstep.pause();
  fault.value ??= {run, field, was, expected};
}

const theme = signal(/** @type {State["theme"]} */ ("light"));
const colours = followTheme((name) => {
  theme.value = name;
  for (const {store} of runs) store.set({theme: name, palette: readPalette()});
});
const motion = matchMedia("(prefers-reduced-motion: reduce)");
const followMotion = () => runs.forEach(({store}) => store.set({reducedMotion: motion.matches}));
motion.addEventListener("change", followMotion);
followMotion();

/** What is drawn: a view, and the runs that it draws. @type {{view: View, of: typeof runs, due: boolean}[]} */
const mounted = [];
/** @type {Record<string, (root: HTMLElement) => View>} */
const VIEWS = {
  network: (root) => networkView(root, TOP), ladder: ladderView,
  loss: (root) => overlayView(root, "loss", runs.map(({state}) => state)),
  norm: (root) => overlayView(root, "norm", runs.map(({state}) => state)),
};

/** @param {HTMLElement} root @param {string} kind @param {number} index */
function mount(root, kind, index) {
  const entry = {view: VIEWS[kind](root), of: kind === "network" || kind === "ladder" ? [runs[index]] : runs, due: true};
  const observer = new ResizeObserver(() => {
    entry.due = true;
    wake();
  });
  observer.observe(root);
  mounted.push(entry);
  return () => {
    observer.disconnect();
    mounted.splice(mounted.indexOf(entry), 1);
  };
}

/** One frame: what the runs have answered is drawn, and they are told what comes next. @param {number} now @returns {boolean} whether it goes on */
function frame(now) {
  const changed = new Map(runs.map((run) => [run, run.store.flush(now)]));
  if (!fault.value && !ending.value) lockstep.tick(now);
  follow();
  for (const entry of mounted) entry.due ||= entry.of.some((run) => entry.view.reads.some((name) => changed.get(run)?.has(name)));
  draw(now);
  return lockstep.playing || mounted.some(({due}) => due);
}

/** Whoever was left out comes first in the next frame. @param {number} now */
function draw(now) {
  const start = performance.now();
  for (const entry of mounted.filter(({due}) => due)) {
    if (performance.now() - start >= BUDGET_MS) return;
    entry.due = Boolean(entry.view.draw(entry.of[0].state, now));
    mounted.push(...mounted.splice(mounted.indexOf(entry), 1));
  }
}

/** The controls learn of the lockstep only when it has changed. */
function follow() {
  const old = session.peek(), {playing, over, speed} = lockstep;
  const ready = old.ready || (runs.length > 0 && lockstep.ready());
  if (ready !== old.ready || playing !== old.playing || over !== old.over || speed !== old.speed) session.value = {ready, playing, over, speed};
}

const {play, pause, step, reset} = lockstep;
const transport = {play, pause, step, reset};
followKeyboard({
  state: /** @type {State} */ ({get playing() { return lockstep.playing; }, driving: runs.length > 0}),
  send: ({type}) => transport[/** @type {keyof typeof transport} */ (type)]?.(),
  openHelp: () => undefined, turnPage: () => undefined,
});

element("compare").replaceChildren();
render(h(App, {page: {
  description, runs, session, fault, ending, theme, transport, mount, choose: lockstep.choose, toggleTheme: colours.toggle,
  address: whole, open: (address) => { location.hash = address; },
}}), element("compare"));
for (const type of ["click", "keydown", "input"]) document.addEventListener(type, wake, {capture: true, passive: true});
wake();

// A debugging aid: the states as they are. Documented in docs/architecture.md.
Object.assign(window, {nablascope: {states: () => runs.map(({state}) => state), session: () => session.peek()}});
started();
