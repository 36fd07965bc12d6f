// The loop that draws a page: frames while something happens and for a while after, then none. A page at rest costs nothing.

/** As long as the slowest of what waits for a frame: words for those who listen come four seconds after the last ones. */
const LINGER_MS = 5000;

/**
 * @param {(now: number) => boolean} frame draws; whether another frame is wanted whatever happens
 * @returns {() => void} to be called whenever something has changed
 */
export function createRenderLoop(frame) {
  let awake = false, wokenAt = -Infinity;

  /** @param {number} now */
  function next(now) {
    let more = false;
    try {
      more = frame(now);
    } finally {
      awake = more || performance.now() - wokenAt < LINGER_MS;
      if (awake) requestAnimationFrame(next);
    }
  }

  return function wake() {
    wokenAt = performance.now();
    if (awake) return;
    awake = true;
    requestAnimationFrame(next);
  };
}
