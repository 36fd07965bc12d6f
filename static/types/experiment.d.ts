// An experiment as the server sends it. Types only: no browser loads this file.
// Made by tests/support/browser_types.py from `Experiment.describe()`: change that, not this.

type Experiment = {
  dataset: DatasetName;
  own_data?: null;
  samples: number;
  noise: number;
  test_share: number;
  balance: number;
  standardise: boolean;
  features: FeaturesName[];
  hidden: number[];
  activation: ActivationName | ActivationName[];
  output_activation: OutputActivationName | null;
  normalisation: NormalisationName;
  residual: boolean;
  initialiser: InitialiserName;
  init_size: number;
  gain: number | null;
  weights: number[] | null;
  seed: number;
  loss: LossName;
  optimiser: OptimiserName;
  learning_rate: number;
  batch_size: number;
  momentum: number;
  rho: number;
  beta1: number;
  beta2: number;
  weight_decay: number;
  schedule: ScheduleName;
  schedule_epochs: number;
  schedule_decay: number;
  clip_norm: number | null;
  clip_value: number | null;
  l1: number;
  l2: number;
  dropout: number;
  label_smoothing: number;
  stop_loss: number | null;
  stop_patience: number | null;
  stop_watch: StopWatchName;
  stop_epochs: number | null;
};

type DatasetName =
  | "circles"
  | "xor"
  | "moons"
  | "spirals"
  | "gaussians"
  | "checkerboard"
  | "rings"
  | "concentric"
  | "sine"
  | "plane"
  | "hills"
  | "digits"
  | "iris"
  | "own";

type FeaturesName =
  | "x1"
  | "x2"
  | "x1_squared"
  | "x2_squared"
  | "x1_x2"
  | "sin_x1"
  | "sin_x2";

type ActivationName =
  | "linear"
  | "sigmoid"
  | "tanh"
  | "relu"
  | "leaky_relu"
  | "elu"
  | "selu"
  | "gelu"
  | "silu"
  | "softplus"
  | "softsign";

type OutputActivationName =
  | "linear"
  | "sigmoid"
  | "tanh"
  | "relu"
  | "leaky_relu"
  | "elu"
  | "selu"
  | "gelu"
  | "silu"
  | "softplus"
  | "softsign"
  | "softmax";

type NormalisationName =
  | "none"
  | "batch"
  | "layer";

type InitialiserName =
  | "zeros"
  | "constant"
  | "normal"
  | "uniform"
  | "lecun"
  | "lecun_uniform"
  | "xavier"
  | "xavier_uniform"
  | "he"
  | "he_uniform"
  | "orthogonal";

type LossName =
  | "mse"
  | "half_sse"
  | "mae"
  | "huber"
  | "hinge"
  | "binary_cross_entropy"
  | "softmax_cross_entropy";

type OptimiserName =
  | "sgd"
  | "momentum"
  | "nesterov"
  | "adagrad"
  | "rmsprop"
  | "adam"
  | "adamw";

type ScheduleName =
  | "constant"
  | "step"
  | "exponential"
  | "cosine"
  | "warmup_cosine"
  | "one_cycle"
  | "plateau";

type StopWatchName =
  | "train"
  | "test";

type FieldGroup =
  | "data"
  | "network"
  | "optimiser"
  | "regularisation"
  | "samples"
  | "start"
  | "stopping"
  | "training";

type FieldKind =
  | "activations"
  | "choice"
  | "features"
  | "flag"
  | "integer"
  | "layers"
  | "number"
  | "optional_choice"
  | "optional_integer"
  | "optional_number"
  | "optional_numbers"
  | "optional_table";

type FieldEffect =
  | "live"
  | "restart";
