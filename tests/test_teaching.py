"""The map of the chapters on the page for instructors says what its table says."""

import re
from pathlib import Path

BOOK = Path(__file__).parents[1] / "book"
PAGE = (BOOK / "teaching.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| \[[^\]]*\]\((\w+)\.ipynb\) \| ([^|]*) \|", re.MULTILINE)
# as the table names them, in short
NAMES = {
    "Directions": "directions",
    "Sparsity": "sparsity",
    "Boolean-ish": "booleanish",
    "Compounding noise": "compounding_noise",
    "The price of error correction": "error_correction",
    "From layer to layer": "error_correction_layers",
    "Is it a win?": "is_it_a_win",
}


def all_before(needs):
    """What each chapter needs, and what that needs in turn."""

    def reached(chapter):
        return needs[chapter].union(*map(reached, needs[chapter]))

    return {chapter: reached(chapter) for chapter in needs}


def test_the_map_of_chapters_shows_what_each_needs():
    table = {name: {NAMES[word] for word in re.findall(r"\*([^*]+)\*", words)} for name, words in ROW.findall(PAGE)}
    price_tag = table.pop("price_tag")
    arrows = re.findall(r'data-from="(\w+)" data-to="(\w+)"', (BOOK / "chapters.svg").read_text(encoding="utf-8"))
    drawn = {name: {start for start, end in arrows if end == name} for name in table}
    assert len(table) == 12
    assert all_before(drawn) == all_before(table)
    assert price_tag == set()  # it stands by itself


def test_the_map_is_told_in_words():
    assert re.search(r"!\[Arrows lead from chapter to chapter:[^\]]{100,}\]\(chapters\.svg\)", PAGE)
