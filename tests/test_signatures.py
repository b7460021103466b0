"""How the library is called: the same names in the same order everywhere, and every type said."""

import inspect
import pkgutil
from dataclasses import is_dataclass
from importlib import import_module

import pytest

import superposition
from superposition import codes, simulate

# What is asked or measured, its sizes, how often and by chance; then how, by options.
ORDER = (
    *(
        "measure",
        "decoder",
        "layer",
        "corrector",
        "occurrence",
        "code",
        "F",
        "x",
        "E",
        "activations",
        "bias",
        "moments",
        "readouts",
        "sizes",
        "successes",
    ),
    *(
        "n",
        "m",
        "d",
        "n_votes",
        "n_connections",
        "n_active",
        "shared",
        "n_levels",
        "v",
        "value",
        "bits",
        "snr",
        "eps",
        "density",
        "importance",
        "depth",
        "candidates",
        "allowed",
        "law",
        "frequencies",
        "chances",
        "most",
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
        "fresh",
        "redriven",
        "mixed",
    ),
    *(
        "threshold",
        "rescale",
        "gain",
        "levels",
        "amplitude",
        "give_up",
        "sets_per_code",
        "trials_per_assignment",
        "memory",
        "progress",
        "linear",
        "steps",
        "batch",
        "rate",
    ),
)
CALLED = {
    f"{module.__name__.rpartition('.')[2]}.{name}": getattr(module, name)
    for module in (simulate, codes)
    for name in module.__all__
    if name[0].islower() and callable(getattr(module, name))
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


# what explorers, questions and the course are built from is read by them alone
PRIVATE = ("superposition.course", "superposition.explorer.", "superposition.question")
MODULES = [
    name
    for _, name, _ in pkgutil.walk_packages(superposition.__path__, "superposition.")
    if not name.startswith(PRIVATE) or name == "superposition.questions"
]


def functions(module):
    """The public functions of a module, and the public methods of its classes."""
    for name, value in vars(import_module(module)).items():
        if name.startswith("_") or getattr(value, "__module__", None) != module:
            continue
        if not inspect.isclass(value):
            yield from [(name, value)] if callable(value) and hasattr(value, "__name__") else []
            continue
        for attribute, method in vars(value).items():
            method = (
                getattr(method, "fget", None) or getattr(method, "func", None) or getattr(method, "__func__", method)
            )
            said = attribute == "__call__" or (attribute == "__init__" and not is_dataclass(value))
            own = said or not attribute.startswith("_")
            if own and inspect.isfunction(method):
                yield f"{name}.{attribute}", method


@pytest.mark.parametrize("module", MODULES)
def test_every_public_function_says_its_types(module):
    untyped = []
    for name, function in functions(module):
        signature = inspect.signature(function)
        untyped += [
            f"{name}({each})"
            for each in signature.parameters.values()
            if each.annotation is each.empty and each.name not in ("self", "cls")
        ]
        untyped += [f"{name} ->"] if signature.return_annotation is signature.empty else []
    assert not untyped


def test_functions_of_every_kind_are_found():
    assert {"readout_errors", "adversarial_set"} <= dict(functions("superposition.simulate.readout")).keys()
    assert {"Formula.__call__", "Formula.latex", "Formula.derived"} <= dict(functions("superposition.formula")).keys()
