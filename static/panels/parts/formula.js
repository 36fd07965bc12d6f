// Formulas, typeset as MathML, with the symbols of the textbooks: a superscript is a layer.

import {html} from "htm/preact";

/** @typedef {import("preact").ComponentChild} Child */

/** @param {string} name @param {unknown} layer @param {boolean} [bold] a vector or a matrix */
export const symbol = (name, layer, bold = true) =>
  html`<msup><mi mathvariant=${bold ? "bold" : undefined}>${name}</mi><mn>${layer}</mn></msup>`;

/** @param {string} text */
export const operator = (text) => html`<mo>${text}</mo>`;

/** @param {...unknown} parts */
export const formula = (...parts) => html`<math display="inline">${parts}</math>`;

/** ∂L/∂x. @param {unknown} below */
export const slopeOf = (below) => html`<mrow><mo>∂</mo><mi>L</mi><mo>/</mo><mo>∂</mo>${below}</mrow>`;

const yHat = html`<mi>ŷ</mi>`, y = html`<mi>y</mi>`, distance = [operator("("), yHat, operator("−"), y, operator(")")];
const mean = [operator("="), html`<mfrac><mn>1</mn><mi>n</mi></mfrac>`, operator("∑")];
const squared = html`<msup><mrow>${distance}</mrow><mn>2</mn></msup>`;
const LOSSES = {
  mse: [...mean, squared],
  half_sse: [operator("="), html`<mfrac><mn>1</mn><mn>2</mn></mfrac>`, operator("∑"), squared],
  mae: [...mean, operator("|"), yHat, operator("−"), y, operator("|")],
  huber: [...mean, html`<mi>huber</mi>`, ...distance],
  hinge: [...mean, html`<mi>max</mi>`, operator("("), html`<mn>0</mn>`, operator(","), html`<mn>1</mn>`, operator("∓"), yHat, operator(")")],
  binary_cross_entropy: [operator("= −"), y, operator("ln"), yHat, operator("−"), html`<mrow><mo>(</mo><mn>1</mn><mo>−</mo><mi>y</mi><mo>)</mo></mrow>`, operator("ln"), html`<mrow><mo>(</mo><mn>1</mn><mo>−</mo><mi>ŷ</mi><mo>)</mo></mrow>`],
  softmax_cross_entropy: [operator("= −"), operator("∑"), y, operator("ln"), yHat],
};

/** Of one sample. @param {string} name */
export const lossFormula = (name) => formula(html`<mi>L</mi>`, ...LOSSES[/** @type {keyof typeof LOSSES} */ (name)]);

/** What a layer hands on: its activation a, or h where dropout or a residual connection stands between. @param {Experiment} experiment */
export const passedOn = ({residual, dropout}) => (residual || dropout > 0 ? "h" : "a");

/** What happens in a pass at a layer, in one line. @param {State["wave"]} wave @param {Run} run @param {Experiment} experiment */
export function passFormula({pass, layer}, run, experiment) {
  const last = run.layers.length - 1, normalised = experiment.normalisation !== "none" && layer < last;
  switch (pass) {
    case "forward": return [
      formula(symbol("a", layer), operator("="), html`<mi>σ</mi>`, operator("("), normalised && html`<mi>norm</mi>`, normalised && operator("("), symbol("z", layer), normalised && operator(")"), operator(")")),
      formula(symbol("z", layer), operator("="), html`<msup><mrow>${symbol("W", layer)}</mrow><mo>⊤</mo></msup>`, symbol(layer === 1 ? "x" : passedOn(experiment), layer === 1 ? "" : layer - 1), operator("+"), symbol("b", layer)),
    ];
    case "loss": return [lossFormula(run.loss)];
    case "backward": return [layer === last || normalised || passedOn(experiment) === "h"
      ? formula(symbol("δ", layer), operator("="), slopeOf(symbol("z", layer)))
      : formula(symbol("δ", layer), operator("="), operator("("), symbol("W", layer + 1), symbol("δ", layer + 1), operator(")"), operator("⊙"), html`<msup><mi>σ</mi><mo>′</mo></msup>`, operator("("), symbol("z", layer), operator(")")),
    ];
    case "update": return [formula(html`<mi mathvariant="bold">W</mi>`, operator("←"), html`<mi mathvariant="bold">W</mi>`, operator("−"), ...(experiment.optimiser === "sgd"
      ? [html`<mi>η</mi>`, slopeOf(html`<mi mathvariant="bold">W</mi>`)] : [html`<mtext>${experiment.optimiser}’s step</mtext>`]))];
    default: return [];
  }
}
