// One gradient against a finite difference, on request.

import {html} from "htm/preact";
import {plain} from "../model/numbers.js";
import {asked, same} from "../model/selection.js";

/** Above this a gradient is wrong, below it is rounding (Karpathy, CS231n). */
const RIGHT = 1e-4;

/** @param {{stage: import("./stage.js").Stage, number: Place, step: number}} props */
export function Check({stage, number, step}) {
  const answer = stage.signal("answers").value.inspection_check, found = answer?.found;
  const mine = found && same(found.place, number) && found.step === step;
  return html`<div class="check-one">
    <button disabled=${stage.signal("connection").value !== "live"} title="Compare it with a finite difference, in double precision"
      onClick=${() => stage.send({type: "ask", what: "inspection_check", about: asked(number)})}>Check this gradient</button>
    <div role="status">
      ${mine && html`<p data-check=${found.relative_error}>${found.relative_error < RIGHT ? "✓" : "✗"} backward <b data-analytic=${found.analytic}>${plain(found.analytic, 6)}</b>,
        numeric <b data-numeric=${found.numeric}>${plain(found.numeric, 6)}</b>;
        relative error <b>${plain(found.relative_error, 3)}</b></p>`}
      ${answer && !found && html`<p>There is no finite step to check.</p>`}
    </div>
  </div>`;
}
