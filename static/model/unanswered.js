// What there is no finite answer to, counted and said. Pure.

/** How many cells of the picture, or test samples, there is no finite answer to, and of how many. @param {Run} run @param {Belief | null} belief */
export function unanswered({n_classes: classes}, belief) {
  if (belief?.confusion) {
    const {confusion} = belief, all = confusion.reduce((sum, count) => sum + count, 0);
    return {count: confusion.reduce((sum, count, index) => (index % (classes + 1) === classes ? sum + count : sum), 0), of: all};
  }
  return unfilled(belief?.plane ?? belief?.curve ?? []);
}

/** The same of a picture's bytes, or of a curve. @param {Uint8Array | Float32Array | never[]} cells */
export function unfilled(cells) {
  const bytes = cells instanceof Uint8Array;
  let count = 0;
  for (const cell of cells) if (bytes ? cell === 0 : !Number.isFinite(cell)) count++;
  return {count, of: cells.length};
}

/** In words; "" when there is an answer everywhere. @param {{count: number, of: number}} gaps @param {string} [whole] what is counted when it is not cells */
export function gapsInWords({count, of}, whole = "") {
  if (!count) return "";
  if (count === of) return "no finite answer";
  return whole ? `no finite answer to ${count} of ${of} ${whole}` : `no finite answer in ${Math.max(1, Math.min(99, Math.round((100 * count) / of)))} % of the picture`;
}
