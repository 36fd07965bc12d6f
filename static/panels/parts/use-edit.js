// Presses that alter a value: of several quick ones, none is lost while the server has not answered.

import {useLayoutEffect, useRef} from "preact/hooks";

/** So long after a press the next one builds on the value that was asked for, even if the server has not told it yet. */
const ASKED_MS = 2000;

/**
 * @template Value
 * @param {Value} current as the server told last @param {(value: Value) => void} send
 * @param {unknown} refusal the last one of the server: then what was asked for is forgotten
 * @returns {(alter: (value: Value) => Value) => void}
 */
export function useEdit(current, send, refusal) {
  const asked = useRef({value: current, at: -Infinity, told: false}), text = JSON.stringify(current);
  // Once the server has told what was asked for, any other value comes from somebody else, or from another control.
  useLayoutEffect(() => {
    const own = asked.current;
    if (text === JSON.stringify(own.value)) own.told = true;
    else if (own.told) own.at = -Infinity;
  }, [text]);
  useLayoutEffect(() => { asked.current.at = -Infinity; }, [refusal]);
  return (alter) => {
    const now = performance.now(), own = asked.current;
    asked.current = {value: alter(now - own.at < ASKED_MS ? own.value : current), at: now, told: false};
    send(asked.current.value);
  };
}
