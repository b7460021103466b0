"""How a page reads: its code folded, its checks and standings set apart, its formulas copied and printed as they should be."""

import io
import re

import pytest
from PIL import Image
from test_site import READ

from conftest import ALL_LAID_OUT, BUILT

DRAWN = [
    f"book/{page.name}" for page in sorted((BUILT / "book").glob("*.html")) if 'class="plot"' in page.read_text("utf-8")
]
PHONE = {"width": 390, "height": 844}
CODE = "article details.code"


@pytest.fixture
def chapter(site, open_page):
    return open_page(f"{site}/book/sparsity.html")


def opened(page):
    return page.locator(CODE).evaluate_all("(all) => all.map((details) => details.open)")


def test_code_is_folded_until_the_reader_wants_it_and_the_choice_stays(site, new_page):
    chapter = new_page()
    chapter.goto(f"{site}/book/sparsity.html")
    assert len(opened(chapter)) > 40
    assert not any(opened(chapter))
    switch = chapter.get_by_role("button", name="Show the code")
    assert switch.get_attribute("aria-pressed") == "false"
    switch.click()
    assert all(opened(chapter))
    chapter.goto(f"{site}/book/directions.html")
    assert all(opened(chapter))
    switch.focus()
    chapter.keyboard.press("Enter")
    assert not any(opened(chapter))
    chapter.reload()
    assert not any(opened(chapter))


def test_one_cell_s_code_opens_alone(chapter):
    chapter.locator(f"{CODE} > summary").nth(3).click()
    assert opened(chapter).count(True) == 1
    assert chapter.locator(CODE).nth(3).locator("pre").is_visible()


def test_code_folds_without_javascript_too(site, new_page):
    page = new_page(java_script_enabled=False, viewport=PHONE)
    page.goto(f"{site}/book/sparsity.html")
    first = page.locator(CODE).first
    assert not first.locator("pre").is_visible()
    first.locator("summary").click()
    assert first.locator("pre").is_visible()
    assert page.get_by_role("button", name="Show the code").count() == 0


def test_a_page_without_code_has_no_switch(site, new_page):
    page = new_page()
    page.goto(f"{site}/search.html")
    assert not page.locator(".code-switch").is_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_mark_of_a_cell_is_large_enough_to_touch_and_stands_on_the_page(chapter, width):
    chapter.set_viewport_size({"width": width, "height": 800})
    chapter.evaluate("document.querySelectorAll('article details:not(.code)').forEach((fold) => { fold.open = true; })")
    boxes = chapter.locator(f"{CODE} > summary").evaluate_all(
        "(all) => all.map((mark) => mark.getBoundingClientRect()).map(({ left, right, width, height }) => ({ left, right, width, height }))"
    )
    for box in boxes:
        assert box["width"] >= 24
        assert box["height"] >= 24
        assert 0 <= box["left"] < box["right"] <= width


# Cells that show nothing, between two things that show something: the room between those, and what is theirs anyway.
ROOM = """() => [...document.querySelectorAll("article .silent")]
  .map(({ previousElementSibling: before, nextElementSibling: after }) => [before, after])
  .filter((two) => two.every((each) => each?.checkVisibility() && each.offsetHeight > 0))
  .map(([before, after]) => [after.getBoundingClientRect().top - before.getBoundingClientRect().bottom, parseFloat(getComputedStyle(before).marginBottom)])"""


def test_a_cell_that_shows_nothing_leaves_no_gap(chapter):
    for width in (390, 1280):
        chapter.set_viewport_size({"width": width, "height": 800})
        found = chapter.evaluate(ROOM)
        assert len(found) > 10
        for room, own in found:
            assert room < own + 5


# How far the marks reach over one another and over what the cells show, where they are not beside it.
COVERED = """() => {
  const boxes = (what) => [...document.querySelectorAll(what)].filter((part) => part.checkVisibility()).map((part) => part.getBoundingClientRect());
  const both = (one, other) => Math.min(one.right, other.right) > Math.max(one.left, other.left)
    ? Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) : -1;
  const marks = boxes("article details.code > summary"), shown = boxes(".cell_output > *");
  return [
    Math.max(...marks.flatMap((mark, i) => marks.slice(i + 1).map((other) => both(mark, other)))),
    Math.max(...marks.flatMap((mark) => shown.map((part) => both(mark, part)))),
  ];
}"""


def test_marks_of_cells_lie_neither_on_one_another_nor_on_what_is_shown(chapter):
    for width in (390, 800, 1280):
        chapter.set_viewport_size({"width": width, "height": 800})
        each_other, shown = chapter.evaluate(COVERED)
        assert each_other <= 0
        assert shown < 5


# Whether the first letter after a formula, if it closes, stands in the line below.
PARTED = """() => [...document.querySelectorAll("span.math:not(.long)")].filter((formula) => {
  const after = formula.nextSibling;
  if (after?.nodeType !== Node.TEXT_NODE || !/^[.,;:!?)]/.test(after.data)) return false;
  const mark = document.createRange();
  mark.setStart(after, 0);
  mark.setEnd(after, 1);
  return formula.innerText.length < 12 && mark.getBoundingClientRect().left < formula.getBoundingClientRect().left;
}).map((formula) => formula.parentElement.innerText)"""


def test_no_line_begins_with_the_full_stop_after_a_formula(site, new_page):
    page = new_page(viewport=PHONE)
    page.goto(f"{site}/book/directions.html")
    page.add_style_tag(content=ALL_LAID_OUT)
    page.evaluate("""async () => {
      for (const fold of document.querySelectorAll("details")) fold.open = true;
      await document.fonts.ready;
    }""")
    assert page.evaluate(PARTED) == []


def test_storage_that_is_denied_breaks_nothing(site, new_page):
    page = new_page()
    failures = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied'); } })")
    page.goto(f"{site}/book/sparsity.html")
    page.get_by_role("button", name="Show the code").click()
    assert all(opened(page))
    page.get_by_role("button", name="Colours: auto").click()
    page.get_by_role("button", name="Colours: light").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert not failures


def test_paper_keeps_the_folds_and_has_the_solutions_at_its_end(chapter):
    before = opened(chapter)
    chapter.evaluate("dispatchEvent(new Event('beforeprint'))")
    chapter.emulate_media(media="print", color_scheme="dark")
    assert opened(chapter) == before
    answers = chapter.locator("article details.answer")
    assert not answers.first.is_visible()
    end = chapter.locator(".answers-at-the-end")
    assert end.is_visible()
    headings = end.locator("h3").all_inner_texts()
    assert len(headings) == answers.count() > 3
    questions = chapter.locator(".sp-question").count()
    assert headings[0] == "Question 1. Hint"
    assert [heading for heading in headings if heading.startswith(f"Question {questions}. ")]
    exercises = [heading for heading in headings if not heading.startswith("Question ")]
    assert exercises[0].startswith("1. ")
    assert exercises[-1].startswith("1. ") is False
    assert end.locator(".katex").first.is_visible()
    chapter.emulate_media(media="screen")
    chapter.evaluate("dispatchEvent(new Event('afterprint'))")
    assert end.count() == 0


def test_a_formula_is_copied_as_its_tex(site, new_page):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{site}/book/sparsity.html")
    formula = page.locator(".math-scroll").first
    formula.evaluate("(element) => getSelection().selectAllChildren(element)")
    page.keyboard.press("ControlOrMeta+c")
    assert page.evaluate("navigator.clipboard.readText()") == r"$$\varepsilon = \sqrt{\frac{8 \ln m}{n}}$$"


def test_the_last_section_is_marked_at_the_end_of_the_page(chapter):
    chapter.set_viewport_size({"width": 1400, "height": 1000})
    chapter.evaluate("scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' })")
    last = chapter.locator(".on-this-page.wide a").last
    chapter.wait_for_function("(link) => link.getAttribute('aria-current') === 'true'", arg=last.element_handle())


# Words of drawings that lie on other words, deeper than the room that letters have above and below them.
OVERLAPPING = """() => [...document.querySelectorAll("article .plot")].flatMap((drawing) => {
  const words = [...drawing.querySelectorAll("text")].filter((text) => text.textContent.trim());
  const boxes = words.map((text) => text.getBoundingClientRect());
  return boxes.flatMap((one, i) => boxes.slice(i + 1).flatMap((other, j) => {
    const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
    const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
    return across > 2 && down > 3 ? [`${words[i].textContent} / ${words[i + 1 + j].textContent}`] : [];
  }));
})"""


@pytest.mark.parametrize("name", DRAWN)
def test_words_of_drawings_do_not_lie_on_one_another(site, open_page, name):
    page = open_page(f"{site}/{name}")
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(OVERLAPPING) == [], width


# Words of drawings that stand out of their section, which cuts them off where it is laid out late.
CUT_OFF = """() => [...document.querySelectorAll("article > section > section")].flatMap((section) => {
  const room = section.getBoundingClientRect();
  const outside = (box) => box.width && (box.left < room.left || box.right > room.right);
  return [...section.querySelectorAll(".plot text")].filter((text) => outside(text.getBoundingClientRect()))
    .map((text) => text.textContent);
})"""


@pytest.mark.parametrize("name", DRAWN)
def test_no_section_of_a_phone_s_page_cuts_words_of_its_drawings_off(site, open_page, name):
    assert open_page(f"{site}/{name}", "phone").evaluate(CUT_OFF) == []


PICTURES = [page for page in READ if "<img" in (BUILT / page).read_text("utf-8")]


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_say_their_size_before_they_are_loaded(name):
    for picture in re.findall(r"<img [^>]*>", (BUILT / name).read_text("utf-8")):
        assert re.search(r' width="\d+" height="\d+"', picture), picture


def test_drawings_of_cells_are_no_files_of_their_own():
    kept = [path for path in (BUILT / "_images").glob("*.svg") if 'id="figure_1"' in path.read_text("utf-8")]
    assert kept == []


IN_SIGHT = """async (img) => {
  img.scrollIntoView({ block: "center" });
  await img.decode();
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const { x, y } = img.getBoundingClientRect();
  return { x: x + 1, y: y + 1, width: 3, height: 3 };
}"""


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_white_of_pictures_is_the_paper_of_the_page(site, new_page, colours):
    assert PICTURES
    page = new_page(viewport=PHONE, color_scheme=colours)
    for name in PICTURES:
        page.goto(f"{site}/{name}")
        paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        for img in page.locator("article img").all():
            corner = Image.open(io.BytesIO(page.screenshot(clip=img.evaluate(IN_SIGHT)))).convert("RGB")
            # turning lightness over and back is rounded
            assert corner.getpixel((1, 1)) == pytest.approx([int(n) for n in re.findall(r"\d+", paper)], abs=3), name


# Names in tables that stand on two lines, though they have no place to break at.
IN_TWO = """() => [...document.querySelectorAll("td code")].filter((code) =>
  !/[\\s/-]/.test(code.textContent) && new Set([...code.getClientRects()].map((box) => box.top)).size > 1)
  .map((code) => code.textContent)"""


@pytest.mark.parametrize("kind", ["wide", "phone"])
@pytest.mark.parametrize("name", ["book/notation.html", "book/teaching.html"])
def test_a_name_in_a_table_stays_in_one_piece(site, open_page, name, kind):
    assert open_page(f"{site}/{name}", kind).evaluate(IN_TWO) == []


def test_a_function_s_name_stays_in_one_piece_on_a_phone(site, open_page):
    names = open_page(f"{site}/book/library.html", "phone").locator("dt .sig-name")
    tall = """(names) => names.filter((name) =>
        name.getBoundingClientRect().height > 1.5 * parseFloat(getComputedStyle(name).lineHeight)).map((name) => name.textContent)"""
    assert names.count() > 50
    assert names.evaluate_all(tall) == []


def test_numbers_of_the_atlas_stand_apart(site, open_page):
    gap = """(rows) => Math.min(...rows.map((row) => {
        const [size, active] = [...row.cells].slice(-2).map((cell) => {
          const words = new Range();
          words.selectNodeContents(cell);
          return words.getBoundingClientRect();
        });
        return active.left - size.right;
    }))"""
    for kind in ("wide", "phone"):
        rows = open_page(f"{site}/book/atlas.html", kind).locator("table.filtered tbody tr")
        assert rows.evaluate_all(gap) > 20


def test_references_are_words_without_their_source(site, open_page):
    assert "$" not in open_page(f"{site}/book/references.html").locator("article").inner_text()


@pytest.mark.parametrize("width", [320, 360, 375])
def test_numbers_of_an_explorer_stand_in_two_columns_on_a_phone(site, open_page, width):
    page = open_page(f"{site}/book/price_tag.html", "phone")
    page.set_viewport_size({"width": width, "height": 800})
    boxes = page.locator(".sp-readouts > div").evaluate_all(
        "(all) => all.map((part) => part.getBoundingClientRect().left)"
    )
    assert len(set(boxes)) == 2


def test_the_map_of_chapters_can_be_read_on_a_phone(site, open_page):
    page = open_page(f"{site}/book/teaching.html", "phone")
    assert page.locator("article img").evaluate("(img) => img.clientWidth / img.naturalWidth") > 0.7
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
