// The class curve: every student's setting against the loss that it led to, as a picture and as a table.

import {html} from "htm/preact";
import {useEffect, useMemo, useRef, useState} from "preact/hooks";
import {cleared, fit} from "../draw/canvas.js";
import {dotAt, drawClassPlot} from "../draw/class-plot.js";
import {diverged, nameOf, reached, tally, wordsOf} from "../model/board.js";
import {ACROSS, axisOf, classPlot, lossTicks} from "../model/class-curve.js";
import {plain, power, rate, whole} from "../model/numbers.js";

/** @typedef {import("../panels/stage.js").Stage} Stage */

/** Pixels beside a dot that still mean it. */
const REACH = 16;
/** Between two states of the table. */
const TABLE_MS = 2000;
const WRITE = {rate, power, loss: (/** @type {number} */ value) => (value >= 0.001 && value < 1e5 ? String(Number(value.toPrecision(2))) : plain(value, 2))};

/** @param {{stage: Stage, cards: Card[], across: string, choose: ((across: string) => void) | null, lit: number | null, light: (member: number | null) => void}} props */
export function ClassCurve({stage, cards, across, choose, lit, light}) {
  const {fields} = stage.signal("description").value, palette = stage.signal("palette").value;
  const plot = useMemo(() => classPlot(cards, across, fields), [cards, across, fields]);
  return html`<section class="class-curve" aria-label="Class curve">
    <div class="class-head">
      <h2>Class curve</h2>
      ${choose && html`<label class="chosen">Across <select aria-label="Across" value=${across} onChange=${(/** @type {any} */ event) => choose(event.target.value)}>
        ${Object.entries(ACROSS).map(([name, label]) => html`<option key=${name} value=${name} selected=${name === across}>${label}</option>`)}
      </select></label>`}
    </div>
    <${Plot} plot=${plot} across=${across} palette=${palette} lit=${lit} light=${light} />
    <${Caption} cards=${cards} lit=${lit} />
    <${Table} plot=${plot} across=${across} />
  </section>`;
}

/** @param {{plot: ClassPlot, across: string, palette: Palette, lit: number | null, light: (member: number | null) => void}} props */
function Plot({plot, across, palette, lit, light}) {
  const root = useRef(/** @type {HTMLElement | null} */ (null)), canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const dots = useRef(/** @type {import("../draw/class-plot.js").Dot[]} */ ([])), latest = useRef({plot, across, palette, lit});
  latest.current = {plot, across, palette, lit};
  function redraw() {
    if (!root.current || !canvas.current || !root.current.clientWidth) return;
    fit(canvas.current, root.current);
    const now = latest.current;
    dots.current = drawClassPlot(cleared(canvas.current, root.current), root.current, now.palette, now.plot, lossTicks(now.plot.losses), axisOf(now.across), now.lit, WRITE);
  }
  useEffect(redraw, [plot, across, palette, lit]);
  useEffect(() => {
    const observer = new ResizeObserver(redraw);
    observer.observe(/** @type {HTMLElement} */ (root.current));
    return () => observer.disconnect();
  }, []);
  /** @param {PointerEvent} event */
  function point(event) {
    const box = /** @type {HTMLElement} */ (root.current).getBoundingClientRect();
    light(dotAt(dots.current, event.clientX - box.left, event.clientY - box.top, REACH));
  }
  return html`<div class="canvas" ref=${root} onPointerMove=${point} onPointerDown=${point} onPointerLeave=${() => light(null)}>
    <canvas ref=${canvas} role="img" aria-label="Loss of every student’s run across the ${axisOf(across)}; the table after it has the numbers"></canvas></div>`;
}

/** What the picture cannot say: one run's numbers, or the lowest of all. @param {{cards: Card[], lit: number | null}} props */
function Caption({cards, lit}) {
  const card = cards.find(({member}) => member === lit);
  if (card) {
    const best = card.best_loss === null ? "" : `, best ${plain(card.best_loss)}`;
    return html`<p class="curve-says"><b><bdi>${nameOf(card)}</bdi></b>: η ${rate(card.learning_rate)}, ${diverged(card) ? "diverged" : `loss ${plain(reached(card))}`}${best}, step ${whole(card.step)}, ${wordsOf(card)}</p>`;
  }
  const {runs, diverged: broken, lowest} = tally(cards);
  if (!runs) return html`<p class="curve-says">Each run will be a dot: its setting across, its loss upward, both on log scales.</p>`;
  return html`<p class="curve-says">${lowest ? html`Lowest <i class="lowest"></i> <b>${plain(reached(lowest))}</b> at η = <b>${rate(lowest.learning_rate)}</b>, ` : ""}${whole(runs)} ${runs === 1 ? "run" : "runs"}${broken ? html`, <span class="broken">× ${whole(broken)} diverged</span>` : ""}</p>`;
}

/** The same numbers for those who cannot see the picture; nobody reads a table that changes twice a second. @param {{plot: ClassPlot, across: string}} props */
function Table(props) {
  const {plot, across} = useNow(props, TABLE_MS);
  return useMemo(() => html`<div class="hidden"><table><caption>Class curve across the ${axisOf(across)}</caption>
    <thead><tr><th scope="col">Student</th><th scope="col">${ACROSS[across]}</th><th scope="col">Loss</th><th scope="col">Best loss</th></tr></thead>
    <tbody>${plot.points.map(({member, name, x, loss, best}) => html`<tr key=${member} data-member=${member}>
      <th scope="row">${name}</th><td data-x=${plot.rates ? x : plot.columns[x].text}>${plot.rates ? rate(x) : plot.columns[x].text}</td>
      <td data-loss=${loss ?? ""}>${loss === null ? "diverged" : plain(loss)}</td><td>${plain(best)}</td></tr>`)}</tbody>
  </table></div>`, [plot, across]);
}

/** What was given, at most so many milliseconds ago. @template {object} T @param {T} given @param {number} pause @returns {T} */
function useNow(given, pause) {
  const kept = useRef({given, at: -Infinity}), [, again] = useState(0), wait = kept.current.at + pause - performance.now();
  if (wait <= 0) kept.current = {given, at: performance.now()};
  useEffect(() => {
    if (wait <= 0) return undefined;
    const timer = window.setTimeout(() => again((count) => count + 1), wait);
    return () => window.clearTimeout(timer);
  });
  return kept.current.given;
}
