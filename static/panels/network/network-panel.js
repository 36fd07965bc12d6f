// The middle of the stage: which pass runs, the network, the ladder, and the diagnosis.

import {html} from "htm/preact";
import {useMemo} from "preact/hooks";
import {plain} from "../../model/numbers.js";
import {same, selected} from "../../model/place.js";
import {barAt, factorText, valuesOf} from "../../views/ladder.js";
import {DiagnosisRegion} from "../diagnosis/diagnosis.js";
import {passFormula} from "../parts/formula.js";
import {Layers} from "./layers.js";
import {Picker} from "./picker.js";

/** @typedef {import("../stage.js").Stage} Stage */

const PASSES = {forward: "Forward pass", loss: "Loss", backward: "Backward pass", update: "Update", none: "Training"};

/** @param {{stage: Stage}} props */
export function NetworkPanel({stage}) {
  return html`<div class="panel network-panel">
    <section class="network" aria-label="Network">
      <${PassTitle} stage=${stage} />
      <div class="canvas-frame">
        <div class="canvas" data-view="network"></div>
        <${Picker} stage=${stage} />
        <${Layers} stage=${stage} />
      </div>
    </section>
    <${Ladder} stage=${stage} />
    <${DiagnosisRegion} stage=${stage} />
  </div>`;
}

/** @param {{stage: Stage}} props */
function PassTitle({stage}) {
  const wave = stage.signal("wave").value, run = stage.signal("run").value, pulse = stage.signal("pulse").value;
  const status = stage.signal("status").value, layers = run ? run.layers.length - 1 : 0;
  const where = wave.pass === "forward" || wave.pass === "backward" ? `layer ${wave.layer} of ${layers}` : "";
  const words = {stopped: "Stopped", diverged: "Diverged", paused: "Paused", running: PASSES[wave.pass]};
  const title = wave.pass === "none" ? words[status] : PASSES[wave.pass];
  const speed = wave.pass === "none" && status === "running" && pulse?.stepsPerSecond ? `${Math.round(pulse.stepsPerSecond).toLocaleString("en-GB")} steps per second` : "";
  const experiment = stage.signal("form").value;
  const formulas = useMemo(() => (run && experiment ? passFormula(wave, run, experiment).map((part) => html`<span>${part}</span>`) : null), [wave, run, experiment]);
  return html`<h2 class="pass" data-pass=${wave.pass}><strong>${title}</strong>
    <span class="where">${where}${speed}</span>
    <span class="formula">${formulas}</span></h2>`;
}

const KINDS = {
  gradient: ["‖∂L/∂W‖", "Gradient reaching each layer"],
  delta: ["‖δ‖", "Error reaching each layer"],
  ratio: ["‖ΔW‖ / ‖W‖", "Change of each layer in one step"],
};

/** @param {{stage: Stage}} props */
function Ladder({stage}) {
  const ladder = stage.signal("ladder").value;
  /** A bar stands for its layer. @param {MouseEvent & {currentTarget: HTMLElement}} event */
  function inspect({currentTarget, clientX}) {
    const run = stage.signal("run").peek(), layer = run ? barAt(run, currentTarget, clientX) : 0;
    if (!layer) return;
    const place = selected("layer", {layer});
    stage.select(same(place, stage.signal("selection").peek()) ? null : place);
  }
  return html`<section class="ladder" aria-label="Gradient ladder">
    <div class="ladder-head">
      <h2>${KINDS[ladder][1]}</h2>
      <div class="tabs" role="group" aria-label="What the ladder shows">
        ${Object.entries(KINDS).map(([name, [label, words]]) => html`<button aria-pressed=${name === ladder} title=${words}
          onClick=${() => stage.chooseLadder(/** @type {State["ladder"]} */ (name))}>${label}</button>`)}
      </div>
      <span class="hint">log scale</span>
      <button class="check" aria-label="Check the gradients" title="Compare these gradients with finite differences" disabled=${stage.signal("connection").value !== "live"}
        onClick=${() => stage.send({type: "ask", what: "gradient_check"})}>Check</button>
    </div>
    <div class="canvas" data-view="ladder" onClick=${inspect}></div>
    <${LadderTable} stage=${stage} />
  </section>`;
}

/** The ladder's numbers for those who cannot see it, and for tests. @param {{stage: Stage}} props */
function LadderTable({stage}) {
  const pulse = stage.signal("pulse").value, ladder = stage.signal("ladder").value;
  if (!pulse) return null;
  const values = valuesOf(/** @type {State} */ ({ladder}), pulse);
  return html`<table class="hidden">
    <caption>${KINDS[ladder][1]}, step ${pulse.step}</caption>
    <thead><tr><th scope="col">Layer</th><th scope="col">${KINDS[ladder][0]}</th><th scope="col">Against the output</th></tr></thead>
    <tbody>${Array.from(values, (value, index) => html`<tr><th scope="row">${index + 1}</th>
      <td data-value=${value}>${plain(value)}</td>
      <td>${factorText(/** @type {State} */ ({ladder}), values, index + 1)}</td></tr>`)}</tbody>
  </table>`;
}
