// Presses that alter a value: of several quick ones, none is lost while the server has not answered.

import {useLayoutEffect, useRef} from "preact/hooks";

/** So long after a press the next one builds on the value that was asked for, not on the one that the server told last. */
const ASKED_MS = 2000;

/**
 * @template Value
 * @param {Value} current as the server told last @param {(value: Value) => void} send
 * @param {unknown[]} [others] when one of these becomes another, other than null, what was asked for is forgotten
 * @returns {(alter: (value: Value) => Value) => void}
 */
export function useEdit(current, send, others = []) {
  const asked = useRef({value: current, at: -Infinity});
  for (const other of others) useLayoutEffect(() => { if (other) asked.current.at = -Infinity; }, [other]);
  return (alter) => {
    const now = performance.now(), own = asked.current;
    asked.current = {value: alter(now - own.at < ASKED_MS ? own.value : current), at: now};
    send(asked.current.value);
  };
}
