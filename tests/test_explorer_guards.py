"""What no explorer of the book does to its reader: an empty chart, axes that jump, points off their curve, ugly numbers."""

import json
import re
from itertools import combinations

import numpy as np
import pytest

from superposition import formulas
from superposition.explorer import Scene
from tests.stored import IN_BOOK, built, names
from tests.v8 import module_in_v8

# every explorer of the book is built
pytestmark = pytest.mark.slow

MOST_SLIDERS, MOST_IN_LEGEND, LONGEST_LABEL = 4, 6, 60
# Explorers whose axes follow their sliders, and why.
MOVING_AXES = {}
# What is measured over what is drawn, by explorer and colour: the formula whose measured range it is, or the range itself.
SLACK = {
    ("levels-against-active", 1): "levels",
    ("levels-against-active", 2): "levels_uniform",
    ("few-bits", 2): "max_active_quantised",
    ("tight-frames", 1): "max_active_tight",
    ("decoders", 2): "top_recovery",
    # to whose number of active features the bits are nearly proportional
    ("equal-noise", 1): "max_active_noisy",
    # its caption says so
    ("votes-and-width", 2): (0.5, 2),
}
# Points that are no means of trials and have no error.
SINGLE = {
    ("layer-after-layer", 1): "three networks each, which chance leads away from the map",
    ("layer-after-layer", 2): "three networks each, which chance leads away from the map",
    ("worst-pair", 5): "codes that exist, on no curve of their own",
    ("how-many-fit", 5): "codes that exist, on no curve of their own",
    ("one-neuron-two-features", 3): "edges of the exact model, on no curve of their own",
    **{
        ("one-neuron-two-features", series): "trained networks, on one side of an edge or the other"
        for series in (2, 4)
    },
    **{("four-codes", series): "codes of which one each was made, on no curve of their own" for series in (1, 2, 4, 5)},
    **{("atlas", series): "published dictionaries, on no curve of their own" for series in (1, 2, 4)},
}
UGLY = re.compile(r"no value|unbounded|NaN|undefined|e[+-]\d")
POWERS = re.compile(r"10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]")
ONE_OF_MANY = re.compile(r"(?<![\d,.])1 (?:active )?(?:features|neurons|layers|levels|bits|votes|units|directions)\b")

# Where the sliders are put, and what the chart then has: every mark as points [x, y] or [x, low, high], to any height
PAINTED = """((declaration, moves) => {
  const state = new State(declaration);
  return moves.map((move) => {
    state.reset();
    if (move) {
      const [low, high] = state.ranges[move[0]];
      state.move(move[0], move[1] ? high : low);
    }
    const scope = state.values, drawing = new Drawing(declaration, state, new Map());
    const each = (mark) => (mark.over ? indices(mark.over, scope) : [scope]);
    const at = (channel, where) => valueOf(channel, where);
    const curve = ({ x, y, over }) => {
      if (!over) return drawing.swept([y]);
      const ends = over.slice(1).map((end) => at(end, scope));
      return spaced(...ends, "linear", TURNS).map((t) => [at(x, { ...scope, [over[0]]: t }), at(y, { ...scope, [over[0]]: t })]);
    };
    const points = {
      curve,
      area: ({ low, high }) => drawing.swept([low, high]),
      steps: ({ y, over }) => indices(over, scope).map((where) => [where[over[0]], at(y, where)]),
      rule: ({ x, y }) => [[x === undefined ? null : at(x, scope), y === undefined ? null : at(y, scope)]],
      samples: ({ points }) => points.filter(({ at: place }) => state.isAt(place, declaration.x.symbol)).map(({ x, y }) => [x, y]),
    };
    const plain = (mark) => each(mark).map((where) => [at(mark.x, where), at(mark.y, where)]);
    return {
      ends: [drawing.x.low, drawing.x.high, drawing.y.low, drawing.y.high],
      marks: declaration.marks.map((mark) => (points[mark.type] ?? plain)(mark)),
      text: sentences(declaration, scope),
      readouts: declaration.readouts.map(({ value, unit }) => withUnit(formatValue(valueOf(value, scope)), unit)),
    };
  });
})"""
# What a curve, bars or a staircase say at the place of a stored point
DRAWN = """((declaration, mark, points) => {
  const state = new State(declaration);
  state.reset();
  const symbol = mark.over ? mark.over[0] : declaration.x.symbol;
  return points.map(({ at, x }) => valueOf(mark.y, { ...state.values, ...at, [symbol]: x }));
})"""

# the topic of scenes, which have no chart
SCENES = "mechanisms."
NAMES = list(map(".".join, names()))
in_book = pytest.mark.parametrize("declaration", [name for name in NAMES if not name.startswith(SCENES)], indirect=True)


@pytest.fixture
def declaration(request):
    """An explorer as it is stored, without what only a live notebook has."""
    return built(*request.param.split("."))._stored


@pytest.fixture(scope="module")
def page():
    script = module_in_v8()
    return lambda code, *given: script(f"{code}({', '.join(map(json.dumps, given))})")


@pytest.fixture(scope="module")
def painted(page):
    """The explorer at the chapter's setting, then with each slider at its low and at its high end."""
    seen = {}

    def paint(declaration):
        moves = [None, *([i, end] for i in range(len(declaration["sliders"])) for end in (0, 1))]
        if declaration["id"] not in seen:
            seen[declaration["id"]] = page(PAINTED, declaration, moves)
        return seen[declaration["id"]]

    return paint


def heights(declaration, shown, i):
    """Points of a mark with its height as a part of the axis, 0 at its foot and 1 at its top, and beyond."""
    x_low, x_high, y_low, y_high = shown["ends"]
    points = np.array([[np.nan if v is None else v for v in point] for point in shown["marks"][i]], dtype=float)
    if not len(points):
        return np.empty((0, 2))

    def part(values, low, high, scale):
        if scale == "log":
            values, low, high = np.log(np.maximum(values, low / 1e9)), np.log(low), np.log(high)
        return (values - low) / (high - low)

    across = part(points[:, :1], x_low, x_high, declaration["x"]["scale"])
    return np.hstack([across, part(points[:, 1:], y_low, y_high, declaration["y"]["scale"])])


def seen_in_window(declaration, shown, i):
    """Whether a mark has something to see: a curve over a twentieth of the width, or a point, a bar, an area."""
    kind, series = declaration["marks"][i]["type"], declaration["marks"][i]["series"]
    if kind == "rule" or (kind == "curve" and not series):
        return False
    points = heights(declaration, shown, i)
    across, up = points[:, 0], points[:, 1:]
    inside = (across >= -1e-9) & (across <= 1 + 1e-9)
    if kind == "area":
        return bool(np.any(inside & (np.minimum(up[:, 1], 1) - np.maximum(up[:, 0], 0) > 0.02)))
    if kind == "bars":
        return bool(np.any(inside & (up[:, 0] > 0.02)))
    inside &= (up[:, 0] >= 0) & (up[:, 0] <= 1)
    if kind in ("curve", "steps"):
        return bool(np.any(inside) and np.ptp(across[inside]) > 0.05)
    return bool(np.any(inside))


@in_book
def test_the_chart_is_never_empty(declaration, painted):
    for shown in painted(declaration):
        assert any(seen_in_window(declaration, shown, i) for i in range(len(declaration["marks"])))


@in_book
def test_axes_stay_still(declaration, painted):
    ends = [shown["ends"] for shown in painted(declaration)]
    still = all(end == ends[0] for end in ends) and not any(
        isinstance(declaration[which][end], dict) for which in "xy" for end in ("low", "high")
    )
    assert still != (declaration["id"] in MOVING_AXES)


@in_book
def test_every_slider_moves_something_that_one_can_see(declaration, painted):
    _, *moved = painted(declaration)
    for number, slider in enumerate(declaration["sliders"]):
        low, high = moved[2 * number], moved[2 * number + 1]
        apart = 0
        for i in range(len(declaration["marks"])):
            before, after = (np.clip(heights(declaration, shown, i), 0, 1) for shown in (low, high))
            if before.shape == after.shape:
                difference = np.abs(before - after)
                apart = max(apart, np.nanmax(difference, initial=0, where=~np.isnan(difference)))
            else:
                apart = 1
        assert apart > 0.02, slider["symbol"]


@in_book
def test_what_is_compared_stands_apart_at_the_chapter_s_setting(declaration, painted):
    shown = painted(declaration)[0]
    lines = []
    for i, mark in enumerate(declaration["marks"]):
        along = mark["type"] in ("steps", "bars") or (mark["type"] == "curve" and "over" not in mark)
        if along and mark["label"]:
            points = heights(declaration, shown, i)
            points = points[~np.isnan(points).any(axis=1)]
            across = np.linspace(0, 1, 201)
            lines.append((mark["label"], np.clip(np.interp(across, *points.T, left=np.nan, right=np.nan), 0, 1)))
        elif mark["type"] == "rule" and mark["label"] and "y" in mark:
            lines.append((mark["label"], np.full(201, heights(declaration, shown, i)[0, 1])))
    for (label, one), (other_label, other) in combinations(lines, 2):
        both = ~np.isnan(one) & ~np.isnan(other)
        assert not both.any() or np.abs(one - other)[both].max() > 0.03, (label, other_label)


def sampled(declaration):
    return [mark for mark in declaration["marks"] if mark["type"] == "samples" and mark["points"]]


def slack(declaration, mark, drawn):
    """The least and the most that may have been measured, where so much is drawn."""
    where = declaration["id"], mark["series"]
    if where == ("readout-errors", 1):
        # the normal law's errors over the true ones, which is 1 but for few active features
        places = [{"l": point["x"], "n": point["at"]["n"]} for point in mark["points"]]
        return drawn / [formulas.gaussian_excess(**place) for place in places], 1.02 * drawn
    stated = SLACK.get(where, (1, 1))
    if isinstance(stated, tuple):
        return stated[0] * drawn, stated[1] * drawn
    measured = formulas.registry[stated].measured
    return tuple(measured.less + ratio * (drawn - measured.less) for ratio in (measured.low, measured.high))


@in_book
def test_points_stand_on_their_curve(declaration, page):
    for mark in sampled(declaration):
        single = all(point["se"] == 0 for point in mark["points"])
        assert single == ((declaration["id"], mark["series"]) in SINGLE)
        if single:
            continue
        lines = [other for other in declaration["marks"] if other["type"] in ("curve", "bars", "steps")]
        own = next((line for line in lines if line["series"] == mark["series"]), lines[0])
        drawn = np.array(page(DRAWN, declaration, own, mark["points"]), dtype=float)
        least, most = slack(declaration, mark, drawn)
        found, error = (np.array([point[name] for point in mark["points"]]) for name in ("y", "se"))
        # places are stored to six digits
        margin = 5 * error + 1e-4 * drawn
        assert (found > least - margin).all(), found / drawn
        assert (found < most + margin).all(), found / drawn


@in_book
def test_no_error_bar_is_longer_than_half_of_the_axis(declaration):
    y = declaration["y"]
    for mark in sampled(declaration):
        for point in mark["points"]:
            if not mark["spread"] or not y["low"] <= point["y"] <= y["high"]:
                continue
            ends = [point["y"] + sign * mark["spread"] * point["se"] for sign in (-1, 1)]
            if y["scale"] == "log":
                assert ends[0] > 0, point
                assert np.log(ends[1] / ends[0]) < np.log(y["high"] / y["low"]) / 2, point
            else:
                assert ends[1] - ends[0] < (y["high"] - y["low"]) / 2, point


@in_book
def test_it_says_numbers_as_a_person_would(declaration, painted):
    start, *ends = painted(declaration)
    for shown in (start, *ends):
        for said in (shown["text"], *shown["readouts"]):
            assert not UGLY.search(said), said
            assert not ONE_OF_MANY.search(said), said
            assert len(max(re.findall(r"\d+", said.replace(",", "")), key=len, default="")) <= 6, said
        assert not POWERS.search(shown["text"]), shown["text"]
        assert re.match(r"[A-Z0-9]", shown["text"]), shown["text"]
        assert shown["text"].endswith(".")
    for said in start["readouts"]:
        assert not POWERS.search(said), said


@in_book
def test_it_is_small_enough_to_take_in(declaration):
    labels = [mark["label"] for mark in declaration["marks"] if mark["label"] and not mark.get("here")]
    assert len(declaration["sliders"]) <= MOST_SLIDERS
    assert len(labels) <= MOST_IN_LEGEND
    for label in (*labels, *(declaration[which]["label"] for which in "xy")):
        assert len(label.replace("*", "")) <= LONGEST_LABEL, label


@pytest.mark.parametrize("name", NAMES)
def test_scenes_have_a_topic_of_their_own(name):
    assert isinstance(built(*name.split(".")), Scene) == name.startswith(SCENES)


def test_exceptions_are_of_explorers_that_exist():
    assert {id for id, _ in (*SLACK, *SINGLE)} | set(MOVING_AXES) <= {id for _, id in IN_BOOK}
