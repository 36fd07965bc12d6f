// A student's run on the class board: what its network believes or its losses, learning rate, loss and diagnosis.

import {html} from "htm/preact";
import {useLayoutEffect, useMemo, useRef} from "preact/hooks";
import {paintHeat} from "../draw/heat.js";
import {sparkPath} from "../draw/sparkline.js";
import {gapsInWords, unfilled} from "../model/unanswered.js";
import {bytesOf, diverged, nameOf, reached, wordsOf} from "../model/board.js";
import {plain, rate} from "../model/numbers.js";
import {SIGNS} from "../model/severity.js";

/** A curve's own coordinates, and how many letters a figure has room for. */
const SIDE = 56, LETTERS = {rate: 6, loss: 7};

/** @typedef {{card: Card, table: Uint8ClampedArray, show: string, highest: number, lit: boolean}} Shown */
/** @typedef {ReturnType<typeof partsOf>} Parts */

/**
 * The elements are made once and then written to: a hundred cards change twice a second.
 * @param {Shown & {light: (member: number | null) => void, onStage: boolean, bring: ((member: number | null) => void) | null}} props
 */
export function BoardCard({card, table, show, highest, lit, light, onStage, bring}) {
  const root = useRef(/** @type {HTMLElement | null} */ (null)), parts = useRef(/** @type {Parts | null} */ (null)), {member} = card;
  useLayoutEffect(() => {
    if (root.current) write(parts.current ??= partsOf(root.current), {card, table, show, highest, lit});
  }, [card, table, show, highest, lit]);
  const doing = onStage ? "Take off the stage" : "Bring on stage";
  return useMemo(() => html`<li class="card" ref=${root} data-member=${member} data-on-stage=${onStage} onPointerEnter=${() => light(member)} onPointerLeave=${() => light(null)}>
    <div class="card-head">
      <bdi class="card-name"></bdi>
      ${bring && html`<button class="bring" aria-label=${doing} title=${doing} aria-pressed=${onStage}
        onClick=${() => bring(onStage ? null : member)} onFocus=${() => light(member)} onBlur=${() => light(null)}>
        <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><path d="M2 13.5h12M8 10.5v-8M4.5 6 8 2.5 11.5 6" fill="none" stroke="currentColor" stroke-width="1.8" /></svg></button>`}
    </div>
    <div class="card-body">
      <canvas class="belief" aria-hidden="true"></canvas>
      <svg class="spark" viewBox="0 0 ${SIDE} ${SIDE}" preserveAspectRatio="none" aria-hidden="true"><path vector-effect="non-scaling-stroke" /></svg>
      <dl class="card-figures">
        <div><dt>η</dt><dd><output data-quantity="learning_rate" aria-live="off"></output></dd></div>
        <div title="Over all training samples"><dt>loss</dt><dd><output data-quantity="loss" aria-live="off"></output></dd></div>
      </dl>
    </div>
    <p class="card-says"><span class="mark" aria-hidden="true"></span><span class="words"></span><span class="gaps hidden"></span></p>
  </li>`, [member, onStage, bring === null]);
}

/** What is written to. @param {HTMLElement} root */
function partsOf(root) {
  const of = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector(name));
  return {
    root, name: of(".card-name"), belief: /** @type {HTMLCanvasElement} */ (of("canvas")), spark: of(".spark"), path: of(".spark path"),
    rate: of('[data-quantity="learning_rate"]'), loss: of('[data-quantity="loss"]'), says: of(".card-says"), mark: of(".mark"), words: of(".words"), gaps: of(".gaps"),
    drawn: /** @type {unknown[]} */ ([]), image: /** @type {ImageData | null} */ (null),
  };
}

/** Only what is another now touches the page. @param {Parts} parts @param {Shown} shown */
function write(parts, {card, table, show, highest, lit}) {
  const {root, drawn} = parts, loss = reached(card), severity = card.diagnosis?.severity ?? "note", picture = show === "boundary" ? card.picture : null;
  mark(root, "data-status", card.status);
  mark(root, "data-severity", severity);
  mark(root, "data-lit", String(lit));
  text(parts.name, nameOf(card));
  figure(parts.rate, String(card.learning_rate), rate(card.learning_rate), LETTERS.rate);
  figure(parts.loss, String(loss ?? ""), diverged(card) ? plain(card.loss, 2) : plain(loss, loss !== null && loss >= 0.1 && loss < 1000 ? 3 : 2), LETTERS.loss);
  text(parts.mark, SIGNS[severity]);
  text(parts.words, wordsOf(card));
  mark(parts.says, "title", card.diagnosis?.sentence ?? "");
  mark(root, "data-picture", picture ? "belief" : "spark");
  if (!picture) mark(parts.path, "d", sparkPath(card.curve ?? [], highest, SIDE, SIDE));
  else if (drawn[0] !== picture.values || drawn[1] !== table) {
    parts.drawn = [picture.values, table];
    const bytes = bytesOf(picture.values), gaps = gapsInWords(unfilled(bytes));
    parts.image = paint(parts.belief, picture, bytes, table, parts.image);
    text(parts.gaps, gaps && `, ${gaps}`);
  }
}

/** As small as it came; the browser scales it up. @param {HTMLCanvasElement} canvas @param {NonNullable<Card["picture"]>} picture @param {Uint8Array} bytes @param {Uint8ClampedArray} table @param {ImageData | null} kept */
function paint(canvas, {rows, columns}, bytes, table, kept) {
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
  return paintHeat(/** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")), bytes, rows, columns, table, kept);
}

/** @param {HTMLElement} element @param {string} value @param {string} written @param {number} room letters */
function figure(element, value, written, room) {
  mark(element, "data-value", value);
  mark(element, "data-long", String(written.length > room));
  text(element, written);
}

/** @param {Element} element @param {string} name @param {string} value */
function mark(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** @param {HTMLElement} element @param {string} written */
function text(element, written) {
  const node = /** @type {Text | null} */ (element.firstChild);
  if (!node) element.append(written);
  else if (node.data !== written) node.data = written;
}
