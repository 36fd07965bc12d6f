// Bytes to pixels: small images that a canvas then scales up. Pure.

/**
 * An image of bytes through a table of 256 colours.
 * @param {Uint8Array} bytes row by row @param {number} rows @param {number} columns @param {Uint8ClampedArray} table
 * @param {OffscreenCanvas} [into] one of the same size, to be written over
 */
export function heatImage(bytes, rows, columns, table, into) {
  const canvas = into?.width === columns && into.height === rows ? into : new OffscreenCanvas(columns, rows);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(columns, rows), colours = new Uint32Array(table.buffer);
  const pixels = new Uint32Array(image.data.buffer);
  for (let index = 0; index < bytes.length; index++) pixels[index] = colours[bytes[index]];
  context.putImageData(image, 0, 0);
  return canvas;
}
