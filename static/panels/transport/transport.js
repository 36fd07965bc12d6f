// The transport bar: reset, back, play, one layer, one step, speed; and where the run is.

import {html} from "htm/preact";
import {plain, whole} from "../../model/numbers.js";
import {LearningRate} from "./learning-rate.js";
import {drives} from "../stage.js";

/** @param {{stage: import("../stage.js").Stage}} props */
export function Transport({stage}) {
  return html`<section class="transport" aria-label="Transport">
    <div class="buttons"><${Buttons} stage=${stage} /></div>
    <${Speed} stage=${stage} />
    <${Figures} stage=${stage} />
    <${LearningRate} stage=${stage} />
  </section>`;
}

/** @param {{stage: import("../stage.js").Stage}} props */
function Buttons({stage}) {
  const playing = stage.signal("playing").value, off = !drives(stage);
  const diverged = stage.signal("status").value === "diverged" || (stage.signal("classroom").value?.paused ?? false), back = stage.signal("canGoBack").value;
  const button = (/** @type {string} */ name, /** @type {ButtonName} */ type, /** @type {unknown} */ face, /** @type {string} */ hint, disabled = false, look = "") =>
    html`<button class=${look} aria-label=${name} title="${name} (${hint})" disabled=${off || disabled}
      onClick=${() => stage.send({type})}>${face}</button>`;
  return html`
    ${button("Reset", "reset", icon("M12 5V1L6.5 5.5 12 10V7a5 5 0 1 1-5 5H5a7 7 0 1 0 7-7z"), "R: the same weights, from the beginning", false, "round")}
    ${button("Step back", "back", icon("M6 5h2.5v14H6zM20 5v14L9.5 12z"), "←", !back, "round")}
    ${playing
      ? button("Pause", "pause", icon("M6 4h4.5v16H6zM13.5 4H18v16h-4.5z"), "space", false, "round play")
      : button("Play", "play", icon("M7 4l14 8-14 8z"), "space", diverged, "round play")}
    ${button("One layer", "layer", html`layer <span aria-hidden="true">▸</span>`, "→", diverged)}
    ${button("One step", "step", html`step <span aria-hidden="true">▸▸</span>`, "S", diverged)}`;
}

/** @param {string} path */
const icon = (path) => html`<svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true"><path d=${path} fill="currentColor" /></svg>`;

/** @param {{stage: import("../stage.js").Stage}} props */
function Speed({stage}) {
  const speed = stage.signal("speed").value, {names} = stage.signal("description").value.speeds;
  return html`<label class="speed">
    <span>Speed <b>${names[speed]}</b></span>
    <input type="range" aria-label="Speed" aria-valuetext=${names[speed]} min="0" max=${names.length - 1} step="1"
      value=${speed} disabled=${!drives(stage)}
      onInput=${(/** @type {any} */ event) => stage.send({type: "speed", value: Number(event.target.value)})} />
  </label>`;
}

/** @param {{stage: import("../stage.js").Stage}} props */
export function Figures({stage}) {
  const pulse = stage.signal("pulse").value, run = stage.signal("run").value;
  const figure = (/** @type {string} */ label, /** @type {string} */ quantity, /** @type {number | undefined} */ value, /** @type {string} */ text) =>
    html`<div class="figure"><span>${label}</span>
      <output data-quantity=${quantity} data-value=${value ?? ""} aria-live="off">${text}</output></div>`;
  return html`<div class="figures">
    ${figure("Epoch", "epoch", pulse?.epoch, pulse ? whole(pulse.epoch) : "–")}
    ${figure("Step", "step", pulse?.step, pulse ? whole(pulse.step) : "–")}
    ${figure("Batch loss", "loss", pulse?.loss, plain(pulse?.loss))}
    ${figure("Train loss", "train-loss", pulse?.trainLoss, plain(pulse?.trainLoss))}
    ${figure("Test loss", "test-loss", pulse?.testLoss, plain(pulse?.testLoss))}
    ${run?.task !== "regression" && figure("Accuracy", "accuracy", pulse?.accuracy, pulse && !Number.isNaN(pulse.accuracy) ? `${Math.round(100 * pulse.accuracy)} %` : "–")}
  </div>`;
}
