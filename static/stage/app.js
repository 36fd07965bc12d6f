// The stage as a whole: every panel in its place.

import {html} from "htm/preact";
import {useEffect, useRef} from "preact/hooks";
import {ClassBar} from "../classroom/class-bar.js";
import {ClassBoard} from "../classroom/class-board.js";
import {PointerRing} from "../classroom/pointer-ring.js";
import {QuestionPanel} from "../classroom/question.js";
import {Share} from "../classroom/share.js";
import {onWall} from "../classroom/class.js";
import {WallHead} from "../classroom/wall.js";
import {Banner} from "../panels/notices/banner.js";
import {Header} from "../panels/header/header.js";
import {Help} from "../panels/header/help.js";
import {Inspector} from "../panels/inspector/inspector.js";
import {Lab} from "../panels/lab/lab.js";
import {Lesson} from "../panels/lesson/lesson.js";
import {StepLens} from "../panels/lab/lens-panel.js";
import {NetworkPanel} from "../panels/network/network-panel.js";
import {LossLegend, Past} from "../panels/transport/past.js";
import {Settings} from "../panels/settings/settings.js";
import {Transport} from "../panels/transport/transport.js";

/** @typedef {import("../panels/stage.js").Stage} Stage */

/** @param {{stage: Stage, mounted: () => void}} props */
export function App({stage, mounted}) {
  const help = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const wall = onWall(stage);
  useEffect(() => mounted(), []);
  return html`
    ${wall ? html`<${WallHead} stage=${stage} />` : html`<${Header} stage=${stage} share=${html`<${Share} stage=${stage} />`} openHelp=${() => help.current?.showModal()} />`}
    <${ClassBar} stage=${stage} />
    ${!wall && html`<${Transport} stage=${stage} />`}
    <${Banner} stage=${stage} />
    <main>
      <${Lesson} stage=${stage} />
      ${!wall && html`<${Settings} stage=${stage} />`}
      <${NetworkPanel} stage=${stage} />
      <${OutputPanel} stage=${stage} />
      <${Lab} stage=${stage} />
      <section class="panel loss" aria-label="Loss">
        <h2>Loss <${LossLegend} stage=${stage} /></h2>
        <div class="canvas-frame"><div class="canvas" data-view="loss"></div><${Past} stage=${stage} /></div>
      </section>
      <section class="panel gradient-history" aria-label="Gradient history">
        <h2><span>Gradient norms<span class="over"> over time</span></span> <span class="hint">log scale</span> <${LayerLegend} stage=${stage} /></h2>
        <div class="canvas" data-view="gradient-history"></div>
      </section>
      <${StepLens} stage=${stage} />
      <${Inspector} stage=${stage} />
      <${ClassBoard} stage=${stage} />
    </main>
    <${QuestionPanel} stage=${stage} />
    <${PointerRing} stage=${stage} />
    <${Help} dialog=${help} version=${stage.signal("description").value.version} room=${stage.signal("room").value} />`;
}

/** @param {{stage: Stage}} props */
function OutputPanel({stage}) {
  const run = stage.signal("run").value;
  const two = run?.labels.length === 2;
  return html`<section class="panel output" aria-label="Output">
    <h2>What the network believes</h2>
    <div class="beside">
      <div class="canvas" data-view="output"></div>
      <ul class="legend upright">
        ${two && html`<li><i class="one"></i>${run.labels[1]}</li><li><i class="zero"></i>${run.labels[0]}</li>`}
        ${run && run.grid.kind === "plane" && run.labels.length > 2 && run.labels.map((label, index) => html`<li><i class="class-${index}"></i>${label}</li>`)}
        ${run?.grid.kind === "plane" && run.task === "regression" && html`<li><i class="one"></i>high</li><li><i class="zero"></i>low</li>`}
        ${run?.grid.kind === "line" && html`<li><i class="curve"></i>network</li>${!two && html`<li><i class="one"></i>data</li>`}`}
        ${run?.grid.kind === "values" && html`<li>across: truth</li><li>up: answer</li>`}
        ${run && run.grid.kind !== "none" && html`<li><i class="hollow"></i>test point</li><li><i class="ring"></i>on show</li>`}
        ${run?.grid.kind === "none" && html`<li>row: truth</li><li>column: answer</li>`}
      </ul>
    </div>
  </section>`;
}

/** @param {{stage: Stage}} props */
function LayerLegend({stage}) {
  const run = stage.signal("run").value;
  return run && html`<span class="legend ramp"><span>input</span><i class="ramp-bar"></i><span>output</span></span>`;
}
