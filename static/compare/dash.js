// How a run is told from the others: a colour, and a dash pattern for those who do not see it.

const DASHES = [[], [9, 4], [2, 3], [12, 3, 2, 3]];

/** Lengths of the dashes and gaps of a run's line. @param {number} index */
export const dashOf = (index) => DASHES[index];
