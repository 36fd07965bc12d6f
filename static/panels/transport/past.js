// The past of the run: a slider over the loss, which brings back any step that is kept; and the way back to the last one.

import {html} from "htm/preact";
import {whole} from "../../model/numbers.js";
import {useDrag} from "../parts/use-drag.js";
import {drives} from "../stage.js";

/** @typedef {import("../stage.js").Stage} Stage */

/** The server makes up to a hundred steps again for each step that is looked at: so many milliseconds from one to the next. */
const EVERY_MS = 100;

/** Over the curve, as wide as it is. @param {{stage: Stage}} props */
export function Past({stage}) {
  const pulse = stage.signal("pulse").value, tip = stage.signal("tip").value, history = stage.signal("history").value;
  const [step, move] = useDrag(pulse?.step ?? 0, (value) => stage.send({type: "visit", step: value}), EVERY_MS);
  const last = Math.max(tip ?? 0, pulse?.step ?? 0), first = Math.min(history.step[0] ?? 0, last);
  if (last - first < 2 || !drives(stage)) return null;
  return html`<input class="past" type="range" aria-label="Step on show" title="Drag to look back: steps of the past, exact"
    aria-valuetext=${`step ${whole(step)} of ${whole(last)}`} min=${first} max=${last} step="1" value=${Math.min(step, last)}
    onInput=${(/** @type {any} */ event) => move(Number(event.target.value))} />`;
}

/** What the lines are; or which step is on show, and the way back. @param {{stage: Stage}} props */
export function LossLegend({stage}) {
  const tip = stage.signal("tip").value, step = stage.signal("pulse").value?.step ?? 0;
  if (tip === null) return html`<span class="legend"><i class="train"></i>train <i class="test"></i>test <i class="batch"></i>batch</span>`;
  return html`<span class="looks-back">step <b>${whole(step)}</b> of ${whole(tip)}
    ${drives(stage) && html`<button title="Back to step ${whole(tip)}. Play goes on from step ${whole(step)} instead"
      onClick=${() => stage.send({type: "visit", step: tip})}>Return</button>`}</span>`;
}
