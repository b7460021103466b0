"""The self-test questions on the built site: they answer by hand and keyboard, name mistakes, and remember nothing."""

import pytest

from superposition import questions
from superposition.question import Choice, Number

PAGES = {name: [asked.name for asked in topic] for name, topic in questions.topics.items()}


@pytest.fixture
def sparsity(site, new_page):
    page = new_page()
    page.goto(f"{site}/book/sparsity.html")
    page.locator("#limit-of-a-layer form").wait_for()
    return page


def reply(page, name):
    return page.locator(f"#{name} output").inner_text()


def test_a_number_is_answered_and_a_mistake_is_named(sparsity):
    asked = sparsity.locator("#limit-of-a-layer")
    box = asked.get_by_role(
        "textbox", name=questions.sparsity.limit_of_a_layer.ask.partition("?")[0].replace("*", "")[:40]
    )
    box.fill("2,048")
    box.press("Enter")
    assert reply(sparsity, "limit-of-a-layer").startswith("✗ That is where one feature can still be read")
    box.fill("78")
    assert reply(sparsity, "limit-of-a-layer") == ""
    asked.get_by_role("button", name="Check").click()
    assert reply(sparsity, "limit-of-a-layer") == "✓ Right."
    box.fill("many")
    box.press("Enter")
    assert "A number is asked for" in reply(sparsity, "limit-of-a-layer")
    assert not sparsity.complaints


def test_a_choice_is_made_by_keyboard(sparsity):
    name = "square-the-features"
    asked = questions.registry[name]
    radios = sparsity.locator(f"#{name} input[type=radio]")
    sparsity.locator(f"#{name} button").click()
    assert reply(sparsity, name) == "Choose one first."
    radios.first.focus()
    for option in asked.options[1:]:
        sparsity.keyboard.press("ArrowDown")
        sparsity.keyboard.press("Enter")
        assert reply(sparsity, name)[2:] == option.reply.replace("*", "")
        assert reply(sparsity, name).startswith("✓" if option.right else "✗")
    assert not sparsity.complaints


def test_hints_come_before_the_solution_and_all_are_closed(sparsity):
    for name in PAGES["sparsity"]:
        folds = sparsity.locator(f"#{name} details")
        titles = folds.locator("summary").all_inner_texts()
        assert titles == ["Hint"] * (len(titles) - 1) + ["Solution"]
        assert len(titles) >= 2
        assert folds.evaluate_all("(all) => all.every((fold) => !fold.open)")


def test_nothing_is_remembered(sparsity):
    stored = "[localStorage, sessionStorage].flatMap((storage) => Object.keys(storage))"
    before = sparsity.evaluate(stored)
    sparsity.locator("#limit-of-a-layer input").fill("78")
    sparsity.locator("#limit-of-a-layer button").click()
    assert (sparsity.evaluate(stored), sparsity.context.cookies()) == (before, [])
    sparsity.reload()
    sparsity.locator("#limit-of-a-layer form").wait_for()
    assert sparsity.locator("#limit-of-a-layer input").input_value() == ""


@pytest.mark.parametrize("name", PAGES)
def test_every_question_of_a_chapter_stands_on_its_page_and_answers(site, new_page, name):
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{site}/book/{name}.html")
    assert page.locator(".sp-question").evaluate_all("(all) => all.map(({ id }) => id)") == PAGES[name]
    for asked in (questions.registry[one] for one in PAGES[name]):
        page.evaluate("(name) => { location.hash = name; }", asked.name)
        page.locator(f"#{asked.name} form").wait_for()
        if isinstance(asked, Number):
            page.locator(f"#{asked.name} input").fill(f"{asked.value:.6g}")
        else:
            assert isinstance(asked, Choice)
            right = next(i for i, option in enumerate(asked.options) if option.right)
            page.locator(f"#{asked.name} input").nth(right).check()
        page.locator(f"#{asked.name} button").click()
        assert reply(page, asked.name).startswith("✓")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not page.complaints


def test_on_paper_every_question_has_its_form(site, new_page):
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{site}/book/sparsity.html")
    page.wait_for_load_state("networkidle")
    assert page.locator(".sp-question form").count() == 0
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".sp-question form").count() == len(PAGES["sparsity"])


def test_without_a_script_a_question_reads_with_its_options(site, new_page):
    page = new_page(java_script_enabled=False)
    page.goto(f"{site}/book/sparsity.html")
    asked = page.locator("#square-the-features")
    assert asked.locator("ol > li").all_inner_texts() == [
        o.text.replace("*", "") for o in questions.sparsity.double_the_features.options
    ]
    asked.get_by_text("Solution").click()
    assert "(b)" in asked.locator("details").last.inner_text()
