"""What instructors rely on: the map of the chapters says what its table says, and every exercise has a hint."""

import json
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


def exercises():
    """Each exercise of each chapter, by chapter and number."""
    for path in sorted(BOOK.glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            _, title, text = "".join(cell["source"]).partition("## Exercises\n")
            if title:
                parts = re.split(r"^\*\*(\d+)\.\*\*", text, flags=re.MULTILINE)
                yield from ((path.stem, number, words) for number, words in zip(parts[1::2], parts[2::2], strict=True))


def test_every_exercise_has_a_hint_before_its_solution():
    found = list(exercises())
    assert {chapter for chapter, _, _ in found} == set(NAMES.values()) | {
        "readouts",
        "occurrence",
        "training",
        "weights",
        "dictionary",
    }
    folds = re.compile(r"<summary>(\w+)</summary>")
    assert [exercise[:2] for exercise in found if folds.findall(exercise[2])[-2:] != ["Hint", "Solution"]] == []
