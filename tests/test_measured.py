"""Every range that a formula says was measured is the range of its stored grid, and the grid can be computed again."""

import json
from importlib import import_module
from importlib.metadata import version
from itertools import product
from math import ceil, floor
from pathlib import Path

import numpy as np
import pytest

from superposition import formulas
from superposition.data import load
from superposition.data.measured import measured, ratios
from superposition.formula import Measured
from superposition.symbols import l, n
from tools.data import NAMES
from tools.grids import Beside, made

BOOK = Path(__file__).parents[1] / "book"
CHAPTERS = [path.stem for path in BOOK.glob("*.ipynb") if hasattr(formulas, path.stem)]
GRIDS = {
    name: (chapter, grid)
    for chapter in NAMES
    for name, grid in getattr(import_module(f"tools.grids.{chapter}"), "MEASURED", {}).items()
}


def grids_of(chapter):
    return import_module(f"tools.grids.{chapter}").grids()


RANGES = {name: formula.measured for name, formula in formulas.registry.items() if formula.measured}


def test_every_range_has_a_grid_and_every_grid_a_range():
    assert set(RANGES) == set(GRIDS)


@pytest.mark.parametrize("chapter", NAMES)
def test_make_data_would_make_the_tables_that_are_stored(chapter):
    stored = {name: table for name, table in load(chapter).items() if isinstance(table, dict) and "rows" in table}
    described = {name: (parameters, columns) for name, parameters, columns, _, _ in grids_of(chapter)}
    assert described == {name: (table["parameters"], table["columns"]) for name, table in stored.items()}


def test_a_row_is_made_by_its_name_in_any_process():
    *place, value, se = load("sparsity")["false_alarm"]["rows"][0]
    again = made("sparsity", "false_alarm", *place)
    assert again == [*place, pytest.approx(value, rel=1e-4), se]


@pytest.mark.parametrize("name", RANGES)
def test_the_range_is_that_of_the_stored_grid(name):
    found, said = measured(name), RANGES[name]
    assert said.low == pytest.approx(floor(100 * found.ratio.min() + 1e-9) / 100)
    assert said.high == pytest.approx(ceil(100 * found.ratio.max() - 1e-9) / 100)
    assert (found.ratio_se <= 0.03).all()
    for symbol, ends in said.over.items():
        values = found.at[symbol.name]
        assert ends == (values.min(), values.max()), symbol
    for relation in said.where:
        at = {symbol: found.at[symbol.name] for symbol in relation.free_symbols}
        points = zip(*at.values(), strict=True)
        assert all(relation.subs(dict(zip(at, point, strict=True))) for point in points), relation
        # a condition that leaves out none of the places between these ends would say nothing
        every = product(*(sorted(set(values)) for values in at.values()))
        assert not all(relation.subs(dict(zip(at, point, strict=True))) for point in every), relation


def test_every_range_is_drawn_in_its_chapter():
    drawn = set()
    for chapter in CHAPTERS:
        cells = json.loads((BOOK / f"{chapter}.ipynb").read_text(encoding="utf-8"))["cells"]
        code = "\n".join("".join(cell["source"]) for cell in cells)
        found = ratios(chapter)
        if f'ratios("{chapter}")' in code and "plots.ranges(" in code:
            drawn |= set(found)
        drawn |= {name for name in found if f'stored("{name}")' in code}
    assert drawn == set(RANGES)


def test_ratios_are_those_of_a_chapter():
    assert sorted(name for chapter in CHAPTERS for name in ratios(chapter)) == sorted(RANGES)
    assert (ratios("directions")["worst_overlap"] == measured("worst_overlap").ratio).all()
    for bad in ("levels", "__doc__", "half", None):
        with pytest.raises(ValueError, match="chapter must be a module"):
            ratios(bad)


@pytest.mark.slow
@pytest.mark.parametrize("name", RANGES)
def test_rows_stand_at_the_places_of_the_grid(name):
    chapter, grid = GRIDS[name]
    assert [tuple(row[:-2]) for row in load(chapter)[name]["rows"]] == [tuple(place) for place in grid.places]


@pytest.mark.slow
@pytest.mark.parametrize("name", RANGES)
def test_rows_chosen_at_random_are_what_the_code_makes(name):
    chapter, grid = GRIDS[name]
    tables = load(chapter)
    rows = tables[name]["rows"]
    for i in grid.some(2, np.random.default_rng()):
        *place, value, se = rows[i]
        again = grid.row(*place)
        if version("numpy") == tables["made_by"]["numpy"]:
            assert again == pytest.approx(rows[i], rel=2e-5)
        else:
            assert abs(again[-2] - value) <= 6 * np.hypot(se, again[-1])


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (1, 1.07, "0 to 7 % above it"),
        (0.62, 0.9, "10 to 38 % below it"),
        (0.95, 1.02, "from 5 % below to 2 % above it"),
        (1.2, 2.75, "1.2 to 2.75 times it"),
    ],
)
def test_ranges_are_said_in_words(low, high, words):
    assert Measured(low, high, over={n: (64, 64)}).words == f"measured {words}, for n = 64"


def test_a_range_names_what_was_measured_and_under_which_condition():
    said = Measured(1, 1.1, over={n: (64, 128), l: (1, 2)}, where=(n > l,), of="K - 1", less=1)
    assert said.words == "K - 1 measured 0 to 10 % above it, for n from 64 to 128 and l from 1 to 2, n > l"


def test_any_row_is_made_again_and_the_less_often_the_longer_it_takes():
    grid = Beside({}, [(1,), (2,), (4,)], lambda place: (place, 0), work=lambda place: place)
    rng = np.random.default_rng(0)
    drawn = np.bincount([grid.some(1, rng)[0] for _ in range(7000)])
    assert drawn == pytest.approx([4000, 2000, 1000], abs=6 * np.sqrt(7000 / 4))


def test_ratios_out_of_order_are_refused():
    with pytest.raises(ValueError, match="not two ratios"):
        Measured(1.1, 1, over={n: (1, 2)})
