// The address of the page holds the whole experiment: whoever opens it elsewhere gets the same run.

import {at, ROOT} from "./site.js";

/** Writing an address costs the browser more than a frame, and it fetches the icon anew: a moving hand goes first. */
const REST_MS = 400;
/** The fragment of a teacher's link. */
const TEACHER = /^#teacher=([A-Za-z0-9_-]{16,64})$/;

/** An address with the table of the run's own, where it has one; commas may stand as they are. @param {string} experiment @param {Run | null} run */
export function withTable(experiment, run) {
  return run?.own ? `${experiment}&own_data=${encodeURIComponent(run.own.text).replaceAll("%2C", ",")}` : experiment;
}

export function createAddress() {
  /** @type {string | null} */
  let waiting = null;
  let timer = 0;

  function write() {
    window.clearTimeout(timer);
    if (waiting === null) return;
    const hash = waiting && `#${waiting}`;
    waiting = null;
    if (hash !== location.hash) history.replaceState(null, "", location.pathname + location.search + hash);
  }
  document.addEventListener("visibilitychange", write);

  return {
    write,
    /** The experiment as the page has it, though the address may still be waiting for it. */
    experiment: () => waiting ?? location.hash.slice(1),
    /** The code of the room that the address names, or null. */
    room: () => location.pathname.slice(ROOT.length).match(/^r\/(\w+)$/)?.[1].toUpperCase() ?? null,
    /** Whether this page is for a wall: the teacher's stage without controls. */
    projector: () => new URLSearchParams(location.search).has("projector"),
    /** The secret in a teacher's link, or null; from here on the address does not show it. */
    takeTeacher() {
      const token = location.hash.match(TEACHER)?.[1] ?? null;
      if (token) history.replaceState(null, "", location.pathname + location.search);
      return token;
    },
    /** @param {string} code */
    enter(code) { history.replaceState(null, "", `${at(`r/${code}`)}${location.search}${location.hash}`); },
    /** @param {string} experiment */
    follow(experiment) {
      waiting = experiment;
      window.clearTimeout(timer);
      timer = window.setTimeout(write, REST_MS);
    },
  };
}
