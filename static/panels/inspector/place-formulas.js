// A unit, a weight, an input or the loss in the inspector, row by row: each a formula, the same with numbers, and its value.

import {html} from "htm/preact";
import {plain} from "../../model/numbers.js";
import {formula, lossFormula, operator, passedOn, slopeOf} from "../parts/formula.js";
import {inside, formulaRow} from "./formula-row.js";
import {updateFormulas} from "./update-formulas.js";

/** @typedef {{found: any, view: "sample" | "mean", run: Run, experiment: Experiment}} Props */
/** @typedef {import("preact").ComponentChild} Child */

/** @param {string} letter @param {number} unit @param {number} layer */
const one = (letter, unit, layer) => html`<msubsup><mi>${letter}</mi><mn>${unit + 1}</mn><mn>${layer}</mn></msubsup>`;
/** @param {string} over */
const sum = (over) => html`<msub><mo>∑</mo><mtext>${over}</mtext></msub>`;
/** @param {unknown} from @param {number} to @param {number} layer */
const weight = (from, to, layer) => html`<msubsup><mi>w</mi><mrow>${from}<mn>${to + 1}</mn></mrow><mn>${layer}</mn></msubsup>`;
const EQUALS = operator("=");

/** What comes along a connection. @param {Child} index @param {number} layer of the sender @param {Experiment} experiment */
const sent = (index, layer, experiment) => (layer === 0
  ? html`<msub><mi>x</mi>${index}</msub>` : html`<msubsup><mi>${passedOn(experiment)}</mi>${index}<mn>${layer}</mn></msubsup>`);

/** All products of a sum, the largest first. @param {{terms: {unit: number, weight: number, value: number, product: number}[], more?: (number | null)[]}} props */
function Sum({terms, more = []}) {
  const rest = more.filter((value) => value !== null && value !== undefined);
  return html`${terms.map(({unit, weight: w, value, product}, index) => html`${index > 0 && " + "}<span class="term" data-unit=${unit} data-value=${product}
    title="unit ${unit + 1}: ${plain(product)}">${inside(w)} × ${inside(value)}</span>`)}${rest.map((value) => html` + <span class="term">${inside(/** @type {number} */ (value))}</span>`)}`;
}

/** z term by term, a, the error arriving, σ′, δ, and what becomes of the bias. @param {Props} props */
export function InspectedUnit({found, view, run, experiment}) {
  const {place: {layer, unit}, activation, normalised, taken_over: taken} = found, now = found[view], mean = view === "mean";
  const last = run.layers.length - 1, i = html`<mi>i</mi>`, into = normalised ? "n" : "z", name = activation.replaceAll("_", " ");
  const apart = now.mask !== null || now.skipped !== null, out = apart ? "h" : "a";
  const arriving = slopeOf(one(taken ? "z" : out, unit, layer));
  const error = layer === last
    ? taken ? `The loss has taken ${name} over: both slopes together leave ŷ − y, divided by the batch.` : "The slope of the loss at this output."
    : html`<${Sum} terms=${now.back} more=${[now.past]} />`;
  return html`
    ${formulaRow("forward", "z", formula(one("z", unit, layer), EQUALS, sum("i"), weight(i, unit, layer), sent(i, layer - 1, experiment), operator("+"), one("b", unit, layer)),
      html`<${Sum} terms=${now.terms} more=${[found.bias]} />`, now.z)}
    ${normalised && formulaRow("forward", "normed", formula(one("n", unit, layer), EQUALS, html`<mi>norm</mi>`, operator("("), one("z", unit, layer), operator(")")),
      `${experiment.normalisation} normalisation of ${plain(now.z)}`, now.normed)}
    ${formulaRow("forward", "a", formula(one("a", unit, layer), EQUALS, html`<mi>${name}</mi>`, operator("("), one(into, unit, layer), operator(")")),
      mean ? `mean of the samples’ ${name}` : `${name}(${plain(now.normed ?? now.z)})`, now.a)}
    ${apart && formulaRow("forward", "h", formula(one("h", unit, layer), EQUALS, html`<mtext>${now.mask === null ? "" : "mask · "}</mtext>`, one("a", unit, layer), now.skipped !== null && operator("+"), now.skipped !== null && one("h", unit, layer - 1)),
      mean ? "mean of what the samples pass on" : `${now.mask === null ? "" : `${plain(now.mask)} × `}${inside(now.a)}${now.skipped === null ? "" : ` + ${inside(now.skipped)}`}`, now.passed)}
    ${formulaRow("backward", "error", layer === last ? formula(html`<mtext>error\u00a0</mtext>`, arriving)
      : formula(html`<mtext>error\u00a0</mtext>`, arriving, EQUALS, sum("k"), html`<msubsup><mi>w</mi><mrow><mn>${unit + 1}</mn><mi>k</mi></mrow><mn>${layer + 1}</mn></msubsup>`, html`<msubsup><mi>δ</mi><mi>k</mi><mn>${layer + 1}</mn></msubsup>`,
        now.past !== null && operator("+"), now.past !== null && slopeOf(one("h", unit, layer + 1))), error, now.error)}
    ${!taken && formulaRow("backward", "slope", formula(html`<mtext>slope\u00a0</mtext>`, html`<msup><mi>${name}</mi><mo>′</mo></msup>`, operator("("), one(into, unit, layer), operator(")")), null, now.slope)}
    ${formulaRow("backward", "delta", formula(one("δ", unit, layer), EQUALS, html`<mtext>${taken ? "error" : "error × slope"}${now.mask === null ? "" : " × mask"}</mtext>`),
      product(now, taken, normalised, mean), now.delta)}
    ${formulaRow("backward", "gradient", formula(slopeOf(one("b", unit, layer)), EQUALS, sum("batch"), one("δ", unit, layer)),
      `this sample’s part ${plain(found.sample.delta)}, all ${found.batch}: ${plain(found.delta_sum)}`, found.update.gradient)}
    ${updateFormulas(found.update, "b")}`;
}

/** How δ comes about, with numbers. @param {any} now @param {boolean} taken @param {boolean} normalised @param {boolean} mean */
function product(now, taken, normalised, mean) {
  if (taken) return null;
  if (mean) return `mean of the samples’ products${normalised ? ", through the normalisation" : ""}`;
  const text = `${inside(now.error)} × ${inside(now.slope)}${now.mask === null ? "" : ` × ${plain(now.mask)}`}`;
  return normalised ? `${text}, then back through the normalisation, which ties it to its neighbours` : text;
}

/** δ·h, its sum over the batch, penalties, and the update. @param {Props} props */
export function InspectedWeight({found, view, experiment}) {
  const {place: {kind, layer, unit, source}, l1, l2, total, batch} = found, now = found[view], bias = kind === "bias";
  const name = bias ? one("b", unit, layer) : weight(html`<mn>${source + 1}</mn><mo>,</mo>`, unit, layer);
  const h = bias ? null : sent(html`<mn>${source + 1}</mn>`, layer - 1, experiment), letter = bias ? "b" : "w";
  const penalties = [l1 && `L1 adds ${plain(l1)}`, l2 && `L2 adds ${plain(l2)}`].filter(Boolean).join(", ");
  return html`
    ${formulaRow("backward", "delta", formula(one("δ", unit, layer)), null, now.delta)}
    ${!bias && formulaRow("forward", "input", formula(h), null, now.value)}
    ${formulaRow("backward", "product", formula(html`<mtext>${view === "mean" ? "mean of\u00a0" : "this sample\u00a0"}</mtext>`, one("δ", unit, layer), !bias && operator("·"), h),
      bias ? "a bias is a weight whose input is always 1" : view === "mean" ? null : `${inside(now.delta)} × ${inside(now.value)}`, now.product)}
    ${formulaRow("backward", "total", formula(slopeOf(name), EQUALS, sum("batch"), one("δ", unit, layer), !bias && operator("·"), h),
      `${batch} samples, in the mean ${plain(found.mean.product)} each${penalties ? `; the samples’ sum is ${plain(total)}, ${penalties}` : ""}`, found.update.gradient)}
    ${updateFormulas(found.update, letter)}`;
}

/** ∂L/∂x. @param {Props} props */
export function InspectedInput({found, view, run}) {
  const {place: {unit}} = found, now = found[view], x = html`<msub><mi>x</mi><mn>${unit + 1}</mn></msub>`, label = run.inputs[unit];
  return html`
    ${formulaRow("forward", "x", formula(x), `${label ? `${label}: ` : ""}what the network is shown`, now.value)}
    ${formulaRow("backward", "error", formula(slopeOf(x), EQUALS, sum("k"), html`<msubsup><mi>w</mi><mrow><mn>${unit + 1}</mn><mi>k</mi></mrow><mn>1</mn></msubsup>`, html`<msubsup><mi>δ</mi><mi>k</mi><mn>1</mn></msubsup>`),
      html`<${Sum} terms=${now.back} />`, now.error)}
    <li class="hint">The chain rule does not stop at the first layer; but data are not trained, so no update follows.</li>`;
}

/** A target, which mostly is a whole number. @param {number} value */
const target = (value) => (Number.isInteger(value) ? String(value) : plain(value));

/** The formulas of `lossFormula` with numbers, of one output. @type {Record<string, (answer: number, wanted: number) => string>} */
const LOSS_NUMBERS = {
  mse: (answer, wanted) => `(${plain(answer)} − ${target(wanted)})²`,
  half_sse: (answer, wanted) => `½ (${plain(answer)} − ${target(wanted)})²`,
  mae: (answer, wanted) => `|${plain(answer)} − ${target(wanted)}|`,
  huber: (answer, wanted) => `huber(${plain(answer)} − ${target(wanted)})`,
  hinge: (answer, wanted) => `max(0, 1 ${wanted > 0.5 ? "−" : "+"} ${inside(answer)})`,
  binary_cross_entropy: (answer, wanted) => `−${target(wanted)} ln ${plain(answer)} − (1 − ${target(wanted)}) ln (1 − ${plain(answer)})`,
  softmax_cross_entropy: (answer, wanted) => `−${target(wanted)} ln ${plain(answer)}`,
};

/** What every output adds. @param {{found: any, labels: string[]}} props */
function Outputs({found: {outputs, name}, labels}) {
  const several = outputs.length > 1;
  return outputs.map((/** @type {any} */ {answer, target: wanted, share}, /** @type {number} */ index) => html`<span class="term output-term" data-value=${share}>
    ${several && `${labels[index] ?? index + 1}: `}${LOSS_NUMBERS[name](answer, wanted)}${several && ` = ${plain(share)}`}</span>`);
}

/** Output by output. @param {Props} props */
export function InspectedLoss({found, view, run}) {
  const mean = view === "mean";
  return html`
    ${!mean && formulaRow("loss", "sample", lossFormula(found.name), html`<${Outputs} found=${found} labels=${run.labels} />`, found.sample)}
    ${formulaRow("loss", "mean", mean ? lossFormula(found.name) : formula(html`<mtext>mean over the batch</mtext>`), mean && `mean of ${found.batch} samples`, found.mean)}
    ${found.penalty > 0 && formulaRow("loss", "penalty", formula(html`<mtext>penalty on large weights</mtext>`), null, found.penalty)}
    ${formulaRow("loss", "loss", formula(html`<mi>L</mi>`, html`<mtext>\u00a0of this step</mtext>`), found.penalty > 0 ? `${plain(found.mean)} + ${plain(found.penalty)}` : null, found.loss)}`;
}
