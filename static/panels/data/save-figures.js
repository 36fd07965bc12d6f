// The run's losses and gradient norms as a file, for a spreadsheet.

import {html} from "htm/preact";
import {useEffect, useRef} from "preact/hooks";

/** Excel takes a file for UTF-8 that begins with it. */
const BYTE_ORDER_MARK = "\uFEFF";

/** @param {{stage: import("../stage.js").Stage}} props */
export function SaveFigures({stage}) {
  const answer = stage.signal("answers").value.figures, wanted = useRef(false), live = stage.signal("connection").value === "live";
  useEffect(() => {
    if (!wanted.current || !answer?.found) return;
    wanted.current = false;
    save(`nablascope-${stage.signal("room").peek()}-step-${answer.found.step}.csv`, answer.found.csv);
  }, [answer]);
  function ask() {
    wanted.current = true;
    stage.send({type: "ask", what: "figures", about: {}});
  }
  return html`<p class="save-figures"><button disabled=${!live} onClick=${ask}>Save the figures</button>
    <span>The run’s losses and gradient norms, step by step, as a table (CSV).</span></p>`;
}

/** @param {string} name @param {string} text */
function save(name, text) {
  const href = URL.createObjectURL(new Blob([BYTE_ORDER_MARK, text], {type: "text/csv"}));
  Object.assign(document.createElement("a"), {href, download: name}).click();
  URL.revokeObjectURL(href);
}
