// Losses and norms of the past, as columns, in bounded memory.

import {recordWidth} from "../wire/protocol.js";

/** Rows held; when there are more, every second one of the older half goes. */
const MOST = 4096;

/** @param {number} layers @returns {HistoryColumns} */
export function emptyHistory(layers) {
  return {length: 0, step: [], loss: [], train: [], test: [], norms: Array.from({length: layers}, () => [])};
}

/**
 * Appends records. With `replace`, rows from the first record's step on are dropped before; without, records that
 * are not newer than the last row are skipped.
 * @param {HistoryColumns} history @param {Float32Array} records @param {number} layers @param {boolean} replace
 */
export function append(history, records, layers, replace) {
  const width = recordWidth(layers), steps = new Uint32Array(records.buffer, records.byteOffset, records.length);
  if (replace && records.length) dropFrom(history, steps[0]);
  for (let at = 0; at < records.length; at += width) {
    if (history.length && steps[at] <= history.step[history.length - 1]) continue;
    history.step.push(steps[at]);
    history.loss.push(records[at + 1]);
    history.train.push(records[at + 2]);
    history.test.push(records[at + 3]);
    for (let layer = 0; layer < layers; layer++) history.norms[layer].push(records[at + 4 + layer]);
    history.length++;
  }
  if (history.length > MOST) thin(history);
}

/** @param {HistoryColumns} history */
const columns = (history) => [history.step, history.loss, history.train, history.test, ...history.norms];

/** Drops this step and all after it. @param {HistoryColumns} history @param {number} step */
export function dropFrom(history, step) {
  let length = history.length;
  while (length && history.step[length - 1] >= step) length--;
  for (const column of columns(history)) column.length = length;
  history.length = length;
}

/** Measured losses are rare: a row that has them stays. @param {HistoryColumns} history */
function thin(history) {
  const half = history.length >> 1;
  const kept = history.step.map((_, row) => row >= half || row % 2 === 0 || !Number.isNaN(history.train[row]));
  if (kept.every(Boolean)) for (let row = 1; row < half; row += 2) kept[row] = false;
  for (const column of columns(history)) {
    let to = 0;
    for (let row = 0; row < history.length; row++) if (kept[row]) column[to++] = column[row];
    column.length = to;
  }
  history.length = history.step.length;
}
