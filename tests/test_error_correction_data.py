"""The stored grids of the chapters on error correction are what the code makes, and say what the chapter reads from them."""

from importlib.metadata import version

import numpy as np
import pytest

from superposition.data import error_correction as stored
from superposition.data import load
from superposition.data.error_correction import largest_chains, mapped_features, smallest_widths
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


@pytest.mark.slow
def test_one_layer_rows_are_what_the_code_makes():
    for row in sample("one_layer", 2, small=lambda row: row[1] <= 16):
        assert same(row, grid.one_layer_row(*row[:3]), 2, grid.LAYER_TRIALS), row


def test_dense_rows_are_what_the_code_makes():
    for row in sample("dense", 2, small=lambda row: row[0] <= 512):
        assert same(row, grid.dense_row(*row[:4]), 4, grid.DENSE_TRIALS), row


def test_sparse_rows_are_what_the_code_makes():
    for row in sample("sparse", 2, small=lambda row: row[0] <= 1024):
        assert same(row, grid.sparse_row(*row[:6]), 4, grid.SPARSE_TRIALS), row


@pytest.mark.slow
def test_the_grids_are_those_that_the_code_describes():
    for name, parameters, columns, _, places in grid.grids():
        assert TABLES[name]["parameters"] == parameters
        assert TABLES[name]["columns"] == columns
        places = [list(place) for place in places]
        assert [row[: len(places[0])] for row in TABLES[name]["rows"]] == places
    assert {row[0] for row in TABLES["one_layer"]["rows"]} == set(grid.LAYER_VOTES)
    assert {row[0] for row in TABLES["dense"]["rows"]} == {*grid.DENSE_NEURONS, grid.WIDE}
    assert {row[0] for row in TABLES["large"]["rows"]} == {grid.LARGE}
    for n_active, cells in grid.SPARSE_VOTES.items():
        for n, votes in cells.items():
            rows = [row for row in TABLES["sparse"]["rows"] if row[:2] == [n, n_active] and row[4] == 0]
            assert set(votes) <= {row[2] for row in rows}


def test_no_half_has_more_trials_right_than_it_has():
    for name, trials in (("one_layer", 100), ("dense", 50), ("sparse", 50), ("large", 50)):
        counts = 2 if name == "one_layer" else 4
        found = np.array([row[-counts:] for row in TABLES[name]["rows"]])
        assert (found >= 0).all()
        assert (found <= trials).all()


@pytest.mark.slow
def test_more_layers_and_a_higher_demand_leave_fewer_features():
    for design in ("dense", "sparse"):
        sizes = {
            at: {(best.n, best.n_active): best.found.size for best in largest_chains(design, *at)}
            for at in ((8, 0.5), (8, 0.9), (32, 0.5))
        }
        for harder in ((8, 0.9), (32, 0.5)):
            for cell in sizes[harder].keys() & sizes[8, 0.5].keys():
                assert sizes[harder][cell] < 1.03 * sizes[8, 0.5][cell], (design, harder, cell)


def test_the_map_with_nothing_adjusted_is_near_the_chains_measured():
    chains = [best for best in largest_chains("sparse", 32) if best.n_active == 2]
    assert len(chains) >= 4
    for best in chains:
        assert 0.9 < best.found.size / mapped_features(best.n, 2, best.n_votes, best.n_votes, 32) < 1.2


def test_widths_grow_with_the_active_features():
    widths = [best.found.size for best in sorted(smallest_widths(0.5), key=lambda best: best.n_active)]
    assert len(widths) >= 3
    assert widths == sorted(widths)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: load("nothing"), "name must be one of .*error_correction.*, got 'nothing'"),
        (lambda: largest_chains("sparse", 7), "no chain is stored with design = 'sparse', depth = 7"),
        (lambda: largest_chains("spare", 8), "no chain is stored with design = 'spare'"),
    ],
)
def test_what_is_not_stored_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.slow
def test_the_best_sparse_chain_lies_inside_what_was_tried_in_every_cell():
    for depth in grid.DEPTHS:
        for level in (0.5, 0.9):
            found = largest_chains("sparse", depth, level)
            assert len(found) == 15
            assert all(best.interior for best in found), (depth, level)


def rows_of(sweeps):
    """Rows of the form that a grid stores, both halves alike."""
    return [
        {"n": 64, "n_votes": s, "m": m, "chosen": right, "right": right}
        for s, counts in sweeps.items()
        for m, right in zip((100, 200, 300), counts, strict=True)
    ]


@pytest.mark.parametrize(
    ("sweeps", "inside"),
    [
        ({2: (9, 2, 0), 3: (10, 8, 1), 4: (9, 1, 0)}, True),
        ({3: (10, 8, 1), 4: (9, 1, 0)}, False),
        ({2: (10, 8, 1), 3: (9, 1, 0)}, True),
        ({2: (9, 2, 0), 3: (10, 8, 1)}, False),
        ({2: (1, 0, 0), 3: (10, 8, 1), 4: (9, 1, 0)}, True),
        ({2: (9, 2, 0), 3: (10, 8, 1), 4: (10, 10, 9)}, False),
    ],
)
def test_an_optimum_is_inside_only_if_no_design_tried_could_be_better(sweeps, inside):
    found = stored._best(rows_of(sweeps), ("n",), ("n_votes",), "m", ("chosen", "right"), 10, 0.5, largest=True)
    assert found[64,][2] == inside
