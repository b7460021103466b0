"""What a reader sets for every page: the size of letters, forced colours, a screen reader."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from conftest import ALL_LAID_OUT, ALL_READY
from superposition.explorer import style_source

STYLE = (Path(__file__).parents[2] / "theme" / "book" / "static" / "book.css").read_text(encoding="utf-8")
CHAPTER = "book/sparsity.html"
FIRST = "figure.sp-explorer.sp-ready:has(svg.sp-plot)"
TEXTS = """(figure) => [...figure.querySelectorAll("svg.sp-plot text")].map((text) => {
  const a = text.getBoundingClientRect(), b = text.ownerSVGElement.getBoundingClientRect();
  const cut = a.left < b.left - 1 || a.right > b.right + 1 || a.top < b.top - 1 || a.bottom > b.bottom + 1;
  return [parseFloat(getComputedStyle(text).fontSize), cut]; })"""


def contrast(one, other):
    """The ratio that WCAG 2 defines, of two colours written as #rrggbb."""

    def luminance(color):
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def light_and_dark(style, what):
    found = re.search(re.escape(what) + r".*?light-dark\((#\w{6}), (#\w{6})\)", style, re.DOTALL)
    return found.groups()


@pytest.mark.parametrize(
    ("style", "mark", "paper"),
    [(style_source(), "--sp-rail:", "--sp-paper:"), (STYLE, 'form.search input, [role="search"] > input', "--paper:")],
)
def test_what_bounds_a_control_is_three_times_as_light_or_dark_as_the_paper(style, mark, paper):
    pairs = zip(light_and_dark(style, mark), light_and_dark(style, paper), strict=True)
    assert min(contrast(*pair) for pair in pairs) >= 3


@pytest.mark.parametrize("size", [16, 24])
@pytest.mark.parametrize("width", [390, 1280])
def test_letters_of_charts_are_as_large_as_the_reader_sets_them(site, new_page, size, width):
    page = new_page(viewport={"width": width, "height": 900})
    sized = f"html {{ font-size: {size}px }}"
    page.route("**/book.css*", lambda route: route.fulfill(content_type="text/css", body=STYLE + sized + ALL_LAID_OUT))
    page.goto(f"{site}/{CHAPTER}")
    page.locator(FIRST).first.wait_for()
    page.wait_for_function(ALL_READY)
    for figure in page.locator("figure.sp-ready:has(svg.sp-plot)").all():
        sizes, cut = zip(*figure.evaluate(TEXTS), strict=True)
        assert set(sizes) == {13 / 16 * size}
        assert not any(cut)


def rail(page):
    """The pixels of the first slider's rail, from end to end, in grey."""
    track = page.locator(".sp-track").first
    track.scroll_into_view_if_needed()
    picture = Image.open(io.BytesIO(track.screenshot())).convert("L")
    return [picture.getpixel((x, picture.height // 2)) for x in range(4, picture.width - 4)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_forced_colours_leave_the_rails(site, new_page, scheme, theme):
    page = new_page(forced_colors="active", color_scheme=scheme)
    page.add_init_script(f"localStorage.setItem('mode', '{theme}')")
    page.goto(f"{site}/{CHAPTER}")
    page.locator(FIRST).first.wait_for()
    paper = 255 if scheme == "light" else 0
    bare = sum(abs(pixel - paper) < 60 for pixel in rail(page))
    assert bare <= 8  # the ring around the thumb
    texts = page.locator(f"{FIRST} svg text").first.evaluate("(text) => getComputedStyle(text).fill")
    assert texts == ("rgb(0, 0, 0)" if scheme == "light" else "rgb(255, 255, 255)")


def test_a_slider_is_heard_once_and_the_sentence_when_the_hand_rests(site, new_page):
    page = new_page()
    page.goto(f"{site}/{CHAPTER}")
    figure = page.locator(FIRST).first
    figure.wait_for()
    assert set(figure.locator("output").evaluate_all("(all) => all.map((output) => output.ariaLive)")) == {"off"}
    words = figure.locator(".sp-text")
    assert words.get_attribute("aria-live") == "polite"
    assert words.get_attribute("aria-atomic") == "true"
    figure.evaluate("""(figure) => {
      window.heard = 0;
      new MutationObserver(() => { heard += 1; }).observe(figure.querySelector(".sp-text"), { childList: true });
    }""")
    figure.locator("input[type=range]").first.focus()
    for _ in range(3):
        page.keyboard.down("ArrowRight")  # as a key that is held down, whose first repeat is late
        page.wait_for_timeout(400)
    assert page.evaluate("heard") == 0
    page.keyboard.up("ArrowRight")
    page.wait_for_timeout(700)
    assert page.evaluate("heard") == 1
