// Bytes to pixels: small images that a canvas then scales up. Pure.

/**
 * Bytes through a table of 256 colours, a pixel each.
 * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} context @param {Uint8Array} bytes row by row
 * @param {number} rows @param {number} columns @param {Uint8ClampedArray} table
 * @param {ImageData | null} [kept] what an earlier call of the same size has returned, to be written over
 */
export function paintHeat(context, bytes, rows, columns, table, kept = null) {
  const image = kept?.width === columns && kept.height === rows ? kept : context.createImageData(columns, rows), colours = new Uint32Array(table.buffer);
  const pixels = new Uint32Array(image.data.buffer), count = Math.min(bytes.length, pixels.length);
  for (let index = 0; index < count; index++) pixels[index] = colours[bytes[index]];
  context.putImageData(image, 0, 0);
  return image;
}

/**
 * An image of bytes through a table of 256 colours.
 * @param {Uint8Array} bytes row by row @param {number} rows @param {number} columns @param {Uint8ClampedArray} table
 * @param {OffscreenCanvas} [into] one of the same size, to be written over
 */
export function heatImage(bytes, rows, columns, table, into) {
  const canvas = into?.width === columns && into.height === rows ? into : new OffscreenCanvas(columns, rows);
  paintHeat(/** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d")), bytes, rows, columns, table);
  return canvas;
}
