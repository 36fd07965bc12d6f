// Layers added, removed, widened and narrowed on the network itself, each with its activation.

import {html} from "htm/preact";
import {useLayoutEffect, useRef, useState} from "preact/hooks";
import {layoutNetwork, shapeOf} from "../../model/layout.js";
import {useEdit} from "../parts/use-edit.js";
import {change, drives} from "../stage.js";

/** @typedef {import("../stage.js").Stage} Stage */
/** @typedef {{resize: (alter: (sizes: number[]) => number[]) => void, activate: (alter: (names: ActivationName[]) => ActivationName[]) => void}} Edits */
/** Columns nearer than this leave no room for controls of their own: then one set serves the chosen layer. */
const ROOM = 92;

/** @param {{stage: Stage}} props */
export function Layers({stage}) {
  const run = stage.signal("run").value, experiment = stage.signal("form").value;
  const root = useRef(/** @type {HTMLElement | null} */ (null)), [width, setWidth] = useState(0);
  const [chosen, choose] = useState(1), edits = useEdits(stage, experiment);
  useLayoutEffect(() => {
    const element = /** @type {HTMLElement} */ (root.current);
    const watcher = new ResizeObserver(() => setWidth(element.clientWidth));
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);
  const ready = run && experiment && width > 0;
  const columns = ready ? layoutNetwork({...shapeOf(run), width, height: 300, top: 0}) : [];
  const roomy = columns.length > 1 && columns[1].x - columns[0].x >= ROOM;
  return html`<div class="layers" ref=${root}>
    ${ready && columns.map((column, layer) => html`<div class="column" key=${layer} style=${{left: `${column.x}px`}}>
      <span class="column-name">${title(layer, columns.length, columns[1].x - columns[0].x)}</span>
      ${roomy && layer > 0 && layer < columns.length - 1 && html`<${Editor} stage=${stage} layer=${layer} hidden=${experiment.hidden} edits=${edits} />`}
    </div>`)}
    ${ready && html`<${AddRemove} stage=${stage} hidden=${experiment.hidden} edits=${edits} />`}
    ${ready && !roomy && experiment.hidden.length > 0 && html`<${OneForAll} stage=${stage} hidden=${experiment.hidden} edits=${edits}
      layer=${Math.min(chosen, experiment.hidden.length)} choose=${choose} />`}
  </div>`;
}

/** @param {Stage} stage @param {Experiment | null} experiment @returns {Edits} */
function useEdits(stage, experiment) {
  const refusal = stage.signal("refusal").value;
  return {
    resize: useEdit(experiment?.hidden ?? [], (hidden) => change(stage, {hidden}, true), refusal),
    activate: useEdit(experiment ? activationsOf(experiment) : [], (activation) => change(stage, {activation}), refusal),
  };
}

/** One for each hidden layer. @param {Experiment} experiment */
const activationsOf = ({activation, hidden}) => (typeof activation === "string" ? hidden.map(() => activation) : activation);

/** @param {number} layer @param {number} count @param {number} gap */
function title(layer, count, gap) {
  if (gap >= 52) return layer === 0 ? "input" : layer === count - 1 ? "output" : `layer ${layer}`;
  const every = Math.ceil(18 / gap);
  return layer === 0 ? "in" : layer === count - 1 ? "out" : layer % every === 0 && layer < count - every ? String(layer) : "";
}

/** Units and activation of one layer. @param {{stage: Stage, layer: number, hidden: number[], edits: Edits}} props */
function Editor({stage, layer, hidden, edits: {resize, activate}}) {
  const disabled = !drives(stage), units = hidden[layer - 1];
  const {fields} = stage.signal("description").value, each = activationsOf(/** @type {Experiment} */ (stage.signal("form").value));
  const most = fields.hidden.maximum ?? 128;
  /** @param {number} more */
  const widen = (more) => resize((sizes) => sizes.map((size, index) => (index === layer - 1 ? Math.min(most, Math.max(1, size + more)) : size)));
  return html`<div class="editor">
    <div class="stepper">
      <button aria-label="Fewer units in layer ${layer}" disabled=${disabled || units <= 1} onClick=${() => widen(-1)}>−</button>
      <span aria-label="${units} units">${units}</span>
      <button aria-label="More units in layer ${layer}" disabled=${disabled || units >= most} onClick=${() => widen(1)}>+</button>
    </div>
    <select aria-label="Activation of layer ${layer}" value=${each[layer - 1]} disabled=${disabled}
      onChange=${(/** @type {any} */ event) => activate((names) => names.with(layer - 1, event.target.value))}>
      ${(fields.activation.choices ?? []).map(({name, label}) => html`<option value=${name}>${label}</option>`)}
    </select>
  </div>`;
}

/** A layer more, or a layer less. @param {{stage: Stage, hidden: number[], edits: Edits}} props */
function AddRemove({stage, hidden, edits: {resize}}) {
  const disabled = !drives(stage), most = stage.signal("description").value.fields.hidden.most ?? 32;
  return html`<div class="add-remove">
    <button aria-label="Remove a layer" title="Remove the last hidden layer" disabled=${disabled || !hidden.length}
      onClick=${() => resize((sizes) => sizes.slice(0, -1))}>− layer</button>
    <button aria-label="Add a layer" title="Add a hidden layer before the output" disabled=${disabled || hidden.length >= most}
      onClick=${() => resize((sizes) => [...sizes, sizes.at(-1) ?? 4].slice(0, most))}>+ layer</button>
  </div>`;
}

/** For deep networks. @param {{stage: Stage, hidden: number[], edits: Edits, layer: number, choose: (layer: number) => void}} props */
function OneForAll({stage, hidden, edits, layer, choose}) {
  return html`<div class="one-for-all">
    <select aria-label="Layer to edit" value=${layer} onChange=${(/** @type {any} */ event) => choose(Number(event.target.value))}>
      ${hidden.map((_, index) => html`<option value=${index + 1}>layer ${index + 1}</option>`)}
    </select>
    <${Editor} stage=${stage} layer=${layer} hidden=${hidden} edits=${edits} />
  </div>`;
}
