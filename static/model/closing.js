// The codes with which the server closes a socket for good (server/wire/refusal.py).

/** There is no such room; not welcome in it; this tab has another connection; too many wrong codes, or connections. */
export const NO_ROOM = 4404, NOT_WELCOME = 4403, REPLACED = 4409, TOO_MANY = 4429;
