// The left column: what to learn and how, made from the engine's description of an experiment. The rare settings are folded away.

import {html} from "htm/preact";
import {useEffect, useRef, useState} from "preact/hooks";
import {thumbnail} from "../../draw/thumbnail.js";
import {plain} from "../../model/numbers.js";
import {Control} from "./field.js";
import {OwnData} from "../data/own-data.js";
import {change, drives} from "../stage.js";

/** @typedef {import("../stage.js").Stage} Stage */

/** Groups in their order; the first two stand open. */
const GROUPS = {
  data: "Data", training: "Training", network: "Network", regularisation: "Regularisation",
  optimiser: "Optimiser details", start: "Starting weights", samples: "Samples and inputs", stopping: "Stop when …",
};
const OPEN = ["data", "training"];
/** The name of a table of one's own among the data sets. */
const OWN = "own";
/** These have controls of their own elsewhere on the stage. */
const ELSEWHERE = ["hidden", "learning_rate", "own_data"];
/** How some values are written. @type {Record<string, (value: number) => string>} */
const SHOW = {
  noise: (value) => value.toFixed(2), test_share: (value) => `${Math.round(100 * value)} %`, balance: (value) => `${Math.round(100 * value)} %`,
  batch_size: String, samples: String, schedule_epochs: String, momentum: (value) => plain(value),
};

/** @param {{stage: Stage}} props */
export function Settings({stage}) {
  const experiment = stage.signal("form").value, run = stage.signal("run").value, {fields} = stage.signal("description").value;
  const table = useRef(/** @type {string | null} */ (null)), [opened, setOpened] = useState(false);
  if (run?.own) table.current = run.own.text;
  if (!experiment) return null;
  const disabled = !drives(stage), asked = stage.signal("confirm").value?.changes, refusal = stage.signal("refusal").value;
  /** @type {Record<string, any>} */
  const values = experiment;
  const fits = (/** @type {Field} */ {when}) => Object.entries(when ?? {}).every(([name, allowed]) => allowed.includes(values[name]));
  /** Features are of a plane, which a table need not be. @param {Field} field */
  const meant = (field) => fits(field) && (field.name !== "features" || Boolean(run?.features.length));
  /** What is asked for while a new start is asked back joins it; what shall be as it is leaves it. @param {string} name @param {unknown} value */
  function send(name, value) {
    if (JSON.stringify(value) === JSON.stringify(values[name])) stage.withdraw(name);
    change(stage, {[name]: value});
  }
  /** A data set, the table of one's own that was there last, or else the place to give one; whichever waits for a new start goes. @param {string} name */
  function choose(name) {
    stage.withdraw(name === OWN ? "dataset" : "own_data");
    if (name !== OWN) send("dataset", name);
    else if (experiment?.dataset === OWN || !table.current) setOpened(true);
    else change(stage, {own_data: table.current});
  }
  /** @param {string} group */
  const controls = (group) => Object.values(fields)
    .filter((field) => field.group === group && !ELSEWHERE.includes(field.name) && meant(field))
    .map((field) => html`<${Control} key=${field.name} field=${field} value=${values[field.name]} asked=${asked?.[field.name]} refusal=${refusal} disabled=${disabled}
      names=${field.name === "loss" ? run?.losses : undefined} show=${SHOW[field.name]}
      send=${(/** @type {any} */ value) => (field.name === "dataset" ? choose(value) : send(field.name, value))} />`);
  return html`<section class="panel settings" aria-label="Settings">
    ${Object.entries(GROUPS).map(([group, title]) => (OPEN.includes(group)
      ? html`<h2>${title}</h2>
        ${group === "data" && html`<${Thumbnails} stage=${stage} dataset=${experiment.dataset} disabled=${disabled} send=${choose} />`}
        ${controls(group)}
        ${group === "data" && html`<${OwnData} stage=${stage} disabled=${disabled} open=${opened} setOpen=${setOpened} />`}`
      : html`<details key=${group}><summary>${title}</summary>${controls(group)}</details>`))}
  </section>`;
}

/** A table, in place of a picture. */
const TABLE = html`<svg viewBox="0 0 40 40" aria-hidden="true"><path d="M7 9h26v22H7zM7 16.5h26M7 24h26M16 9v22M25 9v22" fill="none" stroke="currentColor" stroke-width="2"/></svg>`;

/** @param {{stage: Stage, dataset: string, disabled: boolean, send: (name: string) => void}} props */
function Thumbnails({stage, dataset, disabled, send}) {
  const {thumbnails, fields} = stage.signal("description").value, palette = stage.signal("palette").value;
  const choices = fields.dataset.choices ?? [];
  return html`<div class="thumbnails" role="group" aria-label="Data sets">
    ${choices.map(({name, label, help}) => html`<button key=${name} aria-label=${label} title=${help} disabled=${disabled}
      aria-pressed=${name === dataset} onClick=${() => send(name)}>
      ${thumbnails[name] ? html`<${Thumbnail} picture=${thumbnails[name]} palette=${palette} />` : TABLE}</button>`)}
  </div>`;
}

/** @param {{picture: Thumbnail, palette: Palette}} props */
function Thumbnail({picture, palette}) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  useEffect(() => { if (canvas.current && palette.ink) thumbnail(canvas.current, picture, palette); }, [picture, palette]);
  return html`<canvas ref=${canvas} width="80" height="80" aria-hidden="true"></canvas>`;
}
