// The learning rate: the largest control on the stage, a log slider that counts from the next update on.

import {html} from "htm/preact";
import {useEffect, useState} from "preact/hooks";
import {power, rate} from "../../model/numbers.js";
import {HIGH, KEYS, LOW, bounded} from "../../model/rate-keys.js";
import {useDrag} from "../parts/use-drag.js";
import {change, drives} from "../stage.js";

/** @param {{stage: import("../stage.js").Stage}} props */
export function LearningRate({stage}) {
  const current = stage.signal("experiment").value?.learning_rate ?? 0.1, disabled = !drives(stage);
  const [shown, move] = useDrag(current, (value) => change(stage, {learning_rate: value}));
  return html`<div class="rate">
    <div class="rate-head">
      <span class="rate-name">Learning rate <var>η</var> <${InForce} stage=${stage} /></span>
      <${RateText} value=${shown} disabled=${disabled} send=${(/** @type {unknown} */ value) => change(stage, {learning_rate: value})} />
    </div>
    <input class="rate-slider" type="range" aria-label="Learning rate" aria-valuetext=${rate(shown)}
      data-value=${current} min=${LOW} max=${HIGH} step="any" value=${Math.log10(shown)} disabled=${disabled}
      onInput=${(/** @type {any} */ event) => move(bounded(10 ** Number(event.target.value)))}
      onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
        const step = KEYS[event.key];
        if (!step) return;
        event.preventDefault();
        event.stopPropagation();
        move(bounded(step(shown)));
      }} />
    <div class="rate-ticks" aria-hidden="true">${[-5, -4, -3, -2, -1, 0, 1].map((decade) => html`<span>${power(decade)}</span>`)}</div>
  </div>`;
}

/** Under a schedule the slider is the base: the rate in force stands beside it. @param {{stage: import("../stage.js").Stage}} props */
function InForce({stage}) {
  const experiment = stage.signal("experiment").value, pulse = stage.signal("pulse").value;
  if (!experiment || !pulse || experiment.schedule === "constant") return null;
  return html`<span class="in-force">now <output aria-label="Learning rate in force" aria-live="off" data-value=${pulse.learningRate}>${rate(pulse.learningRate)}</output></span>`;
}

/** @param {{value: number, disabled: boolean, send: (value: unknown) => void}} props */
function RateText({value, disabled, send}) {
  const [draft, setDraft] = useState(/** @type {string | null} */ (null));
  useEffect(() => setDraft(null), [value]);
  function commit() {
    if (draft === null) return;
    const number = Number(draft.trim().replace(",", "."));
    if (draft.trim() !== "" && number !== value) send(Number.isNaN(number) ? draft : number);
    setDraft(null);
  }
  return html`<input class="rate-value" aria-label="Learning rate, typed" inputmode="decimal" disabled=${disabled}
    value=${draft ?? (value >= 0.001 ? rate(value) : value.toExponential(1))}
    onInput=${(/** @type {any} */ event) => setDraft(event.target.value)} onBlur=${commit}
    onFocus=${(/** @type {any} */ event) => event.target.select()}
    onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Enter") commit();
      if (event.key === "Escape") setDraft(null);
    }} />`;
}
