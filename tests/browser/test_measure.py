"""What a reader can try on the page: one network, and many, without a kernel.

That what is drawn has the right law is tested without a page, in tests/test_draws.py.
"""

import re

import numpy as np
import pytest
from playwright.sync_api import expect
from test_explorers import demo_page

from superposition import formulas, simulate
from superposition.explorers import booleanish, compounding_noise, directions, error_correction, is_it_a_win, sparsity

MAKERS = {
    "two-bells": sparsity.two_bells,
    "readout-errors": sparsity.readout_errors,
    "levels-against-active": booleanish.levels_against_active,
    "few-bits": booleanish.few_bits,
    "equal-noise": is_it_a_win.equal_noise,
    "overlap-of-two-directions": directions.overlap_law,
    "layer-after-layer": compounding_noise.layer_after_layer,
    "values-under-units": compounding_noise.values_under_units,
    "votes-and-width": error_correction.votes_and_width,
}
MEASURED = re.compile(r"Measured .* ± .* \(one standard error, [\d,]+ trials, seed (\d+)\)\.")
DRAWN = re.compile(r"Drawn with seed (\d+): ")


@pytest.fixture(scope="module")
def site(serve, tmp_path_factory):
    """Address of a page with the explorers that measure."""
    folder = tmp_path_factory.mktemp("measure")
    demo_page(folder, [make() for make in MAKERS.values()])
    return serve(folder)


def shown(page, site, address):
    path, _, id = address.partition("#")
    page.goto(f"{site}/{path}#{id}", wait_until="load")
    figure = page.locator(f'figure.sp-ready[id="{id.split("?")[0]}"]')
    figure.locator("svg.sp-plot").wait_for()
    return figure


def press(figure, name, pattern):
    """What is said after a button is pressed."""
    figure.get_by_role("button", name=name).click()
    result = figure.locator(".sp-result")
    # hundreds of trials take their time where others want the processor, too
    expect(result).to_have_text(pattern, timeout=60_000)
    return result.inner_text()


def dots(figure):
    return figure.locator("svg.sp-plot [data-mark=dot] path").count()


def test_random_numbers_come_when_they_are_first_asked_for(new_page, site):
    page = new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    figure = shown(page, site, "index.html#readout-errors?l=12")
    assert not [url for url in asked if "draws.js" in url]
    press(figure, "Draw one", DRAWN)
    press(figure, "Measure", MEASURED)
    assert len([url for url in asked if "draws.js" in url]) == 1


def test_one_network_is_drawn_in_dots_and_words(new_page, site):
    figure = shown(new_page(), site, "index.html#two-bells?l=12&n=1024&m=10000")
    legend = figure.locator(".sp-legend > li", has_text="one network")
    assert not any(line.is_visible() for line in legend.all())
    before = dots(figure)
    said = press(figure, "Draw one", DRAWN)
    assert re.search(r"\d+ of 9,988 absent features read as active, \d+ of 12 active ones missed\.$", said)
    assert dots(figure) == before + 300 + 12
    assert all(line.is_visible() for line in legend.all())
    # at another setting it is another network
    figure.locator("input[type=range]").first.press("ArrowRight")
    expect(figure.locator("output").first).not_to_have_text("12")
    assert dots(figure) == before


@pytest.mark.parametrize("id", MAKERS)
def test_every_declared_simulation_draws_one_and_measures(new_page, site, id):
    figure = shown(new_page(), site, f"index.html#{id}")
    before = dots(figure)
    press(figure, "Draw one", DRAWN)
    drawn = dots(figure)
    assert drawn > before
    press(figure, "Measure", MEASURED)
    assert dots(figure) > drawn


def test_same_seed_gives_the_same_network_and_another_another(new_page, site):
    address = "index.html#two-bells?l=20&n=256&m=10000&seed=7"
    page = new_page()
    figure = shown(page, site, address)
    first = press(figure, "Draw one", re.compile("seed 7:"))
    second = press(figure, "Draw one", re.compile("seed 8:"))
    assert first.split(":")[1] != second.split(":")[1]
    expect(figure.get_by_label("seed")).to_have_value("8")
    again = shown(new_page(), site, address)
    assert press(again, "Draw one", DRAWN) == first


def test_seed_is_in_the_link_where_it_was_changed(new_page, site):
    page = new_page()
    figure = shown(page, site, "index.html#readout-errors?l=12&n=1024&m=10000")
    seed = figure.get_by_label("seed")
    expect(seed).to_have_value("1")
    seed.fill("42")
    page.wait_for_function("() => location.hash.endsWith('&seed=42')")
    assert "seed 42" in press(figure, "Measure", MEASURED)
    figure.get_by_role("button", name="Reset").click()
    page.wait_for_function("() => !location.hash.includes('seed')")
    seed.blur()
    expect(seed).to_have_value("1")
    for refused in ("-3", "1.5", "x", "99999999999"):
        figure = shown(page, site, f"index.html#readout-errors?l=12&seed={refused}")
        expect(figure.get_by_label("seed")).to_have_value("1")


@pytest.mark.parametrize("setting", ["l=12&n=1024&m=10000", "l=2&n=64&m=1000", "l=500&n=16384&m=1000000000"])
def test_measured_mean_stands_on_the_chart_with_its_error(new_page, site, setting):
    figure = shown(new_page(), site, f"index.html#readout-errors?{setting}")
    before = dots(figure)
    said = press(figure, "Measure", MEASURED)
    assert re.search(r"The formula gives .*, .* standard errors (below|above)\.$", said)
    assert dots(figure) > before
    assert figure.locator(".sp-legend > li", has_text="measured here").is_visible()
    assert figure.locator("progress").is_hidden()


def test_measurement_is_run_and_cancelled_by_the_keyboard(new_page, site):
    page = new_page()
    figure = shown(page, site, "index.html#readout-errors?l=500&n=16384&m=10000")
    press(figure, "Draw one", DRAWN)
    before = dots(figure)
    measure = figure.get_by_role("button", name="Measure")
    measure.focus()
    # both keys in one go: the first moves the keyboard to what cancels
    page.evaluate("""() => {
      document.activeElement.click();
      document.activeElement.click();
    }""")
    expect(figure.locator(".sp-result")).to_have_text(re.compile(r"^Cancelled at \d+ %: no point was added\.$"))
    expect(measure).to_be_focused()
    assert dots(figure) == before
    page.keyboard.press("Enter")
    expect(figure.locator(".sp-result")).to_have_text(MEASURED)
    expect(measure).to_be_focused()
    assert dots(figure) > before


def test_page_is_looked_at_between_slices(new_page, site):
    page = new_page()
    figure = shown(page, site, "index.html#readout-errors?l=500&n=16384&m=10000")
    press(figure, "Draw one", DRAWN)
    page.evaluate("""() => {
      window.turns = new Set();
      const progress = document.querySelector("#readout-errors progress");
      const look = () => { window.turns.add(progress.value); window.looking = setTimeout(look); };
      look();
    }""")
    press(figure, "Measure", MEASURED)
    assert page.evaluate("window.turns.size") > 10


def number(text):
    """A number as the page writes it."""
    factor, _, power = text.partition(" × 10")
    return float(factor.replace(",", "")) * 10.0 ** int(
        power.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")) or 0
    )


def levels_by_numpy(rng):
    found = simulate.largest_levels(8192, 10**4, 10, formulas.errors_at_limit(m=10**4), 2000, rng)
    return found.n_levels, found.n_levels_se


def bits_by_numpy(rng):
    def measure(n_active):
        return simulate.superposed_errors(2048, 10**6, n_active, 30.0, 400, rng)

    found = simulate.largest_active(measure, 10**6, formulas.errors_at_limit(m=10**6), 15)
    ends = [formulas.capacity_bits(l=found.n_active + step, m=10**6, n=2048) for step in (0, found.n_active_se)]
    return ends[0], ends[1] - ends[0]


@pytest.mark.parametrize(
    ("setting", "by_numpy"),
    [
        ("levels-against-active?l=10&n=8192&m=10000", levels_by_numpy),
        ("equal-noise?S=30&n=2048&m=1000000", bits_by_numpy),
    ],
)
def test_search_finds_where_errors_reach_what_is_allowed(new_page, site, setting, by_numpy):
    figure = shown(new_page(), site, f"index.html#{setting}")
    said = press(figure, "Measure", MEASURED)
    found, error = map(number, re.search(r": (\S+) ± (.*?) \(one", said).groups())
    expected, spread = by_numpy(np.random.default_rng(4))
    assert 0 < error < found / 20
    # rounded to three digits on the page
    assert abs(found - expected) < 7 * np.hypot(error, spread) + 0.005 * found
