// How an optimiser turns a gradient into a step: its formulas, with what it remembers of this one number.

import {html} from "htm/preact";
import {plain, rate} from "../../model/numbers.js";
import {formula, operator, slopeOf} from "../parts/formula.js";
import {inside, formulaRow} from "./formula-row.js";

/** @typedef {import("preact").ComponentChild} Child */
/** @typedef {[string, Child[], string]} Memory name in the state, right-hand side of its formula, numbers */

const text = (/** @type {string} */ words) => html`<mtext>${words}</mtext>`;
const g = html`<mi>g</mi>`, hat = (/** @type {string} */ letter) => html`<mover><mi>${letter}</mi><mo>^</mo></mover>`;
const squared = html`<msup><mi>g</mi><mn>2</mn></msup>`, EPSILON = "10⁻⁸";

/** What is remembered, and the step: each a formula and its numbers. @type {Record<string, {memory: (state: any, given: number) => Memory[], step: Child[], numbers: (state: any, given: number, eta: string) => string}>} */
const OPTIMISERS = {
  sgd: {memory: () => [], step: [text("η g")], numbers: (_, given, eta) => `${eta} × ${inside(given)}`},
  momentum: {
    memory: ({mu}) => [["v", [text("μ v + g")], `μ = ${plain(mu)}`]],
    step: [text("η v")], numbers: ({v}, _, eta) => `${eta} × ${inside(v)}`,
  },
  nesterov: {
    memory: ({mu}) => [["v", [text("μ v + g")], `μ = ${plain(mu)}`]],
    step: [text("η (g + μ v)")], numbers: ({v, mu}, given, eta) => `${eta} × (${plain(given)} + ${plain(mu)} × ${inside(v)})`,
  },
  adagrad: {
    memory: () => [["s", [text("s + "), squared], "the sum of all squares so far"]],
    step: [text("η g / √s")], numbers: ({s}, given, eta) => `${eta} × ${inside(given)} / (√${plain(s)} + 10⁻¹⁰)`,
  },
  rmsprop: {
    memory: ({rho}) => [["v", [text("ρ v + (1 − ρ) "), squared], `ρ = ${plain(rho)}`]],
    step: [text("η g / √v")], numbers: ({v}, given, eta) => `${eta} × ${inside(given)} / (√${plain(v)} + ${EPSILON})`,
  },
  adam: {
    memory: ({beta1, beta2, t, m, v, first, second}) => [
      ["m", [text("β₁ m + (1 − β₁) g")], `β₁ = ${plain(beta1)}`],
      ["v", [text("β₂ v + (1 − β₂) "), squared], `β₂ = ${plain(beta2)}`],
      ["m_hat", [text("m / (1 − β₁ᵗ)")], `t = ${t}: ${plain(m)} / ${plain(first)}`],
      ["v_hat", [text("v / (1 − β₂ᵗ)")], `t = ${t}: ${plain(v)} / ${plain(second)}`],
    ],
    step: [text("η "), hat("m"), text(" / √"), hat("v")],
    numbers: ({m_hat: mean, v_hat: squares}, _, eta) => `${eta} × ${inside(mean)} / (√${plain(squares)} + ${EPSILON})`,
  },
};
OPTIMISERS.adamw = {
  ...OPTIMISERS.adam, step: [...OPTIMISERS.adam.step, text(" + η λ w")],
  numbers: (state, given, eta) => `${OPTIMISERS.adam.numbers(state, given, eta)} + ${plain(state.decay)} of decay`,
};
const LETTERS = /** @type {Record<string, Child>} */ ({m_hat: hat("m"), v_hat: hat("v")});

/** From the gradient to the new value. @param {any} update @param {"w" | "b"} letter */
export function updateFormulas(update, letter) {
  const {optimiser, learning_rate: eta, before, gradient, given, clipped, change, after, state} = update;
  const known = state && OPTIMISERS[optimiser], name = html`<mi>${letter}</mi>`;
  const numbers = known ? known.numbers(state, given, rate(eta)) : plain(change);
  return html`
    ${clipped && formulaRow("update", "given", formula(g, operator("="), html`<mi>clip</mi>`, operator("("), slopeOf(name), operator(")")), `${plain(gradient)} before clipping`, given)}
    ${known && known.memory(state, given).map((/** @type {Memory} */ [of, right, words]) => formulaRow("update", of, formula(LETTERS[of] ?? html`<mi>${of}</mi>`, operator(of.endsWith("hat") ? "=" : "←"), ...right), words, state[of]))}
    ${formulaRow("update", "after", formula(name, operator("←"), name, operator("−"), ...(known ? known.step : [text("step")])),
      change === null ? "No update follows: numbers have run away." : html`${inside(before)} − ${numbers}${!known && " (settings have changed since: the optimiser’s memory no longer explains it)"}`, after)}`;
}
