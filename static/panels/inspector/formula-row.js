// One row of the inspector: a formula with its value, and the same with numbers.

import {html} from "htm/preact";
import {plain} from "../../model/numbers.js";

/** @typedef {import("preact").ComponentChild} Child */

/** A number inside a formula. @param {number} value */
export const inside = (value) => (value < 0 ? `(${plain(value)})` : plain(value));

/** @param {"forward" | "loss" | "backward" | "update"} of @param {string} name @param {Child} formula @param {Child} numbers @param {number | null} value */
export function formulaRow(of, name, formula, numbers, value) {
  return html`<li data-of=${of} data-line=${name}>
    <div class="line">${formula}<output aria-live="off" data-value=${value}>${plain(value)}</output></div>
    ${numbers && html`<p class="numbers">${numbers}</p>`}
  </li>`;
}
