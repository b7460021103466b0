"""The built site, page by page, in a real browser."""

import re
from functools import cache
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe

from conftest import BUILT, PHONE

PAGES = sorted(
    path.relative_to(BUILT).as_posix()
    for path in BUILT.rglob("*.html")
    if path.parent.name not in ("_static", "slides")
)
READ = [page for page in PAGES if page != "index.html"]  # the root's index.html only leads to the book
LINKS = """() => [...document.querySelectorAll("[href], [src]")]
    .filter((element) => !element.closest("head link[rel=canonical]"))
    .map((element) => new URL(element.getAttribute("href") ?? element.getAttribute("src"), document.baseURI).href)"""
# What scrolls sideways can be reached by keyboard.
REACHABLE = """() => ![...document.querySelectorAll("article *")].some((element) =>
    /auto|scroll/.test(getComputedStyle(element).overflowX) && element.scrollWidth > element.clientWidth
    && element.clientWidth > 0 && element.tabIndex < 0)"""
# What a drawing consists of, if it is no text, no link and has no name of its own: thousands of elements that axe need not
# see, as it spends a quarter of a millisecond on each.
STROKES = """(() => {
  const told = "text, a, title, desc, image, foreignObject, [tabindex], [role], [aria-label], [aria-labelledby], [aria-hidden]";
  const plain = (element) => !element.matches(told) && !element.querySelector(told);
  for (const drawing of document.querySelectorAll("article svg")) {
    for (const part of [drawing, ...drawing.querySelectorAll("*")].filter((part) => part === drawing || !plain(part))) {
      const inside = [...part.childNodes], left = inside.filter((child) => !(child instanceof Element && plain(child)));
      if (left.length === inside.length) continue;
      window.taken.push([part, inside]);
      part.replaceChildren(...left);
    }
  }
})"""
# Takes the insides out of code and formulas, too, which have neither role, name nor place to stop at. A formula keeps its
# width, and the places where it breaks.
BARE = """() => {
  window.taken = [];
  const boxes = [];
  for (const part of document.querySelectorAll("article :is(pre, math, .katex-html)")) {
    const inside = [...part.querySelectorAll("*")];
    const plain = ({ attributes, namespaceURI }) => /MathML$/.test(namespaceURI)
      || [...attributes].every(({ name }) => /^(class|style|aria-hidden|width|height|viewBox|preserveAspectRatio|xmlns|d)$/.test(name));
    if (!inside.every((element) => element.tabIndex < 0 && plain(element))) continue;
    window.taken.push([part, [...part.childNodes]]);
    boxes.push([...part.querySelectorAll(":scope > .katex-base")].map((base) => base.getBoundingClientRect().width));
  }
  window.taken.forEach(([part], i) => {
    if (!part.matches(".katex-html")) part.replaceChildren(part.textContent);
    else part.replaceChildren(...boxes[i].map((width) => {
      const box = document.createElement("span");
      Object.assign(box.style, { display: "inline-block", width: `${width}px` });
      return box;
    }));
  });
  STROKES();
}""".replace("STROKES", STROKES)
# Takes out the text that looks like text before it, in its colour, opacity, ground and face, and whether it is large, as axe
# does not have to see its contrast again: first whole blocks, then the words of code and drawings.
AGAIN = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  window.taken = [];
  const known = new Map();
  const behind = (element) => {
    if (!element) return ["", 1];
    if (!known.has(element)) {
      const { backgroundColor, opacity } = getComputedStyle(element), [ground, veil] = behind(element.parentElement);
      known.set(element, [backgroundColor === "rgba(0, 0, 0, 0)" ? ground : `${ground} ${backgroundColor}`, veil * opacity]);
    }
    return known.get(element);
  };
  const told = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const look = (element) => {
    const { color, fontSize, fontWeight, fontStyle, textDecorationLine } = getComputedStyle(element);
    const large = parseFloat(fontSize) >= (fontWeight >= 700 ? 18.5 : 24);
    const one = element.textContent.trim().length === 1;  // which axe does not judge
    return [color, large, one, fontWeight, fontStyle, textDecorationLine, ...behind(element)].join();
  };
  const take = (parts, inner, left) => {
    const seen = new Set(), again = [];
    for (const part of parts) {
      const looks = inner(part).filter(told).map(look);
      if (looks.every((look) => seen.has(look))) again.push(part);
      looks.forEach((look) => seen.add(look));
    }
    for (const part of again) {
      window.taken.push([part, [...part.childNodes]]);
      part.replaceChildren(...left(part));
    }
  };
  take(document.querySelectorAll("article :is(pre, p, td, th, summary, button.copy, .katex)"), (block) => [block, ...block.querySelectorAll("*")], () => []);
  const words = [...document.querySelectorAll("article :is(pre, svg.plot) *")].filter(told);
  take(words, (element) => [element], ({ children }) => children);
  STROKES();
}""".replace("STROKES", STROKES)
# All that can be seen in the sections: what it is, and its colours.
LOOKS = """() => [...new Set([...document.querySelectorAll("article > section *")].filter((part) => part.checkVisibility()).map((part) => {
  const { color, backgroundColor, opacity, fill } = getComputedStyle(part);
  return [part.tagName, part.getAttribute("role"), color, backgroundColor, opacity, part.closest("svg") && fill].join(", ");
}))]"""
# Takes out the sections, but for their headings.
AROUND = """() => {
  window.taken = [];
  for (const section of document.querySelectorAll("article > section")) {
    window.taken.push([section, [...section.childNodes]]);
    section.replaceChildren(...section.querySelectorAll(":scope > h1"));
  }
}"""
WHOLE = "() => { for (const [part, inside] of window.taken.reverse()) part.replaceChildren(...inside); }"


@pytest.fixture(params=READ, ids=str)
def address(request, site):
    return f"{site}/{request.param}"


def fold(page):
    """Close what a reader finds folded, and let the page react."""
    page.evaluate("document.querySelectorAll('article details').forEach((details) => { details.open = false; })")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def unfold(page):
    """Open what is folded, and let the page react."""
    page.evaluate("document.querySelectorAll('article details').forEach((details) => { details.open = true; })")
    page.evaluate("document.fonts.ready")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def test_the_site_has_pages(site):
    assert {"book/index.html", "search.html"} <= set(READ)


AXE = Axe()
OF_COLOURS = ["color-contrast", "link-in-text-block"]


def violations(page, take, **options):
    """Return what axe finds, as a text, while what `take` takes out of the page is away."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.axe_script)
    page.evaluate(take)
    found = AxeResults(page.evaluate("(options) => axe.run(options)", {"resultTypes": ["violations"], **options}))
    page.evaluate(WHOLE)
    return found.generate_report() if found.violations_count else ""


def in_both_colours(page):
    for scheme in ("light", "dark"):
        page.emulate_media(media="screen", color_scheme=scheme)
        page.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)
        yield scheme


def fits(page):
    fold(page)
    return page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_page_is_accessible_and_fits(address, open_page):
    """With all its explorers drawn, and everything unfolded; of axe's rules two hang on the colours."""
    page = open_page(address)
    assert fits(page)
    unfold(page)
    page.wait_for_function(REACHABLE)
    assert not violations(page, BARE, rules={rule: {"enabled": False} for rule in OF_COLOURS})
    for _ in in_both_colours(page):
        assert not violations(page, AGAIN, runOnly=OF_COLOURS)


def test_page_is_accessible_and_fits_on_a_phone(address, open_page):
    """What its sections show looks as it does on the wide page, so axe looks only at what stands around them."""
    wide, page = open_page(address), open_page(address, "phone")
    assert fits(page)
    unfold(wide)
    unfold(page)
    page.wait_for_function(REACHABLE)
    for scheme in in_both_colours(page):
        assert not violations(page, AROUND)
        if scheme == "light":
            assert set(page.evaluate(LOOKS)) <= set(wide.evaluate(LOOKS))


def test_page_loads_on_a_phone_in_the_reader_s_colours(address, open_page):
    page = open_page(address, "phone")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_figures_keep_their_proportions_on_a_phone(address, open_page):
    page = open_page(address, "phone")
    shapes = page.evaluate("""() => [...document.querySelectorAll("article img")].map((img) =>
        [img.clientWidth / img.clientHeight, img.naturalWidth / img.naturalHeight])""")
    for shown, drawn in shapes:
        assert shown == pytest.approx(drawn, rel=0.02)


def test_pages_read_whole_without_javascript(address, open_page):
    page = open_page(address, "plain")
    assert page.locator("main h1").inner_text()
    folds = page.locator("article summary")
    if folds.count():
        folds.first.click()
        assert folds.first.evaluate("summary => summary.parentElement.open")
    folds.evaluate_all("(all) => all.forEach((summary) => { if (!summary.parentElement.open) summary.click(); })")
    assert all(folds.evaluate_all("(all) => all.map((summary) => summary.parentElement.open)"))
    formulas = page.locator(
        "article .math"
    ).evaluate_all("""(all) => all.map((formula) =>
        [formula.querySelector(".katex-html").getBoundingClientRect().width, formula.querySelectorAll("math").length])""")
    assert all(width > 0 and spoken for width, spoken in formulas)


@cache
def ids_of(path):
    return re.findall(r'<[^<>]*\sid="([^"]*)"', path.read_text(encoding="utf-8"))


def test_every_link_of_a_page_leads_somewhere(address, site, open_page):
    page = open_page(address)
    links = {href for href in page.evaluate(LINKS) if href.startswith(site)}
    dead = []
    for href in sorted(links):
        url, fragment = urldefrag(href)
        # what follows is a setting of the explorer
        anchor = fragment.partition("?")[0]
        path = BUILT / unquote(urlsplit(url).path).lstrip("/")
        here = address == url and page.evaluate("(id) => document.getElementById(id) !== null", unquote(anchor))
        if not path.exists() or (anchor and not here and unquote(anchor) not in ids_of(path)):
            dead.append(href.removeprefix(site))
    assert not dead, "\n".join(dead)
    assert len(links) > 5


@pytest.mark.parametrize("name", READ)
def test_every_id_of_a_page_is_its_own(name):
    ids = ids_of(BUILT / name)
    assert ids
    assert sorted(ids) == sorted(set(ids))


def test_the_root_leads_to_the_book(site, new_page):
    page = new_page()
    page.goto(f"{site}/")
    page.wait_for_url(f"{site}/book/index.html")


def test_the_contents_open_on_a_phone_and_lead_to_a_chapter(site, new_page):
    page = new_page(viewport=PHONE)
    page.goto(f"{site}/book/index.html")
    contents = page.locator("nav.contents")
    assert not contents.is_visible()
    page.get_by_role("button", name="Contents").click()
    contents.get_by_role("link", name="Sparsity").click()
    page.wait_for_url("**/book/sparsity.html")


def test_the_reader_chooses_the_colours_and_they_stay(site, new_page):
    page = new_page(color_scheme="light")
    page.goto(f"{site}/book/index.html")
    shown = lambda: page.evaluate("getComputedStyle(document.body).color")  # noqa: E731
    light = shown()
    page.get_by_role("button", name="Colours: auto").click()
    page.get_by_role("button", name="Colours: light").click()
    assert shown() != light
    page.goto(f"{site}/search.html")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_code_can_be_copied(site, new_page):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{site}/book/directions.html")
    page.get_by_role("button", name="Show the code").click()
    cell = page.locator(".cell_input .highlight").first
    cell.hover()
    cell.get_by_role("button", name="Copy").click()
    cell.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == cell.locator("pre").inner_text().rstrip()


def test_what_scrolls_sideways_can_be_reached_by_keyboard(address, open_page):
    page = open_page(address, "phone")
    unfold(page)
    page.wait_for_function(REACHABLE)


def test_the_notebook_can_be_downloaded(site, new_page):
    page = new_page()
    page.goto(f"{site}/book/sparsity.html")
    page.get_by_role("button", name="Run or download this page").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "sparsity.ipynb"
