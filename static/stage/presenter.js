// Tells the class where this browser looks, while everybody follows it: what is selected, and where the pointer is.

import {lookOf, placeIn, presents} from "../model/look.js";

/** At most ten a second. */
const EVERY_MS = 100;

/** @param {{state: State, set: (values: Partial<State>) => void}} store @param {Send} send */
export function createPresenter({state, set}, send) {
  let told = "", toldAt = -Infinity;
  document.addEventListener("pointermove", (event) => {
    if (!state.pointing) return;
    const root = /** @type {Element} */ (event.target).closest(".canvas-frame, [data-view]");
    const region = root?.matches("[data-view]") ? root : root?.querySelector("[data-view]");
    const name = /** @type {HTMLElement | null | undefined} */ (region)?.dataset.view;
    set({pointer: region && name ? {region: name, ...placeIn(name, region.getBoundingClientRect(), event.clientX, event.clientY)} : null});
  }, {passive: true});

  return {
    /** @param {number} now */
    tell(now) {
      if (!state.classroom || state.connection !== "live" || !presents(state)) {
        told = "";
        return;
      }
      const look = lookOf(state), text = JSON.stringify(look);
      if (text === told || now - toldAt < EVERY_MS) return;
      told = text;
      toldAt = now;
      send({type: "look", look});
    },
  };
}
