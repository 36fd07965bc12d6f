// A short piece of a run's line, as it is drawn in the curves: colour and dash pattern.

import {html} from "htm/preact";
import {dashOf} from "./dash.js";

/** @param {{index: number}} props */
export const Mark = ({index}) => html`<svg class="mark run-${index}" viewBox="0 0 34 8" width="34" height="8" aria-hidden="true">
  <path d="M1 4H33" stroke="currentColor" stroke-width="3" stroke-dasharray=${dashOf(index).join(" ")} /></svg>`;
