"""Lecture slides: every figure, explorer and question of a chapter, in a deck that is turned by keyboard and lives."""

import shutil

import pytest

from conftest import BUILT
from tools import offers, slides

CHAPTER = "sparsity"


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    site = tmp_path_factory.mktemp("slides") / "html"
    shutil.copytree(BUILT, site, ignore=shutil.ignore_patterns("slides", offers.FOLDER))
    slides.make_slides(site, [CHAPTER])
    return site


@pytest.fixture
def deck(copy, serve, new_page):
    page = new_page()
    page.goto(f"{serve(copy)}/slides/{CHAPTER}.html")
    page.wait_for_function("() => window.Reveal?.isReady()")
    return page


def test_every_chapter_with_exercises_has_a_deck():
    assert {"directions", "sparsity", "booleanish", "is_it_a_win"} <= {page.stem for page in slides.chapters(BUILT)}


def turn(page):
    """Press the space bar to the end; return the ids of the explorers that came by and how many plots and questions."""
    explorers, plots, questions = [], 0, 0
    for _ in range(page.evaluate("Reveal.getTotalSlides()")):
        here = page.locator("section.present:not(.stack)").last
        explorers += here.locator("figure.sp-explorer").evaluate_all("(all) => all.map((figure) => figure.id)")
        plots += here.locator("figure > svg.plot, figure > p > svg.plot, .cell_output figure svg.plot").count()
        questions += here.locator(".sp-question").count()
        page.keyboard.press("Space")
    return explorers, plots, questions


def test_the_deck_shows_every_figure_explorer_and_question_outside_folds(deck, site, new_page):
    explorers, plots, questions = turn(deck)
    chapter = new_page()
    chapter.goto(f"{site}/book/{CHAPTER}.html")
    outside = "(all) => all.filter((each) => !each.closest('details')).map((each) => each.id)"
    assert explorers == chapter.locator("figure.sp-explorer").evaluate_all(outside)
    assert len(explorers) >= 3
    assert plots == len(chapter.locator("figure svg.plot").evaluate_all(outside)) > 0
    assert questions == len(chapter.locator(".sp-question").evaluate_all(outside)) > 0


def test_an_explorer_lives_in_the_deck_and_keeps_the_arrow_keys(deck):
    for _ in range(60):
        figure = deck.locator("section.present:not(.stack)").last.locator("figure.sp-explorer.sp-ready")
        if figure.count():
            break
        deck.keyboard.press("Space")
    shown, before = deck.evaluate("Reveal.getSlidePastCount()"), figure.locator("output, .sp-text").all_inner_texts()
    figure.locator("input[type=range]").first.focus()
    deck.keyboard.press("ArrowRight")
    assert figure.locator("output, .sp-text").all_inner_texts() != before
    assert deck.evaluate("Reveal.getSlidePastCount()") == shown


def test_the_page_links_to_its_deck_and_the_deck_to_the_book(copy, deck):
    assert '<a href="../slides/sparsity.html">Slides</a>' in (copy / "book/sparsity.html").read_text(encoding="utf-8")
    assert (
        "Slides"
        not in (copy / "book/directions.html")
        .read_text(encoding="utf-8")
        .rpartition("</footer>")[0]
        .rpartition("<footer")[2]
    )
    links = deck.locator("article a[href]").evaluate_all("(all) => all.map(({ href }) => href)")
    inside = [link for link in links if link.startswith("http://127.0.0.1")]
    assert inside
    assert all((copy / link.split("/", 3)[3].split("#")[0]).exists() for link in inside)
