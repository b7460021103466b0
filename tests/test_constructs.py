"""The constructs that an author may use come out of the build as they should."""

import re

import pytest

from tests import constructs


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return constructs.build(tmp_path_factory.mktemp("constructs"))


@pytest.fixture(scope="module")
def page(built):
    return (built / "book" / "page.html").read_text(encoding="utf-8")


def test_dropdown_admonitions_are_closed_unless_open(page):
    folds = re.findall(r'<details class="([^"]*)"( open)?>\s*<summary>(.*?)</summary>', page)
    assert [(opened, title) for classes, opened, title in folds if "admonition" in classes] == [
        ("", "Note"),
        (" open", "An exercise"),
    ]


def test_a_note_in_the_margin_is_an_aside_with_its_title(page):
    note = re.search(r'<aside class="margin" role="note">(.*?)</aside>', page, re.DOTALL)[1]
    assert "<strong>Beside</strong>" in note
    assert "<em>in the margin</em>" in note


def test_only_a_formula_that_no_line_can_break_is_marked_as_long(page):
    assert page.count("nohighlight long") == 1


def test_every_class_that_a_terminal_colour_makes_is_styled(built):
    terminal = (built / "book" / "terminal.html").read_text(encoding="utf-8")
    style = (built / "_static" / "book.css").read_text(encoding="utf-8")
    classes = re.findall(r'class="(-Color[^"]*)"', terminal)
    assert len(classes) == 2
    for color in ("Red", "Green"):
        assert any(f"-{color}" in name for name in classes)
        assert f'[class*="-{color}"]' in style
