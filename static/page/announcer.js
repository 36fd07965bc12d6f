// Says in words what happened, for those who do not see it: seldom, and only what is new. The diagnosis speaks for itself.

import {plain} from "../model/numbers.js";

const EVERY_MS = 4000;
const PASSES = {forward: "Forward pass", loss: "Loss", backward: "Backward pass", update: "Update", none: ""};

/** @param {HTMLElement} region a polite live region */
export function createAnnouncer(region) {
  let last = -Infinity, said = "", status = "";

  /** @param {string} text @param {number} now */
  function say(text, now) {
    if (text === said) return;
    last = now;
    said = text;
    region.textContent = text;
  }

  return {
    /** @param {State} state @param {number} now */
    tell(state, now) {
      const {pulse, wave, run} = state;
      if (!pulse || !run) return;
      const loss = `step ${pulse.step}, loss ${plain(pulse.loss)}`;
      const urgent = state.status !== status;
      const paused = !state.playing;
      if (!urgent && now - last < (paused ? 300 : EVERY_MS)) return;
      status = state.status;
      const where = wave.pass === "forward" || wave.pass === "backward" ? `, layer ${wave.layer}` : "";
      const pass = paused && wave.pass !== "none" ? `${PASSES[wave.pass]}${where}; ` : "";
      const words = state.status === "running" ? "" : `${state.status}; `;
      say(`${words}${pass}${loss}.`, now);
    },
  };
}
