// Where rounding ends and a fault begins.

/** A relative error above this is a wrong gradient, below it rounding (Karpathy, CS231n). */
export const RIGHT = 1e-4;
