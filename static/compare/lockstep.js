// Keeps runs in step: tells each to go to the same step, and goes on only when all have answered. A run that has ended
// is left where it is; one that has fallen behind (its process or its connection was lost) catches up by itself.

/** Steps a round and milliseconds from one round to the next, by speed; a late round has more. The last one takes as many as fit. */
export const SPEEDS = [
  {name: "1 step/s", steps: 1, wait: 1000}, {name: "5 steps/s", steps: 1, wait: 200}, {name: "25 steps/s", steps: 1, wait: 40},
  {name: "100 steps/s", steps: 5, wait: 50}, {name: "1,000 steps/s", steps: 50, wait: 50}, {name: "turbo", steps: 0, wait: 0},
];
/** Steps that one command may ask for: the server's own bound. */
const MOST_STEPS = 500;
/** Milliseconds beyond those of the quickest round: after fewer than the first the next may have more steps, after more than the second fewer. */
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
  let dueAt = -Infinity, sentAt = -Infinity, picturesAt = -Infinity, fits = 8, quickest = Infinity;

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

  /** How many steps a round may have. @param {number} took milliseconds of the last one */
  function fitting(took) {
    quickest = Math.min(quickest, took);
    if (took < quickest + SHORT_MS) fits = Math.min(MOST_STEPS, 2 * fits);
    else if (took > quickest + LONG_MS) fits = Math.max(1, fits >> 1);
    return fits;
  }

  /** Steps of the next round: on a slow line of as many as have come due, if they fit into one. @param {number} now */
  function paced(now) {
    const {steps, wait} = SPEEDS[speed], most = fitting(now - sentAt);
    if (!steps) return most;
    if (dueAt === -Infinity) dueAt = now;
    const late = Math.min(now - dueAt, quickest + LONG_MS);
    const rounds = Math.min(1 + Math.floor(late / wait), Math.max(1, Math.floor(most / steps)));
    dueAt = Math.max(dueAt + rounds * wait, now);
    return rounds * steps;
  }

  /** @param {number} now */
  function round(now) {
    settled = false;
    send(front() + (single ? 1 : paced(now)), now, single || now - picturesAt >= PICTURES_MS);
    single = false;
  }

  /** A pace begins: nothing is late, and how fast the line is has to be seen. */
  function begin() {
    dueAt = -Infinity;
    quickest = Infinity;
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
      begin();
    },
    play() {
      playing = true;
      begin();
    },
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
        /** @type {ButtonName[]} */
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
