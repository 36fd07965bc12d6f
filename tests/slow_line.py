"""A slow line: what the server sends reaches pages 30 to 200 ms late, in its order. Finds what counts on luck."""

import os

#: Where this environment variable is set, every page that a test opens is at the end of such a line.
VARIABLE = "NABLASCOPE_SLOW_LINE"
SLOW = bool(os.environ.get(VARIABLE))

#: Runs before the page's own scripts.
SCRIPT = """(() => {
  const Native = window.WebSocket;
  class Slow extends Native {
    #queue = []; #message = null; #closed = null; #left = false;
    constructor(...where) {
      super(...where);
      super.addEventListener("message", (event) => this.#later(() => { if (!this.#left) this.#message?.(event); }));
      super.addEventListener("close", (event) => {
        if (this.#left) this.#closed?.(event);
        else this.#later(() => this.#closed?.(event));
      });
    }
    #later(call) {
      this.#queue.push(call);
      setTimeout(() => this.#queue.shift()(), 30 + 170 * Math.random());
    }
    close(...why) {
      this.#left = true;
      super.close(...why);
    }
    set onmessage(handler) { this.#message = handler; }
    set onclose(handler) { this.#closed = handler; }
  }
  window.WebSocket = Slow;
})()"""
