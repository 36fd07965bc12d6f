// The step lens: what this step would have done to the loss with any other learning rate. Its marker is a slider.

import {html} from "htm/preact";
import {useEffect, useRef, useState} from "preact/hooks";
import {drawLens, lensPlot} from "../../draw/lens.js";
import {rateAt, shareOf} from "../../draw/rates.js";
import {plain, power, rate} from "../../model/numbers.js";
import {KEYS, bounded} from "../../model/rate-keys.js";
import {useAnswer} from "../parts/use-answer.js";
import {useDrag} from "../parts/use-drag.js";
import {Picture} from "../parts/picture.js";
import {change, drives} from "../stage.js";

/** @typedef {import("../stage.js").Stage} Stage */

const EVERY_MS = 500;

/** @param {{stage: Stage}} props */
export function StepLens({stage}) {
  const [direction, setDirection] = useState("optimiser"), root = useRef(/** @type {HTMLElement | null} */ (null));
  const shown = useShown(root), answer = useAnswer(stage, "lens", {direction}, {every: EVERY_MS, when: shown});
  const lens = /** @type {Lens | null | undefined} */ (answer?.found);
  return html`<section class="panel lens" aria-label="Step lens" ref=${root}>
    <h2><span><span class="start">If you took this step </span>with another <var>η</var> …</span>
      <button class="along" aria-pressed=${direction === "gradient"} title="Look straight down the gradient, instead of along the step that the optimiser makes"
        onClick=${() => setDirection(direction === "gradient" ? "optimiser" : "gradient")}>along −∇L</button></h2>
    ${lens ? html`<${Curve} stage=${stage} lens=${lens} />` : html`<${Nothing} stage=${stage} asked=${answer !== undefined} />`}
  </section>`;
}

/** Whether an element is in sight. @param {import("preact").RefObject<HTMLElement | null>} root */
function useShown(root) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => setShown(entry.isIntersecting));
    observer.observe(/** @type {HTMLElement} */ (root.current));
    return () => observer.disconnect();
  }, []);
  return shown;
}

/** Why there is no curve. @param {{stage: Stage, asked: boolean}} props */
function Nothing({stage, asked}) {
  const status = stage.signal("status").value;
  if (status === "diverged") return html`<p class="nothing">The numbers have run away: there is no finite step to look along. Rewind, or reset with a smaller <var>η</var>.</p>`;
  if (!asked) return html`<p class="nothing">Measuring …</p>`;
  return html`<p class="nothing">Once a step is made, the true loss after it stands here for every <var>η</var>. Press play, or step.</p>`;
}

/** @param {{stage: Stage, lens: Lens}} props */
function Curve({stage, lens}) {
  const experiment = stage.signal("experiment").value, palette = stage.signal("palette").value, disabled = !drives(stage);
  const inForce = stage.signal("pulse").value?.learningRate ?? 0, base = experiment?.learning_rate ?? 0.1;
  // Under a schedule the marker stands at the rate in force, a share of the one that is set.
  const factor = experiment?.schedule === "constant" || !inForce ? 1 : inForce / base;
  const [set, move] = useDrag(base, (value) => change(stage, {learning_rate: value}));
  const shown = set * factor, write = {rate, power, loss: (/** @type {number} */ value) => plain(value)};
  /** @param {PointerEvent & {currentTarget: HTMLElement}} event */
  function drag({currentTarget, clientX, buttons}) {
    if (disabled || !(buttons & 1)) return;
    const {left, width} = lensPlot(currentTarget);
    move(bounded(rateAt((clientX - currentTarget.getBoundingClientRect().left - left) / width) / factor));
  }
  /** @param {PointerEvent & {currentTarget: HTMLElement}} event */
  function press(event) {
    event.currentTarget.setPointerCapture(event.pointerId);
    drag(event);
  }
  /** @param {KeyboardEvent} event */
  function turn(event) {
    const step = KEYS[event.key];
    if (!step || disabled) return;
    event.preventDefault();
    event.stopPropagation();
    move(bounded(step(set)));
  }
  const zone = zoneAt(lens, shown);
  return html`<${Picture} label=${`Loss after step ${lens.step} against the learning rate`} reads=${[lens, shown, palette]}
      draw=${(/** @type {CanvasRenderingContext2D} */ context, /** @type {HTMLElement} */ canvas) => drawLens(context, canvas, palette, lens, shown, write)}>
      <div class="grip" onPointerDown=${press} onPointerMove=${drag} data-disabled=${disabled || undefined}>
        <span role="slider" tabindex=${disabled ? -1 : 0} aria-label="η on the lens" aria-disabled=${disabled} aria-valuemin="0.00001" aria-valuemax="10"
          aria-valuenow=${set} aria-valuetext=${`${rate(shown)}: ${zone}`} style=${{left: `calc(54px + ${shareOf(shown)} * (100% - 66px))`}} onKeyDown=${turn}></span>
      </div>
    <//>
    <${Reading} lens=${lens} shown=${shown} zone=${zone} />`;
}

/** The engine's zone that holds a rate. @param {Lens} lens @param {number} at */
function zoneAt({zones}, at) {
  return (zones.find(({high}) => at <= high) ?? zones[zones.length - 1]).name;
}

/** The same in numbers. @param {{lens: Lens, shown: number, zone: string}} props */
function Reading({lens, shown, zone}) {
  const {best_rate: best, best_loss: least, critical_rate: critical} = lens;
  return html`<p class="reading"><b><var>η</var> = ${rate(shown)} ${zone}</b>
      ${best === null ? html`<span>no <var>η</var> makes this batch’s loss smaller</span>`
        : html`<span class="best">best single step ≈ <output aria-live="off" data-quantity="best_rate" data-value=${best}>${plain(best, 2)}</output></span>`}
      ${critical !== null && html`<span class="critical" title="2 / curvature: beyond it a bowl of this curvature throws the step out higher than it came in">critical <var>η</var> <output aria-live="off" data-quantity="critical_rate" data-value=${critical}>${plain(critical, 2)}</output></span>`}
      ${least !== null && html`<span>best loss ${plain(least)}</span>`}
    </p>
    <p class="explains">True loss for every <var>η</var>, on this batch.<span class="by-hand"> Drag the dashed line.</span></p>
    <table class="hidden"><caption>What a step does to the loss, by learning rate, step ${lens.step}</caption>
      <thead><tr><th scope="col">Zone</th><th scope="col">from</th><th scope="col">to</th></tr></thead>
      <tbody>${lens.zones.map(({name, low, high}) => html`<tr key=${name} data-zone=${name}><th scope="row">${name}</th>
        <td data-value=${low}>${plain(low)}</td><td data-value=${high}>${plain(high)}</td></tr>`)}</tbody></table>`;
}
