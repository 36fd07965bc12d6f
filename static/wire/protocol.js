// The binary frames: the browser's half of server/wire/protocol.py. docs/protocol.md tells it to the last byte.
// Tensors are views of the message's own buffer wherever float32 was sent; nothing is copied.

const MAGIC = 0x314c424e;
const VERSION = 1;
const HEADER_BYTES = 64;
export const PULSE = 1, PARAMETERS = 2, RESPONSE = 3, BELIEF = 4, HISTORY = 5;
export const RUNNING = 1, HOLD = 2, EXACT = 4, AFTER = 8;
export const NO_PHASE = 0xffff;

/** @param {ArrayBuffer} buffer @returns {Header} */
export function decodeHeader(buffer) {
  if (buffer.byteLength < HEADER_BYTES) {
    throw new Error(`a frame of ${buffer.byteLength} bytes, expected at least ${HEADER_BYTES}`);
  }
  const view = new DataView(buffer);
  const magic = view.getUint32(0, true), version = view.getUint8(4);
  if (magic !== MAGIC || version !== VERSION) {
    throw new Error(`magic ${magic} version ${version}, expected ${MAGIC} version ${VERSION}`);
  }
  return {
    kind: view.getUint8(5), flags: view.getUint16(6, true), schema: view.getUint32(8, true),
    run: view.getUint32(12, true), seq: view.getUint32(16, true), number: view.getUint32(20, true),
    step: view.getUint32(24, true), epoch: view.getUint32(28, true), loss: view.getFloat32(32, true),
    trainLoss: view.getFloat32(36, true), testLoss: view.getFloat32(40, true), accuracy: view.getFloat32(44, true),
    learningRate: view.getFloat32(48, true), revision: view.getUint32(52, true), phase: view.getUint16(56, true),
    count: view.getUint16(58, true), phaseMs: view.getUint16(60, true), elapsedMs: view.getUint16(62, true),
  };
}

/**
 * A frame's header and tensors. `run` is the run event that announced its shapes; lists per layer count from 1.
 * @param {ArrayBuffer} buffer @param {Header} header @param {Run} run @param {number} now milliseconds
 * @returns {Frame}
 */
export function decode(buffer, header, run, now) {
  switch (header.kind) {
    case PULSE: return pulse(buffer, header, run, now);
    case PARAMETERS: return parameters(buffer, header, run);
    case RESPONSE: return responses(buffer, header, run);
    case BELIEF: return belief(buffer, header, run);
    case HISTORY: return {...header, records: new Float32Array(buffer, HEADER_BYTES)};
    default: throw new Error(`kind ${header.kind}, expected 1 to 5`);
  }
}

/** Floats in one record: step, loss, train, test, a norm of each layer, filled up to an even number. @param {number} layers */
export function recordWidth(layers) {
  return 4 + layers + (layers % 2);
}

/** Cuts consecutive tensors out of a buffer. @param {ArrayBuffer} buffer @param {number} offset */
function cutter(buffer, offset) {
  return {
    /** @param {number} count */
    float32(count) {
      const cut = new Float32Array(buffer, offset, count);
      offset += 4 * count;
      return cut;
    },
    align() { offset = Math.ceil(offset / 8) * 8; },
    at() { return offset; },
  };
}

/** @param {ArrayBuffer} buffer @param {Header} header @param {Run} run @param {number} now @returns {Pulse} */
function pulse(buffer, header, run, now) {
  const view = new DataView(buffer);
  const [units, ...sizes] = run.layers, cut = cutter(buffer, HEADER_BYTES + 8), layers = sizes.length;
  const x = cut.float32(units), target = cut.float32(run.layers[layers]);
  /** @param {Float32Array} first */
  const perLayer = (first) => [first, ...sizes.map((size) => cut.float32(size))];
  const nothing = x.subarray(0, 0);
  const a = perLayer(x), z = perLayer(nothing), delta = perLayer(nothing);
  const gradientNorms = cut.float32(layers), deltaNorms = cut.float32(layers), updateRatios = cut.float32(layers);
  cut.align();
  const records = cut.float32(header.count * recordWidth(layers));
  return {
    ...header, running: Boolean(header.flags & RUNNING), hold: Boolean(header.flags & HOLD), receivedAt: now,
    stepsPerSecond: view.getFloat32(HEADER_BYTES, true), shown: view.getUint32(HEADER_BYTES + 4, true),
    x, target, a, z, delta, gradientNorms, deltaNorms, updateRatios, records,
  };
}

/** @param {ArrayBuffer} buffer @param {Header} header @param {Run} run @returns {ParameterFrame} */
function parameters(buffer, header, run) {
  const counts = run.layers.slice(1).map((size, index) => (run.layers[index] + 1) * size);
  const total = counts.reduce((sum, count) => sum + count, 0), exact = Boolean(header.flags & EXACT);
  const cut = cutter(buffer, HEADER_BYTES);
  /** @type {Float32Array[][]} */
  let both;
  if (exact) {
    both = [0, 1].map(() => {
      const flat = cut.float32(total);
      cut.align();
      return split(flat, counts);
    });
  } else {
    const scales = cut.float32(2 * counts.length);
    cut.align();
    both = [0, 1].map((which) => {
      const start = cut.at() + which * Math.ceil(total / 4) * 8;
      const layers = split(halves(new Uint16Array(buffer, start, total)), counts);
      layers.forEach((layer, index) => scale(layer, index ? scales[which * counts.length + index - 1] : 1));
      return layers;
    });
  }
  return {...header, exact, after: Boolean(header.flags & AFTER), theta: both[0], gradient: both[1]};
}

/** @param {Float32Array} flat @param {number[]} counts */
function split(flat, counts) {
  const layers = [flat.subarray(0, 0)];
  let start = 0;
  for (const count of counts) layers.push(flat.subarray(start, start += count));
  return layers;
}

/** @param {Float32Array} layer @param {number} by */
function scale(layer, by) {
  for (let index = 0; index < layer.length; index++) layer[index] *= by;
}

// Every half-precision number, made once: 256 KB, and decoding is one look-up each.
/** @type {Float32Array | null} */
let table = null;

/** Half precision to single. @param {Uint16Array} bits */
export function halves(bits) {
  table ??= Float32Array.from({length: 65536}, (_, half) => {
    const sign = half & 0x8000 ? -1 : 1, exponent = (half >> 10) & 31, fraction = half & 1023;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
  });
  const values = new Float32Array(bits.length);
  for (let index = 0; index < bits.length; index++) values[index] = table[bits[index]];
  return values;
}

/** @param {ArrayBuffer} buffer @param {Header} header @param {Run} run @returns {Responses} */
function responses(buffer, header, run) {
  const layers = run.layers.length - 1, cells = run.grid.response[0] * run.grid.response[1];
  const both = new Float32Array(buffer, HEADER_BYTES, 2 * layers);
  let offset = HEADER_BYTES + 8 * layers;
  const maps = run.grid.units.map((units) => Array.from({length: units}, () => {
    const map = new Uint8Array(buffer, offset, cells);
    offset += cells;
    return map;
  }));
  return {...header, centres: both.subarray(0, layers), ranges: both.subarray(layers), maps: [[], ...maps]};
}

/** @param {ArrayBuffer} buffer @param {Header} header @param {Run} run @returns {Belief} */
function belief(buffer, header, run) {
  const count = run.grid.belief[0] * run.grid.belief[1], kind = run.grid.kind;
  return {
    ...header,
    plane: kind === "plane" ? new Uint8Array(buffer, HEADER_BYTES, count) : null,
    curve: kind === "line" || kind === "values" ? new Float32Array(buffer, HEADER_BYTES, count) : null,
    confusion: kind === "none" ? new Uint32Array(buffer, HEADER_BYTES, count) : null,
  };
}
