"""The search dialog, the formula sheet and the glossary: what is looked up is found at its place."""

import re
import shutil
from pathlib import Path

import pytest

from superposition import formulas
from theme.search import anchor_of
from tools import pack

BUILT = Path(__file__).parents[2] / "_build" / "html"
FOUND = ".search-dialog .found a"


def ask(page, words):
    page.keyboard.press("ControlOrMeta+k")
    page.locator(".search-dialog input").fill(words)
    page.locator(FOUND).first.wait_for()


@pytest.fixture
def glossary(site, new_page):
    page = new_page()
    page.goto(f"{site}/book/glossary.html")
    return page


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("Welch bound", r"book/(directions\.html#|formula_sheet\.html#formula-welch)"),
        ("max_active", r"book/formula_sheet\.html#formula-max-active$"),
        (r"\frac{n}{8 \ln m}", r"book/formula_sheet\.html#formula-max-active$"),
        ("probability that an absent feature reads above", r"book/formula_sheet\.html#formula-false-alarm"),
        ("adversari", r"book/sparsity\.html"),
        ("polysemantic", r"book/glossary\.html"),
        ("adversarial_set", r"book/library\.html#superposition\.simulate\.adversarial_set$"),
    ],
)
def test_the_search_opens_at_the_place(glossary, words, place):
    ask(glossary, words)
    addresses = glossary.locator(FOUND).evaluate_all("(all) => all.slice(0, 8).map((link) => link.href)")
    assert any(re.search(place, address) for address in addresses), addresses


def test_the_first_result_is_gone_to_by_enter_and_others_by_the_arrows(glossary):
    ask(glossary, "max_active")
    glossary.keyboard.press("ArrowDown")
    glossary.keyboard.press("ArrowDown")
    glossary.keyboard.press("ArrowUp")
    glossary.keyboard.press("ArrowUp")
    glossary.keyboard.press("Enter")
    glossary.wait_for_url("**/book/formula_sheet.html#formula-max-active")
    assert not glossary.locator(".search-dialog").is_visible()
    box = glossary.locator("#formula-max-active").bounding_box()
    assert 0 <= box["y"] < 400


def test_the_dialog_closes_and_gives_the_focus_back(glossary):
    field = glossary.locator(".top .search input")
    field.click()
    assert glossary.locator(".search-dialog").is_visible()
    glossary.keyboard.press("Escape")
    assert not glossary.locator(".search-dialog").is_visible()
    assert field.evaluate("(field) => field === document.activeElement")


def test_what_is_not_there_is_said_not_to_be(glossary):
    glossary.keyboard.press("/")
    glossary.locator(".search-dialog input").fill("qwertzuiop")
    glossary.get_by_text("Nothing found.").wait_for()
    glossary.locator(".search-dialog input").fill("<img src=x onerror=alert(1)>")
    assert glossary.locator(".search-dialog img").count() == 0


def test_the_search_works_from_a_folder_and_on_a_phone(new_page):
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto((BUILT / "book" / "sparsity.html").as_uri())
    page.get_by_role("link", name="Search the book").click()
    page.locator(".search-dialog input").fill("tight frame")
    page.locator(FOUND).first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(FOUND).first.click()
    page.wait_for_url(re.compile(r"^file:.*\.html"))


def test_the_search_page_keeps_the_question_in_its_address(site, new_page):
    page = new_page()
    page.goto(f"{site}/search.html?q=sparsity")
    page.locator(".found a", has_text="Sparsity").first.wait_for()
    page.locator(".search-page input").fill("relay")
    page.wait_for_url("**/search.html?q=relay")


def test_every_formula_stands_in_the_sheet_and_can_be_copied(site, new_page):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{site}/book/formula_sheet.html")
    anchors = set(page.locator(".formula").evaluate_all("(all) => all.map((block) => block.id)"))
    assert anchors == {anchor_of(name) for name in formulas.registry}
    block = page.locator("#formula-max-active")
    block.get_by_role("button", name="copy as TeX").click()
    assert page.evaluate("navigator.clipboard.readText()") == formulas.max_active.equation
    block.get_by_role("button", name="copy as Python").click()
    assert page.evaluate("navigator.clipboard.readText()") == "formulas.max_active(m=m, n=n)"
    assert block.get_by_role("link", name="where it is derived").get_attribute("href").startswith("sparsity.html#")
    assert block.get_by_role("link", name="explorer").count() > 0


def test_a_formula_s_name_in_a_chapter_leads_to_its_place_in_the_sheet(site, new_page):
    page = new_page()
    page.goto(f"{site}/book/sparsity.html")
    page.locator(".standing a", has_text="max_active(").first.click()
    page.wait_for_url("**/book/formula_sheet.html#formula-max-active")


def test_the_packed_site_opens_from_its_folder_with_all_it_needs(tmp_path, new_page):
    packed = [tmp_path / name for name in ("price-of-superposition.zip", "again/price-of-superposition.zip")]
    packed[1].parent.mkdir()
    for target in packed:
        pack.pack(BUILT, target)
    assert packed[0].read_bytes() == packed[1].read_bytes()
    shutil.unpack_archive(packed[0], tmp_path / "folder")
    page = new_page()
    page.goto((tmp_path / "folder" / "price-of-superposition" / "index.html").as_uri())
    page.wait_for_url("**/book/index.html")
    page.get_by_role("link", name="Sparsity").first.click()
    page.locator("#two-bells.sp-ready").wait_for()
