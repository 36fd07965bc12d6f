// Instruments are read again when the run has moved on: one question on its way at a time, and not more often than is useful.

import {useEffect, useRef} from "preact/hooks";

/** A question that was not answered within this time is asked again. */
const LOST_MS = 3000;

/**
 * The latest answer to a question, kept up to date while a view shows it.
 * @param {import("../stage.js").Stage} stage @param {string} what
 * @param {Record<string, unknown>} about what is asked about; another text of it is another question
 * @param {{every?: number, when?: boolean}} [options] milliseconds between two questions; whether to ask at all
 * @returns {Answer | undefined}
 */
export function useAnswer(stage, what, about, {every = 500, when = true} = {}) {
  const text = JSON.stringify(about), answer = stage.signal("answers").value[what];
  const own = useRef({text: "", moment: "", askedAt: -Infinity, waiting: false, seen: /** @type {Answer | undefined} */ (undefined)});
  if (own.current.seen !== answer) {
    own.current.seen = answer;
    own.current.waiting = false;
  }
  useEffect(() => {
    if (!when) return undefined;
    function look() {
      const pulse = stage.signal("pulse").peek(), mine = own.current, now = performance.now();
      if (!pulse || document.hidden || stage.signal("connection").peek() !== "live") return;
      const moment = `${pulse.run} ${pulse.step} ${pulse.revision} ${pulse.phase > 0}`;
      if (mine.text === text && mine.moment === moment) return;
      if (mine.waiting && now - mine.askedAt < LOST_MS) return;
      if (mine.text === text && now - mine.askedAt < every) return;
      Object.assign(mine, {text, moment, askedAt: now, waiting: true});
      stage.send({type: "ask", what, about: JSON.parse(text)});
    }
    look();
    const timer = window.setInterval(look, Math.min(every, 100));
    return () => window.clearInterval(timer);
  }, [text, when]);
  return answer;
}
