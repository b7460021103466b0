"""What the footer of each page offers: its slides, its PDF and the packed book, each where it has been made."""

import os
import re
from pathlib import Path

FOLDER = "_downloads"
PACKED = "price-of-superposition.zip"
OFFERED = re.compile(r'<p class="downloads">.*?</p>\n')
ZIP = re.compile(rf'<a href="[^"]*{re.escape(PACKED)}" download>.*?</a>')


def pages(site):
    """The pages of the book, without the search and the like."""
    return sorted((site / "book").rglob("*.html"))


def pdf_of(site, page):
    """Where the PDF of a page is kept."""
    name = page.relative_to(site / "book").with_suffix(".pdf").as_posix().replace("/", "-")
    return site / FOLDER / name


def slides_of(site, page):
    """Where the slides of a page are kept."""
    return site / "slides" / page.name


def offer(site):
    """Let every page link to what there is, and to nothing else."""
    packed = site / FOLDER / PACKED
    for page in pages(site):
        text = OFFERED.sub("", page.read_text(encoding="utf-8"))
        there = [
            (slides_of(site, page), "Slides", ""),
            (pdf_of(site, page), "This page as PDF", " download"),
            (packed, "The whole book, to read offline", " download"),
        ]
        links = [
            f'<a href="{Path(os.path.relpath(file, page.parent)).as_posix()}"{how}>{words}</a>'
            for file, words, how in there
            if file.exists()
        ]
        offered = f'<p class="downloads">{" · ".join(links)}</p>\n' if links else ""
        page.write_text(text.replace("</footer>", f"{offered}</footer>"), encoding="utf-8")


def without_zip(text):
    """The text of a page as it stands inside the packed book, which does not hold itself."""
    return ZIP.sub("", text).replace(" · </p>", "</p>").replace('<p class="downloads"></p>\n', "")
