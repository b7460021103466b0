"""The library of *The Price of Superposition*."""

__all__ = ["check"]


def __getattr__(name):
    # what a user of one part does not need is loaded when it is first asked for
    if name == "check":
        from superposition.questions import check

        return check
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
