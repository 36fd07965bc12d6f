// What went wrong or wants an answer, in words: a lost connection, a refused setting, a new start, a gradient check.

import {html} from "htm/preact";
import {useEffect} from "preact/hooks";
import {told} from "../../model/choices.js";
import {plain, whole} from "../../model/numbers.js";
import {RIGHT} from "../../model/rounding.js";
import {Ended, blocked} from "./no-connection.js";
import {change} from "../stage.js";

/** @typedef {import("../stage.js").Stage} Stage */

const REFUSAL_MS = 8000;

/** @param {{stage: Stage}} props */
export function Banner({stage}) {
  const connection = stage.signal("connection").value, refusal = stage.signal("refusal").value;
  const notice = stage.signal("notice").value, checked = stage.signal("answers").value.gradient_check;
  useEffect(() => {
    if (connection === "gone" || (!refusal && !notice)) return undefined; // why it has ended stays
    const timer = window.setTimeout(stage.dismiss, REFUSAL_MS);
    return () => window.clearTimeout(timer);
  }, [refusal, notice, connection]);
  const gone = connection === "gone", close = html`<button aria-label="Dismiss" onClick=${stage.dismiss}>×</button>`;
  return html`<div class="banners">
    <div role="status">
      ${connection === "lost" && html`<p class="banner">Connection lost. Trying again; the run is kept.</p>`}
      ${connection === "blocked" && html`<p class="banner refusal">${blocked()}</p>`}
      ${gone && html`<${Ended} subject="This class is" closed=${stage.signal("closed").value} refusal=${refusal} openRoom=${stage.openRoom} />`}
      ${notice && html`<p class="banner">${notice} ${close}</p>`}
      ${checked && html`<p class="banner" data-check=${checked.found?.relative_error}>
        ${checked.found ? words(checked.found) : "There is no finite step yet whose gradients could be checked."}
        <button aria-label="Dismiss" onClick=${() => stage.forget("gradient_check")}>×</button></p>`}
    </div>
    <${NewStart} stage=${stage} />
    <div role="alert">${refusal && !gone && html`<p class="banner refusal"><b>${refusal.field.replaceAll("_", " ")}</b> was ${refusal.was}; expected ${refusal.expected}. ${close}</p>`}</div>
  </div>`;
}

/** A change that cannot keep the weights: the run goes on until somebody decides. With the new run the question is gone. @param {{stage: Stage}} props */
function NewStart({stage}) {
  const confirm = stage.signal("confirm").value, {fields} = stage.signal("description").value;
  if (!confirm) return html`<div role="alert"></div>`;
  return html`<div role="alert"><p class="banner">
    <b>${told(confirm.changes, fields)}</b> needs a new start; ${confirm.steps === 1 ? "the step" : `the ${whole(confirm.steps)} steps`} made so far would be gone.
    <button class="primary" onClick=${() => change(stage, confirm.changes, true)}>Start anew</button> <button onClick=${stage.keep}>Keep this run</button>
  </p></div>`;
}

/** @param {Check} check */
function words(check) {
  const {relative_error: error, parameter, index, analytic, numeric, checked, of} = check, right = error < RIGHT;
  const which = checked === of ? `all ${whole(of)} gradients` : `${whole(checked)} of ${whole(of)} gradients`;
  const [, layer, part] = /** @type {RegExpMatchArray} */ (parameter.match(/layer(\d+)\.(\w+)/));
  return html`${right ? "✓" : "✗"} Step ${whole(check.step)}: ${which} ${right ? "agree" : "do not agree"} with finite differences; relative error
    at most <b>${plain(error, 2)}</b>, in layer ${layer}’s ${part} ${index.map((place) => place + 1).join(" → ")}: ${plain(analytic, 6)} against ${plain(numeric, 6)}.`;
}
