// A setting as a control, made from the engine's own description of it.

import {html} from "htm/preact";
import {useEffect, useState} from "preact/hooks";
import {plain} from "../../model/numbers.js";
import {useDrag} from "../parts/use-drag.js";
import {useEdit} from "../parts/use-edit.js";

/** @typedef {{field: Field, value: any, asked?: any, refusal?: unknown, disabled: boolean, send: (value: any) => void, label?: string, names?: string[], show?: (value: number) => string}} Props */

/** A whole number with more values than a slider has places is typed. */
const MOST_PLACES = 100_000;

/** The control that suits a setting's kind. @param {Props} props */
export function Control(props) {
  switch (props.field.kind) {
    case "choice": case "optional_choice": case "activations": return html`<${Choice} ...${props} />`;
    case "flag": return html`<${Flag} ...${props} />`;
    case "features": return html`<${Several} ...${props} />`;
    case "optional_numbers": return html`<${Typed} ...${props} />`;
    case "number": return html`<${Slider} ...${props} />`;
    case "integer": return (props.field.maximum ?? 0) > MOST_PLACES ? html`<${Typed} ...${props} />` : html`<${Slider} ...${props} />`;
    default: return html`<${Typed} ...${props} />`;
  }
}

/** A choice by name; `names` keeps only some. @param {Props} props */
export function Choice({field, value, disabled, send, label = field.label, names}) {
  const choices = (field.choices ?? []).filter((choice) => !names || names.includes(choice.name));
  const name = Array.isArray(value) ? "mixed" : value;
  /** What was chosen is shown when it is in force: until then, and if it is refused, the old one. @param {any} event */
  function choose({target}) {
    const chosen = target.value || null;
    target.value = name ?? "";
    send(chosen);
  }
  return html`<label class="row" title=${field.help}>
    <span>${label}</span>
    <select aria-label=${label} value=${name ?? ""} disabled=${disabled} onChange=${choose}>
      ${field.optional && html`<option value="">automatic</option>`}
      ${choices.map((choice) => html`<option value=${choice.name} title=${choice.help}>${choice.label}</option>`)}
      ${name && !choices.some((choice) => choice.name === name) && html`<option value=${name}>${name}</option>`}
    </select>
  </label>`;
}

/** Yes or no. @param {Props} props */
export function Flag({field, value, disabled, send, label = field.label}) {
  return html`<label class="row" title=${field.help}>
    <span>${label}</span>
    <input type="checkbox" role="switch" aria-label=${label} checked=${value} disabled=${disabled}
      onClick=${(/** @type {any} */ event) => { event.preventDefault(); send(!value); }} />
  </label>`;
}

/** One or more of some names; those `asked` for wait for a new start. @param {Props} props */
export function Several({field, value, asked = value, refusal, disabled, send, label = field.label}) {
  const edit = useEdit(/** @type {string[]} */ (asked), send, refusal), names = (field.choices ?? []).map(({name}) => name);
  /** @param {string} name */
  const toggle = (name) => edit((chosen) => names.filter((other) => (other === name) !== chosen.includes(other)));
  return html`<div class="several" role="group" aria-label=${label} title=${field.help}>
    <span>${label}</span>
    <div>${(field.choices ?? []).map(({name, label: text, help}) => html`<button key=${name} title=${help} disabled=${disabled}
      aria-pressed=${value.includes(name)} data-asked=${asked.includes(name) !== value.includes(name)}
      onClick=${() => toggle(name)}>${text}</button>`)}</div>
  </div>`;
}

/** A number on a slider, linear or logarithmic. @param {Props} props */
export function Slider({field, value, disabled, send, label = field.label, show = (number) => plain(number)}) {
  const low = field.minimum ?? 0, high = field.maximum ?? 1, log = field.scale === "log", whole = field.kind === "integer";
  const to = log ? Math.log10 : (/** @type {number} */ x) => x, from = log ? (/** @type {number} */ x) => 10 ** x : to;
  const [shown, move] = useDrag(value, send);
  return html`<label class="slider" title=${field.help}>
    <span class="row"><span>${label}</span><b>${show(shown)}</b></span>
    <input type="range" aria-label=${label} aria-valuetext=${show(shown)} disabled=${disabled}
      min=${to(low)} max=${to(high)} step=${whole && !log ? 1 : (to(high) - to(low)) / 100} value=${to(shown)}
      onInput=${(/** @type {any} */ event) => {
        const number = from(Number(event.target.value));
        move(Math.min(high, Math.max(low, whole ? Math.round(number) : Number(number.toPrecision(3)))));
      }} />
  </label>`;
}

/** A number, or several with commas, that is typed; empty means "not chosen" where that is allowed. @param {Props} props */
export function Typed({field, value, disabled, send, label = field.label}) {
  const several = field.kind.endsWith("numbers");
  const text = value === null || value === undefined ? "" : several ? value.join(", ") : String(value);
  const [draft, setDraft] = useState(text);
  useEffect(() => setDraft(text), [text]);
  function commit() {
    if (draft.trim() === text) return;
    send(read(draft.trim(), field, several));
    // A refusal leaves the old value in force: show it again.
    window.setTimeout(() => setDraft(text), 400);
  }
  return html`<label class="row" title=${field.help}>
    <span>${label}</span>
    <input class="typed" inputmode=${several ? "text" : "decimal"} aria-label=${label} placeholder=${field.optional ? "none" : ""}
      value=${draft} disabled=${disabled}
      onInput=${(/** @type {any} */ event) => setDraft(event.target.value)}
      onBlur=${commit} onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === "Enter" && commit()} />
  </label>`;
}

/** What was typed, as the engine wants it; what is no number goes there as it is, to be refused in its words. @param {string} text @param {Field} field @param {boolean} several */
function read(text, field, several) {
  if (text === "" && field.optional) return null;
  if (!several) return text === "" || Number.isNaN(Number(text.replace(",", "."))) ? text : Number(text.replace(",", "."));
  const numbers = text.split(/[\s,;]+/).map(Number);
  return numbers.some(Number.isNaN) ? text : numbers;
}
