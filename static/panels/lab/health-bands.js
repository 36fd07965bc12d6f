// Gradient health over time: of every layer, how its values have been distributed since somebody looks.

import {html} from "htm/preact";
import {along, axisOf, between, heightOf, placesOf} from "../../draw/bands.js";
import {plain, power, shortWhole, whole} from "../../model/numbers.js";
import {useAnswer} from "../parts/use-answer.js";
import {LayerName, colourOf, fromTheOutput} from "./layer-rows.js";
import {EmptyState, nothingOf} from "./empty-state.js";

/** @typedef {import("../stage.js").Stage} Stage */
/** @typedef {"z" | "a" | "delta" | "gradient"} What */
/** @typedef {{step: number, quantity: What, steps: number[], began: boolean[], layers: {layer: number, bands: (number | null)[][]}[]}} Recorded */

const EVERY_MS = 1000;
/** Of these only sizes are recorded. */
const SIZES = ["delta", "gradient"];
/** Rows are as high as there is room for. @param {number} layers */
const heightFor = (layers) => (layers <= 5 ? 58 : layers <= 7 ? 40 : layers <= 12 ? 26 : 19);
/** In the order of the bands. */
const NAMES = ["5 %", "25 %", "median", "75 %", "95 %"];

/** @param {{stage: Stage, what: What, name: string}} props */
export function HealthBands({stage, what, name}) {
  const answer = useAnswer(stage, "health_over_time", {quantity: what}, {every: EVERY_MS}), found = /** @type {Recorded | null | undefined} */ (answer?.found);
  const fitting = found?.quantity === what ? found : null;
  return html`
    <p class="explains">Line: median of ${name}; dark: the middle half; light: 5 to 95 %. Recorded while this is open, up to ten times a second, thinned as the run goes on.</p>
    <${EmptyState} stage=${stage} answer=${answer} none=${nothingOf(stage)} />
    ${fitting && html`<${Rows} stage=${stage} found=${fitting} name=${name} />`}`;
}

/** @param {{stage: Stage, found: Recorded, name: string}} props */
function Rows({stage, found: {quantity, steps, began, layers}, name}) {
  const palette = stage.signal("palette").value, axis = axisOf(layers.map(({bands}) => bands), SIZES.includes(quantity)), height = heightFor(layers.length);
  const places = placesOf(steps), ends = [axis.high, axis.low].map((end) => (axis.logarithmic ? power(end) : plain(end, 2)));
  return html`<table class="rows bands" data-low=${axis.low} data-high=${axis.high} data-steps=${steps.length} data-from=${steps[0]} data-to=${steps[steps.length - 1]}>
    <thead><tr><th scope="col">Layer</th><th scope="col" class="wide">${name}: ${ends[1]} to ${ends[0]}${axis.logarithmic && ", log"}</th>
      <th scope="col">median</th></tr></thead>
    <tbody>${fromTheOutput(layers).map(({layer, bands}) => html`<${Row} key=${layer} layer=${layer} layers=${layers.length} palette=${palette} places=${places} began=${began}
      bands=${bands} axis=${axis} height=${height} />`)}</tbody>
    <tfoot><tr><td></td><td class="wide"><span class="ends" aria-hidden="true"><span>step ${shortWhole(steps[0])}</span><span>${shortWhole(steps[steps.length - 1])}</span></span>
      <span class="hidden">From step ${whole(steps[0])} to step ${whole(steps[steps.length - 1])}</span></td><td></td></tr></tfoot>
  </table>`;
}

/** @param {{layer: number, layers: number, palette: Palette, places: number[], began: boolean[], bands: (number | null)[][], axis: import("../../draw/bands.js").Axis, height: number}} props */
function Row({layer, layers, palette, places, began, bands, axis, height}) {
  const colour = colourOf(palette, layer, layers), now = bands.map((band) => band[band.length - 1]);
  const words = `Layer ${layer}, last: ${NAMES.map((name, index) => `${name} ${plain(now[index])}`).join(", ")}`;
  return html`<tr data-layer=${layer} data-now=${JSON.stringify(now)}>
    <${LayerName} layer=${layer} layers=${layers} palette=${palette} />
    <td class="wide"><svg class="ridge" role="img" aria-label=${words} height=${height} viewBox="0 0 1 1" preserveAspectRatio="none">
      <title>${words}</title>
      ${!axis.logarithmic && html`<path d=${`M0 ${heightOf(0, axis)}H1`} class="middle" vector-effect="non-scaling-stroke" />`}
      <path d=${between(places, began, bands[0], bands[4], axis)} fill=${colour} fill-opacity="0.28" />
      <path d=${between(places, began, bands[1], bands[3], axis)} fill=${colour} fill-opacity="0.55" />
      <path d=${along(places, began, bands[2], axis)} class="median" vector-effect="non-scaling-stroke" />
    </svg></td>
    <td>${plain(now[2], 2)}</td></tr>`;
}
