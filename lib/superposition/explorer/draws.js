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
function directions({ Normal, ChiSquared }, count, dimension, activation, beside, isAcross) {
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
  const outside = Math.sqrt(square);
  for (const value of x) square += value * value;
  const onto = (y) => columns.map((column) => column.reduce((sum, value, k) => sum + value * y[k], 0));
  const readouts = onto(x);
  if (!isAcross) return { square, readouts };
  // a Gaussian vector less its part along x; its coordinate along what stands beside, and all the others
  const g = x.map(() => Normal(0, 1));
  const beyond = dimension > rank ? Normal(0, 1) : 0;
  const dot = g.reduce((sum, value, k) => sum + value * x[k], outside * beyond);
  const others = ChiSquared(dimension - rank - 1);
  const norm = Math.sqrt(g.reduce((sum, value) => sum + value * value, beyond * beyond + others) - (dot * dot) / square);
  return { square, readouts, across: onto(g).map((value, i) => (value - (readouts[i] * dot) / square) / norm) };
}

// Every entry's heap of an even deal (Fisher and Yates).
function dealt({ Uniform }, count, among) {
  const heap = filled(count, (i) => i % among);
  for (let i = count - 1; i > 0; i -= 1) {
    const other = Math.floor(Uniform(0, i + 1));
    const moved = heap[other];
    heap[other] = heap[i];
    heap[i] = moved;
  }
  return heap;
}

// The entry of an ascending table that is nearest to a value.
function nearest(table, value) {
  let [low, high] = [0, table.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((table[middle] + table[middle + 1]) / 2 < value) low = middle + 1;
    else high = middle;
  }
  return table[low];
}

// A number as a function of the scope.
function reader({ of, js }, compile) {
  const call = compile(js, of);
  return (scope) => Number(call(...of.map((name) => scope[name])));
}

// From the scope to a function of an index, for which vectors stand for that entry.
function entrywise({ of, js }, compile) {
  const call = compile(js, of);
  return (scope) => {
    const given = of.map((name) => scope[name]);
    const vectors = given.flatMap((value, k) => (Array.isArray(value) ? [k] : []));
    const args = [...given];
    return (i) => {
      for (const k of vectors) args[k] = given[k][i];
      return Number(call(...args));
    };
  };
}

function filled(size, at) {
  const entries = new Array(size);
  for (let i = 0; i < size; i += 1) entries[i] = at(i);
  return entries;
}

const length = (value) => Math.max(0, Math.round(value));

// What takes one step: from the scope to the scope with one name more.
function taken(step, law, compile) {
  const read = (value) => reader(value, compile);
  if (step.draw !== undefined) {
    const draw = law[step.law];
    if (step.count === undefined) {
      const given = step.with.map(read);
      return (scope) => (scope[step.draw] = draw(...given.map((value) => value(scope))));
    }
    const [count, given] = [read(step.count), step.with.map((value) => entrywise(value, compile))];
    return (scope) => {
      const [one, other] = given.map((value) => value(scope));
      const at = other ? (i) => draw(one(i), other(i)) : (i) => draw(one(i));
      scope[step.draw] = filled(length(count(scope)), at);
    };
  }
  if (step.repeat !== undefined) {
    const [times, steps] = [read(step.repeat), step.steps.map((one) => taken(one, law, compile))];
    const kept = Object.entries(step.kept ?? {});
    const turns = function* (scope) {
      for (const [, path] of kept) scope[path] = [];
      for (let left = length(times(scope)); left > 0; left -= 1) {
        for (const take of steps) take(scope);
        for (const [name, path] of kept) scope[path].push(scope[name]);
        yield;
      }
    };
    return Object.assign((scope) => { for (const _ of turns(scope)); }, { turns });
  }
  if (step.alike !== undefined) {
    const steps = step.steps.map((one) => taken(one, law, compile));
    return (scope) => { for (const take of steps) take(scope); };
  }
  if (step.directions !== undefined) {
    const [count, dimension, activation] = [read(step.count), read(step.dimension), entrywise(step.activation, compile)];
    const beside = step.beside ? read(step.beside) : () => 0;
    return (scope) => {
      const sizes = [length(count(scope)), length(dimension(scope))];
      const found = directions(law, ...sizes, activation(scope), beside(scope), step.across !== undefined);
      scope[step.directions] = found.square;
      scope[step.readouts] = found.readouts;
      if (step.across !== undefined) scope[step.across] = found.across;
    };
  }
  if (step.numbers !== undefined) {
    const count = read(step.count);
    return (scope) => (scope[step.numbers] = filled(length(count(scope)), (i) => i + 1));
  }
  const [value, entry] = [read(step.is), entrywise(step.is, compile)];
  const each = (scope) => filled(scope[step.is.of.find((name) => Array.isArray(scope[name]))].length, entry(scope));
  if (step.total !== undefined) return (scope) => (scope[step.total] = each(scope).reduce((sum, entry) => sum + entry, 0));
  if (step.tally !== undefined) {
    const most = read(step.most);
    return (scope) => {
      const counts = new Array(length(most(scope)) + 1).fill(0);
      for (const entry of each(scope)) if (entry in counts) counts[entry] += 1;
      scope[step.tally] = counts;
    };
  }
  if (step.deal !== undefined) {
    const among = read(step.among);
    return (scope) => {
      const entries = each(scope);
      const sums = new Float64Array(length(among(scope)));
      const heap = dealt(law, entries.length, sums.length);
      heap.forEach((one, i) => (sums[one] += entries[i]));
      scope[step.deal] = heap.map((one) => sums[one]);
    };
  }
  if (step.nearest !== undefined) {
    const by = read(step.by);
    return (scope) => {
      const table = step.tables[length(by(scope))];
      scope[step.nearest] = step.each ? each(scope).map((one) => nearest(table, one)) : nearest(table, value(scope));
    };
  }
  if (step.count !== undefined) {
    const count = read(step.count);
    return (scope) => (scope[step.let] = new Array(length(count(scope))).fill(value(scope)));
  }
  return (scope) => (scope[step.let] = step.each ? each(scope) : value(scope));
}

// A function that draws one trial bit by bit: it adds all names to a scope of the given numbers, and lets go in between.
// compile(js, names) makes a function of an expression.
export function drawing(steps, seed, compile) {
  const law = laws(seed);
  const all = steps.map((step) => taken(step, law, compile));
  return function* (scope) {
    for (const take of all) {
      if (take.turns) yield* take.turns(scope);
      else take(scope);
      yield;
    }
  };
}

// A function that draws one trial: from the given numbers to all names.
export function sampler(steps, seed, compile) {
  const trial = drawing(steps, seed, compile);
  return (given) => {
    const scope = { ...given };
    for (const _ of trial(scope));
    return scope;
  };
}

// A chain whose last step repeats, before its first turn; take(most, until) takes so many turns, or as many as there is time for.
// What is found is lists whose first entry stands at 1.
export function running(steps, seed, compile, scope) {
  const taken = drawing(steps, seed, compile)(scope);
  for (let before = steps.length - 1; before > 0; before -= 1) taken.next();
  const run = { seed, turns: 0, left: length(reader(steps.at(-1).repeat, compile)(scope)) };
  run.found = () => Object.fromEntries(Object.entries(scope).map(([name, value]) => [name, Array.isArray(value) ? [0, ...value] : value]));
  run.take = (most, until = Infinity) => {
    for (let i = 0; i < most && run.left > 0 && performance.now() < until; i += 1) {
      taken.next();
      run.turns += 1;
      run.left -= 1;
    }
  };
  return run;
}

// Milliseconds of drawing in one frame, so that the next is not late.
const FRAME = 10;

// So many turns for a scene's controls, or all of them in frames, until they are stopped or the run gives way to another. A run
// that has ended gives way to one with the next seed.
export function run(controls, count, compile) {
  const { explorer, draws } = controls;
  const { state } = explorer;
  if (!controls.job?.left) {
    if (controls.job) state.seed = (state.seed + 1) % 2 ** 31;
    controls.job = state.run = running(draws.steps, state.seed, compile, controls.given(state.values, draws.run.given));
  }
  const job = (controls.playing = controls.job);
  const frame = () => {
    if (controls.playing !== job) return;
    if (count) job.take(count);
    else job.take(draws.run.turns, performance.now() + FRAME);
    if (count || job.left === 0) {
      controls.cancel();
      return;
    }
    explorer.repaint();
    requestAnimationFrame(frame);
  };
  frame();
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
