// The left column: the data to learn, and how to learn it.

import {html} from "htm/preact";
import {useEffect, useRef} from "preact/hooks";
import {thumbnail} from "../draw/thumbnail.js";
import {Choice, Slider, Typed} from "./field.js";
import {change, drives} from "./stage.js";

/** @typedef {import("./stage.js").Stage} Stage */

/** Losses that fit a data set are known to the engine; these two rules say which names to offer. @param {string} dataset */
const lossesFor = (dataset) => (dataset === "sine" ? ["mse"] : undefined);

/** @param {{stage: Stage}} props */
export function Settings({stage}) {
  const experiment = stage.signal("experiment").value, {fields} = stage.signal("description").value;
  if (!experiment) return null;
  const disabled = !drives(stage);
  /** @param {keyof Experiment} name @param {object} [more] */
  const props = (name, more) => ({
    field: fields[name], value: experiment[name], disabled, key: name,
    send: (/** @type {unknown} */ value) => change(stage, {[name]: value}), ...more,
  });
  const percent = (/** @type {number} */ share) => `${Math.round(100 * share)} %`;
  const drawn = experiment.dataset !== "digits";
  return html`<section class="panel settings" aria-label="Settings">
    <h2>Data</h2>
    <${Thumbnails} stage=${stage} dataset=${experiment.dataset} disabled=${disabled} />
    <${Choice} ...${props("dataset")} />
    <${Slider} ...${props("noise", {show: (/** @type {number} */ value) => value.toFixed(2)})} />
    <${Slider} ...${props("batch_size", {show: String})} />
    <${Slider} ...${props("test_share", {show: percent})} />
    ${drawn && html`<${Slider} ...${props("samples", {show: String})} />`}
    <h2>Training</h2>
    <${Choice} ...${props("activation", {
      value: typeof experiment.activation === "string" ? experiment.activation : "mixed",
    })} />
    <${Choice} ...${props("initialiser")} />
    <${Choice} ...${props("loss", {names: lossesFor(experiment.dataset)})} />
    <${Choice} ...${props("optimiser")} />
    ${experiment.optimiser === "momentum" && html`<${Slider} ...${props("momentum", {show: (/** @type {number} */ value) => value.toFixed(2)})} />`}
    <${Typed} ...${props("seed")} />
    <details>
      <summary>Stop when …</summary>
      <${Typed} ...${props("stop_loss", {label: "Loss below"})} />
      <${Typed} ...${props("stop_patience", {label: "Epochs without progress"})} />
      <${Typed} ...${props("stop_epochs", {label: "Epochs"})} />
    </details>
  </section>`;
}

/** @param {{stage: Stage, dataset: string, disabled: boolean}} props */
function Thumbnails({stage, dataset, disabled}) {
  const {thumbnails, fields} = stage.signal("description").value, palette = stage.signal("palette").value;
  const choices = fields.dataset.choices ?? [];
  return html`<div class="thumbnails" role="group" aria-label="Data sets">
    ${choices.map(({name, label, help}) => html`<button key=${name} aria-label=${label} title=${help} disabled=${disabled}
      aria-pressed=${name === dataset} onClick=${() => change(stage, {dataset: name})}>
      <${Thumbnail} picture=${thumbnails[name]} palette=${palette} /></button>`)}
  </div>`;
}

/** @param {{picture: Thumbnail, palette: Palette}} props */
function Thumbnail({picture, palette}) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  useEffect(() => { if (canvas.current && palette.ink) thumbnail(canvas.current, picture, palette); }, [picture, palette]);
  return html`<canvas ref=${canvas} width="80" height="80" aria-hidden="true"></canvas>`;
}
