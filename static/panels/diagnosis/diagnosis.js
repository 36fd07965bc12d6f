// The diagnosis: what is to be seen, why, and remedies that a click applies.

import {html} from "htm/preact";
import {useRef, useState} from "preact/hooks";
import {concerns, remember, wayOf} from "../../model/remedy.js";
import {SIGNS} from "../../model/severity.js";
import {BeforeAfter} from "./before-after.js";
import {change, drives} from "../stage.js";
import {Why} from "./why.js";

/** @typedef {import("../stage.js").Stage} Stage */
/** @typedef {import("../../model/remedy.js").Before} Before */

const WAYS = {
  live: {words: "", hint: "Counts from the next step on; the weights stay"},
  anew: {words: " (new start)", hint: "The run begins again, from new weights"},
  rewound: {words: " (rewind first)", hint: "The run goes on from before the loss took off"},
};

/** @param {{stage: Stage}} props */
export function DiagnosisRegion({stage}) {
  const diagnosis = stage.signal("diagnosis").value, run = stage.signal("run").value;
  const [before, keep] = useState(/** @type {Before | null} */ (null));
  if (!diagnosis) return html`<section class="diagnosis" aria-label="Diagnosis"></section>`;
  const reason = diagnosis.why || diagnosis.advice;
  return html`<section class="diagnosis" aria-label="Diagnosis" data-severity=${diagnosis.severity} data-kind=${diagnosis.kind}>
    <p class="verdict"><span class="sign" aria-hidden="true">${SIGNS[diagnosis.severity]}</span><strong>${diagnosis.sentence}</strong></p>
    <p class="reason">${reason}</p>
    <div class="cures">
      <${Cures} stage=${stage} diagnosis=${diagnosis} keep=${keep} />
      ${diagnosis.why && html`<${Why} text=${diagnosis.why} />`}
    </div>
    <${Said} diagnosis=${diagnosis} />
    ${before && run && concerns(before, run) && html`<${BeforeAfter} stage=${stage} before=${before} close=${() => keep(null)} />`}
  </section>`;
}

/** @param {{stage: Stage, diagnosis: Diagnosis, keep: (before: Before) => void}} props */
function Cures({stage, diagnosis, keep}) {
  const experiment = stage.signal("experiment").value, off = !drives(stage), {fields} = stage.signal("description").value;
  const diverged = stage.signal("status").value === "diverged";
  /** @param {Remedy} remedy @param {import("../../model/remedy.js").Way} way */
  function take({label, changes}, way) {
    const run = stage.signal("run").peek();
    const until = stage.signal("tip").peek() === null ? Infinity : stage.signal("pulse").peek()?.step ?? 0;
    if (run) keep(remember(run, stage.signal("history").peek(), until, diagnosis, label, way));
    if (way === "rewound") stage.send({type: "rewind"});
    change(stage, changes, way === "anew");
    if (way === "rewound") stage.send({type: "play"});
  }
  return html`
    ${diverged && html`<button class="alarm" disabled=${off} onClick=${() => stage.send({type: "rewind"})}>Rewind</button>
      <button onClick=${() => stage.openLab("blow_up")}>What happened?</button>`}
    ${experiment && diagnosis.remedies.map((remedy) => {
      const way = wayOf(remedy.changes, experiment, fields, diverged), {words, hint} = WAYS[way];
      return html`<button class="cure" key=${remedy.label} disabled=${off} title=${hint} onClick=${() => take(remedy, way)}>${remedy.label}${words}</button>`;
    })}`;
}

/** Said aloud when it is another condition, or another layer: not whenever its number changes. @param {{diagnosis: Diagnosis}} props */
function Said({diagnosis}) {
  const said = useRef({of: "", text: ""}), of = `${diagnosis.kind} ${diagnosis.layer}`;
  if (said.current.of !== of) said.current = {of, text: `${diagnosis.sentence} ${diagnosis.advice}`};
  return html`<p class="hidden" role="status">${said.current.text}</p>`;
}
