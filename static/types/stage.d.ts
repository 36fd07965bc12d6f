// Shapes of what the stage knows. Types only: no browser loads this file.

interface Grid {
  kind: "plane" | "line" | "values" | "none";
  bounds: [number, number];
  response: [number, number];
  belief: [number, number];
  units: number[];
}

interface Run {
  run: number;
  schema: number;
  layers: number[];
  activations: string[];
  loss: string;
  dataset: string;
  task: "classification" | "regression";
  n_classes: number;
  labels: string[];
  parameters: number;
  features: string[];
  inputs: string[];
  image: boolean;
  input_maps: number[][];
  standardised: { mean: number[]; deviation: number[] } | null;
  target_range: [number, number];
  losses: string[];
  own: OwnTable | null;
  grid: Grid;
}

/** A table of one's own: its text, and its columns of numbers, each brought to −1 … 1. */
interface OwnTable { text: string; target: string; columns: { name: string; low: number; high: number }[] }

interface Samples { run: number; x: number[][]; y: number[]; test: boolean[] }

interface Choice { name: string; label: string; help: string }

interface Field {
  name: string; label: string; group: FieldGroup; kind: FieldKind; help: string; default: unknown; effect: FieldEffect;
  optional: boolean; when?: Record<string, string[]>; minimum?: number; maximum?: number; scale?: string; most?: number; choices?: Choice[];
}

interface Thumbnail { kind: "points" | "curve" | "image"; x: number[][]; labels: number[] }

interface Description {
  version: string;
  fields: Record<string, Field>;
  /** Where others join. */
  join?: string;
  presets: { name: string; sentence: string; speed: number }[];
  comparisons?: { name: string; sentence: string; address: string }[];
  speeds: { names: string[]; last_stepwise: number };
  thumbnails: Record<string, Thumbnail>;
}

interface Header {
  kind: number; flags: number; schema: number; run: number; seq: number; number: number; step: number; epoch: number;
  loss: number; trainLoss: number; testLoss: number; accuracy: number; learningRate: number; revision: number;
  phase: number; count: number; phaseMs: number; elapsedMs: number;
}

interface Pulse extends Header {
  running: boolean; hold: boolean; stepsPerSecond: number; shown: number; receivedAt: number;
  x: Float32Array; target: Float32Array;
  a: Float32Array[]; z: Float32Array[]; delta: Float32Array[];
  gradientNorms: Float32Array; deltaNorms: Float32Array; updateRatios: Float32Array;
  records: Float32Array;
}

interface ParameterFrame extends Header {
  exact: boolean; after: boolean;
  theta: Float32Array[]; gradient: Float32Array[];
}

interface Responses extends Header { centres: Float32Array; ranges: Float32Array; maps: Uint8Array[][] }
interface Belief extends Header { plane: Uint8Array | null; curve: Float32Array | null; confusion: Uint32Array | null }
interface HistoryFrame extends Header { records: Float32Array }
type Frame = Pulse | ParameterFrame | Responses | Belief | HistoryFrame;

interface HistoryColumns {
  length: number;
  step: number[]; loss: number[]; train: number[]; test: number[]; norms: number[][];
}

interface Wave {
  pass: "none" | "forward" | "loss" | "backward" | "update";
  layer: number;
  progress: number;
  phase: number;
  moving: boolean;
}

/** What is inspected; what its kind has no use for is 0. */
interface Place { kind: "unit" | "weight" | "bias" | "layer" | "input" | "loss"; layer: number; unit: number; source: number }
interface Stop { kind: string; step: number; sentence: string; layer: number | null; quantity: string | null }
interface Remedy { label: string; changes: Record<string, unknown> }
interface Diagnosis {
  kind: string; severity: string; layer: number | null; sentence: string; advice: string; why: string; remedies: Remedy[];
}
interface Mark { step: number; text: string }
/** A change that needs a new start, asked back before it happens. */
interface Confirm { changes: Record<string, unknown>; names: string[]; steps: number }
/** What an instrument found, on request; null when there is nothing to tell. Of a long job `parts` are all so far. */
interface Answer {
  what: string; run: number; found: any; cancelled: boolean; parts: any[];
  refused: { field: string; was: string; expected: string; message: string } | null;
}
interface Lens {
  step: number; direction: string; start: number; rates: number[]; losses: (number | null)[];
  rate: number; loss: number | null; zone: string; best_rate: number | null; best_loss: number | null;
  zones: { name: string; low: number; high: number }[]; curvature: number | null; critical_rate: number | null;
}
interface RangePart { progress: number; step: number; of: number; rate: number; loss: number | null; smoothed: number | null }
interface RangeResult {
  rates: number[]; losses: (number | null)[]; smoothed: (number | null)[]; blown_up: boolean;
  lowest: number | null; steepest: number | null; best: number | null;
}
interface LandscapePart { progress: number; row: number; of: number; beta: number; losses: (number | null)[] }
interface LandscapeResult {
  plane: string; samples: number; alphas: number[]; betas: number[]; losses: (number | null)[][]; here: number; step: number;
  path: number[][]; path_steps: number[]; shares: number[] | null; downhill: number[]; in_plane: number | null;
}
/** Gradients against finite differences, where they disagree most. */
interface Check {
  step: number; relative_error: number; parameter: string; index: number[]; analytic: number; numeric: number;
  checked: number; of: number; by_parameter: Record<string, number>;
}
/** One side of an inspected layer: vectors of its first units, the first of what comes in, and the norms of all. */
interface LayerView {
  inputs: number[]; z: number[]; normed: number[] | null; a: number[]; passed: number[]; error: number[]; slope: number[]; delta: number[];
  product: number[][]; norms: Record<string, number>;
}
interface LayerInspection {
  place: Place; step: number; batch: number; activation: string; normalised: boolean; taken_over: boolean; between: string[]; shape: [number, number];
  weight: number[][]; weight_norm: number; bias: number[]; gradient: number[][]; gradient_norm: number; bias_gradient: number[];
  mean_slope: number; saturated: number[]; dead: number[]; sample: LayerView; mean: LayerView;
  update: {
    optimiser: string; learning_rate: number; made: boolean; clipped: boolean; change: number[][] | null; change_norm: number | null; ratio: number | null;
  };
}
/** How often values fall where: bins of one width over `bounds`, of powers of ten where logarithmic. */
interface Histogram {
  logarithmic: boolean; bounds: [number, number]; counts: number[]; below: number; above: number; zeros: number; missing: number;
  mean: number | null; deviation: number | null;
}
/** How many units a layer has, and the numbers of those that let hardly any error through. */
interface FlatUnits { layer: number; units: number; saturated: number[]; dead: number[] }
interface LayerHealth extends FlatUnits {
  activation: string; z: Histogram; a: Histogram; delta: Histogram; gradient: Histogram;
  factor: number | null; predicted: number | null; predicted_at_start: number | null;
}
interface LayerApart extends FlatUnits {
  activation: string; error: (number | null)[]; slope: (number | null)[]; delta: (number | null)[];
  error_norm: number | null; slope_norm: number | null; delta_norm: number | null;
  steepest: number; taken_over: boolean; between: string[];
}
type Strip = "weights" | "z" | "delta" | "gradient";
/** The last steps of a run that has diverged; a row for each step, null for what is no finite number. */
interface Autopsy extends Record<Strip, (number | null)[][]> {
  step: number; layer: number | null; quantity: string | null; last_finite: number; steps: number[]; losses: (number | null)[]; chain: string;
  links: { step: number; layer: number; quantity: Strip; value: number | null }[];
}
interface Refusal { code: string; field: string; was: string; expected: string; message: string; at: number }
type Palette = Record<string, string>;

interface State {
  connection: "connecting" | "live" | "lost" | "blocked" | "gone";
  room: string | null;
  role: string | null;
  driving: boolean;
  member: number | null;
  name: string | null;
  viewers: number;
  description: Description;
  experiment: Experiment | null;
  /** The experiment as it was when something other than the learning rate changed last: a hand on the slider leaves it alone. */
  form: Experiment | null;
  revision: number;
  preset: string | null;
  run: Run | null;
  data: Samples | null;
  playing: boolean;
  speed: number;
  status: "running" | "paused" | "stopped" | "diverged";
  stop: Stop | null;
  canGoBack: boolean;
  /** Where the run had come, while it stands at an earlier step. */
  tip: number | null;
  diagnosis: Diagnosis | null;
  marks: Mark[];
  notice: string | null;
  refusal: Refusal | null;
  confirm: Confirm | null;
  answers: Record<string, Answer | undefined>;
  pulse: Pulse | null;
  parameters: ParameterFrame | null;
  response: Responses | null;
  belief: Belief | null;
  history: HistoryColumns;
  /** Which pass the wave is in, and at which layer; how far it is there is each view's own business. */
  wave: { pass: Wave["pass"]; layer: number };
  ladder: "gradient" | "delta" | "ratio";
  lab: string | null;
  selection: Place | null;
  /** By how much the selected number is being nudged by hand. */
  nudge: number | null;
  palette: Palette;
  theme: "light" | "dark";
  reducedMotion: boolean;
}

interface View {
  reads: (keyof State)[];
  /** True when it wants to draw again in the next frame. */
  draw(state: State, now: number): boolean | void;
  /** Milliseconds between two drawings: of a view that may wait while something else is more urgent. */
  pause?(state: State): number;
}

type Send = (command: Command) => void;
type Signals = <K extends keyof State>(name: K) => import("@preact/signals").Signal<State[K]>;
