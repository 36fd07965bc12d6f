// How a run blew up: its last steps, layer by layer, the chain in words, and two ways back.

import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {plain, whole} from "../../model/numbers.js";
import {useAnswer} from "../parts/use-answer.js";
import {LayerName, rowHeight} from "./layer-rows.js";
import {EmptyState} from "./empty-state.js";
import {change, drives} from "../stage.js";

/** @typedef {import("../stage.js").Stage} Stage */

/** @type {Record<Strip, [string, string]>} */
const SHOWN = {
  weights: ["‖W‖", "Size of the weights"], z: ["max |z|", "Largest weighted sum"],
  delta: ["‖δ‖", "Size of the error"], gradient: ["‖∂L/∂W‖", "Size of the gradient"],
};
/** Powers of ten from the faintest to the fullest colour: up to where float32 ends, the same for all quantities. */
const LOW = -6, HIGH = 38;
/** What the learning rate becomes, and its bound. */
const LOWERED = 0.1, LEAST_RATE = 1e-5;

/** @param {{stage: Stage}} props */
export function BlowUp({stage}) {
  const diverged = stage.signal("status").value === "diverged";
  const answer = useAnswer(stage, "blow_up", {}, {when: diverged}), found = /** @type {Autopsy | null} */ (diverged ? answer?.found ?? null : null);
  return html`<section aria-label="Blow-up">
    <h2>Blow-up</h2>
    <p class="explains">When a number overflows the run is frozen, and its last steps are made once more, to the bit, to see where it began.</p>
    ${diverged ? html`<${EmptyState} stage=${stage} answer=${answer} none="Its last steps cannot be made again." />`
      : html`<p class="silence">This run has not blown up. With a learning rate of 10, many do.</p>`}
    ${found && html`<p class="began">Step <b>${whole(found.step)}</b>${found.layer && html`, layer <b>${found.layer}</b>`}: the <b>${found.quantity ?? "loss"}</b>${" "}
        was no finite number any more. The last finite step was <b>${whole(found.last_finite)}</b>.</p>
      <${Strips} stage=${stage} found=${found} />
      <p class="chain">${found.chain.split(" → ").map((link, index) => html`<span>${index > 0 && "→ "}${link}</span> `)}</p>
      <${WaysBack} stage=${stage} />`}
  </section>`;
}

/** @param {{stage: Stage, found: Autopsy}} props */
function Strips({stage, found}) {
  const [what, show] = useState(found.links[0]?.quantity ?? "gradient"), [chosen, choose] = useState(found.steps.length - 1);
  const at = Math.min(chosen, found.steps.length - 1), palette = stage.signal("palette").value, layers = found[what][0].length;
  const rows = Array.from({length: layers}, (_, index) => layers - index), height = rowHeight(layers) - 8;
  return html`<div class="tabs" role="group" aria-label="What the strip shows">
      ${Object.entries(SHOWN).map(([name, [label, words]]) => html`<button key=${name} aria-pressed=${name === what} title=${words}
        onClick=${() => show(/** @type {Strip} */ (name))}>${label}</button>`)}
    </div>
    <div class="strip" aria-hidden="true"><table class="rows">
      <tbody>${rows.map((layer) => html`<tr><${LayerName} layer=${layer} layers=${layers} palette=${palette} />
        ${found.steps.map((step, index) => html`<td class="cell" data-chosen=${index === at} onPointerEnter=${() => choose(index)}
          title="Step ${step}, layer ${layer}: ${valueOf(found[what][index][layer - 1])}">
          <i style=${{height: `${height}px`, opacity: strength(found[what][index][layer - 1])}}></i>${found[what][index][layer - 1] === null && html`<b>✗</b>`}</td>`)}
        <td class="value">${valueOf(found[what][at][layer - 1])}</td></tr>`)}</tbody>
    </table></div>
    <p class="hint">Colour: from 10⁻⁶, faint, to 10³⁸, full, where the numbers end; ✗ is beyond.</p>
    <label class="which">Step <b>${whole(found.steps[at])}</b> · batch loss <b>${valueOf(found.losses[at])}</b>
      <input type="range" aria-label="Step of the strip" aria-valuetext="step ${found.steps[at]}" min="0" max=${found.steps.length - 1} value=${at}
        onInput=${(/** @type {any} */ event) => choose(Number(event.target.value))} /></label>
    <table class="hidden">
      <caption>${SHOWN[what][1]} in the last steps</caption>
      <thead><tr><th scope="col">Step</th>${rows.map((layer) => html`<th scope="col">Layer ${layer}</th>`)}</tr></thead>
      <tbody>${found.steps.map((step, index) => html`<tr data-step=${step}><th scope="row">${step}</th>
        ${rows.map((layer) => html`<td data-value=${found[what][index][layer - 1] ?? "none"}>${valueOf(found[what][index][layer - 1])}</td>`)}</tr>`)}</tbody>
    </table>`;
}

/** @param {number | null} value */
const valueOf = (value) => (value === null ? "overflow" : plain(value));

/** How full a cell's colour is; empty for what overflowed, which has a sign of its own. @param {number | null} value */
function strength(value) {
  if (value === null) return 0;
  return Math.min(1, Math.max(0.04, (Math.log10(Math.max(value, 1e-30)) - LOW) / (HIGH - LOW)));
}

/** @param {{stage: Stage}} props */
function WaysBack({stage}) {
  const rate = stage.signal("experiment").value?.learning_rate ?? LEAST_RATE, off = !drives(stage);
  const lower = Math.max(LEAST_RATE, Number((rate * LOWERED).toPrecision(3)));
  function goOn() {
    stage.send({type: "rewind"});
    change(stage, {learning_rate: lower});
    stage.send({type: "play"});
  }
  // "Rewind" itself stands in the diagnosis, where it is in sight whatever is open.
  return html`<div class="ways"><button disabled=${off} aria-label="Rewind to before" onClick=${() => stage.send({type: "rewind"})}>Rewind to before</button>
    <button class="primary" disabled=${off} title="Rewind, then go on with η = ${lower}" onClick=${goOn}>Lower η and go on</button></div>`;
}
