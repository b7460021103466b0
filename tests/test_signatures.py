"""What stands in which place when a simulation or a code is called: the same names in the same order everywhere."""

import inspect

import pytest

from superposition import codes, simulate

# What is asked or measured, its sizes, how often and by chance; then how, by options.
ORDER = (
    *("measure", "layer", "corrector", "code", "F", "E", "moments", "readouts", "sizes", "successes"),
    *(
        "n",
        "m",
        "d",
        "n_votes",
        "n_active",
        "n_levels",
        "v",
        "value",
        "bits",
        "snr",
        "eps",
        "depth",
        "candidates",
        "allowed",
    ),
    *(
        "trials",
        "rng",
        "level",
        "start",
        "starts",
        "feature",
        "kind",
        "unit",
        "use",
        "bias",
        "fresh",
        "redriven",
        "mixed",
    ),
    *("threshold", "rescale", "gain", "levels", "amplitude", "give_up", "sets_per_code", "trials_per_assignment"),
)
CALLED = {
    f"{module.__name__.rpartition('.')[2]}.{name}": getattr(module, name)
    for module in (simulate, codes)
    for name in module.__all__
    if callable(getattr(module, name)) and not inspect.isclass(getattr(module, name))
}


def test_every_simulation_and_code_is_looked_at():
    assert {"simulate.readouts", "simulate.relay", "codes.optimised"} <= CALLED.keys()


@pytest.mark.parametrize("name", CALLED)
def test_arguments_stand_in_the_order_of_the_book(name):
    parameters = inspect.signature(CALLED[name]).parameters.values()
    places = [ORDER.index(parameter.name) for parameter in parameters if parameter.default is parameter.empty]
    options = [ORDER.index(parameter.name) for parameter in parameters if parameter.default is not parameter.empty]
    assert places == sorted(places)
    assert options == sorted(options)
    assert [*places, *options] == [ORDER.index(parameter.name) for parameter in parameters]
    # a seed or a global generator is never assumed
    assert "rng" not in {parameter.name for parameter in parameters if parameter.default is not parameter.empty}
