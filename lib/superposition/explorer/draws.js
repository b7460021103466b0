// The page's own sampler: the steps that draws.py declares, taken one trial at a time. Loaded when a reader first asks for it.

// Distributions by the names that SymPy gives them, all from one seeded stream.
function laws(seed) {
  const options = { prng: random.mt19937({ seed: seed + 1 }).normalized };
  const [normal, uniform, beta, gamma, chisquare, poisson, few] = ["normal", "uniform", "beta", "gamma", "chisquare", "poisson", "binomial"].map((law) =>
    random[law](options),
  );
  // stdlib's own binomial counts every try, or is not quite exact; halving n by the median of n uniforms is (Ahrens & Dieter 1974)
  const binomial = (n, p) => {
    let [left, chance, count] = [n, Math.min(Math.max(p, 0), 1), 0];
    while (left >= 16 && chance > 0 && chance < 1) {
      const rank = Math.floor((left + 1) / 2);
      const median = beta(rank, left + 1 - rank);
      if (median <= chance) {
        count += rank;
        left -= rank;
        chance = Math.min((chance - median) / (1 - median), 1);
      } else {
        left = rank - 1;
        chance = Math.min(chance / median, 1);
      }
    }
    if (left < 1 || chance === 0) return count;
    return count + (chance === 1 ? left : few(left, chance));
  };
  return {
    Normal: normal,
    Uniform: uniform,
    Beta: beta,
    Gamma: (k, theta) => (k > 0 ? gamma(k, 1 / theta) : 0),
    ChiSquared: (k) => (k > 0 ? chisquare(k) : 0),
    Poisson: (lamda) => (lamda > 0 ? poisson(lamda) : 0),
    Binomial: binomial,
  };
}

// f_i = column i of a Cholesky factor; see Directions in draws.py.
function directions({ Normal, ChiSquared }, count, dimension, activation, beside) {
  const rank = Math.min(count, dimension);
  const columns = [];
  const x = new Float64Array(rank);
  for (let i = 0; i < count; i += 1) {
    const column = new Float64Array(Math.min(i + 1, rank));
    let square = 0;
    for (let k = 0; k < column.length; k += 1) {
      column[k] = k === i ? Math.sqrt(ChiSquared(dimension - i)) : Normal(0, 1);
      square += column[k] * column[k];
    }
    const scale = 1 / Math.sqrt(square);
    for (let k = 0; k < column.length; k += 1) {
      column[k] *= scale;
      x[k] += activation(i) * column[k];
    }
    columns.push(column);
  }
  let square = 0;
  if (beside) {
    const along = x.map(() => Normal(0, 1));
    const rest = ChiSquared(dimension - rank);
    const scale = beside / Math.sqrt(along.reduce((sum, g) => sum + g * g, rest));
    along.forEach((g, k) => (x[k] += scale * g));
    square = scale * scale * rest;
  }
  for (const value of x) square += value * value;
  return { square, readouts: columns.map((column) => column.reduce((sum, value, k) => sum + value * x[k], 0)) };
}

// A value as a function of the scope; given an index, vectors stand for that entry.
function reader({ of, js }, compile) {
  const call = compile(js, of);
  return (scope, i) => call(...of.map((name) => (i !== undefined && Array.isArray(scope[name]) ? scope[name][i] : scope[name])));
}

const length = (value) => Math.max(0, Math.round(value));

// What takes one step: from the scope to the scope with one name more.
function taken(step, law, compile) {
  const read = (value) => reader(value, compile);
  if (step.draw !== undefined) {
    const given = step.with.map(read);
    const draw = (scope, i) => law[step.law](...given.map((value) => Number(value(scope, i))));
    if (step.count === undefined) return (scope) => (scope[step.draw] = draw(scope));
    const count = read(step.count);
    return (scope) => (scope[step.draw] = Array.from({ length: length(count(scope)) }, (_, i) => draw(scope, i)));
  }
  if (step.repeat !== undefined) {
    const [times, steps] = [read(step.repeat), step.steps.map((one) => taken(one, law, compile))];
    return (scope) => {
      for (let left = length(times(scope)); left > 0; left -= 1) for (const take of steps) take(scope);
    };
  }
  if (step.directions !== undefined) {
    const [count, dimension, activation] = [step.count, step.dimension, step.activation].map(read);
    const beside = step.beside ? read(step.beside) : () => 0;
    return (scope) => {
      const size = length(count(scope));
      const fixed = step.activation.each ? undefined : activation(scope);
      const found = directions(law, size, length(dimension(scope)), (i) => fixed ?? activation(scope, i), beside(scope));
      scope[step.directions] = found.square;
      scope[step.readouts] = found.readouts;
    };
  }
  const value = read(step.is);
  const all = (scope) => {
    const vector = step.is.of.find((name) => Array.isArray(scope[name]));
    return scope[vector].map((_, i) => Number(value(scope, i)));
  };
  if (step.total !== undefined) return (scope) => (scope[step.total] = all(scope).reduce((sum, entry) => sum + entry, 0));
  return (scope) => (scope[step.let] = step.each ? all(scope) : Number(value(scope)));
}

// A function that draws one trial: from the given numbers to all names. compile(js, names) makes a function of an expression.
export function sampler(steps, seed, compile) {
  const law = laws(seed);
  const all = steps.map((step) => taken(step, law, compile));
  return (given) => {
    const scope = { ...given };
    for (const take of all) take(scope);
    return scope;
  };
}

// The normal quantile of 1 - p.
const quantile = (p) => Math.SQRT2 * random.erfcinv(2 * Math.min(Math.max(p, 1e-300), 0.5));

// Where the mean errors among `of` readouts reach what is allowed, over a whole number that they grow with, and its standard
// error: largest_active in Python, and what it says of the method holds here. measure(value, trials) finds {mean, error}.
export async function crossing(measure, { start, lowest, allowed, of, trials, place }) {
  const few = Math.max(2, Math.round(trials / 10));
  const known = new Map();
  const tooMany = async (value) => {
    if (!known.has(value)) known.set(value, (await measure(value, few)).mean > allowed);
    return known.get(value);
  };
  const first = Math.max(1, Math.floor(start / 6));
  let [low, high, step] = [start, undefined, first];
  while (low > lowest && (await tooMany(low))) [low, high, step] = [Math.max(lowest, low - step), low, 2 * step];
  if (await tooMany(low)) high = low + 1;
  step = first;
  while (high === undefined) {
    if (await tooMany(low + step)) high = low + step;
    else [low, step] = [low + step, 2 * step];
  }
  while (high - low > Math.max(1, low / 3)) {
    const middle = Math.floor((low + high) / 2);
    if (await tooMany(middle)) high = middle;
    else low = middle;
  }
  const ends = [];
  for (const value of [low, high]) {
    const { mean, error } = await measure(value, trials);
    const [seen, spread] = mean > 0 ? [mean, error] : [0.5 / trials, 1 / trials];
    const z = quantile(seen / of);
    ends.push({ z, se: (spread / of) * Math.sqrt(2 * Math.PI) * Math.exp((z * z) / 2), at: place(value) });
  }
  const part = (quantile(allowed / of) - ends[0].z) / (ends[1].z - ends[0].z);
  const se = Math.hypot((1 - part) * ends[0].se, part * ends[1].se) / Math.abs(ends[1].z - ends[0].z);
  const width = ends[1].at - ends[0].at;
  return { at: ends[0].at + part * width, error: Math.abs(width) * se };
}
