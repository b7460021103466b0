"""The scenes, taken hold of by mouse, touch and keyboard in a real browser."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from test_explorers import AS_OPENED, NO_NUMBER, Driven, demo_page

from superposition.explorers import mechanisms
from tests.stored import DECLARATIONS, SCENES, readouts_by_numpy

MADE = {(scene := getattr(mechanisms, name)()).id: scene for name in mechanisms.__all__}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

SHOWN = """async (id) => {
  const figure = document.getElementById(id);
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const inputs = [...figure.querySelectorAll("input[name]")];
  return {
    positions: Object.fromEntries(inputs.map((input) => [input.name, input.type === "checkbox" ? Number(input.checked) : Number(input.value)])),
    readouts: [...figure.querySelectorAll(".sp-readouts dd")].map((shown) => shown.innerText),
    picture: figure.querySelector("svg.sp-plot").outerHTML.replace(/sp-\\d+-/g, ""),
    whole: figure.innerText,
  };
}"""


class HeldScene(Driven):
    """A scene on a page."""

    def __init__(self, page, id):
        super().__init__(page, id)
        self.controls = self.figure.locator(".sp-controls input:not([hidden])")

    def shown(self):
        found = self.page.evaluate(SHOWN, self.id)
        sliders = {slider["symbol"]: slider["values"] for slider in self.declaration["sliders"]}
        found["values"] = {name: sliders[name][at] for name, at in found.pop("positions").items()}
        assert set(found["values"]) == set(sliders)
        assert not NO_NUMBER.search(found["picture"] + found["whole"])
        assert found["readouts"] == readouts_by_numpy(self.declaration, found["values"])
        return found

    @property
    def values(self):
        return self.shown()["values"]

    def named(self, symbol):
        return self.figure.locator(f'.sp-controls input[name="{symbol}"]')

    def centre(self, symbol):
        self.named(symbol).scroll_into_view_if_needed()
        box = self.named(symbol).bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def place(self, x, y):
        """Where on the screen a place of the window is."""
        (left, right), (_, top) = self.declaration["scene"]["window"]
        box = self.figure.locator("svg.sp-plot").bounding_box()
        unit = box["width"] / (right - left)
        return box["x"] + (x - left) * unit, box["y"] + (top - y) * unit

    def words(self):
        return self.figure.locator(".sp-text").inner_text()


@pytest.fixture(scope="module")
def address(serve, tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenes")
    demo_page(folder, MADE.values())
    return f"{serve(folder)}/index.html"


@pytest.fixture(params=MADE)
def scene(request, address, open_page):
    return HeldScene(open_page(address), request.param)


def on_page(new_page, address, id, **options):
    page = new_page(**options)
    page.goto(address)
    return HeldScene(page, id)


def test_scene_opens_as_it_is_stored(scene):
    start = MADE[scene.declaration["id"]]
    assert scene.words() == start.text()
    shown = scene.shown()
    assert shown["readouts"] == list(start.readouts().values())
    svg = scene.figure.locator("svg.sp-plot")
    assert svg.get_attribute("role") == "img"
    assert svg.locator("path, rect, circle").count() > 6
    names = scene.controls.evaluate_all("all => all.map((input) => input.getAttribute('aria-label'))")
    # what is let run may have nothing to take hold of
    assert len(set(names)) == len(names) > 0 or "run" in scene.declaration["draws"]
    assert all(names)


def test_every_control_follows_the_keyboard(scene):
    sliders = {slider["symbol"]: slider for slider in scene.declaration["sliders"]}
    for i in range(scene.controls.count()):
        control, before = scene.controls.nth(i), scene.shown()
        name = control.get_attribute("name")
        control.focus()
        if control.get_attribute("type") == "checkbox":
            scene.page.keyboard.press("Space")
            expected = 1 - before["values"][name]
        else:
            stops = sliders[name]["values"]
            at = stops.index(before["values"][name])
            scene.page.keyboard.press("ArrowRight" if at + 1 < len(stops) else "ArrowLeft")
            expected = stops[at + 1 if at + 1 < len(stops) else at - 1]
        after = scene.shown()
        assert after["values"] == {**before["values"], name: expected}
        assert after["picture"] != before["picture"]


def test_every_switch_follows_the_mouse(scene):
    for control in scene.controls.all():
        if control.get_attribute("type") != "checkbox":
            continue
        name, before = control.get_attribute("name"), scene.values
        scene.page.mouse.click(*scene.centre(name))
        assert scene.values == {**before, name: 1 - before[name]}


@pytest.mark.parametrize(
    ("id", "symbol", "to", "expected"),
    [
        # straight down and far out; across the end of its values; the far side of the equator
        ("interference-in-the-plane", "phi1", (0, -1.6), 270),
        ("interference-in-the-plane", "phi5", (1, -0.16), 351),
        ("spherical-band", "t", (0.6, 0.8), 0.8),
        ("spherical-band", "t", (0.9, -1), 0.01),
        # needed/d is one at the middle of its scale
        ("price-tag", "d", (0, 0.2), 100_000),
    ],
)
def test_handle_goes_where_the_mouse_takes_it(id, symbol, to, expected, address, open_page):
    scene = HeldScene(open_page(address), id)
    before, start = scene.values, scene.centre(symbol)
    scene.page.mouse.move(*start)
    scene.page.mouse.down()
    scene.page.mouse.move(*scene.place(*to), steps=6)
    during = scene.values
    scene.page.mouse.up()
    scene.page.mouse.move(*start)
    assert during[symbol] == pytest.approx(expected, rel=0.02)
    assert scene.values == during == {**before, symbol: during[symbol]}


def test_handle_follows_a_finger_while_the_page_stays(address, new_page):
    scene = on_page(new_page, address, "interference-in-the-plane", **PHONE)
    before, start = scene.values, scene.centre("phi1")
    scrolled = scene.page.evaluate("scrollY")
    touch = scene.page.context.new_cdp_session(scene.page)
    (x, y), (to_x, to_y) = start, scene.place(0, -1)
    steps = [(x + (to_x - x) * part / 8, y + (to_y - y) * part / 8) for part in range(9)]
    for i, (across, down) in enumerate(steps):
        touch.send(
            "Input.dispatchTouchEvent",
            {"type": "touchMove" if i else "touchStart", "touchPoints": [{"x": across, "y": down}]},
        )
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert scene.values == {**before, "phi1": 270}
    assert scene.page.evaluate("scrollY") == scrolled


def test_tap_flips_a_switch_and_leaves_a_handle(address, new_page):
    scene = on_page(new_page, address, "interference-in-the-plane", **PHONE)
    before = scene.values
    scene.page.touchscreen.tap(*scene.centre("on4"))
    expect(scene.named("on4")).to_be_checked()
    scene.page.touchscreen.tap(*scene.centre("phi2"))
    scene.page.touchscreen.tap(*scene.centre("on5"))
    expect(scene.named("on5")).to_be_checked()
    assert scene.values == {**before, "on4": 1, "on5": 1}


def test_setting_in_the_picture_is_in_the_link(scene):
    for control in scene.controls.all() or scene.figure.locator(".sp-slider input").all():
        control.focus()
        scene.page.keyboard.press("Space" if control.get_attribute("type") == "checkbox" else "PageUp")
    left = scene.shown()
    query = "&".join(f"{s['symbol']}={left['values'][s['symbol']]}" for s in scene.declaration["sliders"])
    scene.page.wait_for_function("hash => location.hash === hash", arg=f"#{scene.declaration['id']}?{query}")
    scene.page.evaluate(AS_OPENED, scene.id)
    shown = scene.shown()
    assert [shown[part] for part in ("values", "readouts", "picture")] == [
        left[part] for part in ("values", "readouts", "picture")
    ]
    assert scene.words() == MADE[scene.declaration["id"]].text(**left["values"])
    scene.figure.get_by_role("button", name="Reset").click()
    assert scene.shown()["readouts"] == list(MADE[scene.declaration["id"]].readouts().values())


def test_buttons_begin_from_their_settings(scene):
    start = scene.values
    for begin in scene.declaration["scene"]["starts"]:
        scene.figure.get_by_role("button", name=begin["label"]).click()
        assert scene.values.items() >= begin["values"].items()
        scene.figure.get_by_role("button", name="Reset").click()
    assert scene.values == start


def test_one_step_at_a_time_up_to_the_end(address, open_page):
    scene = HeldScene(open_page(address), "runaway-grid")
    once, last = scene.figure.get_by_role("button", name="Next layer"), 12
    for layer in range(scene.values["L"] + 1, last + 1):
        once.click()
        assert scene.values["L"] == layer
    assert once.is_disabled()
    assert scene.figure.get_by_role("button", name="Play").count() == 0, "less motion was asked for"


def test_playing_stops_at_the_end_and_when_asked(address, new_page):
    page = new_page(reduced_motion="no-preference")
    page.clock.install()
    page.goto(address)
    scene = HeldScene(page, "runaway-grid")
    begin = scene.declaration["sliders"][0]["start"]
    position = scene.figure.locator('.sp-sliders input[name="L"]')
    scene.figure.get_by_role("button", name="Play").click()
    page.clock.run_for(1500)
    assert int(position.input_value()) == begin + 2
    scene.figure.get_by_role("button", name="Pause").click()
    page.clock.run_for(3000)
    assert int(position.input_value()) == begin + 2
    scene.figure.get_by_role("button", name="Play").click()
    page.clock.run_for(20_000)
    assert int(position.input_value()) == 12
    scene.figure.get_by_role("button", name="Play").click()
    assert int(position.input_value()) == 0


TAKEN = re.compile(r"([\d,]+) steps? taken, seed (\d+)\.")


def taken(held, button):
    """Steps and seed, after a button was pressed and the words have followed."""
    said = held.figure.locator(".sp-result")
    before = said.inner_text()
    held.figure.get_by_role("button", name=button).click()
    expect(said).not_to_have_text(before, timeout=60_000)
    expect(said).to_have_text(TAKEN, timeout=60_000)
    steps, seed = TAKEN.fullmatch(said.inner_text()).groups()
    return int(steps.replace(",", "")), int(seed)


def test_training_goes_on_step_by_step_and_begins_anew_when_a_setting_changes(address, new_page):
    held = on_page(new_page, address, "pentagon-trains")
    stored = held.shown()
    assert taken(held, "500 steps") == (500, 1)
    begun = held.figure.locator("svg.sp-plot").inner_html()
    assert begun != stored["picture"]
    assert taken(held, "500 steps") == (1000, 1)
    assert held.figure.locator("svg.sp-plot").inner_html() != begun
    held.figure.locator("input[type=range]").first.press("ArrowRight")
    expect(held.figure.locator(".sp-result")).to_be_empty()
    held.figure.locator("input[type=range]").first.press("ArrowLeft")
    assert held.shown()["picture"] == stored["picture"]
    assert taken(held, "500 steps") == (500, 1)
    assert held.figure.locator("svg.sp-plot").inner_html() == begun


def test_training_finds_the_pentagon_pauses_and_takes_the_next_seed(address, new_page):
    held = on_page(new_page, address, "pentagon-trains", reduced_motion="no-preference")
    held.figure.get_by_role("button", name="Train").click()
    held.page.wait_for_timeout(300)
    steps, seed = taken(held, "Pause")
    assert 0 < steps <= 3000
    assert seed == 1
    if steps < 3000:
        assert taken(held, "Train") == (3000, 1)
    expect(held.figure.locator(".sp-text")).to_contain_text("a pentagon", timeout=10_000)
    assert taken(held, "500 steps") == (500, 2)
    held.page.wait_for_function("() => location.hash.endsWith('&seed=2')")
    held.figure.get_by_label("seed").fill("7")
    held.page.wait_for_function("() => location.hash.endsWith('&seed=7')")
    expect(held.figure.locator(".sp-result")).to_be_empty()
    assert taken(held, "500 steps") == (500, 7)


def test_readers_who_asked_for_less_motion_are_offered_steps(address, new_page):
    held = on_page(new_page, address, "pentagon-trains", reduced_motion="reduce")
    expect(held.figure.get_by_role("button", name="Train")).to_be_hidden()
    assert taken(held, "500 steps") == (500, 1)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_either_theme(theme, address, open_page):
    page = open_page(address)
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    result = Axe().run(page, options={"resultTypes": ["violations"]})
    assert page.locator("figure.sp-ready svg.sp-plot").count() == len(MADE)
    assert result.violations_count == 0, result.generate_report()


def test_scenes_fit_a_phone(address, new_page):
    page = new_page(**PHONE)
    page.goto(address)
    for id in MADE:
        scene = HeldScene(page, id)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        texts = scene.figure.locator("svg.sp-plot text").evaluate_all(
            "all => all.map(text => { const a = text.getBoundingClientRect(), b = text.ownerSVGElement.getBoundingClientRect();"
            " return [parseFloat(getComputedStyle(text).fontSize), Math.min(a.left - b.left, b.right - a.right, a.top - b.top, b.bottom - a.bottom)] })"
        )
        assert all(size >= 12 and inside >= -1 for size, inside in texts), id
        targets = scene.figure.locator("input:not([hidden]), button").evaluate_all(
            "all => all.filter(target => target.checkVisibility()).map(target => target.getBoundingClientRect()).map(({ width, height }) => [width, height])"
        )
        assert min(map(min, targets)) >= 44, id


def test_switches_of_a_phone_do_not_cover_each_other(address, new_page):
    scene = on_page(new_page, address, "voting-machine", **PHONE)
    covered = scene.controls.evaluate_all("""all => all.filter((input) => {
        input.scrollIntoView({ block: "center" });
        const { x, y, width, height } = input.getBoundingClientRect();
        return document.elementFromPoint(x + width / 2, y + height / 2) !== input; }).length""")
    assert covered == 0


def test_print_keeps_the_picture_and_hides_what_moves_it(address, open_page):
    page = open_page(address)
    page.emulate_media(media="print")
    for id in MADE:
        scene = HeldScene(page, id)
        assert scene.figure.locator("svg.sp-plot").is_visible()
        assert scene.figure.locator("input:visible, button:visible").count() == 0, id


@pytest.mark.parametrize("path", sorted({path for path, _ in SCENES}))
def test_a_picture_fills_its_room_before_any_script_runs(path, site, open_page):
    page = open_page(f"{site}/{path}", "plain")
    sizes = """(all) => all.map((picture) => [picture, picture.closest(".sp-stage")])
        .filter(([picture]) => picture.getBoundingClientRect().width)
        .map((parts) => parts.map((part) => part.getBoundingClientRect().height))"""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        found = page.locator("svg.sp-scene").evaluate_all(sizes)
        assert found
        for drawn, room in found:
            assert drawn == pytest.approx(room, rel=0.03)


def test_price_tag_is_in_the_book_and_its_numbers_lead_to_their_sections(site, new_page):
    (path,) = (path for path, id in SCENES if id == "price-tag")
    page = new_page()
    page.goto(f"{site}/{path}")
    scene = HeldScene(page, "price-tag")
    links = [readout["link"] for readout in scene.declaration["readouts"]]
    shown = scene.figure.locator(".sp-readouts a").evaluate_all("all => all.map((link) => link.getAttribute('href'))")
    assert shown == links
    for link in links:
        target, section = link.split("#")
        text = page.request.get(f"{site}/book/{target}")
        assert text.ok, link
        assert re.search(rf'id="{section}"', text.text()), link


def test_stored_scenes_are_those_of_the_library():
    stored = {where[1]: declaration for where, declaration in DECLARATIONS if "scene" in declaration}
    assert "price-tag" in stored
    for id, declaration in stored.items():
        assert declaration == json.loads(json.dumps(MADE[id].declaration))
