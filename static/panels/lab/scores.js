// How good the network is, on the samples it was trained on and on those it has never seen.

import {html} from "htm/preact";
import {plain, whole} from "../../model/numbers.js";
import {useAnswer} from "../parts/use-answer.js";
import {SaveFigures} from "../data/save-figures.js";

/** @typedef {{samples: number, loss: number | null, accuracy: number | null, confusion: number[][] | null, precision: (number | null)[] | null, recall: (number | null)[] | null, r_squared: number | null, rmse: number | null}} Report */

const percent = (/** @type {number | null} */ share) => (share === null ? "–" : `${(100 * share).toFixed(1)} %`);

/** @param {{stage: import("../stage.js").Stage}} props */
export function Scores({stage}) {
  const found = useAnswer(stage, "report", {})?.found, run = stage.signal("run").value, labels = run?.labels ?? [];
  return html`<section aria-label="Scores">
    <p class="explains">What counts is the test column: those samples are never trained on. A gap between the two is overfitting.</p>
    ${!found && html`<p>Measuring …</p>`}
    ${found && html`<${Summary} train=${found.train} test=${found.test} own=${run?.own} /><${SaveFigures} stage=${stage} />
      ${found.test.precision && html`<${PerClass} report=${found.test} labels=${labels} /><${Confusion} counts=${found.test.confusion} samples=${found.test.samples} labels=${labels} />`}`}
  </section>`;
}

/** @param {{train: Report, test: Report, own: OwnTable | null | undefined}} props */
function Summary({train, test, own}) {
  /** @type {[string, (report: Report) => string][]} */
  const rows = [["Samples", (report) => whole(report.samples)], ["Loss", (report) => plain(report.loss)]];
  if (test.accuracy !== null) rows.push(["Accuracy", (report) => percent(report.accuracy)]);
  else {
    rows.push(["R²", (report) => plain(report.r_squared)], ["RMSE", (report) => plain(report.rmse)]);
    if (own) rows.push([`RMSE, in units of “${own.target}”`, (report) => plain(inItsUnits(report.rmse, own.columns[own.columns.length - 1]))]);
  }
  return html`<table class="scores"><thead><tr><th></th><th scope="col">train</th><th scope="col">test</th></tr></thead>
    <tbody>${rows.map(([name, text]) => html`<tr><th scope="row">${name}</th><td>${text(train)}</td><td>${text(test)}</td></tr>`)}</tbody></table>`;
}

/** The network learns a column brought to −1 … 1. @param {number | null} length @param {{low: number, high: number}} column */
const inItsUnits = (length, {low, high}) => (length === null ? null : length * (high - low) / 2);

/** @param {{report: Report, labels: string[]}} props */
function PerClass({report, labels}) {
  return html`<table class="scores"><thead><tr><th scope="col">class</th><th scope="col">precision</th><th scope="col">recall</th></tr></thead>
    <tbody>${labels.map((label, index) => html`<tr><th scope="row">${label}</th><td>${percent(report.precision?.[index] ?? null)}</td><td>${percent(report.recall?.[index] ?? null)}</td></tr>`)}</tbody></table>`;
}

/** @param {{counts: number[][], samples: number, labels: string[]}} props */
function Confusion({counts, samples, labels}) {
  const answered = counts.flat().reduce((sum, count) => sum + count, 0);
  return html`<table class="scores confusion"><caption>Confusion: a row is the truth, a column the answer</caption>
    <thead><tr><th></th>${labels.map((label) => html`<th scope="col">${label}</th>`)}</tr></thead>
    <tbody>${counts.map((row, truth) => html`<tr><th scope="row">${labels[truth]}</th>
      ${row.map((count, answer) => html`<td data-right=${truth === answer}>${count || "·"}</td>`)}</tr>`)}</tbody></table>
    ${answered < samples && html`<p>There is no finite answer to ${whole(samples - answered)} of ${whole(samples)} test samples.</p>`}`;
}
