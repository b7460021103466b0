"""The stored grids of the chapter on error correction are what the code makes, and say what the chapter reads from them."""

from importlib.metadata import version

import numpy as np
import pytest

from superposition import formulas
from superposition.data import load
from superposition.data.error_correction import independent_width, largest_chains, smallest_widths
from tools.grids import error_correction as grid

TABLES = load("error_correction")


def sample(table, size, small=lambda row: True):
    """Rows at random, others in every run: any of them can be made again alone."""
    rows = [row for row in TABLES[table]["rows"] if small(row)]
    return [rows[i] for i in np.random.default_rng().choice(len(rows), size, replace=False)]


def same(row, again, counts, trials):
    """Whether a row made again is the stored one; with another NumPy, whose streams may differ, within six standard errors."""
    keys = len(row) - counts
    assert row[:keys] == again[:keys]
    if version("numpy") == TABLES["made_by"]["numpy"]:
        return row == again
    one, other = (np.array(made[keys:]) / trials for made in (row, again))
    error = np.sqrt((one * (1 - one) + other * (1 - other)) / trials)
    return (abs(one - other) <= 6 * error + 1 / trials).all()


def test_one_layer_rows_are_what_the_code_makes():
    for row in sample("one_layer", 10):
        assert same(row, grid.one_layer_row(*row[:6]), 3, TABLES["one_layer"]["parameters"]["tuned_trials"]), row


def test_chain_rows_are_what_the_code_makes():
    for row in sample("chain", 5, small=lambda row: row[2] <= 1024):
        assert same(row, grid.chain_row(*row[:6]), len(grid.DEPTHS), grid.CHAIN_TRIALS), row


def test_large_chain_rows_are_what_the_code_makes():
    for row in sample("large_chain", 1, small=lambda row: row[0] == "dense" and row[2] == 16384):
        assert same(row, grid.large_chain_row(*row[:6]), 1, grid.LARGE_TRIALS), row


def test_the_grid_is_the_one_that_the_code_describes():
    stored = {tuple(row[1:4]) for row in TABLES["one_layer"]["rows"]}
    assert stored == set(grid.CELLS)
    for values in zip(*grid.CELLS, strict=True):
        assert max(values) >= 16 * min(values)
    for rule in grid.RULES:
        cell = grid.CELLS[0]
        votes = {row[4] for row in TABLES["one_layer"]["rows"] if row[0] == rule and tuple(row[1:4]) == cell}
        assert votes == {s for s, width in grid.units_tried(rule, *cell) if np.isfinite(width)}


def test_a_fixed_threshold_needs_no_less_than_an_oracle():
    oracle = {(w.n, w.m, w.n_active): w.width for w in smallest_widths("oracle", 0.5)}
    tuned = {(w.n, w.m, w.n_active): w.width for w in smallest_widths("tuned", 0.5)}
    assert len(tuned) > 25
    for cell, width in tuned.items():
        assert width.high > 0.97 * oracle[cell].low


def test_constant_is_the_width_over_the_laws_unit():
    for w in smallest_widths("majority", 0.5):
        unit = formulas.correction_width(C=1, l=w.n_active, m=w.m, n=w.n)
        assert w.constant.size == pytest.approx(w.width.size / unit)
        assert w.share == pytest.approx(w.n_active / formulas.max_active(n=w.n, m=w.m))


def test_independent_width_solves_the_binomial_count():
    width = independent_width(1024, 4096, 2, 4, level=0.9)
    chances = [formulas.correction_success(d=width, h=h, l=2, m=4096, n=1024, s=4) for h in (3, 4)]
    assert max(chances) == pytest.approx(0.9, abs=0.01)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: load("nothing"), "name must be one of .*error_correction.*, got 'nothing'"),
        (lambda: smallest_widths("best"), "threshold must be 'oracle', 'tuned' or 'majority', got 'best'"),
        (lambda: largest_chains("sparse", 7), "no chain is stored with design = 'sparse', depth = 7"),
        (lambda: largest_chains("spare", 8), "no chain is stored with design = 'spare'"),
    ],
)
def test_what_is_not_stored_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
