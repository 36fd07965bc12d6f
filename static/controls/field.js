// A setting as a control, made from the engine's own description of it.

import {html} from "htm/preact";
import {useEffect, useState} from "preact/hooks";
import {plain} from "../model/numbers.js";
import {useDrag} from "./drag.js";

/** @typedef {{field: Field, value: any, disabled: boolean, send: (value: any) => void, label?: string, names?: string[], show?: (value: number) => string}} Props */

/** A choice by name; `names` keeps only some. @param {Props} props */
export function Choice({field, value, disabled, send, label = field.label, names}) {
  const choices = (field.choices ?? []).filter((choice) => !names || names.includes(choice.name));
  return html`<label class="row" title=${field.help}>
    <span>${label}</span>
    <select aria-label=${label} value=${value ?? ""} disabled=${disabled}
      onChange=${(/** @type {any} */ event) => send(event.target.value || null)}>
      ${field.optional && html`<option value="">automatic</option>`}
      ${choices.map((choice) => html`<option value=${choice.name} title=${choice.help}>${choice.label}</option>`)}
      ${value && !choices.some((choice) => choice.name === value) && html`<option value=${value}>${value}</option>`}
    </select>
  </label>`;
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

/** A number that is typed; empty means "not chosen" where that is allowed. @param {Props} props */
export function Typed({field, value, disabled, send, label = field.label}) {
  const text = value === null || value === undefined ? "" : String(value);
  const [draft, setDraft] = useState(text);
  useEffect(() => setDraft(text), [text]);
  function commit() {
    if (draft.trim() === text) return;
    const number = Number(draft.replace(",", "."));
    send(draft.trim() === "" && field.optional ? null : draft.trim() === "" || Number.isNaN(number) ? draft : number);
    // A refusal leaves the old value in force: show it again.
    window.setTimeout(() => setDraft(text), 400);
  }
  return html`<label class="row" title=${field.help}>
    <span>${label}</span>
    <input class="typed" inputmode="decimal" aria-label=${label} placeholder=${field.optional ? "never" : ""}
      value=${draft} disabled=${disabled}
      onInput=${(/** @type {any} */ event) => setDraft(event.target.value)}
      onBlur=${commit} onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === "Enter" && commit()} />
  </label>`;
}
