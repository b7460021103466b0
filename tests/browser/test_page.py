"""How a page comes to life: from a folder, under a strict policy, late, and where something goes wrong."""

import re

import pytest
from test_explorers import at_other_setting, shows_other_setting
from test_site import READ

from conftest import ALL_READY, BUILT, KINDS, PHONE, SETTLED, SHIFTS, come_late
from tests.stored import DECLARATIONS, IN_BOOK

WITH_EXPLORERS = [name for name in READ if 'class="sp-explorer"' in (BUILT / name).read_text(encoding="utf-8")]
KINDS_WITH_SCRIPTS = [kind for kind, options in KINDS.items() if options.get("java_script_enabled", True)]
DENIED = """Object.defineProperty(window, "localStorage",
    { configurable: true, get() { throw new DOMException("denied", "SecurityError"); } })"""


@pytest.mark.parametrize("kind", KINDS_WITH_SCRIPTS)
@pytest.mark.parametrize("name", READ)
def test_nothing_moves_when_the_scripts_come_late(name, kind, site, open_page):
    assert open_page(f"{site}/{name}", kind).shifted <= 0.02


PAINTED_AS_IT_IS = (
    "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(document.fonts.status))))"
)


@pytest.mark.parametrize("name", ["book/index.html", "book/directions.html", "book/what_it_adds.html"])
def test_nothing_moves_when_the_typeface_comes_late(name, site, new_page):
    page = new_page(viewport=PHONE)
    page.add_init_script(SHIFTS)
    waiting = []
    page.route("**/*.woff2", lambda route: waiting.append(route))
    page.goto(f"{site}/{name}", wait_until="commit")
    page.wait_for_function("() => document.readyState !== 'loading'")
    page.evaluate(SETTLED)
    assert waiting
    while page.evaluate(PAINTED_AS_IT_IS) != "loaded":
        while waiting:
            waiting.pop().continue_()
    page.evaluate(SETTLED)
    assert page.evaluate("window.shifted ?? 0") <= 0.02


@pytest.mark.parametrize("kind", KINDS_WITH_SCRIPTS)
@pytest.mark.parametrize("name", WITH_EXPLORERS)
def test_explorer_takes_the_room_that_its_picture_had(name, kind, site, open_page):
    still, live = open_page(f"{site}/{name}", kind).heights
    assert len(still) > 0
    assert still == pytest.approx(live, abs=1)


@pytest.mark.parametrize("name", WITH_EXPLORERS)
def test_link_to_a_place_lands_there(name, site, new_page):
    page = new_page(viewport=PHONE, reduced_motion="no-preference")
    places = re.findall(r'<section id="([^"]*)"', (BUILT / name).read_text(encoding="utf-8"))
    place = "exercises" if "exercises" in places else places[len(places) // 2]
    come_late(page, f"{site}/{name}#{place}", whole=False)
    top = page.locator(f"[id='{place}']").evaluate("section => section.getBoundingClientRect().top")
    assert 0 <= top <= 150


DRAWN = "(figure) => figure.querySelectorAll('svg.sp-plot').length"


def test_a_phone_lays_out_and_draws_what_the_reader_comes_to(site, new_page):
    page = new_page(viewport=PHONE)
    page.goto(f"{site}/book/sparsity.html")
    page.wait_for_function(ALL_READY)
    last = page.locator("figure.sp-explorer").last
    assert last.evaluate(DRAWN) == 0
    last.scroll_into_view_if_needed()
    page.wait_for_function(f"() => ({DRAWN})([...document.querySelectorAll('figure.sp-explorer')].at(-1)) === 1")


STILL = """(figures) => figures.map((figure) => {
  const charts = [...figure.querySelectorAll("svg.sp-plot")].filter((svg) => svg.checkVisibility() && svg.getBoundingClientRect().width);
  return {
    widths: charts.map((svg) => svg.getBoundingClientRect().width),
    marks: charts.map((svg) => svg.querySelectorAll("[data-mark]").length),
    settings: [...figure.querySelectorAll("output")].map((output) => output.textContent),
    controls: [...figure.querySelectorAll("input, button")].filter((control) => control.checkVisibility()).length,
  };
})"""


@pytest.mark.parametrize("name", WITH_EXPLORERS)
def test_reader_without_javascript_sees_every_chart_and_its_setting(name, site, open_page):
    page = open_page(f"{site}/{name}", "plain")
    for size in (page.viewport_size, PHONE):
        page.set_viewport_size(size)
        figures = page.locator("figure.sp-explorer").evaluate_all(STILL)
        assert figures
        for figure in figures:
            (width,), (marks,) = figure["widths"], figure["marks"]
            assert 250 < width < size["width"]
            assert marks > 4
            assert all(figure["settings"])
            assert figure["controls"] == 0


# Takes every slider of a page to both its ends, which asks for every formula of its explorers.
TO_BOTH_ENDS = """async () => {
  const sliders = [...document.querySelectorAll("figure.sp-explorer input[type=range]")];
  for (const end of ["max", "min"]) {
    for (const slider of sliders) {
      slider.value = slider[end];
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      await new Promise((done) => requestAnimationFrame(done));
    }
  }
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""


@pytest.mark.parametrize("name", READ)
def test_page_works_where_no_text_may_become_code(name, site, open_page):
    open_page(f"{site}/{name}").evaluate(TO_BOTH_ENDS)


def test_the_site_is_tested_where_no_text_may_become_code(site, open_page):
    page = open_page(f"{site}/book/index.html")
    ran = page.evaluate("""() => {
      document.body.append(Object.assign(document.createElement("script"), { textContent: "window.ran = 1" }));
      return "ran" in window; }""")
    assert not ran
    assert any("Content Security Policy" in complaint for complaint in page.complaints)
    page.complaints.clear()


# The last explorer of each page, to be opened by a link with its setting.
LAST = {path: declaration for (path, id), declaration in DECLARATIONS if (path, id) in IN_BOOK}


@pytest.mark.parametrize("name", READ)
def test_page_works_from_a_folder_and_opens_at_the_setting_in_its_address(name, new_page):
    page = new_page(color_scheme="dark")
    declaration = LAST.get(name)
    page.goto((BUILT / name).as_uri() + (at_other_setting(declaration)[0] if declaration else ""), wait_until="load")
    page.wait_for_function(ALL_READY)
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.get_by_role("button", name="Colours: auto").is_visible()
    if declaration:
        shows_other_setting(page, declaration)
    # the request for a font ahead of its style is refused there; the style's own is not
    assert page.evaluate("document.fonts.ready.then((fonts) => [...fonts].some(({ status }) => status === 'loaded'))")
    page.complaints[:] = [said for said in page.complaints if "Access to font" not in said and "ERR_FAILED" not in said]


def test_one_malformed_explorer_leaves_the_others_alive(site, browser):
    page = browser.new_context().new_page()
    broken = (BUILT / "book/sparsity.html").read_text(encoding="utf-8").replace('"sliders":[', '"sliders":[{},', 1)
    page.route("**/book/sparsity.html", lambda route: route.fulfill(body=broken, content_type="text/html"))
    page.goto(f"{site}/book/sparsity.html", wait_until="load")
    page.wait_for_function("() => document.querySelector('.sp-failed')")
    figures = page.locator("figure.sp-explorer")
    page.wait_for_function(
        "count => document.querySelectorAll('figure.sp-ready').length === count", arg=figures.count() - 1
    )
    assert "could not be started" in figures.first.inner_text()
    assert figures.first.locator(".sp-text").inner_text()
    page.context.close()


def test_colours_can_be_chosen_where_nothing_may_be_stored(site, new_page):
    page = new_page(color_scheme="light")
    page.add_init_script(DENIED)
    page.goto(f"{site}/book/index.html")
    page.get_by_role("button", name="Colours: auto").click()
    page.get_by_role("button", name="Colours: light").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.get_by_role("button", name="Colours: dark").is_visible()


def test_a_page_that_comes_back_has_the_colours_chosen_meanwhile(site, new_page):
    page = new_page(color_scheme="light")
    page.goto(f"{site}/book/index.html")
    page.evaluate("localStorage.setItem('mode', 'dark')")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.get_by_role("button", name="Colours: dark").is_visible()


# What Chromium would fill in lies where it is laid out, or the browser lays out the section for its sake.
FAR_FIELDS = """() => [...document.querySelectorAll("article :is(form, input:not([type=range], [type=button]), select, textarea)")]
  .filter((field) => !field.checkVisibility({ contentVisibilityAuto: true })).map((field) => field.outerHTML)"""


def test_a_phone_has_fields_only_where_its_reader_has_come(site, new_page):
    page = new_page(viewport=PHONE)
    page.goto(f"{site}/book/compounding_noise.html")
    page.wait_for_function(ALL_READY)
    page.evaluate(SETTLED)
    assert page.evaluate(FAR_FIELDS) == []
    assert not page.locator("article form").count()
    for section in page.locator("article > section > section").all():
        section.scroll_into_view_if_needed()
        for question in section.locator(".sp-question").all():
            question.scroll_into_view_if_needed()
            question.locator("form").wait_for()
        for field in section.locator("input[data-type]").all():
            field.scroll_into_view_if_needed()
            page.wait_for_function("(input) => input.type === input.dataset.type", arg=field.element_handle())
    kinds = page.evaluate("() => [...document.querySelectorAll('article input')].map(({ type }) => type)")
    assert set(kinds) == {"range", "number", "checkbox", "radio", "text"}
