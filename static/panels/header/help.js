// What the keys do, and what the colours mean.

import {html} from "htm/preact";
import {at} from "../../page/site.js";

const KEYS = [
  ["space", "play or pause"], ["→", "one layer: the next phase of this step"], ["S", "one step"],
  ["←", "one step back in time, exact"], ["↑ ↓", "learning rate up or down"], ["R", "reset: the same weights, from the beginning"],
  ["PgDn PgUp", "the next page of the lesson, the one before"], ["?", "this help"],
];

/** @param {{dialog: import("preact").RefObject<HTMLDialogElement>, version: string, room: string | null}} props */
export function Help({dialog, version, room}) {
  return html`<dialog ref=${dialog} class="help" aria-labelledby="help-title">
    <h2 id="help-title">What you see</h2>
    <p>A network really trains on the server. Each step runs forward (blue) from the input to the output, the loss flashes,
      and the error runs backward (purple). Behind the backward wave the connections show ∂L/∂w: purple is negative, green positive.
      Otherwise they show their weights: orange (dashed) is negative, blue positive. Nothing here is invented: every number is the engine's.</p>
    <p>Each neuron is a picture of its answers over the input plane. A bar of the ladder stands under its layer: how much gradient arrives there, on a log scale.</p>
    <p>Drag along the loss to look back: a step of the past comes back exactly, with its weights and settings. Of a long run, the last 20,000 steps are kept, fewer of a wide network. <b>Return</b> leads to the last step again; <b>Play</b> goes on from the one on show.</p>
    <p>Under <b>Your own data</b> a network learns a table of yours: a CSV file or pasted rows, numbers and last a class or a number to predict.</p>
    <h2>Keys</h2>
    <dl>${KEYS.map(([key, does]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${does}</dd></div>`)}</dl>
    <h2>How do we know?</h2>
    <p>Every gradient is checked against finite differences, and the engine reproduces published numbers, computed while you watch:${" "}
      <a href=${at(room ? `how?room=${room}` : "how")}>How do we know?</a></p>
    <p class="hint">Nablascope ${version}</p>
    <form method="dialog"><button class="primary">Close</button></form>
  </dialog>`;
}
