// What an instrument says while it has nothing to show.

import {html} from "htm/preact";

/** @param {{stage: import("../stage.js").Stage, answer: Answer | undefined, none: string}} props none: when there is nothing to tell */
export function EmptyState({stage, answer, none}) {
  const live = stage.signal("connection").value === "live";
  if (!live) return html`<p class="silence" role="status">Not connected. ${answer?.found ? "These are the last numbers." : ""}</p>`;
  if (!answer) return html`<p class="silence" role="status">Reading the run …</p>`;
  return answer.found ? null : html`<p class="silence" role="status">${none}</p>`;
}

/** What is said before the first step, and of a run whose numbers have run away. @param {import("../stage.js").Stage} stage */
export function nothingOf(stage) {
  return stage.signal("status").value === "diverged"
    ? "The numbers have run away: rewind, or see under Blow-up how it came."
    : "No step has been made yet: press Play or One step.";
}
