// What a remedy did: the run before it and after it, from what this browser has recorded. Pure.

import {dropFrom} from "./history.js";
import {median} from "./median.js";

/** Norms and losses jump from batch to batch: what is compared is their median over so many recorded steps. */
const STEPS = 20;

/** "live": the weights stay; "anew": the run begins again; "rewound": a diverged run goes on from an earlier moment. @typedef {"live" | "anew" | "rewound"} Way */
/** @typedef {{label: string, way: Way, run: number, history: HistoryColumns, diagnosis: Diagnosis}} Before */
/** @typedef {{step: number, loss: number, norms: number[]}} Reading medians, up to this step */

/**
 * How a remedy is taken.
 * @param {Record<string, unknown>} changes @param {Experiment} experiment @param {Record<string, Field>} fields @param {boolean} diverged
 * @returns {Way}
 */
export function wayOf(changes, experiment, fields, diverged) {
  /** @type {Record<string, unknown>} */
  const is = experiment;
  const anew = Object.entries(changes).some(([name, value]) => fields[name]?.effect === "restart" && JSON.stringify(is[name]) !== JSON.stringify(value));
  return anew ? "anew" : diverged ? "rewound" : "live";
}

/** The run as it is now, kept for later. @param {Run} run @param {HistoryColumns} history @param {number} until the step on show, where the run looks back @param {Diagnosis} diagnosis @param {string} label @param {Way} way @returns {Before} */
export function remember(run, history, until, diagnosis, label, way) {
  const past = structuredClone(history);
  dropFrom(past, until + 1);
  return {label, way, run: run.run, history: past, diagnosis};
}

/**
 * Before and after, at the same step where the run was taken back or began anew; null where nothing was recorded.
 * @param {Before} before @param {Run} run @param {HistoryColumns} history of this moment
 * @returns {{before: Reading | null, after: Reading | null}}
 */
export function compare(before, run, history) {
  const last = before.history.step.at(-1) ?? 0, now = history.step.at(-1) ?? 0;
  if (before.way === "live") return {before: reading(before.history, 0, last), after: reading(history, last, now)};
  if (before.way === "anew" && run.run === before.run) return {before: reading(before.history, 0, last), after: null};
  const same = Math.min(last, now);
  return {before: reading(before.history, 0, same || last), after: reading(history, 0, same)};
}

/** Whether this run is still the one that the remedy was for. @param {Before} before @param {Run} run */
export function concerns(before, run) {
  const layers = run.layers.length - 1 === before.history.norms.length;
  return layers && run.run - before.run <= (before.way === "anew" ? 1 : 0) && run.run >= before.run;
}

/** @param {HistoryColumns} history @param {number} after @param {number} until steps @returns {Reading | null} */
function reading({step, loss, norms}, after, until) {
  const end = step.findLastIndex((one) => one <= until) + 1, from = Math.max(end - STEPS, step.findIndex((one) => one > after));
  if (from < 0 || from >= end) return null;
  return {step: step[end - 1], loss: median(loss.slice(from, end)), norms: norms.map((column) => median(column.slice(from, end)))};
}
