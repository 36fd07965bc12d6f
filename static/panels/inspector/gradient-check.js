// A gradient against finite differences, on request: one number's, or a layer's.

import {html} from "htm/preact";
import {plain} from "../../model/numbers.js";
import {asked, nameOf, same} from "../../model/place.js";
import {RIGHT} from "../../model/rounding.js";

/** @param {{stage: import("../stage.js").Stage, number: Place, step: number}} props */
export function GradientCheck({stage, number, step}) {
  const answer = stage.signal("answers").value.inspection_check, found = answer?.found;
  const mine = found && same(found.place, number) && found.step === step;
  return html`<div class="check-one">
    <button disabled=${stage.signal("connection").value !== "live"} title="Compare it with a finite difference, in double precision"
      onClick=${() => stage.send({type: "ask", what: "inspection_check", about: asked(number)})}>Check this gradient</button>
    <div role="status">
      ${mine && found.worst && html`<${Layers} found=${found} />`}
      ${mine && !found.worst && html`<p data-check=${found.relative_error}>${found.relative_error < RIGHT ? "✓" : "✗"} backward <b data-analytic=${found.analytic}>${plain(found.analytic, 6)}</b>,
        numeric <b data-numeric=${found.numeric}>${plain(found.numeric, 6)}</b>;
        relative error <b>${plain(found.relative_error, 3)}</b></p>`}
      ${answer && !found && html`<p>There is no finite step to check.</p>`}
    </div>
  </div>`;
}

/** All of a layer's numbers at once, and where they are furthest apart. @param {{found: any}} props */
function Layers({found: {checked, of, relative_error: error, agrees, worst, analytic, numeric}}) {
  return html`<p data-check=${error} data-checked=${checked} data-of=${of}>${agrees ? "✓" : "✗"} ${checked === of ? `all ${of}` : `${checked} of ${of}`} numbers:
    relative error <b>${plain(error, 3)}</b>; worst, ${nameOf(worst)}: backward <b data-analytic=${analytic}>${plain(analytic, 6)}</b>, numeric <b data-numeric=${numeric}>${plain(numeric, 6)}</b></p>`;
}
