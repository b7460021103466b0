"""Pictures of the book's mechanisms, which the reader takes hold of."""

import itertools
from dataclasses import replace

import numpy as np
import sympy as sp

from superposition import codes, formulas, simulate
from superposition.data import load
from superposition.data.dictionaries import atlas, dictionaries
from superposition.explorer import (
    Bits,
    Discs,
    Given,
    Handle,
    Handles,
    Links,
    Outline,
    Player,
    Ran,
    Readout,
    Run,
    Scene,
    Sentence,
    Slider,
    Start,
    Switches,
    Table,
    Tiles,
    Which,
    Words,
    one_if,
)
from superposition.formula import Q, betainc_inverse
from superposition.simulate import chains
from superposition.symbols import C, L, alpha, d, delta, l, m, n, nu, omega, s, t, theta

__all__ = [
    "band",
    "interference",
    "one_state",
    "pentagon",
    "price_tag",
    "raster",
    "runaway_grid",
    "voting_machine",
    "weight_graph",
]

k, i, j, u = (sp.Symbol(name, integer=True) for name in "kiju")
on = sp.IndexedBase("on")
HALF = sp.Rational(1, 2)
# so that two languages agree on which side of a threshold a number lies that is equal to it
NEARLY = sp.Rational(1, 10**9)


def _turned(start, step, count):
    return [(start + step * place) % 360 for place in range(count)]


def interference() -> Scene:
    """Arrows of features in a plane, their sum, and what it looks like along each of them."""
    most = 8
    phi, r, wrong, first, second, overlap = (
        sp.IndexedBase(name) for name in ("phi", "r", "wrong", "first", "second", "overlap")
    )
    across, up, active, misread, worst, turn = sp.symbols("across up active misread worst turn", real=True)
    p = sp.Symbol("p", integer=True)
    pairs = np.array([(one, other) for one in range(1, most + 1) for other in range(one + 1, most + 1)])

    def x(angle):
        return sp.cos(sp.pi * angle / 180)

    def y(angle):
        return sp.sin(sp.pi * angle / 180)

    each, heard = (k, 1, m), r[k]
    direction = x(phi[k]), y(phi[k])
    above = one_if(heard > HALF + NEARLY)
    pentagon = [*_turned(90, 72, 5), 36, 108, 252]
    half_circle = [*_turned(0, 36, 5), *_turned(198, 36, 3)]
    right_angle = [*_turned(0, 90, 2), *_turned(45, 90, 2), *_turned(21, 48, 2), *_turned(111, 48, 2)]

    def start(label, count, angles, active):
        settings = {sp.Symbol(f"phi{place}"): angle for place, angle in enumerate(angles, 1)}
        settings |= {sp.Symbol(f"on{place}"): int(place in active) for place in range(1, most + 1)}
        return Start(label, {m: count, **settings})

    return Scene(
        "interference-in-the-plane",
        title="Interference in the plane",
        caption="Each arrow is a feature's direction in a plane of two neurons. Switch features on at their numbers, and drag the arrows: the neurons hold only "
        "the sum of the active ones, and each feature is read where the sum's shadow falls on its arrow.",
        sliders=[Slider(m, 2, most, 5, scale="linear", label="features that have a direction")],
        window=((-2.05, 2.05), (-2.05, 2.05)),
        controls=[
            Handles(
                phi, pentagon, range(0, 360, 3), k, turn, x=x(turn), y=y(turn), label="direction of feature {k}", unit="°", when=k <= m
            ),
            Switches(on, [1, 0, 1, 0, 0, 0, 0, 0], k, x=1.62 * x(phi[k]), y=1.62 * y(phi[k]), label="feature {k}", when=k <= m),
        ],
        given=[
            Table(first, pairs[:, 0]),
            Table(second, pairs[:, 1]),
            Given(across, sp.Sum(on[k] * x(phi[k]), each)),
            Given(up, sp.Sum(on[k] * y(phi[k]), each)),
            Given(r, across * x(phi[k]) + up * y(phi[k]), over=each),
            Given(wrong, sp.Abs(above - on[k]), over=each),
            Given(active, sp.Sum(on[k], each)),
            Given(misread, sp.Sum(wrong[k], each)),
            Given(overlap, one_if(second[p] <= m) * sp.Abs(x(phi[first[p]] - phi[second[p]])), over=(p, 0, len(pairs) - 1)),
            Given(worst, sp.floor(10**6 * sp.Max(*(overlap[place] for place in range(len(pairs)))) + HALF) / 10**6),
        ],
        marks=[
            Outline(HALF * x(turn), HALF * y(turn), along=(turn, 0, 360), dash=2, label="threshold, ½", series=0),
            Links(*direction, over=each, when=sp.Eq(on[k], 0), thick=1.5, head=True, series=0),
            Links(*direction, over=each, when=on[k], thick=3, head=True, label="active features", series=1),
            Links(across, up, thick=4, head=True, label="their sum, all that the neurons hold", series=3),
            Discs(*direction, 0.07, hollow=True, over=each, series=0),
            Links(heard * direction[0], heard * direction[1], across, up, over=each, dash=3, thick=1, series=0),
            Discs(heard * direction[0], heard * direction[1], 0.05, over=each, when=sp.Eq(wrong[k], 0), series=0, label="what is read"),
            Discs(heard * direction[0], heard * direction[1], 0.08, over=each, when=wrong[k], series=2, label="misread"),
            Discs(1.62 * direction[0], 1.62 * direction[1], 0.25, hollow=True, over=each, when=wrong[k], series=2),
            Discs(1.62 * direction[0], 1.62 * direction[1], 0.19, hollow=True, over=each, when=sp.Eq(on[k], 0), series=0),
            Discs(1.62 * direction[0], 1.62 * direction[1], 0.19, over=each, when=on[k], series=1),
            Words(1.62 * direction[0], 1.62 * direction[1], Sentence("{k}"), over=each, when=sp.Eq(on[k], 0), series=0),
            Words(1.62 * direction[0], 1.62 * direction[1], Sentence("{k}"), over=each, when=on[k], paper=True),
        ],
        starts=[
            start("Pentagon, two active", 5, pentagon, (1, 3)),
            start("Half circle, one active", 5, half_circle, (3,)),
            start("Right angle", 2, right_angle, (1, 2)),
        ],
        readouts=[
            Readout("features misread", misread),
            Readout("worst overlap of two", worst),
            Readout("least it can be", sp.floor(10**6 * sp.cos(sp.pi / m) + HALF) / 10**6),
        ],
        text=[
            Sentence("No feature is active, and the sum is 0.", when=active < 1),
            Sentence("Active: {which}. Above ½ are read: {read}.", which=Which(on[k], over=each), read=Which(above, over=each), when=active > 0),
            Sentence("All is read rightly.", when=(misread < 1) & (active > 0)),
            Sentence("Misread: {wrong}.", wrong=Which(wrong[k], over=each), when=misread > 0),
            Sentence(
                "The worst two of {m} directions overlap by {worst}; no arrangement of them does better than {least}.",
                worst=worst,
                least=sp.floor(10**6 * sp.cos(sp.pi / m) + HALF) / 10**6,
                when=m > 2,
            ),
            Sentence("The two directions overlap by {worst}.", worst=worst, when=m < 3),
        ],
    )  # fmt: skip


def voting_machine(seed: int = 0) -> Scene:
    """Features wired to fewer units that vote on them: which votes go astray, and what they decide wrongly."""
    features, units, rows = 20, 10, 10
    rng = np.random.default_rng(seed)
    order = np.array([rng.permutation(units) for _ in range(features)])
    place, fires, votes = sp.IndexedBase("place"), sp.IndexedBase("fires"), sp.IndexedBase("votes")
    lit, firing, stray, wrong = sp.symbols("lit firing stray wrong", integer=True)
    wired = place[i - 1, u - 1] < s
    all_features, all_units = (i, 1, features), (u, 1, units)
    absent, decided = sp.Eq(on[i], 0), votes[i] >= s
    right = one_if(i > rows)
    x, y = 1.45 + 4.6 * right, rows + HALF - i + rows * right
    unit = 3.75, rows + HALF - u
    pip = x + (2 * right - 1) * (0.3 + 0.25 * k)
    wire = {"x": unit[0], "y": unit[1], "x0": x, "y0": y, "over": (all_features, all_units)}
    pips = {"x": pip, "y": y, "radius": 0.09, "over": (all_features, (k, 1, s))}
    mistaken = Which(one_if(absent & decided), over=all_features)
    return Scene(
        "voting-machine",
        title="A voting machine",
        caption=f"{features} features, wired to {units} units by chance: each to the first *s* of its units. A unit fires if any of its features is active, and votes for all of "
        "them; a feature with all of its votes (small dots) is read as active. Switch features on and off, and change *s*. Noise is left out.",
        sliders=[Slider(s, 1, 4, 1, scale="linear", label="units that vote on each feature")],
        window=((0, 7.5), (0, rows)),
        controls=[Switches(on, [int(j in (2, 13)) for j in range(1, features + 1)], i, x=x, y=y, label="feature {i}")],
        given=[
            Table(place, np.argsort(order, axis=1)),
            Given(fires, sp.Min(1, sp.Sum(on[i] * one_if(wired), all_features)), over=all_units),
            Given(votes, sp.Sum(fires[u] * one_if(wired), all_units), over=all_features),
            Given(lit, sp.Sum(on[i], all_features)),
            Given(firing, sp.Sum(fires[u], all_units)),
            Given(stray, sp.Sum((1 - on[i]) * votes[i], all_features)),
            Given(wrong, sp.Sum((1 - on[i]) * one_if(decided), all_features)),
        ],
        marks=[
            Links(**wire, when=wired & sp.Eq(fires[u], 0), series=0, dash=3, thick=1),
            Links(**wire, when=wired & absent & sp.Eq(fires[u], 1), series=2, dash=2, thick=1.5, label="stray votes"),
            Links(**wire, when=wired & sp.Eq(on[i], 1), series=1, thick=2.5, label="votes of active features"),
            Tiles(*unit, 0.5, 0.5, hollow=True, over=all_units, when=sp.Eq(fires[u], 0), series=0),
            Tiles(*unit, 0.5, 0.5, over=all_units, when=fires[u], label="units that fire", series=3),
            Discs(x, y, 0.34, hollow=True, over=all_features, when=absent & ~decided, series=0),
            Discs(x, y, 0.34, over=all_features, when=on[i], label="active features", series=1),
            Discs(x, y, 0.34, over=all_features, when=absent & decided, label="wrongly read as active", series=2),
            Discs(**pips, hollow=True, when=k > votes[i], series=0),
            Discs(**pips, when=(k <= votes[i]) & sp.Eq(on[i], 1), series=1),
            Discs(**pips, when=(k <= votes[i]) & absent, series=2),
            Words(x, y, Sentence("{i}"), over=all_features, when=absent & ~decided, series=0),
            Words(x, y, Sentence("{i}"), over=all_features, when=decided, paper=True),
        ],
        readouts=[
            Readout("units that fire", firing),
            Readout("stray votes", stray),
            Readout("features read wrongly", wrong),
        ],
        text=[
            Sentence("No feature is active, and no unit fires.", when=lit < 1),
            Sentence("Active: {active}.", active=Which(on[i], over=all_features), when=lit > 0),
            Sentence("Wrongly read as active, since all of their units fire: {which}.", which=mistaken, when=wrong > 0),
            Sentence("All features are read rightly.", when=(wrong < 1) & (lit > 0)),
            Sentence("With one unit each, features that share a unit have the same vote, whatever is active: nothing can tell them apart.", when=s < 2),
            Sentence("Stray votes: {stray}. A feature is safe as long as one of its {s} units stays silent.", stray=stray, when=(s > 1) & (wrong < 1) & (lit > 0)),
        ],
    )  # fmt: skip


def pentagon() -> Scene:
    """Features in a plane of two neurons, which train under the reader's hand."""
    stored = load("training")
    rows = {(1, one, density): (lost, E) for one, density, lost, E in stored["plane"]["rows"]}
    rows |= {(weight, one, density): (lost, E) for weight, one, density, lost, E in stored["falling"]["rows"]}
    importances, features, densities = (sorted({place[i] for place in rows}) for i in range(3))
    most = features[-1]

    def best(importance, one, density):
        lost, E = rows[importance, one, density]
        i = int(np.argmin(lost))
        return lost[i], np.pad(np.array(E[i]), ((0, 0), (1, most - one)))

    chosen = [[[best(w, one, density) for density in densities] for one in features] for w in importances]

    def table(take):
        return [[[take(*found) for found in row] for row in block] for block in chosen]

    def stop(symbol, stops, middle):
        """Which of its stops a slider is at, from 0."""
        return sum(one_if(symbol > middle(low, high)) for low, high in itertools.pairwise(stops))

    first, second, lost, across, up, length, share, worth = (
        sp.IndexedBase(name) for name in ("first", "second", "lost", "across", "up", "length", "share", "worth")
    )
    loss, kept, foremost, fifths, halves, turn = sp.symbols("loss kept foremost fifths halves turn", real=True)
    place, weight = sp.symbols("place weight", integer=True)
    each, at = (k, 1, m), (weight, m - features[0], place)
    nothing_kept = sp.Sum(worth[k], each) * formulas.single_loss.expr.subs(omega, 1)
    shown = length[k] > HALF
    direction = {"x": across[k], "y": up[k]}

    def near(value):
        """Features kept whose dimensionality is near a value."""
        return sp.Sum(one_if(shown & (sp.Abs(share[k] - value) < sp.Rational(1, 20))), each)

    return Scene(
        "pentagon-trains",
        title="Two neurons learn their features",
        caption="Each arrow is what two neurons give to one feature, its column of *E*; inside the small circle a feature is hardly kept. At first the best of five stored "
        "networks is shown. *Train* begins from random arrows, with inputs drawn on this page; set how often features are active, how many there are, and how much less each matters than the one before it.",
        sliders=[
            Slider(nu, densities[0], densities[-1], 0.05, integer=False, values=densities, label="density: how often a feature is active"),
            Slider(m, features[0], most, 5, scale="linear", label="features"),
            Slider(omega, importances[0], importances[-1], 1, integer=False, values=importances, label="importance of each, relative to the one before it"),
        ],
        window=((-1.7, 1.7), (-1.5, 1.5)),
        given=[
            Table(first, table(lambda _, E: E[0])),
            Table(second, table(lambda _, E: E[1])),
            Table(lost, table(lambda lost, _: lost)),
            Given(place, stop(nu, densities, lambda low, high: (low * high) ** 0.5)),
            Given(weight, stop(omega, importances, lambda low, high: (low + high) / 2)),
            Ran(across, first[(*at, k)], chains.rows[0], over=each),
            Ran(up, second[(*at, k)], chains.rows[1], over=each),
            Ran(loss, lost[at], chains.loss),
            Given(length, sp.sqrt(across[k] ** 2 + up[k] ** 2), over=each),
            Given(
                share,
                length[k] ** 4 / (sp.Sum((across[k] * across[j] + up[k] * up[j]) ** 2, (j, 1, m)) + sp.Rational(1, 10**12)),
                over=each,
            ),
            Given(worth, omega ** (k - 1), over=each),
            Given(kept, sp.Sum(one_if(shown), each)),
            Given(foremost, sp.Sum(one_if(shown & (k <= kept)), each)),
            Given(fifths, near(sp.Rational(2, 5))),
            Given(halves, near(HALF)),
        ],
        marks=[
            Outline(sp.cos(turn), sp.sin(turn), along=(turn, 0, 2 * sp.pi), dash=2, label="length 1", series=0),
            Outline(HALF * sp.cos(turn), HALF * sp.sin(turn), along=(turn, 0, 2 * sp.pi), dash=3, series=0),
            Links(**direction, over=each, when=shown, thick=3, head=True, label="features that are kept", series=1),
            Links(**direction, over=each, when=sp.Not(shown), thick=2, head=True, label="features that are not", series=2),
            Words(1.22 * across[k], 1.22 * up[k], Sentence("{k}"), over=each, when=shown, series=1),
        ],
        run=Run(
            chains.training(2),
            "Train",
            "steps",
            turns=10,
            step=500,
            given={chains.steps: 3000, chains.batch: 64, chains.rate: 0.02},
        ),
        starts=[
            Start("Five, rare", {m: 5, nu: 0.05, omega: 1}),
            Start("Five, often", {m: 5, nu: 0.3, omega: 1}),
            Start("Eight, rare", {m: 8, nu: 0.02, omega: 1}),
            Start("Eight, one after the other less important", {m: 8, nu: 0.1, omega: 0.7}),
        ],
        readouts=[
            Readout("features kept", kept),
            Readout("loss, as a share of that with nothing kept", loss / nothing_kept),
            Readout("dimensionality of the first", share[1]),
        ],
        text=[
            Sentence("{kept} of {m:features} are kept, each more than half an arrow long.", kept=kept),
            Sentence("Those given up are the least important.", when=(omega < 1) & (kept < m) & sp.Eq(foremost, kept)),
            Sentence("Given up is one that is more important than another that is kept.", when=(omega < 1) & (foremost < kept)),
            Sentence("Each has a dimensionality near 2/5: a pentagon.", when=sp.Eq(fifths, kept)),
            Sentence("Each has a dimensionality near ½: opposite pairs.", when=sp.Eq(halves, kept)),
            Sentence("The loss is {part} % of what it would be with nothing kept.", part=sp.floor(1000 * loss / nothing_kept + HALF) / 10),
        ],
    )  # fmt: skip


def _trajectories(neurons, features, active, draws, depth):
    """Which features are active before the first and after every layer: by code (same, fresh), active, draw, layer, feature."""

    def run(fresh, n_active, draw):
        rng = np.random.default_rng([n_active, draw])
        r, true = simulate.relay_readouts(
            lambda rng: codes.random_code(neurons, features, rng), n_active, depth, rng, fresh=fresh
        )
        return np.vstack([true, r > 0.5])

    return np.array([[[run(fresh, a, draw) for draw in range(draws)] for a in active] for fresh in (False, True)])


def runaway_grid() -> Scene:
    """Every feature of a small network, layer by layer: a false alarm, and what becomes of it."""
    neurons, side, draws, depth = 128, 16, 3, 12
    features, actives = side**2, (2, 3, 4)
    runs = _trajectories(neurons, features, actives, draws, depth)
    shown = runs[1, 1, 0]
    begin = int(np.argmax((shown & ~shown[0]).sum(axis=1) == 1))
    state, fresh, now, first = (sp.IndexedBase(name) for name in ("state", "fresh", "now", "start"))
    f, row, column = (sp.Symbol(name, integer=True) for name in ("f", "row", "column"))
    draw, active, alarms, missed = sp.symbols("draw active alarms missed", nonnegative=True)
    every, cell = (f, 0, features - 1), side * row + column
    where = {"x": column + HALF, "y": side - row - HALF, "over": ((row, 0, side - 1), (column, 0, side - 1))}
    alarm = (features - active) * Q(sp.sqrt(neurons / active) / 2)
    told = sp.Sum(first[f], every)
    return Scene(
        "runaway-grid",
        title="One false alarm",
        caption=f"Each place is one of {features} features on {neurons} neurons. Every layer reads all of them, cuts at ½ and hands on what is active. Step through the layers; switch the fresh "
        "code off at the top to have the same code in all of them. What is shown was simulated with NumPy, each draw from its own seed.",
        sliders=[
            Slider(L, 0, depth, begin, scale="linear", label="layers passed"),
            Slider(l, actives[0], actives[-1], 3, scale="linear", label="features told at the start"),
            Slider(draw, 1, draws, 1, scale="linear", label="which draw"),
        ],
        window=((0, side), (0, side + 2.4)),
        controls=[Switches(fresh, [1], k, x=1.2, y=side + 1.2, label="a fresh code in every layer")],
        given=[
            Bits(state, runs),
            Given(now, state[fresh[1], l - actives[0], draw - 1, L, f], over=every),
            Given(first, state[fresh[1], l - actives[0], draw - 1, 0, f], over=every),
            Given(active, sp.Sum(now[f], every)),
            Given(alarms, sp.Sum(now[f] * (1 - first[f]), every)),
            Given(missed, sp.Sum(first[f] * (1 - now[f]), every)),
        ],
        marks=[
            Tiles(1.2, side + 1.2, 1.4, 1.4, hollow=True, series=0),
            Tiles(1.2, side + 1.2, 0.9, 0.9, when=fresh[1], series=0),
            Words(2.4, side + 1.2, Sentence("a fresh code in every layer"), anchor="start", when=fresh[1], series=0),
            Words(2.4, side + 1.2, Sentence("the same code in all layers"), anchor="start", when=sp.Eq(fresh[1], 0), series=0),
            Discs(**where, radius=0.1, when=sp.Eq(now[cell], 0), series=0),
            Tiles(**where, width=0.84, height=0.84, hollow=True, when=first[cell], label="told at the start", series=1),
            Tiles(**where, width=0.84, height=0.84, when=now[cell] * first[cell], label="and still active", series=1),
            Tiles(**where, width=0.84, height=0.84, when=now[cell] * (1 - first[cell]), label="false alarms", series=2),
        ],
        player=Player(L, step="Next layer"),
        readouts=[
            Readout("active features", active),
            Readout("false alarms", alarms),
            Readout("told, but lost", missed),
            Readout("new false alarms to expect, fresh code", alarm),
        ],
        text=[
            Sentence("The network is told {told} of its features.", told=told, when=L < 1),
            Sentence("Layers passed: {L}. Active: {active} features.", active=active, when=L >= 1),
            Sentence("By mistake: {alarms}.", alarms=alarms, when=alarms > 0),
            Sentence("Told, but lost: {missed}.", missed=missed, when=missed > 0),
            Sentence("All is right.", when=(L >= 1) & (alarms + missed < 1)),
            Sentence("Every false alarm is handed on and disturbs all the others.", when=(alarms > 0) & (active < features / 4)),
            Sentence("About half of all features are active: each readout lies above ½ as often as below, and what the network was told is lost.", when=active > 2 * features / 5),
        ],
    )  # fmt: skip


_WAYS = {
    "fixed": "Exactly 3 features are active in every moment.",
    "exclusive": "Of each group of four at most one is active: the number of active ones spreads less than if features came by themselves.",
    "independent": "Each feature comes and goes by itself.",
    "heavy-tailed": "The number of active features has a heavy tail: many quiet moments, and a few crowded ones.",
    "cliques": "All four of a clique come together, or none: a feature never comes alone.",
}


def _moments(features, active, count, group):
    """Features by moments for each way, of many drawn the first whose mean is that of the law, and its dispersion nearly so."""
    for number, way in enumerate(_WAYS):
        occurrence = simulate.Occurrence(way, features, active, group=group, dispersion=4)
        many = occurrence.draw(4000 * count, np.random.default_rng([number, 7])).reshape(4000, count, features)
        numbers = many.sum(axis=2)
        near = abs(numbers.var(axis=1) / active - occurrence.spread) <= 0.1 + 0.05 * occurrence.spread
        # no higher than the picture
        (fits,) = np.nonzero((numbers.sum(axis=1) == active * count) & near & (numbers.max(axis=1) <= 15))
        yield many[fits[0]]


def raster() -> Scene:
    """Features by moments for five ways of occurring with one mean, and how often a budget of active features is exceeded."""
    features, active, count, group = 24, 3, 40, 4
    unit, foot = sp.Rational(9, 10), features + 2
    state, number = sp.IndexedBase("state"), sp.IndexedBase("number")
    f, moment = (sp.Symbol(name, integer=True) for name in ("f", "moment"))
    way, budget, altogether, dispersion, beyond, most = sp.symbols(
        "way budget altogether dispersion beyond most", nonnegative=True
    )
    every, all_moments = (f, 0, features - 1), (moment, 0, count - 1)
    across = moment + HALF
    bar = {
        "x": across,
        "y": foot + unit * number[moment] / 2,
        "width": 0.8,
        "height": unit * number[moment],
        "over": all_moments,
    }
    level = foot + unit * (budget + HALF)
    return Scene(
        "ways-to-occur",
        title="One mean, five ways",
        caption=f"{features} features, each in a row, in {count} moments. In all five ways {active * count} are active in all, {active} a moment on average; above, how many in each moment. "
        "Choose a way, and drag the line: so many a network can read. Groups of four are marked by lines.",
        sliders=[Slider(way, 1, len(_WAYS), 4, scale="linear", label="way of occurring")],
        window=((-0.5, count + 1.2), (-0.3, foot + unit * 16)),
        controls=[
            Handle(Slider(budget, 1, 15, 6, scale="linear", label="active features that can be read", unit=""), x=count + sp.Rational(3, 5), y=level)
        ],
        given=[
            Bits(state, list(_moments(features, active, count, group))),
            Given(number, sp.Sum(state[way - 1, moment, f], every), over=all_moments),
            Given(altogether, sp.Sum(number[moment], all_moments)),
            Given(dispersion, sp.Sum((number[moment] - active) ** 2, all_moments) / altogether),
            Given(beyond, sp.Sum(one_if(number[moment] > budget), all_moments)),
            Given(most, sp.Max(*(number[place] for place in range(count)))),
        ],
        marks=[
            *(Links(count, place, 0, place, when=(way >= 5) | sp.Eq(way, 2), dash=3, thick=1, series=0) for place in range(group, features, group)),
            Tiles(across, features - f - HALF, 0.8, 0.8, over=(all_moments, every), when=state[way - 1, moment, f], label="active features", series=1),
            Tiles(**bar, when=number[moment] <= budget, series=1),
            Tiles(**bar, when=number[moment] > budget, label="moments beyond what can be read", series=2),
            Links(count, foot, 0, foot, thick=1, series=0),
            Links(count + sp.Rational(3, 5), level, 0, level, thick=2, dash=2, label="what can be read", series=0),
            Discs(count + sp.Rational(3, 5), level, 0.5, series=0),
        ],
        starts=[Start(name[0].upper() + name[1:], {way: place}) for place, name in enumerate(_WAYS, 1)],
        readouts=[
            Readout("active a moment, on average", altogether / count),
            Readout("dispersion of their number", sp.floor(100 * dispersion + HALF) / 100),
            Readout("most in one moment", most),
            Readout("moments beyond what can be read", beyond),
        ],
        text=[
            *(Sentence(words, when=sp.Eq(way, place)) for place, words in enumerate(_WAYS.values(), 1)),
            Sentence("In {beyond} of 40 moments more than {budget} are active.", beyond=beyond, when=beyond > 0),
            Sentence("In no moment are more than {budget} active.", when=beyond < 1),
        ],
    )  # fmt: skip


def band(points: int = 240, seed: int = 1) -> Scene:
    """The sphere by height above its equator: where its area is, in three dimensions and in many."""
    chance, longitude, height = (sp.IndexedBase(name) for name in ("chance", "longitude", "height"))
    v = sp.Symbol("v", real=True)
    rng = np.random.default_rng(seed)
    inside = 1 - 2 * formulas.overlap_tail.expr
    outside = 200 * formulas.overlap_tail.expr
    edge = sp.Piecewise((2 * t * v - t, v < 1), (3 * t - 2 * t * v, True))
    each = (k, 1, points)
    side = 2 * chance[k - 1] - 1
    high = sp.Piecewise((1, side > 0), (-1, True)) * sp.sqrt(betainc_inverse(HALF, (n - 1) / 2, sp.Abs(side)))
    dot = {"x": sp.sqrt(1 - height[k] ** 2) * sp.sin(longitude[k - 1]), "y": height[k], "radius": 0.016, "over": each}
    return Scene(
        "spherical-band",
        title="Where a sphere has its area",
        caption=f"The arrow is one direction; the height of a point is its overlap with it. {points} random directions, each at its height. Raise *n*, and drag the edge of the band: "
        "nearly all directions are nearly at right angles to any one.",
        sliders=[
            Slider(n, 3, 4096, 64),
            Slider(t, 0.01, 0.99, 0.25, scale="linear", integer=False, label="height of the band, an overlap"),
        ],
        window=((-1.2, 1.2), (-1.1, 1.25)),
        controls=[Handle(t, x=sp.sqrt(1 - t**2), y=t)],
        given=[
            Table(chance, rng.random(points).round(4)),
            Table(longitude, rng.uniform(-np.pi / 2, np.pi / 2, points).round(3)),
            Given(height, high, over=each),
        ],
        marks=[
            Outline(sp.Piecewise((1, v < 1), (-1, True)) * sp.sqrt(1 - edge**2), edge, along=(v, 0, 2), filled=True, label="the band", series=3),
            Outline(sp.cos(v), sp.sin(v), along=(v, 0, 2 * sp.pi), series=0),
            Links(1, 0, -1, 0, dash=3, series=0),
            Discs(**dot, when=height[k] ** 2 <= t**2, label="directions in the band", series=1),
            Discs(**dot, when=height[k] ** 2 > t**2, label="directions outside", series=2),
            Links(0, 1, thick=2.5, head=True, series=0),
            Words(0, 1.13, Sentence("one direction"), series=0),
            Links(sp.sqrt(1 - t**2), t, -sp.sqrt(1 - t**2), t, series=3),
            Discs(sp.sqrt(1 - t**2), t, 0.05, series=3),
        ],
        readouts=[
            Readout("of the area, in the band", 100 * inside, unit="%"),
            Readout("and outside", sp.Piecewise((outside, outside >= sp.Rational(1, 1000)), (0, True)), unit="%"),
            Readout("typical height, 1/√*n*", formulas.typical_overlap),
        ],
        text=[
            Sentence("In {n} dimensions {inside} % of the sphere lies within {t} of its equator.", inside=100 * inside, when=inside < sp.Rational(999, 1000)),
            Sentence("In {n} dimensions nearly all of the sphere lies within {t} of its equator: all but less than a thousandth.", when=inside >= sp.Rational(999, 1000)),
            Sentence("In three dimensions every height has the same area: the share of the band is {t} itself.", when=sp.Eq(n, 3)),
            Sentence("A typical height is {typical}.", typical=formulas.typical_overlap, when=n > 3),
        ],
    )  # fmt: skip


def one_state(neurons: int = 64, features: int = 160, seed: int = 3) -> Scene:
    """One state of a few neurons, read by four decoders: every feature's readout, and a threshold to drag."""
    actives = (8, 16, 24, 32, 40)
    rng = np.random.default_rng(seed)
    F = codes.random_code(neurons, features, rng)
    # the active features come first, which no decoder knows
    states = [F[:, :active].sum(axis=1) for active in actives]
    ways = (
        lambda x, active: F.T @ x,
        lambda x, active: features / neurons * np.linalg.pinv(F) @ x,
        lambda x, active: simulate.amp(F, x, active, 8).activations[-1],
        lambda x, active: simulate.decode_l1(F, x),
    )
    read = np.array([[way(x, active) for x, active in zip(states, actives, strict=True)] for way in ways])
    # no dot stands on a threshold that the handle can have, and what is 0 or 1 but for rounding is the same on every machine
    read = np.clip(np.floor(100 * read + 1e-6) / 100 + 0.005, -1.495, 2.495).round(3)
    kind = sp.Symbol("kind", positive=True)
    table, heard = sp.IndexedBase("table"), sp.IndexedBase("heard")
    lowest, above, missed, alarms = sp.symbols("lowest above missed alarms", real=True)
    least, most = sp.IndexedBase("least"), sp.IndexedBase("most")
    place = {"x": 4 * k / features, "y": heard[k]}
    present, absent = (k, 1, l), (k, l + 1, features)

    def of_setting(base, *place):
        return sp.Sum(one_if(sp.Eq(l, actives[0] * i)) * base[(kind - 1, i - 1, *place)], (i, 1, len(actives)))

    cut = one_if(heard[k] > theta)
    names = "Fᵀx", "F⁺x", "message passing", "ℓ1"
    numbered = ", ".join(f"{place} {name}" for place, name in enumerate(names, 1))
    parts = [(read[:, i, :active].min(axis=1), read[:, i, active:].max(axis=1)) for i, active in enumerate(actives)]
    return Scene(
        "one-state",
        title="One state, four decoders",
        caption=f"All {features} features of a random code, read from the same {neurons} numbers: the active ones stand at the left. Drag the line to where it parts them from the others, "
        "then try another decoder, or more active features. One draw, from NumPy.",
        sliders=[
            Slider(l, actives[0], actives[-1], 16, scale="linear", values=actives),
            Slider(kind, 1, 4, 1, scale="linear", values=[1, 2, 3, 4], label=f"decoder: {numbered}"),
        ],
        window=((-0.1, 4.4), (-1.6, 2.6)),
        controls=[
            Handle(
                Slider(theta, 0.05, 0.95, 0.5, scale="linear", integer=False, values=[step / 20 for step in range(1, 20)]),
                x=4.2,
                y=theta,
            )
        ],
        given=[
            Table(table, read),
            Table(least, np.array([part[0] for part in parts]).T),
            Table(most, np.array([part[1] for part in parts]).T),
            Given(heard, of_setting(table, k - 1), over=(k, 1, features)),
            Given(lowest, of_setting(least)),
            Given(above, of_setting(most)),
            Given(missed, sp.Sum(1 - cut, present)),
            Given(alarms, sp.Sum(cut, absent)),
        ],
        marks=[
            Links(0, 0, 4, 0, thick=1, series=0),
            Links(0, theta, 4.2, theta, thick=2, dash=2, label="threshold", series=4),
            Discs(**place, radius=0.1, hollow=True, over=present, when=heard[k] < theta, series=0, label="read wrongly"),
            Discs(**place, radius=0.1, hollow=True, over=absent, when=heard[k] > theta, series=0),
            Discs(**place, radius=0.05, over=present, label="active features", series=1),
            Discs(**place, radius=0.035, over=absent, label="absent features", series=2),
            Discs(4.2, theta, 0.12, series=4),
        ],
        starts=[Start(name[0].upper() + name[1:], {kind: place}) for place, name in enumerate(names, 1)],
        readouts=[
            Readout("active features missed", missed),
            Readout("absent features read as active", alarms),
            Readout("lowest readout of an active feature", sp.floor(100 * lowest) / 100),
            Readout("highest readout of an absent one", sp.floor(100 * above) / 100),
        ],
        text=[
            Sentence("The linear readout, Fᵀx, of {l} active features.", when=sp.Eq(kind, 1)),
            Sentence("The pseudo-inverse, scaled, on {l} active features.", when=sp.Eq(kind, 2)),
            Sentence("Message passing, after eight layers, on {l} active features.", when=sp.Eq(kind, 3)),
            Sentence("The ℓ1 decoder on {l} active features.", when=sp.Eq(kind, 4)),
            Sentence("At this threshold all are read rightly.", when=missed + alarms < 1),
            Sentence("At this threshold {missed:active features} and {alarms:absent features} are read wrongly, but another one would read all rightly.", when=(missed + alarms > 0) & (lowest > above)),
            Sentence("At this threshold {missed:active features} and {alarms:absent features} are read wrongly, and no threshold reads all rightly.", when=(missed + alarms > 0) & (lowest <= above)),
        ],
    )  # fmt: skip


# Where the book derives what the price tag adds up
_SECTIONS = {
    "overlap": "directions.html#the-worst-of-all-pairs",
    "noise": "sparsity.html#what-a-readout-hears",
    "limit": "sparsity.html#one-feature-or-all-of-them",
    "levels": "booleanish.html#from-a-ratio-to-a-count",
    "clean": "compounding_noise.html#fresh-codes-clean-for-a-while",
    "depth": "error_correction_layers.html#a-unit-for-every-feature",
    "width": "error_correction.html#shared-noise",
    "bits": "is_it_a_win.html#what-the-active-features-tell",
}


def price_tag() -> Scene:
    """What m features on n neurons cost, l of them active, through L layers; and what is no longer promised first."""
    allowed = sp.Rational(1, 100)
    limit = formulas.max_active.expr
    depth = formulas.max_active_depth.expr.subs(delta, allowed)
    constant = formulas.decoder_constant.expr.subs(alpha, sp.log(l) / sp.log(m))
    best = n / (constant * sp.log(m))
    # votes never pay for more than a unit each, which is also what is left where no threshold could read the features
    votes = formulas.correction_width.expr.subs(C, formulas.constant_shared_noise.expr)
    needed = sp.Piecewise((sp.Min(m, sp.Max(1, votes)), l < best), (m, True))
    bits = formulas.capacity_bits.expr.subs(l, sp.Min(l, best))
    levels = formulas.levels.expr
    # beyond a million the exponential leaves the numbers that a page has; a smaller bound is a bound, too
    clean = sp.Min(10**6, sp.exp(sp.Min(n / (8 * l), 300)) / m - 1)
    uses = {
        "all layers without an error": l / depth,
        "one layer, threshold ½": l / limit,
        "one layer, best threshold": l / best,
        "crosstalk taken as normal": n / (64 * l**3),
        "correcting units (drag)": needed / d,
    }
    used = sp.IndexedBase("used")
    at = sp.Min(sp.Max(sp.log(used[k]) / sp.log(10), -2), 2)
    row = len(uses) - k
    each = (k, 1, len(uses))
    bar = {"x": (at - 2) / 2, "y": row + sp.Rational(1, 5), "width": at + 2, "height": sp.Rational(3, 10), "over": each}
    rows = [
        Given(used, sp.Piecewise(*((use, sp.Eq(k, place)) for place, use in enumerate(uses.values(), 1))), over=each)
    ]
    depth_used, plain_used, best_used, normal_used, width_used = uses.values()

    def stops(slider, name):
        # every published dictionary can be set, as the atlas does
        sizes = (getattr(one, name) for one in atlas())
        return replace(slider, values=slider.stops(size for size in sizes if slider.low <= size <= slider.high))

    def start(label, network, features, active):
        (one,) = (one for one in dictionaries(network, features=features) if one.active == active)
        return Start(f"{label}, {features:,} features", {n: one.neurons, m: one.features, l: one.active})

    return Scene(
        "price-tag",
        title="The price tag",
        caption="How much of what is allowed is used, on a scale from a hundredth to a hundredfold: beyond the upright line it is no longer promised. The layers may make an error in one case "
        "of a hundred. Buttons set published dictionaries, whose sizes and active features are their makers' choices; *L* stays.",
        sliders=[
            # always more features than neurons
            stops(Slider(n, 256, 8000, 1024), "neurons"),
            stops(Slider(m, 8192, 10**9, 100_000), "features"),
            stops(Slider(l, 1, 1000, 10), "active"),
            Slider(L, 1, 1000, 40),
        ],
        window=((-2.15, 2.15), (-0.2, 5.45)),
        controls=[
            Handle(
                Slider(d, 16, 10**9, 1024, label="units of a correcting layer"),
                x=sp.Min(sp.Max(sp.log(needed / d) / sp.log(10), -2), 2),
                y=sp.Rational(1, 5),
            )
        ],
        given=rows,
        marks=[
            Words(0, 5.25, Sentence("all that is allowed"), series=0),
            Words(-2, 5.25, Sentence("1 %"), anchor="start", series=0),
            Words(2, 5.25, Sentence("100 ×"), anchor="end", series=0),
            Tiles(**bar, when=used[k] <= 1, label="within what is allowed", series=3),
            Tiles(**bar, when=used[k] > 1, label="beyond it", series=2),
            Links(0, row + sp.Rational(7, 20), 0, row - sp.Rational(1, 20), over=each, thick=2, series=0),
            *(Words(-2, len(uses) - place + sp.Rational(11, 20), Sentence(words), anchor="start", series=0) for place, words in enumerate(uses, 1)),
            Discs(sp.Min(sp.Max(sp.log(needed / d) / sp.log(10), -2), 2), sp.Rational(1, 5), 0.12, series=1),
        ],
        starts=[
            start("GPT-2 small", "GPT-2 small", 98_304, 43),
            start("Gemma 2 2B", "Gemma 2 2B", 65_536, 61),
            start("Gemma 2 9B", "Gemma 2 9B", 131_072, 19),
            Start("The running example", {n: 512, m: 8192, l: 8, L: 40}),
        ],
        readouts=[
            Readout("worst overlap, about", formulas.worst_overlap.expr, link=_SECTIONS["overlap"]),
            Readout("crosstalk of a readout", formulas.crosstalk_std.expr, link=_SECTIONS["noise"]),
            Readout("active features promised in one layer", limit, link=_SECTIONS["limit"]),
            Readout("levels told apart", sp.Piecewise((sp.floor(levels), levels >= 2), (0, True)), link=_SECTIONS["levels"]),
            Readout("clean layers, at least", sp.Max(0, clean), link=_SECTIONS["clean"]),
            Readout("neurons enough for all layers, about", formulas.depth_neurons.expr.subs(delta, allowed), link=_SECTIONS["depth"]),
            Readout("correcting units, about", needed, link=_SECTIONS["width"]),
            Readout("bits per neuron, of what can be read", bits, link=_SECTIONS["bits"]),
        ],
        text=[
            Sentence("{n} neurons hand {l} of {m} features through all layers without an error, but in one case of a hundred at most.", when=depth_used <= 1),
            Sentence(
                "Depth is the first that is not promised: {n} neurons read {l} of {m} features in one layer, with one error on average at most, where up to {limit} may be active; but for {L} layers in a row only {depth} are promised.",
                limit=limit,
                depth=depth,
                when=(depth_used > 1) & (plain_used <= 1) & (L >= 2),
            ),
            Sentence(
                "{n} neurons read {l} of {m} features with one error on average at most, as up to {limit} may be active; without any in 99 cases of 100, only {depth} are promised.",
                limit=limit,
                depth=depth,
                when=(depth_used > 1) & (plain_used <= 1) & (L < 2),
            ),
            Sentence(
                "A single layer is not promised any more: at threshold ½ it is for {limit} active features, not for {l}. In large networks a better threshold still reads them.",
                limit=limit,
                when=(plain_used > 1) & (best_used <= 1),
            ),
            Sentence("Even the best threshold does not read {l} of {m} features from {n} neurons, by a formula for large networks; {limit} are promised at threshold ½. Then no correcting layer helps, however wide.", limit=limit, when=best_used > 1),
            Sentence("With so few active features the crosstalk is not normal, and fewer errors are made than the normal law says.", when=normal_used > 1),
            Sentence("A correcting layer of {d} units is too narrow: votes ask for about {needed}.", needed=needed, when=(width_used > 1) & (needed < m) & (best_used <= 1)),
            Sentence("A correcting layer of {d} units is too narrow: votes would save nothing, and a unit for each feature is {m}.", when=(width_used > 1) & (needed >= m) & (best_used <= 1)),
            Sentence("A correcting layer of {d} units is wide enough: votes ask for about {needed}.", needed=needed, when=(width_used <= 1) & (needed < m) & (best_used <= 1)),
            Sentence("A correcting layer of {d} units is wide enough: it has a unit for each feature.", when=(width_used <= 1) & (needed >= m) & (best_used <= 1)),
        ],
    )  # fmt: skip


def weight_graph(seed: int = 0) -> Scene:
    """Features of two layers, and every virtual weight between them above a threshold: connections, and interference."""
    features, sizes, targets = 8, (8, 16, 32, 64), (3, 1, 5, 2, 8, 4, 7, 6)
    rng = np.random.default_rng(seed)
    grams = [[codes.random_code(size, features, rng) for _ in range(2)] for size in sizes]
    grams = np.array([[F.T @ F for F in pair] for pair in grams]).round(3)
    first, second, target, weight, real = (
        sp.IndexedBase(name) for name in ("first", "second", "target", "weight", "real")
    )
    a, b, p = (sp.Symbol(name, integer=True) for name in ("a", "b", "p"))
    written, kept, spurious, missed = sp.symbols("written kept spurious missed", nonnegative=True)
    source, reached = sp.IndexedBase("source"), sp.IndexedBase("reached")
    each_pair, pair = (p, 0, features**2 - 1), features * (a - 1) + b - 1
    above, is_real = weight[pair] > theta, sp.Eq(real[pair], 1)
    both = ((a, 1, features), (b, 1, features))
    # the scale of weights beside the graph
    low, high, foot, top = -0.8, 1.6, 0.4, 8.6
    left, right, ends = 0.6, 4.4, (5.5, 7.2)

    def height(value):
        return foot + (top - foot) * (sp.Min(sp.Max(value, low), high) - low) / (high - low)

    def overlap_of(layer, one, other):
        places = range(len(sizes))
        return sp.Piecewise(
            *((layer[place, one, other], n <= sizes[place]) for place in places[:-1]),
            (layer[places[-1], one, other], True),
        )

    def start(label, on, count):
        return Start(
            label, {n: count, **{sp.Symbol(f"on{place}"): int(place in on) for place in range(1, features + 1)}}
        )

    line = {"x": right - 0.34, "y": 9 - b, "x0": left + 0.34, "y0": 9 - a, "over": both}
    dot = {
        "x": ends[0] + 0.25 + 0.15 * (source[p] + one_if(reached[p] > 3) / 2),
        "y": height(weight[p]),
        "over": each_pair,
    }
    return Scene(
        "weight-graph",
        title="Which weights are real?",
        caption="Features of one layer on the left, of the next on the right. Switch a feature on the left on to write its connection into the weights. Drawn are all virtual weights above the "
        "threshold, which you can drag on the scale of all 64 of them; a dashed line is a connection below it.",
        sliders=[Slider(n, sizes[0], sizes[-1], sizes[0], values=sizes)],
        window=((0, 7.4), (0, 9)),
        controls=[
            Switches(on, [1, 1, 1, 0, 0, 0, 0, 0], a, x=left, y=9 - a, label="connection of feature {a}"),
            Handle(
                Slider(theta, 0.05, 0.95, 0.5, scale="linear", integer=False, values=[round(0.05 * i, 2) for i in range(1, 20)], label="threshold of a virtual weight"),
                x=ends[1],
                y=height(theta),
            ),
        ],
        given=[
            Table(first, grams[:, 0]),
            Table(second, grams[:, 1]),
            Table(target, targets),
            Table(source, np.repeat(range(features), features)),
            Table(reached, np.tile(range(features), features)),
            Given(weight, sp.Sum(on[k] * overlap_of(first, k - 1, source[p]) * overlap_of(second, target[k - 1] - 1, reached[p]), (k, 1, features)), over=each_pair),
            Given(real, on[source[p] + 1] * one_if(sp.Eq(target[source[p]], reached[p] + 1)), over=each_pair),
            Given(written, sp.Sum(on[k], (k, 1, features))),
            Given(kept, sp.Sum(real[p] * one_if(weight[p] > theta), each_pair)),
            Given(spurious, sp.Sum((1 - real[p]) * one_if(weight[p] > theta), each_pair)),
            Given(missed, written - kept),
        ],
        marks=[
            Links(**line, when=above & sp.Eq(real[pair], 0), thick=1.5, label="interference above the threshold", series=2),
            Links(**line, when=is_real & (weight[pair] <= theta), dash=3, thick=1.5, series=1),
            Links(**line, when=is_real & above, thick=3.5, label="connections above it", series=1),
            Discs(left, 9 - a, 0.34, hollow=True, over=(a, 1, features), when=sp.Eq(on[a], 0), series=0),
            Discs(left, 9 - a, 0.34, over=(a, 1, features), when=on[a], series=1),
            Words(left, 9 - a, Sentence("{a}"), over=(a, 1, features), when=sp.Eq(on[a], 0), series=0),
            Words(left, 9 - a, Sentence("{a}"), over=(a, 1, features), when=on[a], paper=True),
            Discs(right, 9 - b, 0.34, hollow=True, over=(b, 1, features), series=0),
            Words(right, 9 - b, Sentence("{b}"), over=(b, 1, features), series=0),
            Links(ends[0], height(0), ends[1], height(0), thick=1, series=0),
            Words(ends[0] - 0.12, height(0), Sentence("0"), anchor="end", series=0),
            Links(ends[0], height(1), ends[1], height(1), thick=1, dash=2, series=0),
            Words(ends[0] - 0.12, height(1), Sentence("1"), anchor="end", series=0),
            Discs(**dot, radius=0.05, when=sp.Eq(real[p], 0) & (weight[p] <= theta), series=0),
            Discs(**dot, radius=0.07, when=sp.Eq(real[p], 0) & (weight[p] > theta), series=2),
            Discs(**dot, radius=0.09, when=sp.Eq(real[p], 1), series=1),
            Links(ends[0], height(theta), ends[1], height(theta), thick=2, label="threshold", series=3),
            Discs(ends[1], height(theta), 0.13, series=3),
        ],
        starts=[
            start("One connection", {1}, 8),
            start("Three", {1, 2, 3}, 8),
            start("All eight", set(range(1, 9)), 8),
            start("Eight on 64 neurons", set(range(1, 9)), 64),
        ],
        readouts=[
            Readout("connections above the threshold", kept),
            Readout("interference above it", spurious),
        ],
        text=[
            Sentence("Nothing is written, and all virtual weights are 0.", when=written < 1),
            Sentence("{written:connections} of features on {n} neurons. Above {theta} lie {kept} of them, and {spurious} of the other {others} weights.", written=written, kept=kept, spurious=spurious, others=features**2 - written, when=written > 0),
            Sentence("This threshold tells connections from interference.", when=(written > 0) & (spurious < 1) & (missed < 1)),
            Sentence("More interference is taken for connections than there are connections.", when=spurious > written),
            Sentence("Below it, and lost: {missed:connections}.", missed=missed, when=missed > 0),
        ],
    )  # fmt: skip
