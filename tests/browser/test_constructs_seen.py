"""The constructs that an author may use, as a reader sees them: in their place, and no wider than a phone."""

import pytest

from tests import constructs

BOX = "(element) => { const { left, right, top, bottom } = element.getBoundingClientRect(); return { left, right, top, bottom } }"


@pytest.fixture(scope="module")
def book(serve, tmp_path_factory):
    return serve(constructs.build(tmp_path_factory.mktemp("constructs")))


def shown(new_page, book, width, **options):
    page = new_page(viewport={"width": width, "height": 900}, **options)
    page.goto(f"{book}/book/page.html")
    return page


def box(page, selector):
    return page.locator(selector).first.evaluate(BOX)


def test_nothing_widens_the_page_of_a_phone(new_page, book):
    page = shown(new_page, book, 390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    formula = page.locator(".math.long")
    assert formula.evaluate("(formula) => formula.scrollWidth > formula.clientWidth && formula.tabIndex === 0")
    assert box(page, "iframe")["right"] <= 390


def test_a_note_stands_in_the_margin_where_there_is_one_and_in_line_elsewhere(new_page, book):
    for width in (1280, 1600):
        page = shown(new_page, book, width)
        note, text = box(page, ".margin"), box(page, "article > section > p")
        assert text["right"] < note["left"] < note["right"] <= width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page = shown(new_page, book, 1100)
    note, text = box(page, ".margin"), box(page, "article > section > p")
    assert (note["left"], note["right"]) == (text["left"], text["right"])
    assert note["bottom"] <= text["top"]


def test_dropdowns_open_by_their_title(new_page, book):
    page = shown(new_page, book, 1280)
    assert page.get_by_text("Open at first.").is_visible()
    assert not page.get_by_text("Folded at first.").is_visible()
    page.locator("details.admonition > summary").first.click()
    assert page.get_by_text("Folded at first.").is_visible()


def test_copied_code_has_no_line_numbers(new_page, book):
    page = shown(new_page, book, 1280, permissions=["clipboard-read", "clipboard-write"])
    block = page.locator("div.highlight-python div.highlight").first
    assert "1" in block.locator(".linenos").first.inner_text()
    block.hover()
    block.get_by_role("button", name="Copy").click()
    assert page.evaluate("navigator.clipboard.readText()") == "first = 1\nsecond = 2"


def test_paragraphs_of_a_footnote_stand_below_one_another(new_page, book):
    page = shown(new_page, book, 1280)
    first, second = page.locator("aside.footnote > p").evaluate_all(f"(all) => all.map({BOX})")
    assert first["left"] == second["left"] > box(page, "aside.footnote > .label")["left"]
    assert first["bottom"] <= second["top"]


def test_asides_tables_figures_and_keys_stand_out_from_the_text(new_page, book):
    page = shown(new_page, book, 1280)
    text = box(page, "article > section > p")
    assert box(page, "table.align-right")["right"] == pytest.approx(text["right"], abs=1)
    assert box(page, "figure.align-right")["right"] == pytest.approx(text["right"], abs=1)
    assert box(page, "aside.sidebar")["left"] > text["left"] + 100
    style = "(element) => [getComputedStyle(element).fontWeight, getComputedStyle(element).borderLeftWidth]"
    assert page.locator(".rubric").evaluate(style)[0] == "600"
    assert page.locator(".topic").first.evaluate(style)[1] == "3px"
    assert page.locator("kbd").evaluate(style)[1] == "1px"


def test_terminal_colours_can_be_told_apart(new_page, book):
    page = new_page()
    page.goto(f"{book}/book/terminal.html")
    colors = "(all) => all.map((part) => getComputedStyle(part).color)"
    shades = page.locator(".cell_output pre, .cell_output [class*='-Color']").evaluate_all(colors)
    assert len(set(shades)) == len(shades) == 3


def test_a_numbered_equation_is_previewed_where_it_is_referred_to(new_page, book):
    page = shown(new_page, book, 1280)
    page.locator("a[href='#equation-eq-energy']:not(.headerlink)").hover()
    page.locator("#preview:popover-open").wait_for()
    assert page.locator("#preview annotation").text_content() == "e = m c^2"
