// The lab: instruments that need room, one at a time, in the place of the right column. Adding one is one row in TABS.

import {html} from "htm/preact";
import {BlowUp} from "./blow-up.js";
import {Health} from "./health.js";
import {Scores} from "./scores.js";
import {TakenApart} from "./taken-apart.js";

/** @typedef {import("./stage.js").Stage} Stage */

/** Name → title of the tab and the component that fills it. @type {Record<string, {title: string, view: (props: {stage: Stage}) => unknown}>} */
export const TABS = {
  health: {title: "Gradient health", view: Health},
  taken_apart: {title: "δ taken apart", view: TakenApart},
  blow_up: {title: "Blow-up", view: BlowUp},
  scores: {title: "Scores", view: Scores},
};

/** The button in the top bar. @param {{stage: Stage}} props */
export function LabButton({stage}) {
  const open = stage.signal("lab").value, [first] = Object.keys(TABS);
  return first && html`<button aria-expanded=${open !== null} aria-controls="lab" title="Instruments that look deeper"
    onClick=${() => stage.openLab(open === null ? first : null)}>Lab</button>`;
}

/** @param {{stage: Stage}} props */
export function Lab({stage}) {
  const open = stage.signal("lab").value;
  if (open === null || !TABS[open]) return null;
  const {view: View} = TABS[open];
  return html`<div class="panel lab" id="lab">
    <div class="lab-tabs"><div class="tabs" role="tablist" aria-label="Instruments">
      ${Object.entries(TABS).map(([name, {title}]) => html`<button role="tab" key=${name} aria-selected=${name === open}
        onClick=${() => stage.openLab(name)}>${title}</button>`)}
      </div><button class="close" aria-label="Close the lab" onClick=${() => stage.openLab(null)}>×</button>
    </div>
    <${View} key=${open} stage=${stage} />
  </div>`;
}
