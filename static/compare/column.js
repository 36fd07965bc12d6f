// One run: what tells it apart, where it is, its network, its ladder, and what is to be said of it.

import {html} from "htm/preact";
import {useEffect, useRef} from "preact/hooks";
import {Mark} from "./mark.js";
import {plain, whole} from "../model/numbers.js";
import {at} from "../page/site.js";

/** @param {{page: ComparePage, run: ComparedRun, index: number, title: string}} props */
export function Column({page, run, index, title}) {
  return html`<section class="panel column-of-run run-${index}" aria-label=${`Run ${index + 1}: ${title}`} data-run=${index}>
    <h2><${Mark} index=${index} /> <span>${title}</span>
      <a class="open" href=${at(`#${run.address}`)} aria-label=${`Open run ${index + 1} on the stage`} title="Open on the stage">↗</a></h2>
    <${Figures} run=${run} />
    <div class="canvas small-network"><${Picture} page=${page} kind="network" index=${index} /></div>
    <h3>Gradient of each layer <span class="hint">the same log scale for all</span></h3>
    <div class="canvas small-ladder"><${Picture} page=${page} kind="ladder" index=${index} /></div>
    <${Verdict} page=${page} run=${run} />
  </section>`;
}

/** @param {{page: ComparePage, kind: string, index: number}} props */
function Picture({page, kind, index}) {
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  useEffect(() => (root.current ? page.mount(root.current, kind, index) : undefined), []);
  return html`<div class="canvas fill" data-view=${kind} ref=${root}></div>`;
}

/** @param {{run: ComparedRun}} props */
function Figures({run}) {
  const pulse = run.signal("pulse").value, task = run.signal("run").value?.task;
  const figure = (/** @type {string} */ label, /** @type {string} */ quantity, /** @type {number | undefined} */ value, /** @type {string} */ text) =>
    html`<div class="figure"><span>${label}</span><output data-quantity=${quantity} data-value=${value ?? ""} aria-live="off">${text}</output></div>`;
  return html`<div class="figures">
    ${figure("Step", "step", pulse?.step, pulse ? whole(pulse.step) : "–")}
    ${figure("Train loss", "train-loss", pulse?.trainLoss, plain(pulse?.trainLoss))}
    ${figure("Test loss", "test-loss", pulse?.testLoss, plain(pulse?.testLoss))}
    ${task !== "regression" && figure("Accuracy", "accuracy", pulse?.accuracy, pulse && !Number.isNaN(pulse.accuracy) ? `${Math.round(100 * pulse.accuracy)} %` : "–")}
  </div>`;
}

/** Why it has ended, or else its diagnosis. @param {{page: ComparePage, run: ComparedRun}} props */
function Verdict({page, run}) {
  const stop = run.signal("stop").value, diagnosis = run.signal("diagnosis").value, pulse = run.signal("pulse").value;
  if (!pulse) return html`<p class="verdict" data-severity="note">Opening this run …</p>`;
  if (stop) return html`<p class="verdict" data-severity=${stop.kind === "diverged" ? "critical" : "good"}><strong>${stop.sentence}</strong> ${!page.session.value.over && "The others go on."}</p>`;
  return html`<p class="verdict" data-severity=${diagnosis?.severity ?? "note"}>${diagnosis?.sentence ?? ""}</p>`;
}
