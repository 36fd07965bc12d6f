// The left column: what to learn and how, made from the engine's description of an experiment. The rare settings are folded away.

import {html} from "htm/preact";
import {useEffect, useRef} from "preact/hooks";
import {thumbnail} from "../draw/thumbnail.js";
import {plain} from "../model/numbers.js";
import {Control} from "./field.js";
import {change, drives} from "./stage.js";

/** @typedef {import("./stage.js").Stage} Stage */

/** Groups in their order; the first two stand open. */
const GROUPS = {
  data: "Data", training: "Training", network: "Network", regularisation: "Regularisation",
  optimiser: "Optimiser details", start: "Starting weights", samples: "Samples and inputs", stopping: "Stop when …",
};
const OPEN = ["data", "training"];
/** These have controls of their own elsewhere on the stage. */
const ELSEWHERE = ["hidden", "learning_rate"];
/** How some values are written. @type {Record<string, (value: number) => string>} */
const SHOW = {
  noise: (value) => value.toFixed(2), test_share: (value) => `${Math.round(100 * value)} %`, balance: (value) => `${Math.round(100 * value)} %`,
  batch_size: String, samples: String, schedule_epochs: String, momentum: (value) => plain(value),
};

/** @param {{stage: Stage}} props */
export function Settings({stage}) {
  const experiment = stage.signal("form").value, {fields, losses} = stage.signal("description").value;
  if (!experiment) return null;
  const disabled = !drives(stage), asked = stage.signal("confirm").value?.changes, refusal = stage.signal("refusal").value;
  const values = /** @type {Record<string, any>} */ (/** @type {unknown} */ (experiment));
  const fits = (/** @type {Field} */ {when}) => Object.entries(when ?? {}).every(([name, allowed]) => allowed.includes(values[name]));
  /** What is asked for while a new start is asked back joins it; what shall be as it is leaves it. @param {string} name @param {unknown} value */
  function send(name, value) {
    if (JSON.stringify(value) === JSON.stringify(values[name])) stage.withdraw(name);
    change(stage, {[name]: value});
  }
  /** @param {string} group */
  const controls = (group) => Object.values(fields)
    .filter((field) => field.group === group && !ELSEWHERE.includes(field.name) && fits(field))
    .map((field) => html`<${Control} key=${field.name} field=${field} value=${values[field.name]} asked=${asked?.[field.name]} refusal=${refusal} disabled=${disabled}
      names=${field.name === "loss" ? losses[experiment.dataset] : undefined} show=${SHOW[field.name]}
      send=${(/** @type {unknown} */ value) => send(field.name, value)} />`);
  return html`<section class="panel settings" aria-label="Settings">
    ${Object.entries(GROUPS).map(([group, title]) => (OPEN.includes(group)
      ? html`<h2>${title}</h2>
        ${group === "data" && html`<${Thumbnails} stage=${stage} dataset=${experiment.dataset} disabled=${disabled} send=${(/** @type {string} */ name) => send("dataset", name)} />`}
        ${controls(group)}`
      : html`<details key=${group}><summary>${title}</summary>${controls(group)}</details>`))}
  </section>`;
}

/** @param {{stage: Stage, dataset: string, disabled: boolean, send: (name: string) => void}} props */
function Thumbnails({stage, dataset, disabled, send}) {
  const {thumbnails, fields} = stage.signal("description").value, palette = stage.signal("palette").value;
  const choices = fields.dataset.choices ?? [];
  return html`<div class="thumbnails" role="group" aria-label="Data sets">
    ${choices.map(({name, label, help}) => html`<button key=${name} aria-label=${label} title=${help} disabled=${disabled}
      aria-pressed=${name === dataset} onClick=${() => send(name)}>
      <${Thumbnail} picture=${thumbnails[name]} palette=${palette} /></button>`)}
  </div>`;
}

/** @param {{picture: Thumbnail, palette: Palette}} props */
function Thumbnail({picture, palette}) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  useEffect(() => { if (canvas.current && palette.ink) thumbnail(canvas.current, picture, palette); }, [picture, palette]);
  return html`<canvas ref=${canvas} width="80" height="80" aria-hidden="true"></canvas>`;
}
