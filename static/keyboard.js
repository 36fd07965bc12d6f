// Keys that work anywhere on the page, except where somebody types or a control wants them.

import {nudged} from "./controls/rate.js";

/** @param {{state: State, send: Send, openHelp: () => void}} options */
export function followKeyboard({state, send, openHelp}) {
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
    const action = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action || (!state.driving && event.key !== "?")) return;
    event.preventDefault();
    action();
  });
}
