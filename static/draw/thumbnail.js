// A data set at a glance. Pure drawing.

import {mix} from "./colour.js";

/** @param {HTMLCanvasElement} canvas @param {Thumbnail} picture @param {Palette} palette */
export function thumbnail(canvas, {kind, x, labels}, palette) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")), {width, height} = canvas;
  context.clearRect(0, 0, width, height);
  if (kind === "image") {
    const side = Math.sqrt(x[0].length), cell = width / side;
    x[0].forEach((ink, index) => {
      context.fillStyle = mix(palette.sunk, palette.ink, ink);
      context.fillRect((index % side) * cell, Math.floor(index / side) * cell, cell + 0.5, cell + 0.5);
    });
    return;
  }
  x.forEach(([x1, x2], index) => {
    context.fillStyle = kind === "curve" ? palette["value-plus"] : palette[`class-${labels[index]}`];
    context.beginPath();
    context.arc(width * (0.5 + x1 / 2.5), height * (0.5 - x2 / 2.5), 3.2, 0, 7);
    context.fill();
  });
}
