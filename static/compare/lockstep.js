// Keeps runs in step: tells each to go to the same step, and goes on only when all have answered. A run that has ended
// is left where it is; one that has fallen behind (its process or its connection was lost) catches up by itself.

/** Steps a round and milliseconds from one round to the next, by speed. The last one takes as many as fit. */
export const SPEEDS = [
  {name: "1 step/s", steps: 1, wait: 1000}, {name: "5 steps/s", steps: 1, wait: 200}, {name: "25 steps/s", steps: 1, wait: 40},
  {name: "100 steps/s", steps: 5, wait: 50}, {name: "1,000 steps/s", steps: 50, wait: 50}, {name: "turbo", steps: 0, wait: 0},
];
/** Steps that one command may ask for: the server's own bound. */
const MOST_STEPS = 500;
/** As turbo, a round shall take about so long: from how many milliseconds on it gets more or fewer steps. */
const SHORT_MS = 40, LONG_MS = 120;
/** Pictures of weights and answers are asked for at most so often. */
const PICTURES_MS = 250;

/**
 * @typedef {object} Member of the lockstep
 * @property {State} state
 * @property {Send} send
 * @property {number | null} goal the step it was told to go to, while it has not answered
 * @property {number} least generation from which on it counts: those before were not yet reset
 */

/** Whether a run has ended by itself. @param {Member} member */
const ended = ({state: {status}}) => status === "diverged" || status === "stopped";

/** @param {Member} member */
const stepOf = ({state}) => state.pulse?.step ?? 0;

/** Whether a run stands where it was told to go. @param {Member} member */
function arrived(member) {
  const {state, goal, least} = member;
  if (state.connection !== "live" || !state.run || state.run.run < least || !state.pulse) return false;
  return goal === null || stepOf(member) >= goal || ended(member);
}

/** @param {Member[]} members */
export function createLockstep(members) {
  let playing = false, speed = 2, single = false, settled = true;
  let dueAt = -Infinity, sentAt = -Infinity, picturesAt = -Infinity, turbo = 8;

  const ready = () => members.every(arrived);
  const front = () => Math.max(...members.map(stepOf));

  /** @param {number} target @param {number} now @param {boolean} pictures */
  function send(target, now, pictures) {
    for (const member of members) {
      const steps = Math.min(MOST_STEPS, target - stepOf(member));
      if (ended(member) || steps < 1) continue;
      member.goal = stepOf(member) + steps;
      member.send({type: "advance", steps, pictures});
    }
    sentAt = now;
    if (pictures) picturesAt = now;
  }

  /** Everything that stands on the page belongs to the step at which the runs stand. */
  function settle() {
    settled = true;
    for (const member of members) if (!ended(member)) member.send({type: "pause"});
  }

  /** @param {number} now */
  function round(now) {
    const {steps, wait} = SPEEDS[speed], took = now - sentAt;
    if (!steps) turbo = took < SHORT_MS ? Math.min(MOST_STEPS, 2 * turbo) : took > LONG_MS ? Math.max(1, turbo >> 1) : turbo;
    dueAt = Math.max(dueAt + wait, now);
    settled = false;
    send(front() + (single ? 1 : steps || turbo), now, single || now - picturesAt >= PICTURES_MS);
    single = false;
  }

  return {
    ready,
    get playing() { return playing; },
    get speed() { return speed; },
    /** Whether no run can go on any more. */
    get over() { return members.every(ended); },
    /** @param {number} value */
    choose(value) {
      speed = value;
      dueAt = -Infinity;
    },
    play() { playing = true; },
    pause() { playing = false; },
    step() {
      playing = false;
      single = true;
    },
    /** The same weights, from the beginning. A run that had ended would go on by itself: it is held, and reset again. */
    reset() {
      playing = single = false;
      settled = true;
      for (const member of members) {
        const types = ended(member) ? ["reset", "pause", "reset"] : ["reset"];
        member.goal = null;
        member.least = (member.state.run?.run ?? 0) + (types.length > 1 ? 2 : 1);
        for (const type of types) member.send({type});
      }
    },
    /** What is due now: called again and again. @param {number} now milliseconds */
    tick(now) {
      if (!ready()) return;
      for (const member of members) member.goal = null;
      const behind = members.some((member) => !ended(member) && stepOf(member) < front());
      if (members.every(ended)) playing = single = false;
      else if (behind) send(front(), now, false);
      else if (single || (playing && now >= dueAt)) round(now);
      else if (!playing && !settled) settle();
    },
  };
}
