// A canvas as large as its element, in device pixels. Pure drawing; knows nothing of networks.

/** A canvas that fills an element. @param {Element} root @param {string} label what it shows, for those who cannot see it */
export function fillingCanvas(root, label) {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  root.append(canvas);
  return canvas;
}

/**
 * Gives a canvas its element's size; true when that changed it.
 * @param {HTMLCanvasElement} canvas @param {Element} root @param {number} [most] device pixels for each CSS pixel
 */
export function fit(canvas, root, most = 2) {
  const {clientWidth, clientHeight} = root, ratio = Math.min(most, window.devicePixelRatio || 1);
  const width = Math.max(1, Math.round(clientWidth * ratio)), height = Math.max(1, Math.round(clientHeight * ratio));
  if (canvas.width === width && canvas.height === height) return false;
  canvas.width = width;
  canvas.height = height;
  return true;
}

/** The context, scaled to CSS pixels and empty. @param {HTMLCanvasElement} canvas @param {Element} root */
export function cleared(canvas, root) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const ratio = canvas.width / Math.max(1, root.clientWidth);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, root.clientWidth, root.clientHeight);
  return context;
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} width @param {number} height @param {number | number[]} radius */
export function rounded(context, x, y, width, height, radius) {
  context.beginPath();
  context.roundRect(x, y, width, height, radius);
}

/** An S-shaped line between two points. @param {CanvasRenderingContext2D} context @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 */
export function curve(context, x1, y1, x2, y2) {
  const middle = (x1 + x2) / 2;
  context.beginPath();
  context.moveTo(x1, y1);
  context.bezierCurveTo(middle, y1, middle, y2, x2, y2);
}

/** A point of that line, t from 0 to 1. @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 @param {number} t @returns {[number, number]} */
export function alongCurve(x1, y1, x2, y2, t) {
  const s = 1 - t, middle = (x1 + x2) / 2;
  const x = s * s * s * x1 + 3 * s * t * middle + t * t * t * x2;
  const y = (s * s * s + 3 * s * s * t) * y1 + (3 * s * t * t + t * t * t) * y2;
  return [x, y];
}
