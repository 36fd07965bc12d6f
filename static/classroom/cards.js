// The cards of the board in their order. It holds still while somebody points at them, and changes at most every two seconds.

import {html} from "htm/preact";
import {useEffect, useLayoutEffect, useMemo, useRef, useState} from "preact/hooks";
import {beliefTable} from "../draw/colour.js";
import {highestOf, sorted} from "../model/board.js";
import {BoardCard} from "./card.js";

/** @typedef {import("../panels/stage.js").Stage} Stage */

const REORDER_MS = 2000, MOVE_MS = 350;

/** @param {{stage: Stage, cards: Card[], by: string, show: string, lit: number | null, light: (member: number | null) => void, onStage: number | null, bring: ((member: number | null) => void) | null}} props */
export function Cards({stage, cards, by, show, lit, light, onStage, bring}) {
  const list = useRef(/** @type {HTMLElement | null} */ (null)), order = useOrder(list, cards, by), still = stage.signal("reducedMotion").value;
  const tables = useTables(stage), highest = highestOf(cards);
  useMoves(list, order, still);
  return html`<ul class="cards" role="list" ref=${list}>
    ${order.map((card) => html`<${BoardCard} key=${card.member} card=${card} table=${tables(card.picture?.classes ?? 2)} show=${show} highest=${highest}
      lit=${lit === card.member} light=${light} onStage=${onStage === card.member} bring=${bring} />`)}
  </ul>`;
}

/** Colours of pictures of so many classes. @param {Stage} stage @returns {(classes: number) => Uint8ClampedArray} */
function useTables(stage) {
  const palette = stage.signal("palette").value;
  return useMemo(() => {
    /** @type {Map<number, Uint8ClampedArray>} */
    const made = new Map();
    return (classes) => {
      if (!made.has(classes)) made.set(classes, beliefTable(classes, palette));
      return /** @type {Uint8ClampedArray} */ (made.get(classes));
    };
  }, [palette]);
}

/** @param {import("preact").RefObject<HTMLElement | null>} list @param {Card[]} cards @param {string} by @returns {Card[]} */
function useOrder(list, cards, by) {
  const kept = useRef({by: "", at: -Infinity, members: /** @type {number[]} */ ([])}), [, again] = useState(0);
  const wanted = sorted(cards, by), now = performance.now(), {current} = kept;
  const pointedAt = list.current?.matches(":hover, :focus-within") ?? false;
  if (by !== current.by || (now - current.at >= REORDER_MS && !pointedAt)) kept.current = {by, at: now, members: wanted.map(({member}) => member)};
  const byMember = new Map(cards.map((card) => [card.member, card])), place = new Set(kept.current.members);
  const shown = kept.current.members.map((member) => byMember.get(member)).filter((card) => card !== undefined).concat(wanted.filter(({member}) => !place.has(member)));
  const stale = shown.some((card, index) => card !== wanted[index]);
  useEffect(() => {
    if (!stale) return undefined;
    const timer = window.setTimeout(() => again((count) => count + 1), REORDER_MS);
    return () => window.clearTimeout(timer);
  });
  return shown;
}

/**
 * Cards that change their places are seen to do so. Where each stands follows from its number and the grid: to ask the
 * page, as the cards have just been written to, would have it lay everything out at once.
 * @param {import("preact").RefObject<HTMLElement | null>} list @param {Card[]} order @param {boolean} still
 */
function useMoves(list, order, still) {
  const grid = useGrid(list), key = order.map(({member}) => member).join(" "), last = useRef(/** @type {Map<number, number>} */ (new Map()));
  useLayoutEffect(() => {
    const before = last.current, {columns, across, down} = grid.current;
    last.current = new Map(order.map(({member}, index) => [member, index]));
    if (still || !list.current) return;
    for (const [index, {member}] of order.entries()) {
      const was = before.get(member);
      if (was === undefined || was === index) continue;
      const x = ((was % columns) - (index % columns)) * across, y = (Math.floor(was / columns) - Math.floor(index / columns)) * down;
      list.current.children[index].animate({transform: [`translate(${x}px, ${y}px)`, "none"]}, {duration: MOVE_MS, easing: "cubic-bezier(0.3, 0, 0.1, 1)"});
    }
  }, [key]);
}

/** How many cards stand side by side, and pixels from one to the next; measured when the list has another size. @param {import("preact").RefObject<HTMLElement | null>} list */
function useGrid(list) {
  const grid = useRef({columns: 1, across: 0, down: 0});
  useEffect(() => {
    const element = /** @type {HTMLElement} */ (list.current), observer = new ResizeObserver(() => {
      const {gridTemplateColumns, columnGap, rowGap} = getComputedStyle(element), widths = gridTemplateColumns.split(" ");
      const card = /** @type {HTMLElement | null} */ (element.firstElementChild);
      grid.current = {columns: widths.length, across: parseFloat(widths[0]) + parseFloat(columnGap), down: (card?.offsetHeight ?? 0) + parseFloat(rowGap)};
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return grid;
}
