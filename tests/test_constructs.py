"""The constructs that an author may use come out of the build as they should."""

import re
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pytest

from tests import constructs
from theme import repository

SITE = "https://someone.github.io/price/"

# a book is built
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return constructs.build(tmp_path_factory.mktemp("constructs"), site_url=SITE)


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
    classes = re.findall(r'class=" (-Color[^"]*)"', terminal)
    assert len(classes) == 2
    for color in ("Red", "Green"):
        assert any(f"-{color}" in name for name in classes)
        assert f'[class*="-{color}"]' in style


def test_with_an_address_pages_have_a_card_and_a_place_in_the_sitemap(built):
    assert repository.site_url(f"[project.urls]\nDocumentation = '{SITE[:-1]}'\n") == SITE
    places = ElementTree.parse(built / "sitemap.xml").getroot()
    assert [place.findtext("{*}loc") for place in places] == [f"{SITE}book/page.html", f"{SITE}book/terminal.html"]
    assert f"Sitemap: {SITE}sitemap.xml" in (built / "robots.txt").read_text(encoding="utf-8")
    head = (built / "book" / "terminal.html").read_text(encoding="utf-8")
    card = dict(re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]*)" content="([^"]*)">', head))
    assert card["og:url"] == f"{SITE}book/terminal.html"
    assert card["og:type"] == "article"
    assert card["og:title"] == "Terminal"
    assert card["twitter:card"] == "summary_large_image"
    assert card["og:image"].startswith(SITE)
    picture = plt.imread(built / card["og:image"].removeprefix(SITE))
    assert picture.shape[:2] == (int(card["og:image:height"]), int(card["og:image:width"])) == (630, 1200)
    assert len(np.unique(picture.reshape(-1, picture.shape[2]), axis=0)) > 100


@pytest.mark.parametrize("address", ["http://someone.github.io/", "https://", "https://a.org/?page=1", "a.org"])
def test_an_address_of_a_site_that_cannot_be_one_is_refused(address):
    with pytest.raises(ValueError, match=re.escape(repr(address)) + ".*accepted is https://HOST/PATH/"):
        repository.site_url(f"[project.urls]\nDocumentation = '{address}'\n")
