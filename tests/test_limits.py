"""The search for the largest number of active features, where its measurements are known."""

from types import SimpleNamespace

import pytest

from superposition.simulate import largest_active
from superposition.simulate.limits import crossing_of_errors


def test_errors_that_were_not_seen_count_as_half_of_one_give_or_take_one():
    trials = 100

    def measure(l):
        return SimpleNamespace(errors=0.4 if l > 4 else 0.0, errors_se=0.05 if l > 4 else 0.0, trials=trials)

    found = largest_active(measure, 1000, 0.1)
    assert found.bracket == (4, 5)
    seen = [(0.5 / trials, 1 / trials), (0.4, 0.05)]
    place, se = crossing_of_errors([4**-0.5, 5**-0.5], seen, 0.1, 1000)
    assert found.n_active == pytest.approx(place**-2)
    assert found.n_active_se == pytest.approx(2 * se * place**-3)


def test_spread_that_was_seen_is_kept_where_no_error_was():
    def measure(l):
        return SimpleNamespace(errors=0.4 if l > 4 else 0.0, errors_se=0.05, trials=100)

    found = largest_active(measure, 1000, 0.1)
    place, se = crossing_of_errors([4**-0.5, 5**-0.5], [(0.005, 0.05), (0.4, 0.05)], 0.1, 1000)
    assert found.n_active_se == pytest.approx(2 * se * place**-3)


def test_nothing_is_borne_where_one_active_feature_drowns_all():
    found = largest_active(lambda l: SimpleNamespace(errors=600.0 + l, errors_se=1.0, trials=100), 1000, 0.1)
    assert (found.n_active, found.n_active_se) == (0, 0)
