// Paths of small marks, so that a class is told by more than its colour. Pure.

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} size from the middle to a corner */
export function triangle(context, x, y, size) {
  polygon(context, [[x, y - size], [x + 0.9 * size, y + 0.62 * size], [x - 0.9 * size, y + 0.62 * size]]);
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} size from the middle to a corner */
export function diamond(context, x, y, size) {
  polygon(context, [[x, y - size], [x + size, y], [x, y + size], [x - size, y]]);
}

/** @param {CanvasRenderingContext2D} context @param {number[][]} corners */
function polygon(context, corners) {
  corners.forEach(([x, y], index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.closePath();
}
