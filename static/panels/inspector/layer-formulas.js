// A layer in the inspector, row by row: formulas of vectors and matrices, their norms, and what they hold as small pictures.

import {html} from "htm/preact";
import {plain, rate} from "../../model/numbers.js";
import {formula, operator, passedOn, slopeOf, symbol} from "../parts/formula.js";
import {HeatCells} from "./heat-cells.js";
import {formulaRow} from "./formula-row.js";

/** @typedef {{stage: import("../stage.js").Stage, found: LayerInspection, view: "sample" | "mean", run: Run, experiment: Experiment}} Props */

const EQUALS = operator("="), transposed = (/** @type {unknown} */ of) => html`<msup><mrow>${of}</mrow><mo>⊤</mo></msup>`;
const slope = (/** @type {unknown} */ of) => html`<msup><mi>σ</mi><mo>′</mo></msup>${operator("(")}${of}${operator(")")}`;
/** The norm of a line's left-hand side, in words. @param {string} of @param {number | null} value */
const norm = (of, value) => html`<span class="norm">‖${of}‖ = ${plain(value)}</span>`;

/** @param {Props} props */
export function InspectedLayer({stage, found, view, run, experiment}) {
  const {place: {layer}, shape: [wide, high], normalised, taken_over: taken, between, update} = found, now = found[view], mean = view === "mean";
  const last = run.layers.length - 1, W = symbol("W", layer), z = symbol("z", layer), into = normalised ? symbol("n", layer) : z;
  const before = layer === 1 ? symbol("x", "") : symbol(passedOn(experiment), layer - 1), delta = symbol("δ", layer), name = found.activation.replaceAll("_", " ");
  const row = (/** @type {string} */ label, /** @type {number[]} */ values, family = "value") =>
    html`<${HeatCells} stage=${stage} label=${label} rows=${[values]} of=${[1, label.startsWith("in") ? wide : high]} family=${family} />`;
  const matrix = (/** @type {string} */ label, /** @type {number[][]} */ values, family = "value") =>
    html`<${HeatCells} stage=${stage} label=${label} rows=${values} of=${[wide, high]} family=${family} />`;
  const passed = between.includes("dropout") || experiment.residual;
  return html`
    <li class="hint" data-shape=${`${wide} ${high}`}>W${" "}is ${wide} × ${high}: ${wide} ${layer === 1 ? "inputs" : "units before it"}, ${high} ${layer === last ? "outputs" : "units"}; σ is ${name}.
      Pictures: ${mean ? "means over the batch" : "the sample on show"}, norms beside them.</li>
    ${formulaRow("forward", "z", formula(z, EQUALS, transposed(W), before, operator("+"), symbol("b", layer)),
      html`${row("in", now.inputs)}${matrix("W", found.weight)}${row("z", now.z)}${norm("W", found.weight_norm)}`, now.norms.z)}
    ${normalised && now.normed && formulaRow("forward", "normed", formula(into, EQUALS, html`<mi>norm</mi>`, operator("("), z, operator(")")), row("n", now.normed), now.norms.normed)}
    ${formulaRow("forward", "a", formula(symbol("a", layer), EQUALS, html`<mi>σ</mi>`, operator("("), into, operator(")")), row("a", now.a), now.norms.a)}
    ${passed && formulaRow("forward", "h", formula(symbol("h", layer), html`<mtext>\u00a0what is passed on</mtext>`), row("h", now.passed), now.norms.passed)}
    ${formulaRow("backward", "error", formula(html`<mtext>error\u00a0</mtext>`, slopeOf(symbol(taken ? "z" : passedOn(experiment), layer)),
      layer < last && EQUALS, layer < last && symbol("W", layer + 1), layer < last && symbol("δ", layer + 1),
      layer < last && experiment.residual && html`<mtext>\u00a0+ what comes around</mtext>`), row("error", now.error, "gradient"), now.norms.error)}
    ${!taken && formulaRow("backward", "slope", formula(html`<mtext>slope\u00a0</mtext>`, slope(into)), html`${row("σ′", now.slope)}
      <span class="norm" data-flat=${`${found.saturated.length} ${found.dead.length}`}>mean |σ′| over batch and units <b data-mean-slope=${found.mean_slope}>${plain(found.mean_slope)}</b>;${" "}
        ${found.saturated.length} saturated, ${found.dead.length} dead of ${high}</span>`, now.norms.slope)}
    ${formulaRow("backward", "delta", formula(delta, EQUALS, ...(taken ? [html`<mtext>error: the loss has taken σ over</mtext>`] : [html`<mtext>error</mtext>`, operator("⊙"), slope(into)]),
      between.length > 0 && html`<mtext>\u00a0, through ${between.join(" and ")}</mtext>`), row("δ", now.delta, "gradient"), now.norms.delta)}
    ${mean ? null : formulaRow("backward", "product", formula(html`<mtext>this sample’s part\u00a0</mtext>`, before, transposed(delta)), matrix("h δᵀ", now.product, "gradient"), now.norms.product)}
    ${formulaRow("backward", "gradient", formula(slopeOf(W), EQUALS, html`<msub><mo>∑</mo><mtext>batch</mtext></msub>`, before, transposed(delta), experiment.l1 + experiment.l2 > 0 && html`<mtext>\u00a0+ penalties</mtext>`),
      html`${matrix("∂L/∂W", found.gradient, "gradient")}${row("∂L/∂b", found.bias_gradient, "gradient")}`, found.gradient_norm)}
    ${formulaRow("update", "change", formula(W, operator("←"), W, operator("−"), ...(update.optimiser === "sgd" ? [html`<mi>η</mi>`, slopeOf(W)] : [html`<mtext>${update.optimiser}’s step</mtext>`]),
      update.clipped && html`<mtext>\u00a0, clipped</mtext>`), update.change === null ? "No update follows: numbers have run away."
        : html`${matrix("step", update.change)}<span class="norm">${update.made ? "" : "about to be made; "}η = ${rate(update.learning_rate)}; ‖ΔW‖ / ‖W‖ = <b data-ratio=${update.ratio}>${plain(update.ratio)}</b></span>`, update.change_norm)}`;
}
