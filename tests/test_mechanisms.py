"""Scenes: what is refused, that both languages show the same, and that the pictures of the book are true."""

import json
import re

import numpy as np
import pytest
import sympy as sp

from superposition import codes, formulas, simulate
from superposition.draws import Chain, Draw, Let, Repeat
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
    Which,
    Words,
)
from superposition.explorers import mechanisms
from superposition.symbols import m, n
from tests.stored import built, by_numpy, readouts_by_numpy, with_given, within
from tests.v8 import module_in_v8

k, p = (sp.Symbol(name, integer=True) for name in "kp")
stray = sp.Symbol("stray")
on, phi, W = (sp.IndexedBase(name) for name in ("on", "phi", "W"))
SWITCHES = Switches(on, [1, 0, 0], k, x=k, y=1, label="lamp {k}")
height, heights = sp.Symbol("height"), sp.IndexedBase("heights")
WALK = Chain(
    [m, n],
    [
        Draw(height, sp.stats.Normal, 0, 1, count=m),
        Let(stray, 0),
        Repeat(n, [Let(height, height + 1), Let(stray, stray + 1)]),
    ],
)
RUN = Run(WALK, "Walk", "steps", given={n: 5})
HANDLES = Handles(phi, [0, 1], range(4), k, p, x=p, y=k, label="bead {k}")
MOVES = 12


def make(**changes):
    """A small scene, with changes."""
    given = {
        "id": "small",
        "title": "A small one",
        "caption": "Switch it on.",
        "sliders": [Slider(m, 2, 8, 3, scale="linear")],
        "window": ((0, 4), (0, 2)),
        "controls": [SWITCHES],
        "marks": [Discs(k, 1, 0.4, over=(k, 1, 3), when=on[k], label="lit")],
        "text": [Sentence("{lit} of {m}.", lit=sp.Sum(on[k], (k, 1, 3)))],
    }
    return Scene(**(given | changes))


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"id": "Small"}, ValueError, "id = 'Small'"),
        ({"marks": []}, ValueError, "marks is empty"),
        ({"marks": [k]}, TypeError, "marks contains k; accepted: Shape"),
        ({"text": []}, ValueError, "text is empty"),
        ({"text": [Sentence("{stray}")]}, ValueError, "{stray}, which is neither a slider nor given"),
        ({"controls": [k]}, TypeError, "controls contains k; accepted: Control"),
        ({"controls": [Switches(on, [2], k, x=k, y=1, label="{k}")]}, ValueError, "on contains 2; accepted: 0 or 1"),
        ({"controls": [Switches(on, [1, 0], k, x=k, y=1, label="lamp")]}, ValueError, "label = 'lamp'"),
        ({"controls": [Switches(on, [1], k, x=stray, y=1, label="lamp")]}, ValueError, "switches of on: x = stray has"),
        ({"controls": [SWITCHES, Handle(n, x=n, y=1)]}, ValueError, "handle of n: x = n has the symbol n"),
        ({"controls": [SWITCHES, SWITCHES]}, ValueError, "2 sliders of on1"),
        ({"given": [Given(on, k, over=(k, 1, 2))]}, ValueError, "given on is already the name of something else"),
        ({"given": [Given(stray, W[1])]}, ValueError, r"given stray = W\[1\] has the symbol W"),
        ({"given": [Given(sp.Symbol("new"), m)]}, ValueError, "given = new; accepted: a name that JavaScript"),
        ({"given": [m]}, TypeError, "given contains m; accepted: Table or Given"),
        ({"marks": [Links(k, 1, over=(k, 1, 2), when=stray)]}, ValueError, r"marks\[0\] \(Links\): when = stray has"),
        ({"marks": [Outline(p, 1, along=(p, 0))]}, TypeError, r"along = .*accepted: \(symbol, low, high\)"),
        ({"marks": [Words(1, 1, "word")]}, TypeError, "words = 'word'; accepted: a Sentence"),
        ({"marks": [Words(1, 1, Sentence("x"), anchor="left")]}, ValueError, "anchor = 'left'"),
        ({"run": m}, TypeError, "run = m; accepted: a Run"),
        ({"run": Run(WALK, "Walk", "steps")}, ValueError, "run: given lacks n, an input of the chain"),
        ({"given": [Ran(stray, 0, stray)]}, ValueError, "given stray: of = stray, which no chain of a run gives"),
        ({"given": [Ran(heights, 0, height)], "run": RUN}, ValueError, "accepted: that of a vector alone"),
        ({"window": ((0, 1), (1, 0))}, ValueError, "accepted: left below right and bottom below top"),
        ({"window": (0, 1)}, ValueError, r"window = \(0, 1\); accepted"),
        ({"player": m}, TypeError, "player = m; accepted: a Player"),
        ({"player": Player(n)}, ValueError, "player steps n, which no slider moves; accepted: m, on1"),
        ({"starts": [Start("x", {n: 3})]}, ValueError, "a start sets n; accepted: m, on1"),
        ({"starts": [Start("x", {m: 9})]}, ValueError, "slider m: .* = 9"),
        ({"readouts": [Readout("x", stray)]}, ValueError, "readout 'x': value = stray"),
        ({"readouts": [Readout("x", m, link=3)]}, TypeError, "readout 'x': link = 3"),
    ],
)
def test_bad_scene_names_the_argument(change, error, said):
    with pytest.raises(error, match=said):
        make(**change)


@pytest.mark.parametrize("values", [[[0, 2, 0, 0]], [[1, 0, 1]], [1, 0, 1, 0]])
def test_only_rows_of_bits_are_stored_as_bits(values):
    with pytest.raises(ValueError, match="accepted: rows of zeros and ones"):
        Bits(W, values)
    with pytest.raises(ValueError, match="table W: values"):
        Table(W, [float("nan")])


def test_setting_of_a_control_is_a_setting_like_any_other():
    scene = make(controls=[SWITCHES, HANDLES], marks=[Discs(phi[k], k, 0.1, over=(k, 1, 2))])
    sliders = scene.declaration["sliders"]
    assert [slider["symbol"] for slider in sliders] == ["m", "on1", "on2", "on3", "phi1", "phi2"]
    assert [slider.get("hidden", False) for slider in sliders] == [False] + [True] * 5
    assert [slider["label"] for slider in sliders[1:]] == ["lamp 1", "lamp 2", "lamp 3", "bead 1", "bead 2"]
    assert scene.text(on3=1) == "2 of 3."


@pytest.fixture(scope="module")
def script():
    return module_in_v8()


# what a scene does with its state, but for the painting: words, numbers, and every place of every mark and control
FOLLOW = """((declaration, moves) => {
  const state = new State(declaration), other = new State(declaration);
  const controls = [...declaration.scene.handles, ...declaration.scene.switches];
  const seen = () => {
    const scope = state.values;
    const drawn = declaration.marks.map((mark) => places(mark, scope).map((inner) =>
      ["x", "y", "x0", "y0", "radius", "width", "height"].filter((name) => name in mark && !mark.along).map((name) => valueOf(mark[name], inner))));
    return { settings: state.settings, words: sentences(declaration, scope), drawn,
      readouts: declaration.readouts.map(({ value, unit }) => withUnit(formatValue(valueOf(value, scope)), unit)),
      restored: other.restore(state.hash) && other.hash === state.hash };
  };
  return [seen(), ...moves.map(([i, part]) => {
    const [low, high] = state.ranges[i];
    state.move(i, Math.round(low + part * (high - low)));
    return seen();
  })];
})"""
NUMBERS = ("x", "y", "x0", "y0", "radius", "width", "height")


def places_by_numpy(mark, values):
    settings = [values]
    for one in mark["over"]:
        settings = [inner for outer in settings for inner in within(one, outer)]
    if "when" in mark:
        settings = [inner for inner in settings if by_numpy(mark["when"], inner)]
    names = [name for name in NUMBERS if name in mark and "along" not in mark]
    return [[float(by_numpy(mark[name], inner)) for name in names] for inner in settings]


@pytest.mark.slow
@pytest.mark.parametrize("name", mechanisms.__all__)
def test_both_languages_say_and_show_the_same_at_every_end(name, script):
    scene = built("mechanisms", name)
    declaration = json.loads(
        re.search(r'<script type="application/json">(.*?)</script>', scene.to_html(), re.DOTALL)[1]
    )
    count = len(declaration["sliders"])
    rng = np.random.default_rng(len(name))
    moves = [(i, part) for i in range(count) for part in (0, 1)]
    moves += list(zip(rng.integers(count, size=MOVES).tolist(), rng.random(MOVES).tolist(), strict=True))
    steps = script(f"{FOLLOW}({json.dumps(declaration)}, {json.dumps(moves)})")
    assert len({json.dumps(step["settings"]) for step in steps}) > count
    for at, step in enumerate(steps):
        settings = step["settings"]
        assert step["words"] == scene.text(**settings), settings
        assert step["readouts"] == list(scene.readouts(**settings).values()) == readouts_by_numpy(declaration, settings)
        assert "no value" not in step["words"] + "".join(step["readouts"]), settings
        assert step["restored"]
        if at % 8 == 0:
            values = with_given(declaration, settings)
            for mark, drawn in zip(declaration["marks"], step["drawn"], strict=True):
                expected = places_by_numpy(mark, values)
                assert len(drawn) == len(expected), mark
                np.testing.assert_allclose(drawn, expected, rtol=1e-9, atol=1e-9)


def test_what_is_stored_as_bits_is_read_as_such(script):
    rows = np.random.default_rng(1).integers(2, size=(2, 3, 8))
    found = script(f"derive([{json.dumps(Bits(W, rows).json())}], {{}}).W")
    assert found == rows.tolist()


def test_which_integers_is_said_as_a_sentence_names_them():
    scene = make(text=[Sentence("Lit: {which}.", which=Which(on[k], over=(k, 1, m)))])
    assert [scene.text(), scene.text(on3=1), scene.text(on2=1, on3=1), scene.text(on1=0)] == [
        "Lit: 1.", "Lit: 1 and 3.", "Lit: 1, 2 and 3.", "Lit: none.",
    ]  # fmt: skip


# The pictures against what they are pictures of


def given_of(name, **values):
    return built("mechanisms", name)._scope(values)


def test_interference_is_that_of_a_code_of_two_neurons():
    rng = np.random.default_rng(3)
    for _ in range(10):
        angles, active = 3 * rng.integers(120, size=8), rng.integers(2, size=8)
        size = int(rng.integers(2, 9))
        settings = {f"phi{i}": int(a) for i, a in enumerate(angles, 1)} | {
            f"on{i}": int(a) for i, a in enumerate(active, 1)
        }
        found = given_of("interference", m=size, **settings)
        F = np.array([np.cos(np.radians(angles)), np.sin(np.radians(angles))])[:, :size]
        r = F.T @ F @ active[:size]
        np.testing.assert_allclose(found["r"][1:], r, atol=1e-12)
        assert found["misread"] == np.count_nonzero((r > 0.5 + 1e-9) != active[:size])
        overlaps = np.abs(F.T @ F - np.eye(size))
        assert found["worst"] == pytest.approx(overlaps.max(), abs=1e-6)


def test_votes_are_those_of_the_stored_wiring():
    order = np.argsort(given_of("voting_machine")["place"], axis=1)
    rng = np.random.default_rng(4)
    for _ in range(10):
        active, votes_each = rng.random(20) < 0.15, int(rng.integers(1, 5))
        B = np.zeros((10, 20), int)
        for feature in range(20):
            B[order[feature, :votes_each], feature] = 1
        votes = B.T @ (B @ active > 0)
        found = given_of("voting_machine", s=votes_each, **{f"on{i}": int(a) for i, a in enumerate(active, 1)})
        assert found["votes"][1:].tolist() == votes.tolist()
        assert found["wrong"] == np.count_nonzero(votes[~active] == votes_each)
        assert found["stray"] == votes[~active].sum()


def test_one_unit_each_fails_and_two_do_not_where_the_picture_opens():
    wrong = [given_of("voting_machine", s=s)["wrong"] for s in (1, 2, 3, 4)]
    assert [count > 0 for count in wrong] == [True, False, False, True]


def test_one_false_alarm_becomes_half_of_the_features():
    begin = given_of("runaway_grid")
    assert (begin["alarms"], begin["missed"]) == (1, 0)
    assert 2 * 256 / 5 < given_of("runaway_grid", L=12)["active"] < 3 * 256 / 5
    same = [given_of("runaway_grid", fresh1=0, l=l, draw=draw, L=12) for l in (2, 3, 4) for draw in (1, 2, 3)]
    assert all(one["alarms"] == one["missed"] == 0 for one in same)


def test_points_of_the_sphere_have_the_heights_of_random_directions():
    for neurons in (3, 64, 4096):
        heights = given_of("band", n=neurons)["height"][1:]
        # the mean of 240 squared overlaps, whose variance is 2(n - 1)/(n²(n + 2))
        error = np.sqrt(2 * (neurons - 1) / (neurons**2 * (neurons + 2)) / 240)
        assert np.mean(heights**2) == pytest.approx(1 / neurons, abs=4 * error)
        edge = min(0.5, 1.5 / np.sqrt(neurons))
        below = np.mean(np.abs(heights) <= edge)
        share = 1 - 2 * formulas.overlap_tail(n=neurons, t=edge)
        assert below == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 240))


def test_price_tag_adds_up_the_formulas_of_the_book():
    shown = built("mechanisms", "price_tag").readouts()
    assert shown["active features promised in one layer"] == "11.1"
    assert formulas.max_active(n=1024, m=1e5) == pytest.approx(11.1, abs=0.05)
    used = given_of("price_tag")["used"][1:]
    expected = [
        10 / formulas.max_active_depth(L=40, delta=0.01, m=1e5, n=1024),
        10 / formulas.max_active(m=1e5, n=1024),
        10 / formulas.max_active_decoder(c=formulas.decoder_constant(alpha=np.log(10) / np.log(1e5)), m=1e5, n=1024),
        1024 / (64 * 10**3),
        # votes near the limit ask for more than a unit each
        1e5 / 1024,
    ]
    assert formulas.constant_shared_noise(l=10, m=1e5, n=1024) * 10 * 8 * np.log(1e5) / 1024 > 1
    np.testing.assert_allclose(used, expected, rtol=1e-12)
    few = given_of("price_tag", l=2)["used"][-1]
    votes = formulas.correction_width(C=formulas.constant_shared_noise(l=2, m=1e5, n=1024), l=2, m=1e5, n=1024)
    assert few == pytest.approx(votes / 1024)
    assert votes < 1e5


def test_price_tag_promises_nothing_that_cannot_be():
    scene = built("mechanisms", "price_tag")
    sliders = {slider["symbol"]: slider["values"] for slider in scene._stored["sliders"]}
    assert max(sliders["n"]) < min(sliders["m"])
    shown = scene.readouts(n=256, m=10**9, l=1000, L=1000)
    assert shown["correcting units, about"] == "1 billion"
    assert float(shown["bits per neuron, of what can be read"]) < 1
    assert shown["levels told apart"] == "0"


def test_what_is_not_promised_first_is_said():
    say = built("mechanisms", "price_tag").text
    assert "1 layers" not in say(L=1)
    assert say(L=1, l=5).startswith("1,024 neurons hand 5 of 100,000 features")
    assert say(L=40).startswith("Depth is the first that is not promised")
    assert say(l=12).startswith("A single layer is not promised any more")
    assert say(l=100).startswith("Even the best threshold does not read 100 of 100,000")
    assert "too narrow" not in say(l=100)
    assert "it has a unit for each feature" in say(d=100_000)
    assert "wide enough: votes ask for about" in say(d=100_000, l=2)
    assert "votes would save nothing" in say()
    assert "too narrow: votes ask for about" in say(l=2)


def test_one_state_is_read_rightly_by_two_decoders_where_no_threshold_can():
    scene = built("mechanisms", "one_state")
    said = {kind: scene.text(kind=kind) for kind in (1, 2, 3, 4)}
    assert all("no threshold reads all rightly" in said[kind] for kind in (1, 2))
    assert all("all are read rightly" in said[kind] for kind in (3, 4))
    # with fewer active features a threshold would do, and with more nothing does
    assert "another one would read all rightly" in scene.text(kind=1, l=8)
    assert all("no threshold reads all rightly" in scene.text(kind=kind, l=40) for kind in (1, 2, 3, 4))


def test_one_state_stores_what_the_decoders_find():
    table = next(given for given in built("mechanisms", "one_state").declaration["given"] if given["symbol"] == "table")
    stored = np.array(table["table"])
    F = codes.random_code(64, 160, np.random.default_rng(3))
    for place, active in enumerate((8, 16, 24, 32, 40)):
        x = F[:, :active].sum(axis=1)
        assert np.abs(stored[0, place] - np.clip(F.T @ x, -1.495, 2.495)).max() <= 0.006
        shortest = np.linalg.lstsq(F, x, rcond=None)[0] * 160 / 64
        assert np.abs(stored[1, place] - np.clip(shortest, -1.495, 2.495)).max() <= 0.006
        assert np.abs(stored[3, place] - simulate.decode_l1(F, x)).max() <= 0.006


@pytest.mark.parametrize(
    ("make", "error", "said"),
    [
        (lambda: Run(Chain([m], [Let(stray, m)]), "Walk", "steps"), TypeError, "accepted: a Chain whose last step"),
        (lambda: Run(WALK, "", "steps"), ValueError, "run: label is empty"),
        (lambda: Run(WALK, "Walk", "steps", turns=0), ValueError, "run: turns = 0; accepted: an integer from 1"),
        (lambda: Run(WALK, "Walk", "steps", seed=True), ValueError, "run: seed = True"),
    ],
)
def test_bad_runs_are_refused(make, error, said):
    with pytest.raises(error, match=said):
        make()


RUNNING = """((declaration, turns) => {
  globalThis.performance ??= { now: () => 0 };
  const state = new State(declaration);
  const before = state.values.heights;
  const { steps, run: { given } } = declaration.draws;
  const scope = { ...state.settings };
  for (const [name, value] of Object.entries(given)) scope[name] = valueOf(value, scope);
  const run = (state.run = superpositionDraws.running(steps, state.seed, compile, scope));
  const seen = [state.values.heights];
  for (let i = 1; i <= turns; i += 1) { run.take(1); seen.push(state.values.heights); }
  const { count } = state.values;
  state.seed += 1;
  const other = state.values.heights;
  state.seed -= 1;
  run.take(100);
  const end = [run.turns, run.left];
  state.move(0, state.positions[0] + 1);
  return { before, seen, count, other, end, after: state.values.heights };
})"""


def test_a_run_is_shown_turn_by_turn_until_a_setting_is_changed():
    count = sp.Symbol("count")
    scene = make(given=[Ran(heights, k, height, over=(k, 1, m)), Ran(count, -1, stray)], run=RUN)
    assert scene._scope(scene._start)["heights"].tolist() == [0, 1, 2, 3]
    shown = module_in_v8()(f"{RUNNING}({json.dumps(scene.declaration)}, 3)")
    assert shown["before"][1:] == [1, 2, 3]
    assert [one[1:] for one in shown["seen"][1:]] == [[value + 1 for value in one[1:]] for one in shown["seen"][:-1]]
    assert shown["seen"][0][1:] != [1, 2, 3]
    assert shown["count"] == 3
    # of another seed, at the end of the chain, and of another setting
    assert shown["other"] == shown["before"]
    assert shown["end"] == [5, 0]
    assert shown["after"][1:] == [1, 2, 3, 4]


@pytest.mark.slow
def test_five_ways_to_occur_have_one_mean_and_their_own_tails():
    beyond = []
    for way in range(1, 6):
        found = given_of("raster", way=way, budget=6)
        active = np.asarray(found["state"])[way - 1]
        numbers = active.sum(axis=1)
        assert active.shape == (40, 24)
        assert found["number"].tolist() == numbers.tolist()
        assert (numbers.sum(), numbers.max() <= 15) == (120, True)
        assert found["dispersion"] == pytest.approx(numbers.var() / 3)
        assert found["beyond"] == np.count_nonzero(numbers > 6)
        beyond.append(found["beyond"])
        groups = active.reshape(40, 6, 4).sum(axis=2)
        if way == 2:
            assert groups.max() == 1
        if way == 5:
            assert set(np.unique(groups)) == {0, 4}
    assert beyond[0] == beyond[1] == 0
    assert min(beyond[3:]) > max(beyond[:3])
