// "Look here": the presenter's pointer as a ring on every screen of the class.

import {html} from "htm/preact";
import {useLayoutEffect, useRef} from "preact/hooks";
import {pointOf} from "../model/look.js";

/** @typedef {import("../panels/stage.js").Stage} Stage */

/** @param {{stage: Stage}} props */
export function PointButton({stage}) {
  const pointing = stage.signal("pointing").value;
  return html`<button aria-pressed=${pointing} title="Everybody sees a ring where your pointer is" onClick=${() => stage.point(!pointing)}>Point</button>`;
}

/** @param {{stage: Stage}} props */
export function PointerRing({stage}) {
  const own = stage.signal("pointer").value, theirs = stage.signal("look").value?.pointer ?? null;
  const follows = stage.signal("following").value && !stage.signal("forked").value, pointer = stage.signal("pointing").value ? own : follows ? theirs : null;
  const latest = useRef(pointer);
  latest.current = pointer;
  useLayoutEffect(() => {
    const root = pointer && document.querySelector(`[data-view="${CSS.escape(pointer.region)}"]`);
    return root ? ringIn(/** @type {HTMLElement} */ (root), latest) : undefined;
  }, [pointer?.region]);
  useLayoutEffect(() => { document.querySelector(".look-here")?.dispatchEvent(new Event("move")); }, [pointer]);
  return null;
}

/**
 * A ring that stays at its place in a drawing, whatever becomes of its size; until the returned function is called.
 * @param {HTMLElement} root @param {{current: Pointer | null}} latest
 */
function ringIn(root, latest) {
  const ring = document.createElement("div");
  ring.className = "look-here";
  function place() {
    if (!latest.current) return;
    const [x, y] = pointOf(latest.current, {left: 0, top: 0, width: root.clientWidth, height: root.clientHeight});
    ring.style.transform = `translate(${x}px, ${y}px)`;
  }
  const observer = new ResizeObserver(place);
  observer.observe(root);
  ring.addEventListener("move", place);
  root.append(ring);
  return () => {
    observer.disconnect();
    ring.remove();
  };
}
