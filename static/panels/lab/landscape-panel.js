// The loss landscape around the run's weights, in a plane of all their directions.

import {html} from "htm/preact";
import {useState} from "preact/hooks";
import {drawLandscape, heightColours} from "../../draw/landscape.js";
import {plain, whole} from "../../model/numbers.js";
import {JobBar, JobWords, useJob} from "./job.js";
import {Picture} from "../parts/picture.js";
import {drives} from "../stage.js";

/** @typedef {import("../stage.js").Stage} Stage */

/** Planes by name: the choice's words, and what the picture shows. */
const PLANES = {
  random: ["Random directions", "Two random directions, as long as the weights of each unit. What is no weight stays as it is."],
  path: ["Along the path", "The two directions in which the run went furthest: principal components of its path."],
};

/** @param {{stage: Stage}} props */
export function Landscape({stage}) {
  const job = useJob(stage, "landscape"), [plane, setPlane] = useState(/** @type {keyof typeof PLANES} */ ("random")), [seed, setSeed] = useState(0);
  const palette = stage.signal("palette").value, rows = job.answer?.parts ?? [], result = /** @type {LandscapeResult | undefined} */ (job.result);
  function others() {
    setSeed(seed + 1);
    job.start({plane, seed: seed + 1});
  }
  return html`<section aria-label="Loss landscape">
    <h2>The loss around these weights</h2>
    <div class="tabs" role="group" aria-label="Which plane">${Object.entries(PLANES).map(([name, [label]]) => html`
      <button key=${name} aria-pressed=${name === plane} onClick=${() => setPlane(/** @type {keyof typeof PLANES} */ (name))}>${label}</button>`)}</div>
    <p class="explains">${PLANES[plane][1]}</p>
    <${JobBar} stage=${stage} job=${job} label="Draw it" again="Draw it again" name="Progress of the landscape" about=${{plane, seed}}>
      ${result && plane === "random" && html`<button disabled=${!drives(stage)} onClick=${others}>Other directions</button>`}
    <//>
    <${JobWords} stage=${stage} job=${job} empty="Draw it to see which hills and valleys the run is in, and where −∇L points." />
    ${rows.length > 0 && html`<${Picture} label="Loss in a plane through the weights, with the path of the run" reads=${[rows, result, palette]}
      draw=${(/** @type {CanvasRenderingContext2D} */ context, /** @type {HTMLElement} */ root) => drawLandscape(context, root, palette, rows, result, (value) => plain(value, 2))} />
      <${Legend} palette=${palette} rows=${rows} />`}
    ${result && html`<${Words} result=${result} />`}
  </section>`;
}

/** @param {{palette: Palette, rows: LandscapePart[]}} props */
function Legend({palette, rows}) {
  const losses = rows.flatMap((row) => row.losses).filter((loss) => loss !== null), [low, high] = heightColours(palette);
  const number = (/** @type {string} */ name, /** @type {number} */ value) => html`<span data-quantity=${name} data-value=${value}>${plain(value, 2)}</span>`;
  return html`<p class="legend">loss (log) ${number("lowest_loss", Math.min(...losses))}<i class="heights" style=${{background: `linear-gradient(90deg, ${low}, ${high})`}}></i>${number("highest_loss", Math.max(...losses))}
    <i class="hollow"></i>start <i class="now"></i>now <i class="downhill"></i>−∇L</p>`;
}

/** What the picture cannot say. @param {{result: LandscapeResult}} props */
function Words({result: {plane, here, step, samples, shares, in_plane: inPlane}}) {
  const percent = (/** @type {number} */ share) => `${plain(100 * share, 2)} %`;
  return html`<p role="status" data-plane=${plane} class="explains">Step ${whole(step)}: loss <output data-quantity="here" data-value=${here}>${plain(here)}</output> here, measured on ${whole(samples)} samples.
    ${shares && ` The plane holds ${percent(shares[0] + shares[1])} of the path’s spread.`}
    ${inPlane !== null && ` ${percent(inPlane)} of the gradient lies in it.`}</p>`;
}
