"""The simulations behind the book's explorers hold at the ends of their sliders."""

import numpy as np
import pytest

from superposition import formulas, simulate
from superposition.explorers.directions import _median
from tests.stored import built, names

SIMULATED = ["directions.worst_pair", "sparsity.tight_frames"]


def ends(sliders):
    """The setting with every slider as low as it goes, and those with one of them at its highest and the others low."""
    lowest = {slider["symbol"]: slider["values"][0] for slider in sliders}
    highest = {slider["symbol"]: slider["values"][-1] for slider in sliders}
    yield lowest
    # many neurons take long
    yield from (lowest | {name: highest[name]} for name in lowest if name != "n")


@pytest.mark.slow
@pytest.mark.parametrize("name", SIMULATED)
def test_simulation_begins_at_the_ends_of_the_sliders(name):
    shown = built(*name.split("."))
    inside = 0
    for at in ends(shown.declaration["sliders"]):
        try:
            shown.readouts(**at)
        except ValueError:
            continue  # the sliders do not let a reader stand there
        inside += 1
        done, estimate, error, draws = next(shown._simulation.run(np.random.default_rng(1), **at))
        assert 0 < done <= 1
        assert np.isfinite([estimate, error]).all(), at
        assert error >= 0
        assert draws > 1
    assert inside


@pytest.mark.slow
@pytest.mark.parametrize("name", [".".join(name) for name in names()])
def test_every_simulation_is_tried(name):
    assert ("simulate" in built(*name.split(".")).declaration) == (name in SIMULATED)


def test_every_simulation_named_here_is_in_the_library():
    assert set(SIMULATED) <= set(map(".".join, names()))


def test_the_worst_pair_is_compared_as_a_median_with_a_median():
    shown = built("directions", "worst_pair")
    *_, (done, middle, error, draws) = shown._simulation.run(np.random.default_rng(3), m=64, n=16)
    same = np.random.default_rng(3)
    drawn = [simulate.worst_overlaps(16, 64, 1, same)[0] for _ in range(draws)]
    assert done == 1
    assert middle == np.median(drawn)
    assert abs(middle - formulas.worst_overlap_median(n=16, m=64)) < 5 * error


def test_two_standard_errors_of_the_median_hold_it_19_times_in_20():
    # the worst of many overlaps is nearly Gumbel-distributed; 4,000 samples of twelve
    rng, median = np.random.default_rng(4), -np.log(np.log(2))
    found = (_median(rng.gumbel(size=12)) for _ in range(4000))
    held = np.mean([abs(middle - median) <= 2 * error for middle, error in found])
    assert 0.93 < held < 0.97
