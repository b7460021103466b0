"""The page of the library names everything that is public, and prints it."""

import re
from pathlib import Path

import pytest

from superposition import codes, plots, simulate
from theme import library

PAGE = Path(__file__).parents[1] / "book/library.rst"
NAMED = re.findall(r"^\.\. auto(?:function|class):: (\w+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("module", [codes, simulate, plots])
def test_the_page_names_every_function_and_class(module):
    assert [name for name in module.__all__ if callable(getattr(module, name)) and name not in (*NAMED, "Code")] == []


def test_bars_are_escaped_in_running_text_alone():
    lines = ["The length |x|, in code `a | b`:", "", ".. math:: |x|", "    = 1", "", ">>> a | b", "", "|y|"]
    library.keep_bars(None, "function", "f", None, None, lines)
    assert lines == [
        r"The length \|x\|, in code `a | b`:",
        "",
        ".. math:: |x|",
        "    = 1",
        "",
        ">>> a | b",
        "",
        r"\|y\|",
    ]
