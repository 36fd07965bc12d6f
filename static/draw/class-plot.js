// The class curve's picture: a dot for every run, over rates or over the values of another setting. Pure.

import {placeLabels} from "./labels.js";

/** Where dots, lanes and numbers stand, in CSS pixels. @typedef {{left: number, top: number, width: number, height: number, lane: number, size: number}} Frame */
/** A dot on the canvas. @typedef {{point: ClassPoint, x: number, y: number}} Dot */
/** @typedef {{rate: (value: number) => string, loss: (value: number) => string, power: (exponent: number) => string}} Write */

/** Half a dot, and its share of a large picture. */
const DOT = 5, LARGE = 640;

/** @param {Element} root @param {number} [losses] how wide the losses' numbers are @returns {Frame} */
function frameIn(root, losses = 0) {
  const large = root.clientWidth >= LARGE, size = large ? 14 : 12, lane = large ? 30 : 24, left = losses + 22;
  return {left, top: lane + 4, width: Math.max(1, root.clientWidth - left - 14), height: Math.max(1, root.clientHeight - lane - 4 - 2 * size - 16), lane, size};
}

/** Where a loss stands on the logarithmic axis. @param {number} loss @param {[number, number]} losses the axis's ends @param {Frame} frame */
const heightOf = (loss, [low, high], {top, height}) => top + height * (1 - Math.log(loss / low) / Math.log(high / low));

/** Where each run is drawn; those at one place stand side by side where the axis allows that. @param {ClassPlot} plot @param {Frame} frame @returns {Dot[]} */
function dotsOf({points, rates, columns, losses}, frame) {
  const {left, top, width, lane, size} = frame;
  const radius = size > 12 ? DOT + 1 : DOT, room = width / Math.max(1, columns.length), most = Math.max(1, Math.floor(room / (2 * radius + 1)) - 1);
  /** @type {Dot[]} */
  const dots = [];
  for (const point of points.toSorted((one, other) => one.member - other.member)) {
    const y = point.loss === null ? top - lane / 2 : heightOf(point.loss, losses, frame);
    if (rates) {
      dots.push({point, x: left + (width * (Math.log10(Math.max(1e-12, point.x)) - rates[0])) / (rates[1] - rates[0]), y});
      continue;
    }
    const middle = left + room * (point.x + 0.5), taken = dots.filter((dot) => dot.point.x === point.x && Math.abs(dot.y - y) < 2 * radius);
    let turn = 0, x = middle;
    while (turn < most && taken.some((dot) => Math.abs(dot.x - x) < 2 * radius)) {
      turn++;
      x = middle + (turn % 2 ? 1 : -1) * Math.ceil(turn / 2) * (2 * radius + 1);
    }
    dots.push({point, x, y});
  }
  return dots;
}

/**
 * Draws the plot, and says where its dots are.
 * @param {CanvasRenderingContext2D} context @param {Element} root @param {Palette} palette @param {ClassPlot} plot @param {number[]} ticks losses that have a line
 * @param {string} axis what is across @param {number | null} lit the run to be seen first @param {Write} write @returns {Dot[]}
 */
export function drawClassPlot(context, root, palette, plot, ticks, axis, lit, write) {
  const large = root.clientWidth >= LARGE;
  const font = context.font = `${large ? 14 : 12}px ${palette.font}`;
  const frame = frameIn(root, Math.max(22, ...ticks.map((tick) => widthOf(context, font, write.loss(tick))))), dots = dotsOf(plot, frame);
  drawAxes(context, palette, plot, frame, ticks, axis, write);
  if (plot.columns.length) drawMedians(context, palette, plot, frame, write);
  const lowest = lowestOf(dots);
  for (const dot of dots) if (dot.point.member !== lit) drawDot(context, palette, dot, plot, frame, dot === lowest, false);
  const first = dots.find(({point}) => point.member === lit);
  if (first) drawDot(context, palette, first, plot, frame, first === lowest, true);
  const order = [first, lowest, ...dots].filter((dot, index, all) => dot !== undefined && all.indexOf(dot) === index);
  drawLabels(context, palette, /** @type {Dot[]} */ (order), frame, lit);
  return dots;
}

/** The run with the lowest loss. @param {Dot[]} dots @returns {Dot | undefined} */
const lowestOf = (dots) => dots.filter(({point}) => point.loss !== null).reduce((best, dot) => (!best || Number(dot.point.loss) < Number(best.point.loss) ? dot : best), /** @type {Dot | undefined} */ (undefined));

/** The dot nearest to a place, if one is near. @param {Dot[]} dots @param {number} x @param {number} y @param {number} reach */
export function dotAt(dots, x, y, reach) {
  const near = dots.map((dot) => ({dot, distance: Math.hypot(dot.x - x, dot.y - y)})).filter(({distance}) => distance <= reach);
  return near.length ? near.reduce((best, one) => (one.distance < best.distance ? one : best)).dot.point.member : null;
}

/** @param {CanvasRenderingContext2D} context @param {Palette} palette @param {ClassPlot} plot @param {Frame} frame @param {number[]} ticks @param {string} axis @param {Write} write */
function drawAxes(context, palette, {rates, columns, losses}, frame, ticks, axis, write) {
  const {left, top, width, height, lane, size} = frame;
  context.font = `${size}px ${palette.font}`;
  context.textBaseline = "middle";
  context.fillStyle = palette.sunk;
  context.fillRect(left, top - lane, width, lane - 4);
  for (const tick of ticks) {
    const y = Math.round(heightOf(tick, losses, frame));
    context.fillStyle = palette.grid;
    context.fillRect(left, y - 0.5, width, 1);
    context.fillStyle = palette["ink-soft"];
    context.textAlign = "right";
    context.fillText(write.loss(tick), left - 6, y);
  }
  context.fillStyle = palette.critical;
  context.font = `700 ${size + 2}px ${palette.font}`;
  context.textAlign = "right";
  context.fillText("×", left - 6, top - lane / 2 - 1);
  const font = context.font = `${size}px ${palette.font}`;
  context.textAlign = "center";
  context.textBaseline = "top";
  const room = width / Math.max(1, columns.length);
  if (rates) {
    for (let decade = rates[0]; decade <= rates[1]; decade++) {
      const x = left + (width * (decade - rates[0])) / (rates[1] - rates[0]);
      context.fillStyle = palette.grid;
      context.fillRect(Math.round(x) - 0.5, top - lane, 1, height + lane);
      context.fillStyle = palette["ink-soft"];
      context.fillText(write.power(decade), x, top + height + 5);
    }
  } else {
    context.fillStyle = palette.ink;
    columns.forEach(({text}, index) => context.fillText(cut(context, font, text, room - 6), left + room * (index + 0.5), top + height + 5));
  }
  context.fillStyle = palette["ink-soft"];
  if (rates) context.fillText(axis, left + width / 2, top + height + size + 8);
  context.save();
  context.translate(8, top + height / 2);
  context.rotate(-Math.PI / 2);
  context.textBaseline = "middle";
  context.fillText("loss", 0, 0);
  context.restore();
}

/** A bar at the median of each column, and its number below the column's name. @param {CanvasRenderingContext2D} context @param {Palette} palette @param {ClassPlot} plot @param {Frame} frame @param {Write} write */
function drawMedians(context, palette, {columns, losses}, frame, write) {
  const {left, top, width, height, lane, size} = frame, room = width / columns.length, reach = Math.min(room * 0.44, 90);
  const font = context.font = `600 ${size}px ${palette.font}`;
  context.textAlign = "center";
  context.textBaseline = "top";
  context.fillStyle = palette.backward;
  columns.forEach(({median}, index) => {
    const x = left + room * (index + 0.5), number = median === null ? "×" : write.loss(median), wide = `median ${number}`;
    const y = median === null ? top - lane / 2 - 2 : heightOf(median, losses, frame);
    context.fillRect(x - reach, y - 1.25, 2 * reach, 2.5);
    context.fillText(widthOf(context, font, wide) < room - 4 ? wide : cut(context, font, number, room - 2), x, top + height + size + 8);
  });
}

/** @param {CanvasRenderingContext2D} context @param {Palette} palette @param {Dot} dot @param {ClassPlot} plot @param {Frame} frame @param {boolean} lowest @param {boolean} lit */
function drawDot(context, palette, {point, x, y}, {losses}, frame, lowest, lit) {
  const {top, height, size} = frame, radius = (size > 12 ? DOT + 1 : DOT) + (lit ? 2 : 0);
  if (point.best !== null && (point.loss === null || point.best < point.loss)) {
    const to = Math.min(top + height, heightOf(point.best, losses, frame)), ends = point.best >= losses[0];
    context.fillStyle = point.loss === null ? palette.critical : palette.accent;
    context.globalAlpha = lit ? 0.9 : 0.3;
    if (to - y > radius) {
      context.fillRect(x - 0.75, y, 1.5, to - y);
      if (ends) context.fillRect(x - 3, to - 0.75, 6, 1.5);
    }
    context.globalAlpha = 1;
  }
  context.lineWidth = lit ? 3 : 2;
  if (point.loss === null) {
    context.strokeStyle = palette.critical;
    context.lineWidth = lit ? 4 : 2.6;
    context.beginPath();
    for (const slope of [1, -1]) {
      context.moveTo(x - radius, y - slope * radius);
      context.lineTo(x + radius, y + slope * radius);
    }
    context.stroke();
    return;
  }
  context.fillStyle = lowest ? palette.good : palette.accent;
  context.strokeStyle = lit ? palette.ink : palette.panel;
  context.beginPath();
  context.arc(x, y, radius, 0, 7);
  context.fill();
  context.stroke();
}

/** Names beside as many dots as have room; of dots at one place the first, and how many more there are. @param {CanvasRenderingContext2D} context @param {Palette} palette @param {Dot[]} order the most important first @param {Frame} frame @param {number | null} lit */
function drawLabels(context, palette, order, frame, lit) {
  const {left, top, width, height, lane, size} = frame;
  const font = context.font = `600 ${size}px ${palette.font}`;
  const groups = groupsOf(order).map(([dot, ...more]) => ({x: dot.x, y: dot.y, lit: dot.point.member === lit, text: cut(context, font, dot.point.label, 84) + (more.length ? ` +${more.length}` : "")}));
  const placed = placeLabels(
    groups.map((group) => ({...group, width: widthOf(context, font, group.text), height: size + 1})), order, {left: left - 4, top: top - lane, right: left + width + 12, bottom: top + height + 9}, DOT + 3,
  );
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = palette.panel;
  for (const {label, x, y} of placed) {
    context.fillStyle = label.lit ? palette.ink : palette["ink-soft"];
    context.strokeText(label.text, x, y);
    context.fillText(label.text, x, y);
  }
}

/** Dots that lie on one another, as one. @param {Dot[]} order @returns {Dot[][]} */
function groupsOf(order) {
  /** @type {Dot[][]} */
  const groups = [];
  for (const dot of order) {
    const found = groups.find(([first]) => Math.abs(first.x - dot.x) < 3 && Math.abs(first.y - dot.y) < 3);
    if (found) found.push(dot);
    else groups.push([dot]);
  }
  return groups;
}

/** Of texts in the font in force, by font and text: names stay, and to measure forty of them twice a second takes long. @type {Map<string, number>} */
const WIDTHS = new Map();
const MOST_WIDTHS = 1000;

/** @param {CanvasRenderingContext2D} context @param {string} font in force @param {string} text */
function widthOf(context, font, text) {
  const key = `${font} ${text}`, known = WIDTHS.get(key);
  if (known !== undefined) return known;
  if (WIDTHS.size >= MOST_WIDTHS) WIDTHS.clear();
  const {width} = context.measureText(text);
  WIDTHS.set(key, width);
  return width;
}

/** As much of a text as there is room for. @param {CanvasRenderingContext2D} context @param {string} font in force @param {string} text @param {number} room */
function cut(context, font, text, room) {
  if (widthOf(context, font, text) <= room) return text;
  const letters = [...text];
  let length = Math.min(letters.length - 1, 24);
  while (length > 1 && widthOf(context, font, `${letters.slice(0, length).join("")}…`) > room) length--;
  return `${letters.slice(0, length).join("")}…`;
}
