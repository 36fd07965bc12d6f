// Before and after a remedy, side by side, from what this browser has recorded of both.

import {html} from "htm/preact";
import {layerColour} from "../../draw/colour.js";
import {plain, raised, whole} from "../../model/numbers.js";
import {compare} from "../../model/remedy.js";
import {factorText} from "../../views/ladder.js";

/** @typedef {import("../../model/remedy.js").Reading} Reading */

/** Decades of the axis: those of the ladder. */
const LOW = -6, HIGH = 2;
/** From so many layers on only some of them have names. */
const CROWDED = 12;

/** @param {{stage: import("../stage.js").Stage, before: import("../../model/remedy.js").Before, close: () => void}} props */
export function BeforeAfter({stage, before, close}) {
  const pulse = stage.signal("pulse").value, run = /** @type {Run} */ (stage.signal("run").value), now = stage.signal("diagnosis").value;
  const both = compare(before, run, stage.signal("history").peek()), begun = both.after !== null && pulse !== null;
  const norms = before.history.norms.length;
  return html`<section class="before-after" aria-label="Before and after">
    <h2>Before and after: ${before.label} <button aria-label="Dismiss the comparison" onClick=${close}>×</button></h2>
    <div class="sides">
      <${Bars} stage=${stage} both=${both} />
      <table>
        <thead><tr><td></td><th scope="col">Before</th><th scope="col">After</th></tr></thead>
        <tbody>
          <tr><th scope="row">Diagnosis</th><td>${before.diagnosis.sentence}</td><td>${begun ? now?.sentence : "No step with it yet."}</td></tr>
          <tr><th scope="row">Loss</th>${[both.before, both.after].map((side) => html`<td data-loss=${side?.loss}>
            <b>${plain(side?.loss)}</b> ${side && `at step ${whole(side.step)}`}</td>`)}</tr>
          <tr><th scope="row">‖∂L/∂W¹‖</th>${[both.before, both.after].map((side) => html`<td>
            ${side && norms > 1 ? `${factorText(/** @type {State} */ ({ladder: "gradient"}), side.norms, 1)} the output’s` : plain(side?.norms[0])}</td>`)}</tr>
        </tbody>
      </table>
    </div>
    <p class="hint">Medians of the last 20 recorded steps${before.way === "live" ? "" : ", of both runs up to the same step"}; log scale.</p>
    <table class="hidden">
      <caption>‖∂L/∂W‖ of each layer before and after</caption>
      <thead><tr><th scope="col">Layer</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
      <tbody>${before.history.norms.map((_, index) => html`<tr><th scope="row">${index + 1}</th>
        ${[both.before, both.after].map((side) => html`<td data-norm=${side?.norms[index]}>${plain(side?.norms[index])}</td>`)}</tr>`)}</tbody>
    </table>
  </section>`;
}

/** A pair of bars for each layer. @param {{stage: import("../stage.js").Stage, both: {before: Reading | null, after: Reading | null}}} props */
function Bars({stage, both}) {
  const palette = stage.signal("palette").value, stops = [0, 1, 2, 3, 4].map((index) => palette[`layer-${index}`]);
  const {norms} = both.before ?? both.after ?? {norms: []}, every = norms.length > CROWDED ? Math.ceil(norms.length / 6) : 1;
  return html`<div class="bars" aria-hidden="true">
    <div class="decades">${[HIGH, (LOW + HIGH) / 2, LOW].map((decade) => html`<span>10${raised(decade)}</span>`)}</div>
    ${norms.map((_, index) => html`<div class="pair">
      <div class="pile">
        <i class="was" style=${{height: tall(both.before, index), color: layerColour(stops, index + 1, norms.length)}}></i>
        <i class="is" style=${{height: tall(both.after, index), color: layerColour(stops, index + 1, norms.length)}}></i>
      </div>
      <span>${index % every === 0 ? `W${raised(index + 1)}` : "\u00a0"}</span>
    </div>`)}
  </div>`;
}

/** @param {Reading | null} side @param {number} index */
function tall(side, index) {
  const value = side?.norms[index] ?? 0, decade = value > 0 ? Math.log10(value) : LOW;
  return side ? `${Math.max(1, (100 * (Math.min(HIGH, Math.max(LOW, decade)) - LOW)) / (HIGH - LOW))}%` : "0";
}
