// One step, line by line: the chain rule with this step's numbers, for one unit and one of its weights.

import {html} from "htm/preact";
import {useMemo} from "preact/hooks";
import {plain} from "../../model/numbers.js";
import {formula, operator, passedOn, slopeOf} from "../parts/formula.js";

/** @typedef {import("../stage.js").Stage} Stage */

/** @param {{stage: Stage}} props */
export function StepFormulas({stage}) {
  const run = stage.signal("run").value, pulse = stage.signal("pulse").value, parameters = stage.signal("parameters").value;
  const {pass, layer: at} = stage.signal("wave").value, experiment = stage.signal("form").value;
  const layer = !run ? 1 : pass === "forward" || pass === "backward" ? at : run.layers.length - 1;
  const activation = run?.activations[layer - 1] ?? "tanh";
  const formulas = useMemo(() => (experiment ? typeset(layer, activation, experiment, layer === (run?.layers.length ?? 0) - 1) : []), [layer, activation, experiment, run]);
  if (!run || !pulse || !parameters) return null;
  const values = {
    z: pulse.z[layer][0], a: pulse.a[layer][0], loss: pulse.loss, delta: pulse.delta[layer][0],
    gradient: parameters.gradient[layer][0], weight: parameters.theta[layer][0],
  };
  return html`<p class="hint">layer ${layer}, unit 1 · click any unit, connection, layer or L</p>
    <ol class="lines">${formulas.map(([of, name, text]) => html`<li data-of=${of} aria-current=${of === pass ? "step" : undefined}>
      ${text}<output aria-live="off" data-value=${values[name]}>${plain(values[name])}</output></li>`)}</ol>`;
}

/**
 * The lines of a layer: the pass it belongs to, which value stands beside it, the formula.
 * @param {number} layer @param {string} activation @param {Experiment} experiment @param {boolean} last
 * @returns {["forward" | "loss" | "backward" | "update", "z" | "a" | "loss" | "delta" | "gradient" | "weight", unknown][]}
 */
function typeset(layer, activation, experiment, last) {
  const one = (/** @type {string} */ letter, /** @type {number} */ of) => html`<msubsup><mi>${letter}</mi><mn>1</mn><mn>${of}</mn></msubsup>`;
  const w = html`<msubsup><mi>w</mi><mn>11</mn><mn>${layer}</mn></msubsup>`;
  const from = passedOn(experiment);
  const before = layer === 1 ? html`<msub><mi>x</mi><mn>1</mn></msub>` : one(from, layer - 1);
  const each = layer === 1 ? html`<msub><mi>x</mi><mi>i</mi></msub>` : html`<msubsup><mi>${from}</mi><mi>i</mi><mn>${layer - 1}</mn></msubsup>`;
  const seen = experiment.normalisation === "none" || last ? [one("z", layer)] : [html`<mi>norm</mi>`, operator("("), one("z", layer), operator(")")];
  const weights = html`<msubsup><mi>w</mi><mrow><mi>i</mi><mn>1</mn></mrow><mn>${layer}</mn></msubsup>`;
  const sum = (/** @type {string} */ over) => html`<msub><mo>∑</mo><mtext>${over}</mtext></msub>`;
  const answer = activation === "linear" ? seen : [html`<mi>${activation.replace("_", " ")}</mi>`, operator("("), ...seen, operator(")")];
  return [
    ["forward", "z", formula(one("z", layer), operator("="), sum("i"), weights, each, operator("+"), one("b", layer))],
    ["forward", "a", formula(one("a", layer), operator("="), ...answer)],
    ["loss", "loss", formula(html`<mi>L</mi>`, html`<mtext>\u00a0(mean over the batch)</mtext>`)],
    ["backward", "delta", formula(one("δ", layer), operator("="), slopeOf(one("z", layer)))],
    ["backward", "gradient", formula(slopeOf(w), operator("="), sum("batch"), one("δ", layer), before)],
    ["update", "weight", formula(w, operator("←"), w, operator("−"), ...(experiment.optimiser === "sgd" ? [html`<mi>η</mi>`, slopeOf(w)] : [html`<mtext>step</mtext>`]))],
  ];
}
