// Gradient health: how values and errors are distributed in every layer, and what becomes of δ between them.

import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {plain, power} from "../../model/numbers.js";
import {useAnswer} from "../parts/use-answer.js";
import {HealthBands} from "./health-bands.js";
import {Flat, LayerName, colourOf, fromTheOutput, rowHeight} from "./layer-rows.js";
import {EmptyState, nothingOf} from "./empty-state.js";

/** @typedef {import("../stage.js").Stage} Stage */
/** @typedef {"z" | "a" | "delta" | "gradient"} What */

/** @type {Record<What, [string, string]>} */
const SHOWN = {
  z: ["z", "Weighted sums, from −10 to 10"],
  a: ["a", "Activations, over their range"],
  delta: ["δ", "Sizes of the errors δ, log scale"],
  gradient: ["∂L/∂W", "Sizes of the gradients ∂L/∂W, log scale"],
};
/** Over time it is the sizes of these that are recorded. @type {Partial<Record<What, string>>} */
const SIZES = {delta: "|δ|", gradient: "|∂L/∂W|"};
/** Bins' width of what lies beyond an end, and the gap before it. */
const BEYOND = 2, GAP = 1;

/** @param {{stage: Stage}} props */
export function Health({stage}) {
  const [what, show] = useState(/** @type {What} */ ("delta"));
  const [when, look] = useState("now"), now = when === "now";
  const answer = useAnswer(stage, "health", {}, {when: now}), found = answer?.found;
  return html`<section aria-label="Gradient health">
    <div class="lab-head">
      <h2>Gradient health ${now && found && html`<span class="hint">step ${found.step}</span>`}</h2>
      <div class="tabs" role="group" aria-label="When">
        ${["now", "over time"].map((name) => html`<button key=${name} aria-pressed=${name === when} onClick=${() => look(name)}>${name}</button>`)}
      </div>
      <div class="tabs" role="group" aria-label="What is distributed">
        ${Object.entries(SHOWN).map(([name, [label, words]]) => html`<button key=${name} aria-pressed=${name === what} title=${words}
          onClick=${() => show(/** @type {What} */ (name))}>${label}</button>`)}
      </div>
    </div>
    ${now ? html`<p class="explains">${SHOWN[what][1]}. ‖δ‖ × is its growth from the layer above, which vanishes or explodes as these multiply,
      beside what theory expects of random weights. Flat: units saturated (=) or dead (×).</p>
    <${EmptyState} stage=${stage} answer=${answer} none=${nothingOf(stage)} />
    ${found && html`<${Rows} stage=${stage} layers=${found.layers} what=${what} />`}` : html`<${HealthBands} stage=${stage} what=${what} name=${SIZES[what] ?? what} />`}
  </section>`;
}

/** @param {{stage: Stage, layers: LayerHealth[], what: What}} props */
function Rows({stage, layers, what}) {
  const palette = stage.signal("palette").value, ends = layers[0][what], height = rowHeight(layers.length);
  const same = layers.every((row) => String(row[what].bounds) === String(ends.bounds));
  return html`<table class="rows health">
    <thead><tr><th scope="col">Layer</th><th scope="col" class="wide">${SHOWN[what][0]}</th><th scope="col">Flat</th><th scope="col">‖δ‖ ×</th>
      <th scope="col" title="Glorot and Bengio 2010, He et al. 2015: for random weights as large as these">theory</th>
      <th scope="col" class="spare" title="The same for the weights that the initialiser draws">at start</th></tr></thead>
    <tbody>${fromTheOutput(layers).map((row) => html`<tr key=${row.layer} data-layer=${row.layer}>
      <${LayerName} layer=${row.layer} layers=${layers.length} palette=${palette} />
      <td class="wide"><${Ridge} row=${row} what=${what} height=${height} colour=${colourOf(palette, row.layer, layers.length)} ends=${!same} /></td>
      <${Flat} row=${row} />
      <td data-factor=${row.factor}>${times(row.factor)}</td><td data-predicted=${row.predicted}>${times(row.predicted)}</td>
      <td class="spare" data-start=${row.predicted_at_start}>${times(row.predicted_at_start)}</td></tr>`)}</tbody>
    ${same && html`<tfoot><tr><td></td><td class="wide"><${Ticks} histogram=${ends} /></td><td colspan="3"></td><td class="spare"></td></tr></tfoot>`}
  </table>`;
}

/** @param {number | null} factor */
const times = (factor) => (factor === null ? "–" : plain(factor, 2));

/** A histogram: the root of the share of all values that fall into a bin, so that a row's full height is all of them. @param {{row: LayerHealth, what: What, height: number, colour: string, ends: boolean}} props */
function Ridge({row, what, height, colour, ends}) {
  const {counts, below, above, zeros, missing, mean, deviation, logarithmic, bounds} = row[what];
  const all = Math.max(1, counts.reduce((sum, count) => sum + count, below + above + zeros + missing)), bins = counts.length;
  const top = (/** @type {number} */ count) => 1 - Math.sqrt(count / all);
  const path = `M0 1${counts.map((count, bin) => `V${top(count).toFixed(3)}H${bin + 1}`).join("")}V1Z`, small = below + zeros, large = above + missing;
  const beyond = [small && `${small} ${logarithmic ? "below, or 0" : "below"}`, large && `${large} above, or no numbers`].filter(Boolean).join(", ");
  const words = `Layer ${row.layer}, ${SHOWN[what][0]}: mean ${plain(mean)}, standard deviation ${plain(deviation)}${beyond && `; of ${all}, ${beyond}`}`;
  return html`<svg class="ridge" role="img" aria-label=${words} data-mean=${mean} data-of=${all} height=${height}
      viewBox="${-BEYOND - GAP} 0 ${bins + 2 * (BEYOND + GAP)} 1" preserveAspectRatio="none">
      <title>${words}</title>
      ${!logarithmic && bounds[0] < 0 && html`<path d="M${bins / 2} 0V1" class="middle" vector-effect="non-scaling-stroke" />`}
      <path d="M0 1H${bins}" class="middle" vector-effect="non-scaling-stroke" />
      <path d=${path} fill=${colour} />
      ${[[-BEYOND - GAP, small], [bins + GAP, large]].map(([x, count]) => count > 0 && html`<rect class="beyond" x=${x} width=${BEYOND} y=${top(count)} height=${1 - top(count)} />`)}
    </svg>${ends && html`<${Ticks} histogram=${row[what]} />`}`;
}

/** @param {{histogram: Histogram}} props */
function Ticks({histogram: {bounds: [low, high], logarithmic}}) {
  const count = logarithmic ? 3 : 2, name = (/** @type {number} */ at) => (logarithmic ? power(at) : String(at).replace("-", "−"));
  return html`<span class="ticks" aria-hidden="true">${Array.from({length: count + 1}, (_, index) => html`<span>${name(low + (index * (high - low)) / count)}</span>`)}</span>`;
}
