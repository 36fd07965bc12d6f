// Puts the scene of a lesson's page on the stage: its run begins, and once it is there one looks where the page says.

import {commandsOf} from "../model/lessons.js";

/** @param {State} state @param {Send} send @param {(values: Partial<State>) => void} look */
export function createScenes(state, send, look) {
  /** @type {{scene: Scene, instead: number | undefined} | null} */
  let awaited = null;
  return {
    /** @param {Scene} scene */
    set(scene) {
      awaited = {scene, instead: state.run?.run};
      for (const command of commandsOf(scene, state.description)) send(command);
    },
    /** After every event: the run may have begun, or have been refused. @param {{type: string, run?: number}} event */
    follow({type, run}) {
      if (type === "error") awaited = null;
      if (type !== "run" || !awaited || run === awaited.instead) return;
      const {selection, lab, ladder} = awaited.scene;
      awaited = null;
      look({selection, lab, ladder, nudge: null});
    },
  };
}
