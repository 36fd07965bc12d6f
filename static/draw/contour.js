// Lines of equal height on a grid, by marching squares (Lorensen and Cline 1987, in the plane). Pure.

/** Sides of a cell: 0 lower, 1 right, 2 upper, 3 left. For each of the sixteen cases, which two a line joins. */
const CASES = [[], [3, 0], [0, 1], [3, 1], [1, 2], [3, 0, 1, 2], [0, 2], [3, 2], [2, 3], [2, 0], [0, 1, 2, 3], [2, 1], [1, 3], [1, 0], [0, 3], []];

/**
 * Segments [x1, y1, x2, y2] in units of the grid, row and column from 0, where the surface passes a level.
 * Cells with a corner that is no number are left out.
 * @param {(number | null)[][]} rows @param {number} level @returns {number[][]}
 */
export function contour(rows, level) {
  const segments = [];
  for (let y = 0; y + 1 < rows.length; y++) {
    for (let x = 0; x + 1 < rows[y].length; x++) {
      const corners = [rows[y][x], rows[y][x + 1], rows[y + 1][x + 1], rows[y + 1][x]];
      if (!corners.every((corner) => corner !== null && Number.isFinite(corner))) continue;
      const [a, b, c, d] = /** @type {number[]} */ (corners);
      const sides = CASES[Number(a > level) + 2 * Number(b > level) + 4 * Number(c > level) + 8 * Number(d > level)];
      const points = [[x + share(a, b, level), y], [x + 1, y + share(b, c, level)], [x + share(d, c, level), y + 1], [x, y + share(a, d, level)]];
      for (let side = 0; side < sides.length; side += 2) segments.push([...points[sides[side]], ...points[sides[side + 1]]]);
    }
  }
  return segments;
}

/** How far between two corners the level lies. @param {number} from @param {number} to @param {number} level */
function share(from, to, level) {
  return (level - from) / (to - from);
}
