// A canvas inside a control: drawn when what it shows has changed, or its size.

import {html} from "htm/preact";
import {useEffect, useRef} from "preact/hooks";
import {cleared, fit} from "../../draw/canvas.js";

/**
 * @param {{label: string, draw: (context: CanvasRenderingContext2D, root: HTMLElement) => void, reads: unknown[], children?: unknown}} props
 * `draw` is called again when one of `reads` is another; what it shows is told in words by whoever uses it
 */
export function Picture({label, draw, reads, children}) {
  const root = useRef(/** @type {HTMLElement | null} */ (null)), canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const latest = useRef(draw);
  latest.current = draw;
  function redraw() {
    if (!root.current || !canvas.current || !root.current.clientWidth) return;
    fit(canvas.current, root.current);
    latest.current(cleared(canvas.current, root.current), root.current);
  }
  // After the page was painted: a hand on the learning rate waits for the network, not for this.
  useEffect(redraw, reads);
  useEffect(() => {
    const observer = new ResizeObserver(redraw);
    observer.observe(/** @type {HTMLElement} */ (root.current));
    return () => observer.disconnect();
  }, []);
  return html`<div class="canvas" ref=${root}><canvas ref=${canvas} role="img" aria-label=${label}></canvas>${children}</div>`;
}
