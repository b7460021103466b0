"""The atlas as readers see it: all rows without a script, a field to search them, and each a setting of the price tag."""

import pytest

from superposition import formulas
from superposition.data.dictionaries import atlas
from superposition.explorer import format_value

FIELD = ".filter input"
TOLD = "(row) => `${row.closest('section').querySelector('h2').firstChild.textContent}\\t${row.innerText}`"
SHOWN = f"() => [...document.querySelectorAll('table.filtered tbody tr')].filter((row) => row.checkVisibility()).map({TOLD})"
TITLES = "() => [...document.querySelectorAll('h2')].filter((title) => title.checkVisibility()).map((title) => title.firstChild.textContent)"


@pytest.fixture
def address(site):
    return f"{site}/book/atlas.html"


@pytest.fixture(params=["wide", "phone"])
def table(request, address, open_page):
    page = open_page(address, request.param) if request.param == "phone" else open_page(address)
    yield page
    page.locator(FIELD).fill("")


def test_rows_stay_that_have_all_words_and_numbers(table):
    everything = table.evaluate(SHOWN)
    assert len(everything) > 1000
    table.locator(FIELD).fill("gemma 2 9b 131,072")
    found = table.evaluate(SHOWN)
    assert 0 < len(found) < 100
    assert all("Gemma 2 9B" in row and "131,072" in row for row in found)
    assert table.locator(".filter output").inner_text() == f"{len(found):,} of {len(everything):,} rows"
    assert table.evaluate(TITLES) == ["Gemma 2 9B", "Gemma 2 9B, instructed"]
    # numbers are found without their commas, and what is in no row is not
    table.locator(FIELD).fill("131072 GEMMA 9b 2 ")
    assert table.evaluate(SHOWN) == found
    table.locator(FIELD).fill("a network of nobody")
    assert table.evaluate(SHOWN) == []
    table.locator(FIELD).fill("")
    assert table.evaluate(SHOWN) == everything
    assert table.locator(".filter output").inner_text() == f"{len(everything):,} rows"


def test_field_is_reached_and_used_by_keyboard(address, new_page):
    page = new_page()
    page.goto(address)
    page.get_by_label("Show the rows with these words and numbers").focus()
    page.keyboard.type("gpt-2 24576 0")
    # a field alone of its kind, then the links of the rows that are left
    for _ in range(3):
        page.keyboard.press("Tab")
        if page.evaluate(
            "document.activeElement.closest('table.filtered') !== null && document.activeElement.matches('a')"
        ):
            break
    row = page.evaluate(f"({TOLD})(document.activeElement.closest('tr'))")
    assert row.startswith("GPT-2 small")
    page.keyboard.press("Enter")
    page.locator("#price-tag.sp-ready").wait_for()


def test_nothing_is_hidden_and_no_field_is_there_without_javascript(address, open_page):
    page = open_page(address, "plain")
    assert page.locator(FIELD).count() == 0
    assert page.evaluate(TITLES) == sorted({a.network for a in atlas()})
    rows = {(a.network, a.layer, a.neurons, a.features) for a in atlas()}
    assert page.locator("table.filtered tbody tr").count() == len(rows)


def test_a_row_sets_the_price_tag_to_its_dictionary(address, site, new_page):
    page = new_page()
    page.goto(address)
    one = next(a for a in atlas() if a.network == "Gemma 2 9B" and a.features == 131_072)
    page.locator(FIELD).fill(f"Gemma 2 9B {one.features}")
    page.locator("table.filtered tbody tr:visible a").first.click()
    page.locator("#price-tag.sp-ready").wait_for()
    sizes = page.evaluate("Object.fromEntries(new URLSearchParams(location.hash.split('?')[1]))")
    assert (int(sizes["n"]), int(sizes["m"])) == (one.neurons, one.features)
    limit = format_value(formulas.max_active(m=one.features, n=one.neurons))
    assert limit in page.locator("#price-tag").inner_text()
