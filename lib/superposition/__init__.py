"""The library of *The Price of Superposition*."""

import importlib

_WHERE = {
    "check": "superposition.questions",
    "compare": "superposition.dictionary",
    "diagnose": "superposition.dictionary",
    "sweep": "superposition.sweeps",
}

__all__ = [*_WHERE]


def __getattr__(name):
    # what a user of one part does not need is loaded when it is first asked for
    if name in _WHERE:
        return getattr(importlib.import_module(_WHERE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
