"""What is shown beside a link or a letter that is pointed at: the right thing, out of the way, and gone when asked."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from test_site import BARE

from superposition.symbols import NOTATION

BUILT = Path(__file__).parents[2] / "_build" / "html"
CHAPTER = "book/sparsity.html"
PHONE = {"viewport": {"width": 390, "height": 844}}
FORMULA = "article .standing a[href$='#formula-max-active']"
CITATION = "article a[href*='references.html#']"
LETTER = "article p > [data-letter='m'] .mord:visible"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:"
)
APART = """([one, other]) => {
  const [a, b] = [one, other].map((element) => element.getBoundingClientRect());
  return (a.bottom <= b.top || b.bottom <= a.top) && a.left >= 0 && a.right <= innerWidth && a.top >= 0 && a.bottom <= innerHeight; }"""


def point(page, selector):
    """Point at the first of some elements and return its preview."""
    link = page.locator(selector).first
    link.scroll_into_view_if_needed()
    link.hover()
    return shown(page)


def shown(page):
    page.locator("#preview:popover-open").wait_for()
    return page.locator("#preview")


def gone(page):
    page.wait_for_function("() => !document.querySelector('#preview:popover-open')")


@pytest.fixture
def chapter(site, open_page):
    page = open_page(f"{site}/{CHAPTER}")
    page.mouse.move(5, 5)
    gone(page)
    return page


@pytest.mark.parametrize(
    ("selector", "words"),
    [
        (FORMULA, "active features"),
        (CITATION, "Linda Linsefors. Some costs of superposition."),
        (LETTER, next(entry.meaning for entry in NOTATION if entry.math == "m")),
        ("article a[href='directions.html']", "Directions"),
        ("article a[href='glossary.html']", "Glossary"),
    ],
)
def test_a_preview_says_what_the_link_leads_to(site, open_page, selector, words):
    for name in ("sparsity", "what_it_adds", "index"):
        page = open_page(f"{site}/book/{name}.html")
        if page.locator(selector).count():
            break
    box = point(page, selector)
    assert words.lower() in box.inner_text().lower()
    assert page.locator(selector).first.evaluate("(link) => link.closest('[aria-describedby=preview]') !== null")


def test_a_formula_is_previewed_as_the_sheet_has_it(chapter, site, new_page):
    box = point(chapter, FORMULA)
    sheet = new_page()
    sheet.goto(f"{site}/book/formula_sheet.html")
    entry = sheet.locator("#formula-max-active")
    for part in (".math-scroll", ".standing"):
        assert box.locator(part).inner_text() == entry.locator(part).inner_text()
    assert box.locator("a, [id], button").count() == 0


@pytest.mark.parametrize("options", [{}, PHONE], ids=["wide", "phone"])
def test_a_preview_stays_off_what_it_belongs_to_and_in_the_window(site, new_page, options):
    page = new_page(**options)
    page.goto(f"{site}/{CHAPTER}")
    for selector in (FORMULA, CITATION, LETTER):
        for where in ("start", "center", "end"):
            link = page.locator(selector).first
            link.evaluate(f"(link) => link.scrollIntoView({{ block: '{where}' }})")
            page.evaluate(f"scrollBy(0, {dict(start=-40, center=0, end=20)[where]})")
            box = point(page, selector)
            apart = page.evaluate(APART, [box.element_handle(), link.element_handle()])
            assert apart, (selector, where)
            page.keyboard.press("Escape")
            gone(page)
            page.mouse.move(0, 0)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_the_pointer_can_go_into_a_preview_which_stays_until_it_leaves(chapter):
    box = point(chapter, FORMULA)
    chapter.wait_for_timeout(700)
    assert box.is_visible()
    place = box.bounding_box()
    chapter.mouse.move(place["x"] + 20, place["y"] + 10, steps=4)
    chapter.wait_for_timeout(700)
    assert box.is_visible()
    chapter.mouse.move(5, 5)
    gone(chapter)


def test_escape_sends_a_preview_away_for_as_long_as_the_pointer_stays(chapter):
    point(chapter, LETTER)
    chapter.keyboard.press("Escape")
    gone(chapter)
    place = chapter.locator(LETTER).first.bounding_box()
    for step in range(4):
        chapter.mouse.move(place["x"] + 2 + step, place["y"] + place["height"] / 2 + step / 2)
    chapter.wait_for_timeout(500)
    assert chapter.locator("#preview:popover-open").count() == 0
    chapter.mouse.move(5, 5)
    chapter.wait_for_timeout(100)
    point(chapter, LETTER)


def test_focus_by_keyboard_shows_a_preview_and_a_click_does_not(chapter):
    link = chapter.locator(FORMULA).first
    link.scroll_into_view_if_needed()
    link.evaluate("(link) => link.addEventListener('click', (event) => event.preventDefault())")
    link.click()
    chapter.mouse.move(5, 5)
    gone(chapter)
    chapter.keyboard.press("Shift+Tab")
    chapter.keyboard.press("Tab")
    shown(chapter)
    chapter.keyboard.press("Escape")
    gone(chapter)
    assert link.evaluate("(link) => link === document.activeElement")


def test_a_letter_is_tapped_and_tapped_away(site, new_page):
    page = new_page(**PHONE, has_touch=True, is_mobile=True)
    page.goto(f"{site}/{CHAPTER}")
    letter = page.locator(LETTER).first
    letter.scroll_into_view_if_needed()
    letter.tap()
    assert "features that have a direction" in shown(page).inner_text()
    page.locator("article h2").first.tap()
    gone(page)


def test_letters_are_one_stop_of_the_keyboard(site, new_page):
    chapter = new_page()  # where the keyboard begins at its head
    chapter.goto(f"{site}/{CHAPTER}")
    assert chapter.locator("[data-letter][tabindex]").count() == 0
    chapter.keyboard.press("Tab")
    chapter.keyboard.press("Tab")
    chapter.keyboard.press("Enter")
    dialog = chapter.get_by_role("dialog", name="Letters on this page")
    dialog.wait_for()
    used = chapter.locator("article [data-letter]").evaluate_all("(all) => all.map((each) => each.dataset.letter)")
    assert dialog.get_by_role("listitem").count() == len(set(used)) > 5
    assert "features active at once" in dialog.inner_text()
    chapter.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert chapter.evaluate("document.activeElement.textContent") == "Letters on this page"


@pytest.mark.parametrize("selector", [FORMULA, CITATION, LETTER])
def test_previews_work_from_a_folder_and_load_nothing_before(new_page, selector):
    page = new_page()
    loaded = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto((BUILT / CHAPTER).as_uri())
    assert not any("_static/previews/" in url for url in loaded)
    assert len(point(page, selector).inner_text()) > 20
    assert sum("_static/previews/" in url for url in loaded) == 1


def test_previews_work_under_a_strict_policy_and_bring_the_style_of_their_mathematics(site, new_page):
    page = new_page()

    def guarded(route):
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": POLICY})

    page.route("**/*.html", guarded)
    page.goto(f"{site}/book/references.html")
    page.evaluate("""() => {
      const link = Object.assign(document.createElement("a"), { href: "formula_sheet.html#formula-max-active", textContent: "a formula" });
      document.querySelector("article p").prepend(link); }""")
    box = point(page, "article p a[href^=formula_sheet]")
    page.wait_for_function("() => document.querySelector('#preview .katex-mathml').getBoundingClientRect().width <= 1")
    assert "Active features" in box.inner_text()


@pytest.mark.parametrize("mode", [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"forced_colors": "active"}])
def test_a_preview_can_be_read_and_is_not_printed(site, new_page, mode):
    page = new_page(**PHONE, **mode)
    page.goto(f"{site}/{CHAPTER}")
    point(page, FORMULA)
    page.evaluate(BARE)
    found = Axe().run(page, context="#preview", options={"runOnly": ["color-contrast", "aria-tooltip-name"]})
    assert found.response["violations"] == []
    assert page.locator("#preview").evaluate("(box) => getComputedStyle(box).borderTopWidth") == "1px"
    page.emulate_media(media="print")
    assert not page.locator("#preview").is_visible()
