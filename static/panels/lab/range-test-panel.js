// The learning-rate range test: a copy of the run trains on while η grows from 10⁻⁵ to 10.

import {html} from "htm/preact";
import {drawRangeTest} from "../../draw/range-test.js";
import {plain, power, rate} from "../../model/numbers.js";
import {JobBar, JobWords, useJob} from "./job.js";
import {Picture} from "../parts/picture.js";
import {change, drives} from "../stage.js";

/** @typedef {import("../stage.js").Stage} Stage */

const STEPS = 100;

/** The geometric middle of the suggested range, with two digits. @param {RangeResult} result */
const middle = ({lowest, steepest}) => (lowest && steepest ? Number(Math.sqrt(lowest * steepest).toPrecision(2)) : null);

/** @param {{stage: Stage}} props */
export function RangeTest({stage}) {
  const job = useJob(stage, "range_test"), palette = stage.signal("palette").value, parts = job.answer?.parts ?? [];
  const inForce = stage.signal("experiment").value?.learning_rate ?? 0.1, result = /** @type {RangeResult | undefined} */ (job.result);
  const chosen = result ? middle(result) : null;
  const write = {power, loss: (/** @type {number} */ value) => plain(value, 2)};
  return html`<section aria-label="Learning rate range test">
    <h2>Which <var>η</var> could this run bear?</h2>
    <p class="explains">A copy of the run trains on for ${STEPS} steps while <var>η</var> grows from 10⁻⁵ to 10; the run itself is not touched. Loss: over all training samples.</p>
    <${JobBar} stage=${stage} job=${job} label="Start the test" again="Test again" name="Progress of the range test" about=${{steps: STEPS}}>
      ${chosen !== null && html`<button class="primary" disabled=${!drives(stage)} title="The middle of the suggested range"
        onClick=${() => change(stage, {learning_rate: chosen})}>Use η = ${rate(chosen)}</button>`}
    <//>
    <${JobWords} stage=${stage} job=${job} empty="Start the test to see the loss against η." />
    ${parts.length > 0 && html`<${Picture} label="Loss against the learning rate while it grows" reads=${[parts, result, inForce, palette]}
      draw=${(/** @type {CanvasRenderingContext2D} */ context, /** @type {HTMLElement} */ root) => drawRangeTest(context, root, palette, parts, result, inForce, write)} />
      <p class="legend"><i class="smoothed"></i>smoothed <i class="batch"></i>each step <i class="yours"></i>your <var>η</var></p>`}
    ${result && html`<${Suggestion} result=${result} />`}
  </section>`;
}

/** @param {{result: RangeResult}} props */
function Suggestion({result: {lowest, steepest, best, blown_up: blownUp}}) {
  if (lowest === null) {
    return html`<p class="explains" role="status">The loss hardly fell during the test${blownUp ? ", then it blew up" : ""}: there is no range to suggest. Let the run go on a little, or reset it, and test again.</p>`;
  }
  const number = (/** @type {string} */ name, /** @type {number | null} */ value) => html`<output data-quantity=${name} data-value=${value}>${plain(value, 2)}</output>`;
  const range = plain(lowest, 2) === plain(steepest, 2)
    ? html`<b>${number("steepest", steepest)}</b>, where the loss falls fastest.`
    : html`<b>${number("lowest", lowest)} to ${number("steepest", steepest)}</b>, from where the loss begins to fall to where it falls fastest.`;
  return html`<p role="status">Suggested: ${range}${" "}
    From ${number("best", best)} on steps are too large.</p>`;
}
