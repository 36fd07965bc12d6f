// What is inspected, by plain lists: so that everything can be reached without a pointer.

import {html} from "htm/preact";
import {layerAt, selected, unitAt} from "../../model/place.js";

/** @param {{stage: import("../stage.js").Stage}} props */
export function PlaceChooser({stage}) {
  const run = stage.signal("run").value, selection = stage.signal("selection").value;
  if (!run) return null;
  const last = run.layers.length - 1, layer = !selection ? "" : selection.kind === "loss" ? "loss" : selection.layer;
  const part = selection?.kind === "weight" ? selection.source : selection?.kind === "bias" ? "bias" : "unit";
  /** @param {string} value */
  function chooseLayer(value) {
    if (value === "") stage.select(null);
    else stage.select(value === "loss" ? selected("loss") : unitAt(Number(value), 0, last));
  }
  /** @param {string} value */
  function choosePart(value) {
    const {layer: of, unit} = /** @type {Place} */ (selection);
    if (value === "unit" || value === "bias") stage.select(selected(value, {layer: of, unit}));
    else stage.select(selected("weight", {layer: of, unit, source: Number(value)}));
  }
  return html`<div class="chooser">
    <${List} label="Layer to inspect" value=${layer} choose=${chooseLayer} options=${[
      ["", "inspect …"], ["0", "input"], ...run.layers.slice(1).map((_, index) => [index + 1, `layer ${index + 1}`]), ["loss", "loss"],
    ]} />
    ${selection && selection.kind !== "loss" && html`<${List} label="Unit to inspect" value=${selection.kind === "layer" ? "all" : selection.unit}
      choose=${(/** @type {string} */ value) => stage.select(value === "all" ? layerAt(selection.layer, last) : unitAt(selection.layer, Number(value), last))}
      options=${[...(selection.layer > 0 ? [["all", "all units"]] : []), ...numbers(run.layers[selection.layer], "unit")]} />`}
    ${selection && selection.layer > 0 && selection.kind !== "layer" && html`<${List} label="Part to inspect" value=${part} choose=${choosePart}
      options=${[["unit", "all of it"], ["bias", "bias"], ...numbers(run.layers[selection.layer - 1], "weight")]} />`}
  </div>`;
}

/** @param {number} count @param {string} name @returns {[number, string][]} */
const numbers = (count, name) => Array.from({length: count}, (_, index) => [index, `${name} ${index + 1}`]);

/** @param {{label: string, value: unknown, choose: (value: string) => void, options: [unknown, string][]}} props */
function List({label, value, choose, options}) {
  return html`<select aria-label=${label} value=${value} onChange=${(/** @type {any} */ event) => choose(event.target.value)}>
    ${options.map(([name, text]) => html`<option key=${name} value=${name} selected=${String(name) === String(value)}>${text}</option>`)}
  </select>`;
}
