"""Every registered formula gives the same number in JavaScript, in a real browser, as in NumPy."""

import json

import numpy as np
import pytest
import sympy as sp

from superposition import formulas
from superposition.explorer import module_source
from superposition.formula import Q, bare, betainc_inverse, numeric

POINTS = 1000
# Where a domain has no upper end, samples stop here; beyond it no page goes.
REACH = {"n": 1e6, "m": 1e12, "l": 1e6}

SPECIAL = (sp.erfc, sp.loggamma, sp.betainc_regularized, betainc_inverse)
SPECIAL_IN_NUMPY = ("Q", "erfc", "gammaln", "loggamma", "betainc", "betainc_inverse", "log_binomial")


def axis_of(formula, symbol, size, rng):
    """Random values of one argument, spread over its decades where it has many, with its ends."""
    interval = formula.domain[symbol]
    low, high = float(interval.start), float(min(interval.end, REACH.get(symbol.name, 1e6)))
    if low >= 1:
        values = np.exp(rng.uniform(np.log(low), np.log(high), size))
        values[: size // 2] = np.round(values[: size // 2])
        values = np.clip(values, low, high)
    else:
        values = rng.uniform(low, high, size)
        tiny = rng.random(size) < 0.3
        values[tiny] = np.clip(10 ** rng.uniform(-6, 0, tiny.sum()), max(low, 0), high)
    values[rng.random(size) < 0.03] = low
    return values


def points_of(formula, size=POINTS):
    """Points of the declared domain, equal arguments among them (m = n, l = m)."""
    rng = np.random.default_rng(list(formula.name.encode()))
    kept = {name: np.empty(0) for name in formula.arguments}
    for _ in range(400):
        drawn = {symbol.name: axis_of(formula, symbol, 4 * size, rng) for symbol in formula.domain}
        for relation in formula.where:
            names = sorted(symbol.name for symbol in relation.free_symbols)
            if len(names) == 2 and {*names} <= {"l", "m", "n"}:
                same = rng.random(4 * size) < 0.05
                drawn[names[0]] = np.where(same, drawn[names[1]], drawn[names[0]])
        inside = formula.contains(**drawn)
        kept = {name: np.append(kept[name], drawn[name][inside])[:size] for name in kept}
        if len(kept[formula.arguments[0]]) == size:
            return kept
    raise AssertionError(f"{formula.name}: too few points inside the domain")


def shaken(formula, at):
    """How far results go, of their size, if special functions and what they are taken of are off by a ten-billionth, in such units."""
    off, rng = 1e-10, np.random.default_rng(1)
    symbols = sorted(formula.expr.free_symbols, key=lambda symbol: symbol.name)
    function = bare(formula.expr, symbols)

    def noisy(exact):
        def call(*places):
            places = [place * (1 + off * rng.uniform(-1, 1, np.shape(place))) for place in places]
            found = exact(*places)
            return found * (1 + off * rng.uniform(-1, 1, np.shape(found)))

        return call

    named = {name: function.__globals__[name] for name in SPECIAL_IN_NUMPY if name in function.__globals__}
    places = [at[symbol.name] for symbol in symbols]
    with np.errstate(all="ignore"):
        value = function(*places)
        function.__globals__.update({name: noisy(exact) for name, exact in named.items()})
        apart = np.fmax.reduce([np.abs(function(*places) - value) for _ in range(8)])  # a place beyond an end has none
        assert np.nanmax(apart) > 0, f"{formula.name}: no special function was shaken"
        return 1 + 3 * np.nan_to_num(np.where(value == 0, 0, apart / np.abs(value)), posinf=0) / off


def condition_of(formula, at):
    """How much the special functions' rounding can grow on its way into the result."""
    expr = formula.expr.replace(Q, lambda x: sp.erfc(x / sp.sqrt(2)) / 2)
    nodes = expr.atoms(*SPECIAL)
    if any(node.free_symbols - formula.expr.free_symbols for node in nodes):
        return shaken(formula, at)  # within a sum they have no slope
    value = formula(**at)
    total = np.ones_like(value)
    for node in nodes:
        w = sp.Symbol("w")
        names = (*formula.arguments, "w")
        inner = numeric(node, formula.arguments)(**at)
        # times w before it becomes a number: the slope alone can leave the range of one
        times = w * sp.diff(expr.xreplace({node: w}), w)
        slope = numeric(times, names)(**at, w=inner)
        if not np.isfinite(slope).all():
            return shaken(formula, at)
        parts = [sp.Symbol(f"u{i}") for i in range(len(node.args))]
        alone = numeric(node.func(*parts), [p.name for p in parts])
        places = {p.name: numeric(arg, formula.arguments)(**at) for p, arg in zip(parts, node.args, strict=True)}
        own = np.ones_like(value)
        for name, place in places.items():
            step = 1e-6
            moved = alone(**places | {name: place * (1 - step)})
            with np.errstate(all="ignore"):
                own += np.where(inner == 0, 0, np.abs((moved - inner) / step / inner))
        with np.errstate(all="ignore"):
            total += np.where(value == 0, 0, np.abs(slope / value)) * own
    return total


def in_browser(page, formula, at):
    """Whether JavaScript finds every point inside the domain, and its values. (As texts, which travel ten times as fast.)"""
    rows = np.stack([at[name] for name in formula.arguments], axis=1).tolist()
    inside, values = page.evaluate(
        """async ([names, js, inside, rows]) => {
            const { evaluate } = await import("/explorer.js");
            const scopes = JSON.parse(rows).map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])));
            return [scopes.every((scope) => evaluate(inside, scope) === true), scopes.map((scope) => evaluate(js, scope)).join(" ")];
        }""",
        [list(formula.arguments), formula.js, formula.js_domain, json.dumps(rows)],
    )
    return inside, np.array([float(text) for text in values.split(" ")])


@pytest.fixture(scope="module")
def page(browser, serve, tmp_path_factory):
    folder = tmp_path_factory.mktemp("parity")
    (folder / "explorer.js").write_text(module_source(), encoding="utf-8")
    (folder / "index.html").write_text("<!doctype html><title>parity</title>", encoding="utf-8")
    context = browser.new_context()
    page = context.new_page()
    page.goto(serve(folder) + "/index.html")
    yield page
    context.close()


def worst_excess(formula, page):
    """Largest deviation of JavaScript from NumPy, in units of what is allowed."""
    at = points_of(formula)
    inside, javascript = in_browser(page, formula, at)
    assert inside, f"{formula.name}: a point of the domain is refused in JavaScript"
    expected = formula(**at)
    special = formula.expr.replace(Q, lambda x: sp.erfc(x)).atoms(*SPECIAL)
    # where a value is next to nothing its relative error may be anything
    relative = 1e-10 * np.minimum(condition_of(formula, at), 1e15) if special else 1e-12
    allowed = np.maximum(relative * np.abs(expected), 1e-300)
    assert np.isfinite(allowed).all(), f"{formula.name}: the condition number is not finite everywhere"
    assert np.isfinite(expected).all(), f"{formula.name}: NumPy is not finite everywhere"
    deviation = np.abs(javascript - expected)
    assert np.isfinite(deviation).all(), f"{formula.name}: JavaScript is not finite everywhere"
    return (deviation / allowed).max()


@pytest.mark.parametrize("name", formulas.registry)
def test_javascript_equals_numpy(name, page):
    assert worst_excess(formulas.registry[name], page) <= 1


def test_a_wrong_formula_would_be_noticed(page):
    right = formulas.max_active

    class Wrong:
        def __getattr__(self, name):
            return getattr(right, name)

        def __call__(self, **at):
            return right(**at)

        js = right.js.replace("1/8", "1/9")

    assert Wrong.js != right.js
    assert worst_excess(Wrong(), page) > 1e6
