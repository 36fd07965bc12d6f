// Sliders: what the hand does is shown at once, and sent at most once in 16 ms.

import {useEffect, useRef, useState} from "preact/hooks";

const EVERY_MS = 16;
/** So long after the hand's last move the slider shows its own value, not what the server says meanwhile. */
const OWN_MS = 500;

/**
 * @param {number} current the value in force @param {(value: number) => void} send @param {number} [every] milliseconds from one to the next
 * @returns {[number, (value: number) => void]} the value to show, and what to call when the hand moves
 */
export function useDrag(current, send, every = EVERY_MS) {
  const [draft, setDraft] = useState(/** @type {number | null} */ (null));
  const timers = useRef({last: -Infinity, next: 0, end: 0, value: 0});
  useEffect(() => () => {
    window.clearTimeout(timers.current.next);
    window.clearTimeout(timers.current.end);
  }, []);

  /** @param {number} value */
  function move(value) {
    const own = timers.current, now = performance.now();
    own.value = value;
    setDraft(value);
    window.clearTimeout(own.end);
    own.end = window.setTimeout(() => setDraft(null), OWN_MS);
    if (now - own.last >= every) {
      own.last = now;
      send(value);
    } else if (!own.next) {
      own.next = window.setTimeout(() => {
        own.next = 0;
        own.last = performance.now();
        send(own.value);
      }, every);
    }
  }
  return [draft ?? current, move];
}
