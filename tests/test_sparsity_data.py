"""What the chapter *Sparsity* says of codes with structure rests on stored rows that can be made again, and on an exact law."""

from importlib.metadata import version
from math import ceil, floor, isqrt

import numpy as np
import pytest
from scipy import stats

from superposition import formulas
from superposition.data import load
from superposition.data.measured import measured
from tools.grids import sparsity as grid

TABLES = load("sparsity")
ROWS = TABLES["structured"]["rows"]


@pytest.mark.slow
def test_rows_of_codes_with_structure_are_what_the_code_makes():
    assert [tuple(row[:4]) for row in ROWS] == list(grid.structured_places())
    quick = [row for row in ROWS if row[0] != "tight" or row[2] < 3000]
    for i in np.random.default_rng().choice(len(quick), 3, replace=False):
        name, n, m, l, errors, se = quick[i]
        again = grid.structured_row(name, n, m, l)
        if name != "optimised" and version("numpy") == TABLES["made_by"]["numpy"]:
            assert again[4:] == pytest.approx([errors, se], rel=2e-5)
        else:
            assert abs(again[4] - errors) <= 6 * np.hypot(se, again[5]) + 1e-12


def errors_of_bases(n, m, l):
    """Mean errors of unbiased bases with random signs: a readout is a sum of fair signs over √n, one for each foreign basis."""
    half = isqrt(n) / 2
    foreign = np.arange(l + 1)
    # so many of the signs have to be positive to lift the sum above ½, and to be negative to bring it down by ½
    above = np.array([stats.binom.sf(floor((h + half) / 2), h, 0.5) for h in foreign])
    below = np.array([stats.binom.sf(ceil((h + half) / 2) - 1, h, 0.5) for h in foreign])
    alarm = stats.hypergeom.pmf(foreign, m - 1, m - n, l) @ above
    miss = stats.hypergeom.pmf(foreign, m - 1, m - n, l - 1) @ below
    return (m - l) * alarm + l * miss


def test_kerdock_rows_follow_the_law_of_sums_of_signs():
    rows = [row for row in ROWS if row[0] == "kerdock"]
    assert len(rows) > 50
    for _, n, m, l, errors, se in rows:
        exact = errors_of_bases(n, m, l)
        # a standard error from 16 codes is itself uncertain by a fifth
        assert abs(errors - exact) <= 8 * se, (n, m, l)
        assert (errors == 0) == (l <= isqrt(n) // 2) or exact < 1


def test_stored_tight_frames_do_not_contradict_the_formula():
    found, said = measured("max_active_tight"), formulas.max_active_tight.measured
    formula = found.value / found.ratio
    assert (2 * found.se < found.at["n"] / 2).all()
    assert (abs(found.value - formula) <= max(said.high - 1, 1 - said.low) * formula + 5 * found.se).all()
    assert (found.at["n"].min(), found.at["n"].max()) == (16, 256)
    assert (found.at["m"].min(), found.at["m"].max()) == (17, 1024)


@pytest.mark.parametrize(("l", "m", "n", "errors"), [(1, 1e9, 166, 0.0030), (2, 1e9, 332, 0.0310)])
def test_few_active_features_leave_fewer_errors_than_the_normal_law_says(l, m, n, errors):
    found = grid.expected_errors(l, m, n)
    assert found == pytest.approx(errors, rel=0.05)
    assert 0.5 < found / (formulas.errors_at_limit(m=m) * m ** (-1 / (8 * l**2))) < 1
