// The page that compares runs: one transport for all, a column for each, and their curves overlaid.

import {html} from "htm/preact";
import {useEffect, useRef} from "preact/hooks";
import {Column} from "./column.js";
import {SPEEDS} from "./lockstep.js";
import {Mark} from "./mark.js";
import {titlesOf, warningOf} from "./titles.js";
import {Ended, blocked} from "../panels/notices/no-connection.js";
import {plain, whole} from "../model/numbers.js";
import {at} from "../page/site.js";

/** @param {{page: ComparePage}} props */
export function App({page}) {
  const fault = page.fault.value, ending = page.ending.value;
  return html`<${Header} page=${page} />
    ${fault ? html`<${Refused} page=${page} fault=${fault} />` : ending ? html`<${Closed} ending=${ending} />`
      : page.runs.length ? html`<${Runs} page=${page} />` : html`<${Empty} page=${page} />`}`;
}

/** @param {{page: ComparePage}} props */
function Header({page}) {
  const {comparisons = []} = page.description, dark = page.theme.value === "dark", name = dark ? "Light colours" : "Dark colours";
  const chosen = comparisons.find(({address}) => address === page.address);
  return html`<header>
    <a class="stage-link" href=${at(`#${page.runs[0]?.address ?? ""}`)}><span aria-hidden="true">←</span> Stage</a>
    <h1><span class="nabla" aria-hidden="true">∇</span> Compare</h1>
    <div class="presets">
      <select aria-label="Comparison" value=${chosen?.name ?? ""}
        onChange=${(/** @type {any} */ event) => page.open(comparisons.find((one) => one.name === event.target.value)?.address ?? page.address)}>
        ${!chosen && html`<option value="">${page.runs.length ? "own runs" : "choose one"}</option>`}
        ${comparisons.map((one) => html`<option value=${one.name}>${one.name}</option>`)}
      </select>
      <p class="sentence" title=${chosen?.sentence}>${chosen?.sentence ?? ""}</p>
    </div>
    <button class="plain" aria-label=${name} title=${name} onClick=${page.toggleTheme}><span aria-hidden="true">◐</span></button>
  </header>`;
}

/** @param {{page: ComparePage}} props */
function Runs({page}) {
  const {runs, description} = page;
  const experiments = runs.map(({signal}) => signal("experiment").value), known = experiments.filter((experiment) => experiment !== null);
  const complete = known.length === runs.length;
  const titles = complete ? titlesOf(known, description.fields) : runs.map((_, index) => `Run ${index + 1}`);
  const warning = complete ? warningOf(known, description.fields) : null;
  const connections = runs.map(({signal}) => signal("connection").value);
  const said = connections.includes("blocked") ? blocked()
    : connections.includes("lost") ? "The connection was lost. It comes back by itself, and the runs go on together from where they are." : warning;
  return html`<${Transport} page=${page} />
    <main><section class="compare" aria-label="Compare" data-runs=${runs.length} aria-busy=${!page.session.value.ready}>
      ${said && html`<p class="note" role="alert">${said}</p>`}
      <div class="columns">${runs.map((run, index) => html`<${Column} key=${index} page=${page} run=${run} index=${index} title=${titles[index]} />`)}</div>
      <div class="curves">
        <${Curves} page=${page} titles=${titles} kind="loss" title="Training loss" hint="" />
        <${Curves} page=${page} titles=${titles} kind="norm" title="Gradient norm of the first layer" hint="‖∂L/∂W¹‖ of single batches, log scale" />
      </div>
      <${Norms} page=${page} titles=${titles} />
      <${Standing} page=${page} titles=${titles} />
    </section></main>`;
}

/** @param {{page: ComparePage}} props */
function Transport({page}) {
  const {ready, playing, over, speed} = page.session.value, {play, pause, step, reset} = page.transport;
  const steps = page.runs.map(({signal}) => signal("pulse").value?.step ?? 0), front = Math.max(...steps);
  const button = (/** @type {string} */ name, /** @type {() => void} */ act, /** @type {string} */ key, /** @type {string} */ face, disabled = false, look = "") =>
    html`<button class=${look} aria-label=${name} title="${name} (${key})" disabled=${disabled} onClick=${act}>${face}</button>`;
  return html`<section class="transport" aria-label="Transport">
    <div class="buttons">
      ${button("Reset", reset, "R: the same weights, from the beginning", "reset", !ready)}
      ${playing ? button("Pause", pause, "space", "pause", false, "primary") : button("Play", play, "space", "play", over, "primary")}
      ${button("One step", step, "S", "step", over)}
    </div>
    <label class="speed"><span>Speed <b>${SPEEDS[speed].name}</b></span>
      <input type="range" aria-label="Speed" aria-valuetext=${SPEEDS[speed].name} min="0" max=${SPEEDS.length - 1} step="1" value=${speed}
        onInput=${(/** @type {any} */ event) => page.choose(Number(event.target.value))} /></label>
    <div class="figures"><div class="figure"><span>Step</span><output data-quantity="step" data-value=${front} aria-live="off">${whole(front)}</output></div></div>
    <p class="hint same">The same seed, samples and batches for all, step by step together.</p>
  </section>`;
}

/** @param {{page: ComparePage, titles: string[], kind: string, title: string, hint: string}} props */
function Curves({page, titles, kind, title, hint}) {
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  useEffect(() => (root.current ? page.mount(root.current, kind, 0) : undefined), []);
  return html`<section class="panel" aria-label=${title}>
    <h2>${title} <span class="hint">${hint}</span>
      <span class="legend">${titles.map((name, index) => html`<span class="named"><${Mark} index=${index} />${name}</span>`)}</span></h2>
    <div class="canvas" data-view=${kind} ref=${root}></div>
  </section>`;
}

/** The ladders' numbers for those who cannot see them, and for tests. @param {{page: ComparePage, titles: string[]}} props */
function Norms({page, titles}) {
  const pulses = page.runs.map(({signal}) => signal("pulse").value), most = Math.max(0, ...pulses.map((pulse) => pulse?.gradientNorms.length ?? 0));
  return html`<div class="hidden"><table class="norms">
    <caption>Gradient norm of each layer</caption>
    <thead><tr><th scope="col">Layer</th>${titles.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
    <tbody>${Array.from({length: most}, (_, layer) => html`<tr><th scope="row">${layer + 1}</th>
      ${pulses.map((pulse) => html`<td data-value=${pulse?.gradientNorms[layer] ?? ""}>${plain(pulse?.gradientNorms[layer])}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}

/** Where the runs stand, said when they stand. @param {{page: ComparePage, titles: string[]}} props */
function Standing({page, titles}) {
  const {ready, playing} = page.session.value;
  const of = (/** @type {number} */ index) => {
    const pulse = page.runs[index].signal("pulse").value;
    return `${titles[index]}: step ${pulse?.step ?? 0}, training loss ${plain(pulse?.trainLoss)}`;
  };
  return html`<p class="hidden" role="status">${!ready && !playing ? "Opening the runs" : playing ? "Playing" : titles.map((_, index) => of(index)).join("; ")}</p>`;
}

/** @param {{page: ComparePage}} props */
function Choices({page}) {
  return html`<ul class="choices">${(page.description.comparisons ?? []).map(({name, sentence, address}) =>
    html`<li><button onClick=${() => page.open(address)}>${name}</button><span>${sentence}</span></li>`)}</ul>`;
}

/** @param {{page: ComparePage}} props */
function Empty({page}) {
  return html`<main><section class="panel empty" aria-label="Compare">
    <h2>Two to four runs, side by side</h2>
    <p>They start from the same seed, see the same samples in the same batches, and differ in what you choose. Take one of these, or press “Compare with …” on the stage.</p>
    <${Choices} page=${page} />
  </section></main>`;
}

/** @param {{ending: CompareEnding}} props */
function Closed({ending}) {
  return html`<main><section class="panel empty" aria-label="Compare">
    <h2>These runs are not open</h2>
    <div role="alert"><${Ended} subject="This comparison is" ...${ending} openRoom=${() => location.reload()} /></div>
  </section></main>`;
}

/** @param {{page: ComparePage, fault: CompareFault}} props */
function Refused({page, fault}) {
  const {run, field, was, expected} = fault;
  return html`<main><section class="panel empty" aria-label="Compare">
    <h2>These runs cannot be compared</h2>
    <p role="alert">${run === null ? "" : `Run ${run + 1}: `}<b>${field}</b> was ${was}, expected ${expected}.</p>
    <p>Change the address, or take one of these:</p>
    <${Choices} page=${page} />
  </section></main>`;
}
