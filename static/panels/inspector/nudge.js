// One number moved by hand while the run stands still: what the loss does, beside what the gradient says it will.

import {html} from "htm/preact";
import {useEffect} from "preact/hooks";
import {plain} from "../../model/numbers.js";
import {asked, same} from "../../model/place.js";
import {drives} from "../stage.js";

/** Steps of the slider from the middle to an end. */
const STEPS = 100;
const NAMES = {weight: "w", bias: "b", input: "x", unit: "", layer: "", loss: ""};

/** @param {number} value */
const signed = (value) => `${value > 0 ? "+" : ""}${plain(value)}`;

/** @param {{stage: import("../stage.js").Stage, number: Place, found: any}} props found: the inspection */
export function Nudge({stage, number, found}) {
  const playing = stage.signal("playing").value, by = stage.signal("nudge").value ?? 0, driver = drives(stage);
  const value = found.update ? found.update.before : found.sample.value, reach = Math.max(1, Number((2 * Math.abs(value)).toPrecision(1)));
  const answer = stage.signal("answers").value.nudge?.found, mine = by !== 0 && answer && same(answer.place, number) ? answer : null;
  const free = driver && !playing;

  function release() {
    stage.nudge(null);
    stage.forget("nudge");
  }
  useEffect(() => release, []);
  useEffect(() => { if (!free && stage.signal("nudge").peek() !== null) release(); }, [free]);

  /** @param {number} to */
  function move(to) {
    if (to === 0) {
      release();
      return;
    }
    stage.nudge(to);
    stage.send({type: "ask", what: "nudge", about: {...asked(number), by: to}});
  }
  const letter = NAMES[number.kind];
  return html`<div class="nudge">
    <label class="row"><span>Nudge ${letter} <output aria-live="off" data-nudged=${value + by}>${plain(value + by)}</output></span>
      <input type="range" aria-label="Nudge" aria-valuetext="${letter} ${signed(by)}" min=${-reach} max=${reach} step=${reach / STEPS} value=${by} disabled=${!free}
        onInput=${(/** @type {any} */ event) => move(Number(event.target.value))} onPointerUp=${release} onPointerCancel=${release} onBlur=${release} />
    </label>
    ${mine ? html`<dl class="changes" data-change=${mine.change} data-predicted=${mine.predicted}>
        <div><dt>true ΔL</dt><dd>${signed(mine.change)}</dd></div>
        <div><dt>predicted ∂L/∂${letter} · Δ${letter}</dt><dd>${signed(mine.predicted)}</dd></div>
      </dl>`
      : html`<p class="hint">${!driver ? "Only who drives this room can nudge." : playing ? "Pause to nudge it and see what the loss does." : "Drag: all behind it follows. Letting go brings it back."}</p>`}
  </div>`;
}
