// The head of the projector's page: where the run is, and how to join, large.

import {html} from "htm/preact";
import {Figures} from "../panels/transport/transport.js";
import {rate} from "../model/numbers.js";
import {Code, joinAddress} from "./share.js";
import {called} from "./class.js";

/** @typedef {import("../panels/stage.js").Stage} Stage */

/** @param {{stage: Stage}} props */
export function WallHead({stage}) {
  const room = stage.signal("room").value, eta = stage.signal("experiment").value?.learning_rate, classroom = stage.signal("classroom").value;
  return html`<header class="wall-head">
    <h1><span class="nabla" aria-hidden="true">∇</span> <span class="hidden">Nablascope</span></h1>
    <div class="figure"><span>Learning rate η</span><output data-quantity="learning-rate" data-value=${eta ?? ""} aria-live="off">${eta === undefined ? "–" : rate(eta)}</output></div>
    <${Figures} stage=${stage} />
    <p class="class-says" role="status">${classroom && words(classroom)}</p>
    ${room && html`<div class="wall-join"><p>${joinAddress(stage)}</p><${Code} room=${room} /></div>`}
  </header>`;
}

/** @param {Classroom} classroom */
function words({paused, on_stage: onStage, on_stage_name: name, driver, driver_name: driverName}) {
  if (paused) return "Paused";
  if (onStage !== null) return html`The run of <bdi>${called(name, onStage)}</bdi>`;
  if (driver !== null) return html`<bdi>${called(driverName, driver)}</bdi> has the controls`;
  return "";
}
