// The sign for "there is no number here". Pure drawing.

/** Pixels between two lines. */
const PITCH = 6;

/** Fills a rectangle with slanting lines. @param {CanvasRenderingContext2D} context @param {number} left @param {number} top @param {number} width @param {number} height @param {Palette} palette */
export function hatch(context, left, top, width, height, palette) {
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.fillStyle = palette.sunk;
  context.fill();
  context.beginPath();
  const first = Math.ceil((left + top) / PITCH) * PITCH;
  for (let sum = first; sum < left + width + top + height; sum += PITCH) {
    context.moveTo(sum - top, top);
    context.lineTo(sum - top - height, top + height);
  }
  context.strokeStyle = palette["ink-soft"];
  context.lineWidth = 1;
  context.stroke();
  context.restore();
}
