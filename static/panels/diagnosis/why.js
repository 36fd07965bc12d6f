// The reason of a diagnosis where there is no line for it: shown under a pointer, at the keyboard's focus, or held open by a click.

import {html} from "htm/preact";
import {useEffect, useLayoutEffect, useRef, useState} from "preact/hooks";

/** A pointer may leave for so long, on its way to the text. */
const GRACE_MS = 250;

/** Opens without being asked, but can always be sent away with Escape, and stays while it is pointed at (WCAG 1.4.13). @param {{text: string}} props */
export function Why({text}) {
  const [over, setOver] = useState(false), [focused, setFocused] = useState(false);
  const [held, hold] = useState(false), [sentAway, sendAway] = useState(false);
  const leaving = useRef(0), open = held || ((over || focused) && !sentAway);
  function close() {
    hold(false);
    sendAway(true);
  }
  useEffect(() => { if (!over && !focused) sendAway(false); }, [over, focused]);
  // In the very moment in which it shows: an Escape may follow at once.
  useLayoutEffect(() => {
    if (!open) return undefined;
    const escape = (/** @type {KeyboardEvent} */ event) => { if (event.key === "Escape") close(); };
    document.addEventListener("keydown", escape);
    return () => document.removeEventListener("keydown", escape);
  }, [open]);
  useEffect(() => () => window.clearTimeout(leaving.current), []);
  /** @param {PointerEvent} event */
  function enter({pointerType}) {
    window.clearTimeout(leaving.current);
    if (pointerType === "touch") return;
    setOver(true);
    sendAway(false);
  }
  function leave() {
    window.clearTimeout(leaving.current);
    leaving.current = window.setTimeout(() => setOver(false), GRACE_MS);
  }
  /** A click on what is only shown holds it; on what is held, it closes it. @param {Event} event */
  function click(event) {
    event.preventDefault();
    if (held) close();
    else {
      hold(true);
      sendAway(false);
    }
  }
  return html`<details class="why" open=${open} onPointerEnter=${enter} onPointerLeave=${leave}>
    <summary onClick=${click} onBlur=${() => setFocused(false)}
      onFocus=${(/** @type {FocusEvent & {currentTarget: HTMLElement}} */ event) => setFocused(event.currentTarget.matches(":focus-visible"))}>Why?</summary><p>${text}</p>
  </details>`;
}
