// The inspector: one place of the network, as formulas and with this step's numbers. Nothing chosen: one step, line by line.

import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {whole} from "../../model/numbers.js";
import {asked, nameOf, numberOf, same} from "../../model/place.js";
import {useAnswer} from "../parts/use-answer.js";
import {GradientCheck} from "./gradient-check.js";
import {PlaceChooser} from "./place-chooser.js";
import {InspectedInput, InspectedLoss, InspectedUnit, InspectedWeight} from "./place-formulas.js";
import {InspectedLayer} from "./layer-formulas.js";
import {StepFormulas} from "./step-formulas.js";
import {Nudge} from "./nudge.js";

/** @typedef {import("../stage.js").Stage} Stage */

const BODIES = {unit: InspectedUnit, weight: InspectedWeight, bias: InspectedWeight, layer: InspectedLayer, input: InspectedInput, loss: InspectedLoss};
const VIEWS = {sample: {label: "sample", words: "sample on show"}, mean: {label: "mean", words: "batch mean"}};

/** @param {{stage: Stage}} props */
export function Inspector({stage}) {
  const selection = stage.signal("selection").value;
  return html`<section class="panel inspector" data-open=${selection !== null} aria-label="Inspector"
    onKeyDown=${(/** @type {KeyboardEvent} */ event) => { if (event.key === "Escape") stage.select(null); }}>
    ${selection ? html`<${Inspected} stage=${stage} selection=${selection} />` : html`<div class="inspector-head"><h2>One step, line by line</h2><${PlaceChooser} stage=${stage} /></div>
      <${StepFormulas} stage=${stage} />`}
  </section>`;
}

/** @param {{stage: Stage, selection: Place}} props */
function Inspected({stage, selection}) {
  const [view, setView] = useState(/** @type {keyof typeof VIEWS} */ ("sample"));
  const chooser = html`<${PlaceChooser} stage=${stage} />`, head = (/** @type {unknown} */ hint) => html`<div class="inspector-head">
    <h2>${nameOf(selection)} <span class="hint">${hint}</span></h2>
    <button class="close" aria-label="Stop inspecting" onClick=${() => stage.select(null)}>×</button>
  </div>`;
  const answer = useAnswer(stage, "inspection", asked(selection)), run = stage.signal("run").value, experiment = stage.signal("experiment").value;
  const found = answer?.found, fitting = found && same(found.place, selection) && run && experiment;
  if (!fitting) {
    return html`${head(null)}<div class="inspector-views">${chooser}</div><p class="hint" role="status">${answer && !found
      ? "This network has made no step yet that could be looked into: press “One step”." : "Asking the engine …"}</p>`;
  }
  const Body = BODIES[selection.kind], number = numberOf(selection);
  return html`${head(`step ${whole(found.step)}, batch of ${whole(found.batch)}`)}
    <div class="inspector-views">
      ${chooser}
      <div class="tabs" role="group" aria-label="Whose numbers">
        ${Object.entries(VIEWS).map(([name, {label, words}]) => html`<button aria-pressed=${name === view} aria-label=${words} title=${words}
          onClick=${() => setView(/** @type {keyof typeof VIEWS} */ (name))}>${label}</button>`)}
      </div>
    </div>
    <div class="inspector-body" tabindex="0" role="group" aria-label="Formulas and numbers">
      ${view === "mean" && html`<p class="hint">Means over the ${whole(found.batch)} samples of the batch. The mean of a product is not the product of the means.</p>`}
      <ol class="steps" data-kind=${selection.kind}><${Body} stage=${stage} found=${found} view=${view} run=${run} experiment=${experiment} /></ol>
    </div>
    ${number.kind !== "loss" && html`<div class="inspector-hands" key=${JSON.stringify(number)}>
      <${GradientCheck} stage=${stage} number=${number} step=${found.step} />
      ${number.kind !== "layer" && html`<${Nudge} stage=${stage} number=${number} found=${found} />`}
    </div>`}`;
}
