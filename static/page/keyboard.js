// Keys that work anywhere on the page, except where somebody types or a control wants them.

import {nudged} from "../model/rate-keys.js";

/** @param {{state: State, send: Send, openHelp: () => void, turnPage: (by: 1 | -1) => void}} options */
export function followKeyboard({state, send, openHelp, turnPage}) {
  /** @type {Record<string, () => void>} */
  const keys = {
    " ": () => send({type: state.playing ? "pause" : "play"}),
    ArrowRight: () => send({type: "layer"}),
    ArrowLeft: () => send({type: "back"}),
    ArrowUp: () => turn(1),
    ArrowDown: () => turn(-1),
    s: () => send({type: "step"}),
    r: () => send({type: "reset"}),
    "?": openHelp,
  };
  /** While a lesson is open, also for who only watches. @type {Record<string, 1 | -1>} */
  const pages = {PageDown: 1, PageUp: -1};

  /** @param {number} direction */
  function turn(direction) {
    if (state.experiment) send({type: "set", changes: {learning_rate: nudged(state.experiment.learning_rate, direction)}});
  }

  document.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]") || target.closest("input, select, textarea")) return;
    // Space presses what has the focus; a dialog's button may have it for a moment after the dialog was closed.
    if (event.key === " " && target.closest("button, summary, a")?.checkVisibility()) return;
    if (state.lesson && pages[event.key]) {
      event.preventDefault();
      turnPage(pages[event.key]);
      return;
    }
    const action = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action || (!state.driving && event.key !== "?")) return;
    event.preventDefault();
    action();
  });
}
