// One step, line by line: the chain rule with this step's numbers, for one unit and one of its weights.

import {html} from "htm/preact";
import {plain, rate} from "../model/numbers.js";
import {formula, operator, slopeOf} from "./formula.js";

/** @typedef {import("./stage.js").Stage} Stage */

/** @param {{stage: Stage}} props */
export function Lines({stage}) {
  const run = stage.signal("run").value, pulse = stage.signal("pulse").value, parameters = stage.signal("parameters").value;
  const {pass, layer: at} = stage.signal("wave").value;
  if (!run || !pulse || !parameters) return html`<section class="panel lines" aria-label="One step, line by line"></section>`;
  const last = run.layers.length - 1, layer = pass === "forward" || pass === "backward" ? at : last;
  const unit = 0, from = 0, units = run.layers[layer], name = run.activations[layer - 1];
  const weight = parameters.theta[layer][from * units + unit], gradient = parameters.gradient[layer][from * units + unit];
  const eta = pulse.learningRate, plainSgd = stage.signal("experiment").value?.optimiser === "sgd";
  const w = html`<msubsup><mi>w</mi><mn>11</mn><mn>${layer}</mn></msubsup>`;
  const one = (/** @type {string} */ letter, /** @type {number} */ of) => html`<msubsup><mi>${letter}</mi><mn>1</mn><mn>${of}</mn></msubsup>`;
  const before = layer === 1 ? one("x", 0) : one("a", layer - 1);
  const rows = [
    ["forward", formula(one("z", layer), operator("="), html`<msub><mo>∑</mo><mi>i</mi></msub>`, html`<msubsup><mi>w</mi><mrow><mi>i</mi><mn>1</mn></mrow><mn>${layer}</mn></msubsup>`, html`<msub>${layer === 1 ? html`<mi>x</mi>` : html`<msup><mi>a</mi><mn>${layer - 1}</mn></msup>`}<mi>i</mi></msub>`, operator("+"), one("b", layer)), pulse.z[layer][unit]],
    ["forward", formula(one("a", layer), operator("="), html`<mi>${name === "linear" ? "z" : name}</mi>`, name === "linear" ? "" : operator("("), name === "linear" ? "" : one("z", layer), name === "linear" ? "" : operator(")")), pulse.a[layer][unit]],
    ["loss", formula(html`<mi>L</mi>`, operator(" (batch mean)")), pulse.loss],
    ["backward", formula(one("δ", layer), operator("="), slopeOf(one("z", layer))), pulse.delta[layer][unit]],
    ["backward", formula(slopeOf(w), operator("="), html`<msub><mo>∑</mo><mtext>batch</mtext></msub>`, one("δ", layer), before), gradient],
    ["update", formula(w, operator("←"), w, operator("−"), plainSgd ? html`<mi>η</mi>` : html`<mtext>step</mtext>`, plainSgd ? slopeOf(w) : ""), weight],
  ];
  return html`<section class="panel lines" aria-label="One step, line by line">
    <h2>One step, line by line <span class="hint">layer ${layer}, unit 1 · η = ${rate(eta)}</span></h2>
    <ol>${rows.map(([of, text, value]) => html`<li data-of=${of} aria-current=${of === pass ? "step" : undefined}>
      ${text}<output aria-live="off" data-value=${value}>${plain(/** @type {number} */ (value))}</output></li>`)}</ol>
  </section>`;
}
