"""Where the sliders of the book's explorers can stand: the page's own JavaScript in V8, without a page."""

import json

import numpy as np
import pytest

from superposition import formulas
from tests.browser import demo
from tests.stored import DECLARATIONS, readouts_by_numpy
from tests.v8 import module_in_v8

RANDOM_MOVES = 20
ALL = [*((("demo", id), make().declaration) for id, make in demo.EXPLORERS.items()), *DECLARATIONS]
# what an explorer does with its state, but for the painting
FOLLOW = """((declaration, moves) => {
  const state = new State(declaration), other = new State(declaration);
  const first = state.hash;
  const found = moves.map(([i, part]) => {
    const [low, high] = state.ranges[i];
    state.move(i, Math.round(low + part * (high - low)));
    const restored = other.restore(state.hash) && other.hash === state.hash;
    const readouts = declaration.readouts.map(({ value, unit }) => withUnit(formatValue(valueOf(value, state.values)), unit));
    return { positions: [...state.positions], ranges: [...state.ranges], readouts, restored };
  });
  state.reset();
  return { found, reset: state.hash === first, strange: other.restore("#elsewhere?" + state.hash.split("?")[1]) };
})"""


@pytest.fixture(scope="module")
def follow():
    script = module_in_v8()
    return lambda declaration, moves: script(f"{FOLLOW}({json.dumps(declaration)}, {json.dumps(moves)})")


def moves_of(sliders):
    """Each slider at both ends, after each at either where one limits another; then at places drawn at random."""
    ends = [(i, part) for i in range(len(sliders)) for part in (0, 1)]
    rng = np.random.default_rng(len(sliders))
    drawn = zip(rng.integers(len(sliders), size=RANDOM_MOVES).tolist(), rng.random(RANDOM_MOVES).tolist(), strict=True)
    if any("inside" in slider for slider in sliders):
        ends = [move for first in ends for second in ends for move in (first, second)]
    return [*ends, *drawn]


@pytest.mark.slow
@pytest.mark.parametrize("declaration", [pytest.param(found, id="#".join(where)) for where, found in ALL])
def test_sliders_never_leave_a_formula_s_domain(declaration, follow):
    sliders = declaration["sliders"]
    channels = [readout["value"] for readout in declaration["readouts"]]
    channels += [value for sentence in declaration["text"] for value in sentence["values"].values()]
    stated = [channel for channel in channels if isinstance(channel, dict) and "formula" in channel]
    seen = {}
    for step in follow(declaration, moves_of(sliders))["found"]:
        for at, (low, high) in zip(step["positions"], step["ranges"], strict=True):
            assert 0 <= low <= at <= high
        seen[tuple(step["positions"])] = step["readouts"]
    assert len(seen) > len(sliders)
    for positions, readouts in seen.items():
        values = {s["symbol"]: s["values"][at] for s, at in zip(sliders, positions, strict=True)}
        assert readouts == readouts_by_numpy(declaration, values), values
        for channel in stated:
            scope = {name: values[name] for name in channel["of"]}
            assert formulas.registry[channel["formula"]].contains(**scope), (channel["formula"], scope)


@pytest.mark.parametrize("declaration", [pytest.param(found, id="#".join(where)) for where, found in ALL])
def test_every_setting_comes_back_from_its_address_and_reset_undoes_all(declaration, follow):
    outcome = follow(declaration, moves_of(declaration["sliders"]))
    assert all(step["restored"] for step in outcome["found"])
    assert outcome["reset"]
    assert not outcome["strange"]


def test_a_slider_keeps_to_the_values_that_those_before_it_leave(follow):
    values = [1, 2, 4, 8]
    n = {"symbol": "n", "values": values, "start": 2}
    for inside, ranges in (
        ("l <= n", [[0, at] for at in range(4)]),
        ("l >= n", [[at, 3] for at in range(4)]),
        ("2*l >= n && l <= 2*n", [[max(at - 1, 0), min(at + 1, 3)] for at in range(4)]),
    ):
        l = {"symbol": "l", "values": values, "start": 2, "inside": inside}
        declaration = {"id": "coupled", "sliders": [n, l], "readouts": []}
        # the one ahead goes to each of its places in turn, the other to either end of what is left
        moves = [move for at in range(4) for move in ((0, at / 3), (1, 0), (1, 1))]
        found = follow(declaration, moves)["found"]
        for at, (low, high) in enumerate(ranges):
            moved, at_low, at_high = found[3 * at : 3 * at + 3]
            assert moved["ranges"] == [[0, 3], [low, high]]
            assert (at_low["positions"], at_high["positions"]) == ([at, low], [at, high])
