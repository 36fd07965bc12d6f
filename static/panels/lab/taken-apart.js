// δ taken apart: error arriving × slope, unit by unit, for the sample on show; norms over the batch.

import {html} from "htm/preact";
import {plain} from "../../model/numbers.js";
import {useAnswer} from "../parts/use-answer.js";
import {Flat, LayerName, fromTheOutput, rowHeight} from "./layer-rows.js";
import {EmptyState, nothingOf} from "./empty-state.js";

/** @typedef {import("../stage.js").Stage} Stage */

/** Errors stand on a log scale that never moves: from 10⁻⁸, a line, to 1, the whole height. */
const FAINTEST = -8;

/** @param {{stage: Stage}} props */
export function TakenApart({stage}) {
  const answer = useAnswer(stage, "taken_apart", {}), found = answer?.found;
  const between = /** @type {string[]} */ (found ? [...new Set(found.layers.flatMap((/** @type {LayerApart} */ row) => row.between))] : []);
  return html`<section aria-label="δ taken apart">
    <h2>δ taken apart ${found && html`<span class="hint">step ${found.step}</span>`}</h2>
    <p class="explains">Each bar is a unit of the sample on show; numbers are ‖·‖ over the batch. Errors: 10⁻⁸ to 1, log, down for −.
      Slopes: up to the steepest. Saturated (=): under 5 % of that; dead (×): 0 for all samples${between.length ? `. ${between.join(" and ")} stands between, too` : ""}.</p>
    <${EmptyState} stage=${stage} answer=${answer} none=${nothingOf(stage)} />
    ${found && html`<${Rows} stage=${stage} layers=${found.layers} />`}
  </section>`;
}

/** @param {{stage: Stage, layers: LayerApart[]}} props */
function Rows({stage, layers}) {
  const palette = stage.signal("palette").value, height = rowHeight(layers.length);
  return html`<table class="rows apart">
    <thead><tr><th scope="col">Layer</th><th scope="col">error</th><th scope="col">× slope σ′</th><th scope="col">= δ</th><th scope="col">Flat</th></tr></thead>
    <tbody>${fromTheOutput(layers).map((row) => html`<tr key=${row.layer} data-layer=${row.layer}>
      <${LayerName} layer=${row.layer} layers=${layers.length} palette=${palette} />
      ${/** @type {const} */ (["error", "slope", "delta"]).map((name) => html`<td data-norm=${row[`${name}_norm`]}>
        <${Bars} row=${row} name=${name} height=${height} />
        <span>${name === "slope" && row.taken_over ? "in the loss" : plain(row[`${name}_norm`], 2)}</span></td>`)}
      <${Flat} row=${row} />
    </tr>`)}</tbody>
  </table>`;
}

const WORDS = {error: "error arriving", slope: "slope", delta: "δ"};

/** @param {{row: LayerApart, name: "error" | "slope" | "delta", height: number}} props */
function Bars({row, name, height}) {
  const values = row[name], signed = name !== "slope", least = signed ? -1 : Math.min(0, ...values.map((value) => (value ?? 0) / row.steepest));
  const size = (/** @type {number | null} */ value) => (value === null ? 1 : signed ? logarithmic(value) : value / row.steepest);
  return html`<svg class="bars-of-units" role="img" height=${height} viewBox="0 -1 ${values.length} ${1 - least}" preserveAspectRatio="none"
    aria-label="Layer ${row.layer}, ${WORDS[name]}: ${values.slice(0, 8).map((value) => plain(value, 2)).join(", ")}${values.length > 8 ? " …" : ""}">
    <path d="M0 0H${values.length}" class="middle" vector-effect="non-scaling-stroke" />
    ${values.map((value, unit) => html`<rect x=${unit + 0.14} width="0.72" y=${-Math.max(0, size(value))} height=${Math.abs(size(value))}
      class=${value === null ? "none" : name === "slope" ? "slope" : value < 0 ? "minus" : "plus"}>
      <title>Unit ${unit + 1}: ${plain(value)}</title></rect>`)}
    ${name === "slope" && row.saturated.concat(row.dead).filter((unit) => unit < values.length).map((unit) => html`<path class="flat-mark"
      d=${row.dead.includes(unit) ? `M${unit + 0.2} -0.75L${unit + 0.8} -0.35M${unit + 0.8} -0.75L${unit + 0.2} -0.35` : `M${unit + 0.2} -0.65H${unit + 0.8}M${unit + 0.2} -0.4H${unit + 0.8}`}
      vector-effect="non-scaling-stroke" />`)}
  </svg>`;
}

/** −1 to 1. @param {number} value */
function logarithmic(value) {
  return value === 0 ? 0 : Math.sign(value) * Math.min(1, Math.max(0.02, 1 - Math.log10(Math.abs(value)) / FAINTEST));
}
