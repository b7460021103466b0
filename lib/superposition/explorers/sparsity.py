"""Explorers of the chapter *Sparsity*."""

from functools import cache

import numpy as np
import sympy as sp
from sympy import stats

from superposition import codes, formulas, simulate
from superposition.data.measured import measured
from superposition.draws import Draw, overlap_tail
from superposition.explorer import (
    Area,
    Axis,
    Curve,
    Dot,
    Explorer,
    Measure,
    One,
    Readout,
    Rule,
    Samples,
    Sentence,
    Simulation,
    Slider,
)
from superposition.formula import Q
from superposition.simulate import chains
from superposition.symbols import l, m, n, theta

__all__ = ["most_or_every", "readout_errors", "tight_frames", "two_bells"]

_HALF = sp.Rational(1, 2)


_ABSENT_DOTS = 300
# with so many of the active features looked at, the rest adds nothing to the precision
_LOOKED_AT = 40


def _network(dots, steps=()):
    """One network: what of it is drawn, and what it reads wrongly, in words."""
    return One(
        dots,
        [
            Sentence(
                "{alarms} of {absent} absent features read as active, {missed} of {l} active ones missed.",
                absent=m - l,
            )
        ],
        steps=[*chains.counted(_ABSENT_DOTS), *steps],
        given={chains.shown: l},
    )


def two_bells() -> Explorer:
    """The readouts of absent and active features as two bells, and the threshold between them."""
    r = sp.Symbol("r", real=True)

    def bell(middle, noise):
        return sp.exp(-((r - middle) ** 2) / (2 * noise.expr**2)) / (noise.expr * sp.sqrt(2 * sp.pi))

    def counted(number):
        # what nobody would live to see is not a number to read
        return sp.Piecewise((number, number >= sp.Rational(1, 1000)), (0, True))

    absent = (m - l) * bell(0, formulas.crosstalk_std)
    present = l * bell(1, formulas.crosstalk_std_present)
    floor = _HALF
    # the bin beside the threshold, where the bell of the absent features is measured
    end, length = sp.Rational(3, 5), sp.sqrt(chains.square)
    above = overlap_tail(_HALF / length, n) - overlap_tail(end / length, n)
    noise = formulas.crosstalk_std.expr
    low, high = sp.symbols("low high", real=True)
    heights = [
        Draw(low, stats.Uniform, 0, 1, count=sp.Min(m - l, _ABSENT_DOTS)),
        Draw(high, stats.Uniform, 0, 1, count=l),
    ]
    network = [
        Dot(
            chains.absent, sp.exp(low) * 3 / 5, label=f"one network: absent features, {_ABSENT_DOTS} of them", series=3
        ),
        Dot(chains.present, sp.exp(high) * 2, label="one network: active features", series=4),
    ]
    return Explorer(
        id="two-bells",
        title="What a threshold can tell apart",
        caption="How the readouts of all absent and of all active features are expected to spread, by the normal law. What "
        "of a bell lies beyond ½ is read wrongly.",
        sliders=[Slider(l, 2, 1000, 8), Slider(n, 64, 8192, 512), Slider(m, 1000, 10**6, 8192)],
        x=Axis(r, -1, 2, label="readout, *r*"),
        y=Axis(low=floor, high=10**8, scale="log", label="features per unit of readout"),
        marks=[
            Curve(absent, label="absent features"),
            Curve(present, label="active features"),
            Area(floor, sp.Piecewise((sp.Max(absent, floor), r > _HALF), (floor, True)), series=1),
            Area(floor, sp.Piecewise((sp.Max(present, floor), r < _HALF), (floor, True)), series=2),
            Rule(x=_HALF, label="threshold ½", series=0),
        ],
        readouts=[
            Readout("noise on an absent feature", formulas.crosstalk_std),
            Readout("absent features read as active", counted((m - l) * formulas.false_alarm.expr)),
            Readout("active features missed", counted(l * formulas.miss.expr)),
        ],
        text=[
            Sentence(
                "{l} of {m} features are active on {n} neurons, and the noise on a readout is {noise}.",
                noise=formulas.crosstalk_std,
            ),
            Sentence(
                "Among all features {errors} are read wrongly on average.",
                errors=formulas.expected_errors,
                when=formulas.expected_errors.expr >= sp.Rational(1, 1000),
            ),
            Sentence(
                "Hardly any is ever read wrongly.",
                when=formulas.expected_errors.expr < sp.Rational(1, 1000),
            ),
            Sentence("Even a single absent feature is read wrongly more than 15 times in a hundred.", when=4 * l > n),
            Sentence(
                "A single absent feature is read wrongly less than once in a hundred times; among all features there are errors.",
                when=(formulas.false_alarm.expr < sp.Rational(1, 100)) & (formulas.expected_errors.expr > 1),
            ),
        ],
        measure=Measure(
            chains.readouts,
            (m - l) * above / (end - _HALF),
            "absent features per unit of readout between 0.5 and 0.6",
            formula=(m - l) * (Q(_HALF / noise) - Q(end / noise)) / (end - _HALF),
            x=(end + _HALF) / 2,
            given={theta: _HALF, chains.shown: 1},
            one=_network(network, heights),
        ),
    )  # fmt: skip


def _error_points():
    points = []
    for neurons in (256, 1024, 4096):
        for size in (1000, 10_000, 1_000_000):
            for n_active in (2, 5, 10, 20, 50, 100):
                rng = np.random.default_rng([neurons, size, n_active])
                run = simulate.random_code_errors(neurons, size, n_active, 400, rng)
                if run.errors > 1e-4:
                    points.append(
                        {"at": {"n": neurons, "m": size}, "x": n_active, "y": run.errors, "se": run.errors_se}
                    )
    return points


def readout_errors() -> Explorer:
    """Errors among all features, and of one, against the number of active ones."""
    limit = formulas.max_active
    return Explorer(
        id="readout-errors",
        title="How many features may be active?",
        caption="Expected errors when all m features are read at a threshold of ½. Points: simulated, bars of two standard errors, "
        "at the settings that were simulated for this page.",
        sliders=[Slider(l, 1, 500, 10), Slider(n, 64, 16_384, 1024), Slider(m, 1000, 10**7, 10_000)],
        x=Axis(l, 1, 500, scale="log"),
        y=Axis(low=1e-4, high=10**7, scale="log", label="wrong readouts"),
        marks=[
            Curve(formulas.expected_errors, label="expected errors, all features"),
            Curve(formulas.false_alarm, label="error probability, one feature"),
            Samples(_error_points(), label="all features, simulated", series=1),
            Rule(x=limit, label="*n*/(8 ln *m*)", series=3),
            Rule(y=1, series=0, dash=3, label="one error"),
            Dot(l, formulas.expected_errors),
        ],
        readouts=[
            Readout("limit n/(8 ln m)", limit),
            Readout("active features, as a share of it", 100 * l / limit.expr, unit="%"),
        ],
        text=[
            Sentence(
                "With {l} of {m} features active on {n} neurons, {errors} readouts are wrong on average. The limit is {limit:active features}.",
                errors=formulas.expected_errors,
                limit=limit,
                when=formulas.expected_errors.expr >= sp.Rational(1, 1000),
            ),
            Sentence(
                "With {l} of {m} features active on {n} neurons, hardly a readout is ever wrong. The limit is {limit:active features}.",
                limit=limit,
                when=formulas.expected_errors.expr < sp.Rational(1, 1000),
            ),
            Sentence("All features can be read.", when=formulas.expected_errors.expr < sp.Rational(1, 10)),
            Sentence("Too many are active for all to be read.", when=formulas.expected_errors.expr > 1),
        ],
        measure=Measure(
            chains.readouts,
            chains.errors,
            "wrong readouts of a random code",
            formula=formulas.expected_errors,
            given={theta: _HALF, chains.shown: sp.Min(l, _LOOKED_AT)},
            one=_network([Dot(l, chains.wrong, label="one network, counted", series=4)]),
        ),
    )


_FEWEST_NEURONS = 32


def _borne(n, m, trials, rng):
    def frame(rng):
        return codes.tight_frame(n, m, rng)

    def measure(n_active):
        return simulate.readout_errors(frame, n_active, trials, rng, sets_per_code=sets)

    # frames differ most near m = n
    sets = 5 if m < 1.5 * n else 25
    start = max(1, int(min(m, formulas.max_active_tight(m=m, n=n))))
    return simulate.largest_active(measure, m, formulas.errors_at_limit(m=m), start)


def _frame_points():
    found = measured("max_active_tight")
    columns = (found.at["n"], found.at["m"], found.value, found.se)
    return [
        {"at": {"n": int(n)}, "x": m / n, "y": float(value), "se": float(se)}
        for n, m, value, se in zip(*columns, strict=True)
        if n >= _FEWEST_NEURONS
    ]


def tight_frames() -> Explorer:
    """How many features may be active in a tight frame and in a random code, against the number of features per neuron."""
    ratio = sp.Symbol("ratio", positive=True)
    at = {m: n * ratio}
    # from one feature more than there are neurons
    capped = sp.Piecewise((sp.Min(n * ratio, formulas.max_active_tight.expr.args[1][0].args[1]), m > n)).subs(at)
    random = formulas.max_active.expr.subs(at)

    def run(rng, ratio, n, repeats=12, trials=200):
        size, values = max(int(n) + 1, round(ratio * n)), []
        for done in range(1, repeats + 1):
            values.append(_borne(int(n), size, trials, rng).n_active)
            if done > 1:
                yield done / repeats, np.mean(values), np.std(values, ddof=1) / np.sqrt(done), trials * done

    return Explorer(
        id="tight-frames",
        title="Better than random",
        caption="Active features that a random tight frame and a random code bear, from as many features as neurons to four times as many. "
        "Points: measured on random tight frames. Frames with more structure can bear more.",
        sliders=[
            Slider(ratio, 1.05, 4, 1.5, scale="linear", integer=False, label="features for each neuron, *m*/*n*"),
            Slider(n, _FEWEST_NEURONS, 256, 128),
        ],
        x=Axis(ratio, 1, 4, label="features for each neuron, *m*/*n*"),
        y=Axis(low=0.5, high=300, scale="log", label="active features, *l*"),
        marks=[
            Curve(capped, label="random tight frame"),
            Curve(random, label="random code"),
            Samples(_frame_points(), label="random tight frame, measured", series=1),
            Dot(ratio, capped),
            Dot(ratio, random),
        ],
        readouts=[
            Readout("random tight frame", capped),
            Readout("random code", random),
            Readout("the frame bears more by the factor", capped / random),
        ],
        text=[
            Sentence(
                "With {ratio} features for each of {n} neurons, a random tight frame bears {tight:active features}, a random code {random}.",
                tight=capped,
                random=random,
            ),
            Sentence("The frame is far better.", when=ratio < 2),
            Sentence("The frame bears hardly a third more.", when=ratio >= sp.Rational(39, 10)),
        ],
        simulate=Simulation(run, "active features that a random tight frame bears", formula=capped),
    )  # fmt: skip


@cache
def _fooled(features=10**6, drawn=4):
    """How many chosen features it takes to read an absent one as active, in random codes."""
    points = []
    for neurons in (256, 1024, 4096, 16_384, 65_536):
        needed = []
        for seed in range(drawn):
            overlaps = simulate.overlaps(neurons, features - 1, np.random.default_rng([neurons, seed]))
            sums = np.concatenate([[0], np.cumsum(np.sort(np.partition(overlaps, -100)[-100:])[::-1])])
            last = int(np.argmax(sums > 0.5))
            # in part of the last, as sums grow from one to the next
            needed.append(last - 1 + (0.5 - sums[last - 1]) / (sums[last] - sums[last - 1]))
        error = np.std(needed, ddof=1) / np.sqrt(drawn)
        points.append({"at": {"m": features}, "x": neurons, "y": np.mean(needed), "se": error})
    return points


def most_or_every() -> Explorer:
    """What most active sets bear, what chosen ones do, and what every set is promised, against the number of neurons."""
    most, every = formulas.max_active, formulas.every_set_bound
    # the largest of m normal overlaps sum to ½
    chosen = m * Q(sp.sqrt(2 * sp.log(2 * m / sp.sqrt(2 * sp.pi * n))))
    return Explorer(
        id="most-or-every",
        title="Most sets, or every set",
        caption="How many active features a random code reads if they are drawn at random, and how few fool it, by the normal law, if they are "
        "chosen to look like one that is absent. No code of any kind reads every set of more than the bound.",
        sliders=[Slider(n, 256, 65_536, 16_384), Slider(m, 100_000, 10**9, 10**6)],
        x=Axis(n, 256, 65_536, scale="log"),
        y=Axis(low=1, high=1000, scale="log", label="active features, *l*"),
        marks=[
            Area(chosen, sp.Max(most.expr, chosen), series=2),
            Curve(most, label="most sets: *n*/(8 ln *m*)"),
            Curve(chosen, label="chosen sets fool a random code"),
            Curve(every, label="every set, any code: at most"),
            Samples(_fooled(), label="chosen sets, drawn codes", series=2),
            Dot(n, most),
            Dot(n, chosen),
        ],
        readouts=[
            Readout("drawn features that are read", most),
            Readout("chosen features that fool", chosen),
            Readout("every set, any code: at most", every),
        ],
        text=[
            Sentence(
                "On {n} neurons a random code of {m} features reads up to {most} active ones, if they are drawn at random. Chosen to look like "
                "an absent feature, {chosen} are enough to fool it.",
                most=most,
                chosen=sp.ceiling(chosen),
                when=most.expr >= 2,
            ),
            Sentence("On {n} neurons a random code of {m} features reads hardly one active feature.", when=most.expr < 2),
        ],
    )  # fmt: skip
