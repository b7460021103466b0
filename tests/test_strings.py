"""What readers are told by script stands in one place of each side, where a translation can begin."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPTS = sorted(
    [
        *(ROOT / "lib/superposition/explorer").glob("*.js"),
        *(ROOT / "lib/superposition/question").glob("*.js"),
        *(ROOT / "theme/book/static").glob("*.js"),
        *(ROOT / "theme/slides").glob("*.js"),
    ]
)
SAY = re.compile(r"^(?:export )?const SAY = \{.*?^\};$", re.MULTILINE | re.DOTALL)
SELECTOR = re.compile(r"(?:querySelector(?:All)?|closest|matches)\??\.?\(([\"'`]).*?\1")
COMMENT = re.compile(r"^\s*//.*$|\s// .*$", re.MULTILINE)
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`')
INSERTED = re.compile(r"\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")
# names of keys, and of what JavaScript has
NAMES = {"use strict", "Enter", "Escape", "ArrowDown", "ArrowUp", "Math", "NaN", "Infinity"}
TOLD = re.compile(r"[A-Z][a-z]{2,}[.:?!]?|[A-Za-z',]+ [A-Za-z',. %:-]*[A-Za-z.?!:]|[^-].*[A-Za-z]{2,}[.?!:]")


def told(source):
    """The literals of a script that read like words for people, outside of its `SAY`."""
    for found in LITERAL.finditer(SELECTOR.sub("", COMMENT.sub("", SAY.sub("", source)))):
        literal = found[1] if found[1] is not None else found[2]
        text = INSERTED.sub("", literal).strip()
        if TOLD.fullmatch(text) and text not in NAMES and (text == literal.strip() or " " in text):
            yield text


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_words_for_readers_stand_in_one_place(script):
    thrown = re.findall(r"new Error\((.*)\)", script.read_text(encoding="utf-8"))
    assert [
        text for text in told(script.read_text(encoding="utf-8")) if not any(text[:20] in each for each in thrown)
    ] == []


def test_words_are_found_where_they_stand():
    script = 'const a = "Copy link"; b.title = `The first ${n} places`; c("Play"); d = "sp-plot"; e = "use strict";'
    assert list(told(script)) == ["Copy link", "The first  places", "Play"]
    assert list(told('const SAY = {\n  play: "Play",\n};\n')) == []


def test_both_sides_have_their_words_in_one_place():
    having = [path.name for path in SCRIPTS if SAY.search(path.read_text(encoding="utf-8"))]
    assert having == ["strings.js", "question.js", "book.js"]
