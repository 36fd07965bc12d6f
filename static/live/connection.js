// The socket: says hello, keeps the order of events, acknowledges frames, and comes back after a loss.

import {NOT_WELCOME, NO_ROOM, REPLACED, TOO_MANY} from "../model/closing.js";
import {socketAddress} from "../page/site.js";
import {decodeHeader} from "../wire/protocol.js";
import {createReach} from "./reach.js";

const PROTOCOL = 1;
const ACK_EVERY = 4, ACK_AFTER_MS = 200;
/** The server says something every 5 seconds at least. After so long a silence nobody is there, whatever the socket says. */
const SILENCE_MS = 12_000, LISTEN_EVERY_MS = 1000;
const FIRST_WAIT_MS = 250, LONGEST_WAIT_MS = 5000;
const ENDS = [NO_ROOM, NOT_WELCOME, REPLACED, TOO_MANY];
const TAB_KEY = "nablascope.tab", TAB_BYTES = 16, NAME_KEY = "nablascope.name";

/** @param {string} room */
const tokenKey = (room) => `nablascope.token.${room}`;

/** The teacher's secret of a room, kept by this tab. @param {string} room */
export const tokenOf = (room) => sessionStorage.getItem(tokenKey(room));
/** @param {string} room @param {string} token */
export const keepToken = (room, token) => sessionStorage.setItem(tokenKey(room), token);
/** @param {string} name */
export const keepName = (name) => sessionStorage.setItem(NAME_KEY, name);

/** The secret by which the server knows this tab again, however often it is loaded. */
export function tab() {
  let secret = sessionStorage.getItem(TAB_KEY);
  if (!secret) {
    secret = Array.from(crypto.getRandomValues(new Uint8Array(TAB_BYTES)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    sessionStorage.setItem(TAB_KEY, secret);
  }
  return secret;
}

/**
 * @param {object} options
 * @param {() => string | null} options.room the code of the room to enter, or null for a new one
 * @param {() => string | null} options.experiment what a new room shall train, as text, or null for the usual
 * @param {() => boolean} options.projector whether this page only shows the teacher's stage
 * @param {(event: any) => void} options.onEvent
 * @param {(buffer: ArrayBuffer, header: Header) => void} options.onFrame
 * @param {(status: State["connection"], closed: number | null) => void} options.onStatus with the socket's code where it has ended for good: until `open` is called
 */
export function connect({room, experiment, projector, onEvent, onFrame, onStatus}) {
  /** @type {WebSocket | null} */
  let socket = null;
  const reach = createReach();
  let expected = 0, wait = FIRST_WAIT_MS, newest = 0, acknowledged = 0, retry = 0, idle = 0, refused = false, heardAt = 0, opened = false, answered = false, blocked = false;

  function open() {
    heardAt = performance.now();
    opened = false;
    answered = reach.answered();
    const own = socket = new WebSocket(socketAddress());
    own.binaryType = "arraybuffer";
    expected = newest = acknowledged = 0;
    own.onopen = () => {
      opened = true;
      blocked = false;
      reach.opened();
      const code = room();
      own.send(JSON.stringify({
        type: "hello", protocol: PROTOCOL, room: code, token: code && !projector() ? tokenOf(code) : null,
        experiment: code ? null : experiment(), name: sessionStorage.getItem(NAME_KEY), tab: tab(), projector: projector(),
      }));
    };
    own.onmessage = ({data}) => {
      heardAt = performance.now();
      if (typeof data === "string") event(own, JSON.parse(data));
      else frame(data);
    };
    own.onclose = ({code}) => lost(own, code);
  }

  /** @param {WebSocket} own @param {any} message */
  function event(own, message) {
    if (message.seq !== expected++) {
      own.close();
      return;
    }
    if (message.type === "welcome") {
      wait = FIRST_WAIT_MS;
      if (message.token) keepToken(message.room, message.token);
      onStatus("live", null);
    }
    refused = message.type === "error" && (message.field === "room" || message.field === "tab");
    onEvent(message);
  }

  /** @param {ArrayBuffer} buffer */
  function frame(buffer) {
    const header = decodeHeader(buffer);
    newest = header.seq;
    if (newest - acknowledged >= ACK_EVERY) acknowledge();
    else idle ||= window.setTimeout(acknowledge, ACK_AFTER_MS);
    onFrame(buffer, header);
  }

  function acknowledge() {
    window.clearTimeout(idle);
    idle = 0;
    if (newest > acknowledged) send({type: "ack", seq: acknowledged = newest});
  }

  /** A dead network, or a laptop that slept: a polite end would wait for an answer that never comes. */
  function listen() {
    const own = socket;
    if (!own || own.readyState > WebSocket.OPEN || performance.now() - heardAt < SILENCE_MS) return;
    own.onopen = own.onmessage = own.onclose = null;
    own.close();
    lost(own, 1006);
  }

  /** @param {WebSocket} own @param {number} code */
  function lost(own, code) {
    if (own !== socket) return;
    if (ENDS.includes(code) && refused) {
      onStatus("gone", code);
      return;
    }
    onStatus(blocked ? "blocked" : "lost", null);
    if (!opened) tellApart();
    // A share of chance, so that a whole class does not come back in the same moment.
    retry = window.setTimeout(open, wait * (0.75 + 0.5 * Math.random()));
    wait = Math.min(2 * wait, LONGEST_WAIT_MS);
  }

  /** Whether it is lost, or blocked on its way; it may be open again by then. */
  async function tellApart() {
    const now = await reach.failed(answered);
    if (opened || now === blocked) return;
    blocked = now;
    onStatus(blocked ? "blocked" : "lost", null);
  }

  /** @param {Command} command */
  function send(command) {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(command));
  }

  window.addEventListener("online", () => {
    if (socket?.readyState !== WebSocket.CLOSED) return;
    window.clearTimeout(retry);
    open();
  });
  window.addEventListener("pagehide", () => socket?.close());
  window.addEventListener("pageshow", ({persisted}) => { if (persisted) open(); });
  window.setInterval(listen, LISTEN_EVERY_MS);
  open();
  return {send, open};
}
