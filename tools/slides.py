"""Lecture slides from the built chapters: `python -m tools.slides _build/html [NAME ...]`.

A deck follows from the structure of its chapter. Each section begins with its heading and first paragraph; then each figure,
explorer, question and formula of it has a slide of its own, with the paragraph that leads to it. What folds on the page,
exercises and further reading stay there. Explorers and questions live: the deck loads what its page loads.
"""

import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit

from bs4 import BeautifulSoup

from tools import offers

ROOT = Path(__file__).parents[1]
LEFT_OUT = ("Exercises", "Further reading")
SHOWN = "figure, .sp-question, p.standing"
LARGE = "figure"
WHOLE = ("ul", "ol", "table", "blockquote")

DECK = """<!DOCTYPE html>
<html lang="en" data-content_root="../">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · slides</title>
{head}
<link rel="stylesheet" href="reveal/reveal.css">
<link rel="stylesheet" href="slides.css">
<script defer src="reveal/reveal.js"></script>
<script defer src="slides.js"></script>
</head>
<body>
<main>
<article class="reveal">
{signs}
<div class="slides">
{slides}
</div>
</article>
</main>
</body>
</html>
"""


def slide(*parts):
    return "<section>\n{}\n</section>".format("\n".join(map(str, parts)))


def own(section):
    """What stands in a section itself, not in those within it."""
    return [child for child in section.find_all(recursive=False) if child.name != "section"]


def slides_of(section):
    """The slides of a section, in the order of its text."""
    heading, *rest = own(section)
    lead = next((child for child in rest if child.name == "p"), "")
    lists = [child for child in rest if child.name in WHOLE]
    made, before = [[heading, lead, *lists]], None
    for child in rest:
        if child.name == "p":
            before = child
        output = child.find(class_="cell_output") if child.name == "div" else None
        if not output or not output.select_one(SHOWN):
            continue
        if before is lead and len(made) == 1 and not output.select_one(LARGE):
            made[0].append(output)
        else:
            made.append([before or "", output])
        before = None
    made = [slide(*parts) for parts in made]
    for inner in section.find_all("section", recursive=False):
        made += slides_of(inner)
    return made


def deck(page):
    """The deck of a built page, as HTML."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    chapter = soup.select_one("article > section")
    for needless in chapter.select("a.headerlink, details.code, .cell_input, button.copies"):
        needless.decompose()
    for link in chapter.select("a[href]"):
        if not urlsplit(link["href"]).scheme:
            link["href"] = f"../book/{'' if not link['href'].startswith('#') else page.name}{link['href']}"
    head = soup.head.select('link[rel="stylesheet"], link[rel="icon"], script[src]')
    own_heading, *first = own(chapter)
    title = own_heading.get_text(strip=True)
    # the puzzle, then what a reader should be able to do after the chapter
    end = next((i for i, each in enumerate(first) if each.name == "ul"), len(first))
    stacks = [[slide(own_heading, *first[: end - 1]), slide(*first[end - 1 : end + 1])]]
    for section in chapter.find_all("section", recursive=False):
        if not section.find("h2").get_text().endswith(LEFT_OUT):
            stacks.append(slides_of(section))
    return DECK.format(
        title=title,
        head="\n".join(map(str, head)),
        signs=soup.select_one("article > svg.signs") or "",
        slides="\n".join("<section>\n{}\n</section>".format("\n".join(stack)) for stack in stacks),
    )


def chapters(site):
    """The built pages of the chapters: those with sections and exercises."""
    return [page for page in offers.pages(site) if 'id="exercises"' in page.read_text(encoding="utf-8")]


def make_slides(site, names=()):
    """Write the decks of these chapters, or of all."""
    folder = site / "slides"
    shutil.copytree(ROOT / "theme/vendor/reveal", folder / "reveal", dirs_exist_ok=True)
    for name in ("slides.css", "slides.js"):
        shutil.copy(ROOT / "theme/slides" / name, folder)
    for page in chapters(site):
        if not names or page.stem in names:
            text = deck(page)
            offers.slides_of(site, page).write_text(text, encoding="utf-8")
            print(f"{offers.slides_of(site, page)}", flush=True)
    offers.offer(site)


if __name__ == "__main__":
    make_slides(Path(sys.argv[1]), sys.argv[2:])
