// A student's run on the class board: what its network believes, its curve, learning rate, loss and diagnosis.

import {html} from "htm/preact";
import {useLayoutEffect, useMemo, useRef} from "preact/hooks";
import {paintHeat} from "../draw/heat.js";
import {sparkPath} from "../draw/sparkline.js";
import {bytesOf, diverged, nameOf, reached, wordsOf} from "../model/board.js";
import {plain, rate, whole} from "../model/numbers.js";

/** A sign besides the colour. @type {Record<string, string>} */
const SIGNS = {good: "✓", note: "·", warning: "!", critical: "✗"};
/** A curve's own coordinates. */
const SIDE = 56;

/**
 * Made again only when something of it has changed: there may be a hundred.
 * @param {{card: Card, table: Uint8ClampedArray, show: string, highest: number, lit: boolean, light: (member: number | null) => void, onStage: boolean, bring: ((member: number | null) => void) | null}} props
 */
export function BoardCard({card, table, show, highest, lit, light, onStage, bring}) {
  const loss = reached(card), eta = rate(card.learning_rate), far = diverged(card) ? "∞" : plain(loss, loss !== null && loss >= 0.1 && loss < 1000 ? 3 : 2);
  return useMemo(() => html`<li class="card" data-member=${card.member} data-status=${card.status} data-severity=${card.diagnosis?.severity ?? "note"}
      data-lit=${lit} data-on-stage=${onStage} onPointerEnter=${() => light(card.member)} onPointerLeave=${() => light(null)}>
    <div class="card-head">
      <bdi class="card-name" title=${nameOf(card)}>${nameOf(card)}</bdi>
      ${bring && html`<button class="bring" aria-label=${onStage ? "Take off the stage" : "Bring on stage"} title=${onStage ? "Take off the stage" : "Bring on stage"}
        aria-pressed=${onStage} onClick=${() => bring(onStage ? null : card.member)} onFocus=${() => light(card.member)} onBlur=${() => light(null)}>
        <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><path d="M2 13.5h12M8 10.5v-8M4.5 6 8 2.5 11.5 6" fill="none" stroke="currentColor" stroke-width="1.8" /></svg></button>`}
    </div>
    <div class="card-body">
      ${card.picture && show === "boundary"
        ? html`<${Belief} picture=${card.picture} table=${table} />`
        : html`<svg class="spark" viewBox="0 0 ${SIDE} ${SIDE}" preserveAspectRatio="none" aria-hidden="true">
            <path d=${sparkPath(card.curve ?? [], highest, SIDE, SIDE)} vector-effect="non-scaling-stroke" /></svg>`}
      <dl class="card-figures">
        <div><dt>η</dt><dd><output data-quantity="learning_rate" data-value=${card.learning_rate} data-long=${eta.length > 6} aria-live="off">${eta}</output></dd></div>
        <div title=${`Loss over all training samples, step ${whole(card.step)}`}><dt>loss</dt><dd><output data-quantity="loss" data-value=${loss ?? ""} data-long=${far.length > 7} aria-live="off">${far}</output></dd></div>
      </dl>
    </div>
    <p class="card-says" title=${card.diagnosis?.sentence ?? ""}><span class="mark" aria-hidden="true">${SIGNS[card.diagnosis?.severity ?? "note"]}</span>${wordsOf(card)}</p>
  </li>`, [card, table, show, highest, lit, onStage, bring === null]);
}

/** As small as it came; the browser scales it up. @param {{picture: NonNullable<Card["picture"]>, table: Uint8ClampedArray}} props */
function Belief({picture: {rows, columns, values}, table}) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (context) paintHeat(context, bytesOf(values), rows, columns, table);
  }, [values, rows, columns, table]);
  return html`<canvas class="belief" ref=${canvas} width=${columns} height=${rows} aria-hidden="true"></canvas>`;
}
