"""Explorers of the chapter *Sparsity*."""

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


def two_bells():
    """The readouts of absent and active features as two bells, and the threshold between them."""
    r = sp.Symbol("r", real=True)

    def bell(middle, noise):
        return sp.exp(-((r - middle) ** 2) / (2 * noise.expr**2)) / (noise.expr * sp.sqrt(2 * sp.pi))

    absent = (m - l) * bell(0, formulas.crosstalk_std)
    present = l * bell(1, formulas.crosstalk_std_present)
    highest = 3 * m / (formulas.crosstalk_std.expr * sp.sqrt(2 * sp.pi))
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
        sliders=[Slider(l, 2, 1000, 12), Slider(n, 64, 8192, 1024), Slider(m, 1000, 10**7, 10_000)],
        x=Axis(r, -1, 2, label="readout, *r*"),
        y=Axis(low=floor, high=highest, scale="log", label="features per unit of readout"),
        marks=[
            Curve(absent, label="absent features"),
            Curve(present, label="active features"),
            Area(floor, sp.Piecewise((sp.Max(absent, floor), r > _HALF), (floor, True)), series=1),
            Area(floor, sp.Piecewise((sp.Max(present, floor), r < _HALF), (floor, True)), series=2),
            Rule(x=_HALF, label="threshold ½", series=0),
        ],
        readouts=[
            Readout("noise on an absent feature", formulas.crosstalk_std),
            Readout("false alarm, each absent feature", formulas.false_alarm),
            Readout("miss, each active feature", formulas.miss),
            Readout("expected errors, all features", formulas.expected_errors),
        ],
        text=[
            Sentence(
                "{l} of {m} features are active on {n} neurons. The noise on a readout is {noise}; an absent feature is read as "
                "active with probability {alarm}, and among all features {errors} are read wrongly on average.",
                noise=formulas.crosstalk_std,
                alarm=formulas.false_alarm,
                errors=formulas.expected_errors,
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


def readout_errors():
    """Errors among all features, and of one, against the number of active ones."""
    limit = formulas.max_active
    return Explorer(
        id="readout-errors",
        title="How many features may be active?",
        caption="Expected errors when all m features are read at a threshold of ½. Points: simulated, bars of two standard errors, "
        "at the settings that were simulated for this page.",
        sliders=[Slider(l, 1, 500, 10), Slider(n, 64, 16_384, 1024), Slider(m, 1000, 10**9, 10_000)],
        x=Axis(l, 1, 500, scale="log"),
        y=Axis(low=1e-4, high=sp.Max(1e4, m / 2), scale="log", label="wrong readouts"),
        marks=[
            Curve(formulas.expected_errors, label="expected errors, all features"),
            Curve(formulas.false_alarm, label="error probability, one feature"),
            Samples(_error_points(), label="all features, simulated", series=1),
            Rule(x=limit, label="*n*/(8 ln *m*)", series=3),
            Rule(y=1, series=0, dash=3, label="one error"),
            Dot(l, formulas.expected_errors),
        ],
        readouts=[
            Readout("expected errors, all features", formulas.expected_errors),
            Readout("error probability, one feature", formulas.false_alarm),
            Readout("limit n/(8 ln m)", limit),
        ],
        text=[
            Sentence(
                "With {l} of {m} features active on {n} neurons, {errors} readouts are wrong on average. The limit is {limit} "
                "active features.",
                errors=formulas.expected_errors,
                limit=limit,
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


def _borne(n, m, trials, rng):
    def frame(rng):
        return codes.tight_frame(n, m, rng)

    def measure(n_active):
        return simulate.readout_errors(frame, n_active, trials, rng, sets_per_code=sets)

    # frames differ most near m = n
    sets = 5 if m < 1.5 * n else 25
    start = max(1, int(min(m, formulas.max_active_tight(m=m, n=n))))
    return simulate.largest_active(measure, formulas.errors_at_limit(m=m), m, start)


def _frame_points():
    found = measured("max_active_tight")
    columns = (found.at["n"], found.at["m"], found.value, found.se)
    return [
        {"at": {"n": int(n)}, "x": int(m), "y": float(value), "se": float(se)}
        for n, m, value, se in zip(*columns, strict=True)
    ]


def tight_frames():
    """How many features may be active in a tight frame and in a random code, near m = n."""
    capped = formulas.max_active_tight

    def run(rng, m, n, repeats=12, trials=200):
        values = []
        for done in range(1, repeats + 1):
            values.append(_borne(int(n), int(m), trials, rng).n_active)
            if done > 1:
                yield done / repeats, np.mean(values), np.std(values, ddof=1) / np.sqrt(done), trials * done

    return Explorer(
        id="tight-frames",
        title="Better than random",
        caption="Active features that a random tight frame and a random code bear. Points: measured on random tight frames, bars "
        "of two standard errors. Frames with more structure can bear more.",
        sliders=[Slider(n, 16, 256, 128), Slider(m, 17, 1024, 192)],
        x=Axis(m, n, sp.Max(4 * n, m), label="features that have a direction, *m*"),
        y=Axis(low=0, high=n, label="active features, *l*"),
        marks=[
            Curve(capped, label="random tight frame"),
            Curve(formulas.max_active, label="random code"),
            Samples(_frame_points(), label="random tight frame, measured", series=1),
            Dot(m, capped),
        ],
        readouts=[
            Readout("random tight frame", capped),
            Readout("random code", formulas.max_active),
            Readout("Welch's floor", formulas.welch_bound),
        ],
        text=[
            Sentence(
                "{m} features on {n} neurons: a random tight frame bears about {tight} active features, a random code {random}.",
                tight=capped,
                random=formulas.max_active,
            ),
            Sentence("The frame is still far better.", when=m < 2 * n),
            Sentence("By these formulas the frame bears at most a third more.", when=m >= 4 * n),
        ],
        simulate=Simulation(run, "active features that a random tight frame bears", formula=capped),
    )


def _adversaries():
    points = []
    for neurons in (1024, 4096, 16_384, 65_536, 262_144):
        overlaps = simulate.overlaps(neurons, 10**6 - 1, np.random.default_rng(neurons))
        strongest = np.sort(overlaps)[::-1]
        alarm = int(np.argmax(np.cumsum(strongest) > 0.5)) + 1
        # a missed feature is among the active ones itself
        miss = int(np.argmax(np.cumsum(-strongest[::-1]) >= 0.5)) + 2
        needed = min(alarm, miss)
        points.append({"at": {"m": 10**6}, "x": neurons, "y": needed, "se": 0})
    return points


def most_or_every():
    """What most active sets bear, and what every set is promised, against the number of neurons."""
    most, every = formulas.max_active, formulas.every_set_bound
    return Explorer(
        id="most-or-every",
        title="Most sets, or every set",
        caption="A random code reads most active sets of up to n/(8 ln m) features; with more features than 1.5 n, no code reads "
        "every set of more than the lower curve says. Points: how many active features it takes to fool a random code about one "
        "given feature of a million.",
        sliders=[Slider(n, 64, 10**6, 65_536), Slider(m, 100, 10**9, 10**6)],
        x=Axis(n, 64, 10**6, scale="log"),
        y=Axis(low=1, high=10**4, scale="log", label="active features, *l*"),
        marks=[
            Curve(most, label="most sets: *n*/(8 ln *m*)"),
            Curve(every, label="every set, at most"),
            Samples(_adversaries(), label="fools a random code about one feature", series=3),
            Dot(n, most),
            Dot(n, every),
        ],
        readouts=[
            Readout("most sets", most),
            Readout("every set, at most", every),
            Readout("ratio", most.expr / every.expr),
        ],
        text=[
            Sentence(
                "With {n} neurons and {m} features, a random code reads at most one feature wrongly on average while up to {most} are "
                "active; no code reads every set of more than {every}.",
                most=most,
                every=every,
            ),
            Sentence(
                "At so few neurons the bound for every set lies above what a random code bears on most sets, and says nothing about "
                "random codes.",
                when=most.expr < every.expr,
            ),
        ],
    )  # fmt: skip
