// The lab: instruments that need room, one at a time, in the place of the right column. Adding one is one row in TABS.

import {html} from "htm/preact";
import {BlowUp} from "./blow-up.js";
import {Health} from "./health.js";
import {Landscape} from "./landscape-panel.js";
import {RangeTest} from "./range-test-panel.js";
import {Scores} from "./scores.js";
import {TakenApart} from "./taken-apart.js";

/** @typedef {import("../stage.js").Stage} Stage */

/** Name → title of the tab and the component that fills it. @type {Record<string, {title: string, view: (props: {stage: Stage}) => unknown}>} */
export const TABS = {
  health: {title: "Gradient health", view: Health},
  taken_apart: {title: "δ taken apart", view: TakenApart},
  blow_up: {title: "Blow-up", view: BlowUp},
  range_test: {title: "Range test", view: RangeTest},
  landscape: {title: "Landscape", view: Landscape},
  scores: {title: "Scores", view: Scores},
};
/** Which tab an arrow leads to. @type {Record<string, (at: number, count: number) => number>} */
const ARROWS = {
  ArrowRight: (at, count) => (at + 1) % count, ArrowLeft: (at, count) => (at + count - 1) % count, Home: () => 0, End: (_, count) => count - 1,
};

/** The button in the top bar. @param {{stage: Stage}} props */
export function LabButton({stage}) {
  const open = stage.signal("lab").value, [first] = Object.keys(TABS);
  return first && html`<button aria-expanded=${open !== null} aria-controls=${open === null ? undefined : "lab"} title="Instruments that look deeper"
    onClick=${() => stage.openLab(open === null ? first : null)}>Lab</button>`;
}

/** @param {{stage: Stage}} props */
export function Lab({stage}) {
  const open = stage.signal("lab").value;
  if (open === null || !Object.hasOwn(TABS, open)) return null;
  const {view: View} = TABS[open], names = Object.keys(TABS);
  /** @param {KeyboardEvent & {currentTarget: HTMLElement}} event */
  function walk(event) {
    const to = ARROWS[event.key]?.(names.indexOf(/** @type {string} */ (open)), names.length);
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    stage.openLab(names[to]);
    /** @type {HTMLElement} */ (event.currentTarget.children[to]).focus();
  }
  return html`<div class="panel lab" id="lab">
    <div class="lab-head">
      <div class="tabs" role="tablist" aria-label="Instruments" onKeyDown=${walk}>
        ${names.map((name) => html`<button role="tab" key=${name} id=${`tab-${name}`} aria-selected=${name === open} aria-controls="lab-view"
          tabindex=${name === open ? 0 : -1} onClick=${() => stage.openLab(name)}>${TABS[name].title}</button>`)}
      </div>
      <button class="close" aria-label="Close the lab" onClick=${() => stage.openLab(null)}>×</button>
    </div>
    <div class="lab-view" role="tabpanel" id="lab-view" aria-labelledby=${`tab-${open}`}><${View} key=${open} stage=${stage} /></div>
  </div>`;
}
