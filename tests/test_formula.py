"""A Formula keeps its promises: one definition, checked domain, named errors."""

import re
import warnings
from functools import cache

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from sympy.codegen.cfunctions import expm1, log1p

from superposition import formulas
from superposition.formula import Formula, Measured, Q, half, javascript, numeric, root, to_latex
from superposition.symbols import NOTATION, L, entry, eps, kappa, l, l0, m, n, t


def make(expr, **options):
    return Formula("made_up", expr, "a formula for this test", "exact", "new here", "this test", **options)


def test_expression_without_translation_is_refused_at_definition():
    with pytest.raises(TypeError, match=r"contains Product"):
        make(sp.Product(l, (l, 1, n)))
    with pytest.raises(TypeError, match=r"contains factorial"):
        make(sp.factorial(n))
    with pytest.raises(TypeError, match=r"contains Infinity"):
        make(sp.Max(n, sp.oo, evaluate=False))


def test_status_must_be_one_of_the_five():
    with pytest.raises(
        ValueError,
        match=r"status = 'obvious'.*accepted: 'exact', 'bound', 'bound, with probability', 'asymptotic', 'heuristic'",
    ):
        Formula("made_up", n, "", "obvious", "known", "")
    with pytest.raises(ValueError, match=r"provenance = 'mine'.*accepted: 'known', 'from the post', 'new here'"):
        Formula("made_up", n, "", "exact", "mine", "")


def test_symbol_must_be_in_the_notation_table():
    with pytest.raises(ValueError, match=r"q is not in the notation table"):
        make(sp.Symbol("q"))


def test_domain_may_only_name_arguments():
    with pytest.raises(ValueError, match=r"names L, which is not in"):
        make(n, where=(n < L,))


@cache
def holds(interval, number):
    """Whether an interval has a number in it; the letters share few intervals."""
    return bool(interval.contains(sp.Rational(str(number))))


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf"), 0, -3, 0.999])
@pytest.mark.parametrize("name", formulas.registry)
def test_number_outside_the_domain_is_named(name, bad):
    formula = formulas.registry[name]
    for argument in formula.arguments:
        interval = next(i for s, i in formula.domain.items() if s.name == argument)
        if np.isfinite(bad) and holds(interval, bad):
            continue
        values = {s.name: 2 if holds(i, 2) else 0.25 for s, i in formula.domain.items()} | {argument: bad}
        with pytest.raises(ValueError, match=rf"{name}: {argument} = .* accepted: a finite real number"):
            formula(**values)


@pytest.mark.parametrize("bad", ["8", None, True, np.bool_(True), 1j, [1, "2"], [True], object(), n, np.array([1j])])
def test_value_that_is_no_number_is_a_type_error(bad):
    with pytest.raises(TypeError, match=r"welch_bound: n = .* is not a number or an array of numbers; accepted"):
        formulas.welch_bound(n=bad, m=4096)


def test_arguments_are_keywords_and_all_of_them():
    with pytest.raises(TypeError, match=r"512 was given by position"):
        formulas.welch_bound(512, 4096)
    with pytest.raises(TypeError, match=r"n is missing; accepted: m, n"):
        formulas.welch_bound(m=4096)
    with pytest.raises(TypeError, match=r"k = 3 is not an argument"):
        formulas.welch_bound(m=4096, n=512, k=3)


def test_shapes_that_do_not_broadcast_are_named():
    with pytest.raises(ValueError, match=r"shapes do not broadcast: m \(3,\), n \(2,\)"):
        formulas.welch_bound(m=[8, 9, 10], n=[2, 3])


def test_condition_between_arguments_names_both():
    with pytest.raises(ValueError, match=r"welch_bound: m = 4 with n = 8 is outside the domain; accepted: m >= n"):
        formulas.welch_bound(n=[4, 8], m=4)


def test_arrays_broadcast_and_numbers_stay_numbers():
    grid = formulas.welch_bound(n=np.array([[2], [4]]), m=[4, 8, 16])
    assert grid.shape == (2, 3)
    assert grid[1, 2] == formulas.welch_bound(n=4, m=16)
    assert isinstance(formulas.welch_bound(n=4, m=16), float)


def test_whole_numbers_beyond_64_bits_are_numbers():
    assert formulas.max_active(n=1, m=10**30) == pytest.approx(1 / (8 * 30 * np.log(10)))


def test_inputs_are_never_changed():
    m_values = np.array([4, 8, 16])
    formulas.welch_bound(n=4, m=m_values)
    assert m_values.tolist() == [4, 8, 16]


@pytest.mark.parametrize("name", formulas.registry)
def test_limits_inside_the_domain_are_finite_and_silent(name):
    formula = formulas.registry[name]
    corners = [
        dict(l=1, m=4, n=4, eps=0.25, t=0.5),
        dict(l=4, m=4, n=4, eps=0.25, t=0.0, phi=0.5),
        dict(l=1, m=2, n=2, eps=0.5, t=0.5),
    ]
    corners.append(dict(l=1, m=5, n=4, eps=0.25, t=0.25))
    corners.append(dict(l=1, m=7, n=4, eps=0.25, t=0.25))
    corners.append(dict(l=1, m=2, n=64, eps=0.25, t=0.25))
    corners.append(dict(l=1, m=64, n=64, eps=0.25, t=0.25))
    corners.append(dict(l=2, m=8, n=4, eps=0.25, t=0.25))
    corners = [
        dict(L=1, d=2, s=1, h=1, C=1, kappa=1, alpha=0, delta=0.5, l0=1, z=3, A=1, K=2, b=1, D=0.25, c=2, S=4)
        | dict(eta=0.25, k=2, u=1, q=1, theta=0.5, tau=1)
        | dict(eta=0.25, k=2, u=1, q=1, theta=0.5, g=1, phi=2, nu=0.5, gamma=1, p=0.25, omega=1, J=4, zeta=2)
        | corner
        for corner in corners
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        values = [
            formula(**{a: c[a] for a in formula.arguments})
            for c in corners
            if formula.contains(**{a: c[a] for a in formula.arguments})
        ]
    assert values
    assert np.isfinite(values).all()


@given(n_value=st.floats(1, 1e6), m_value=st.floats(2, 1e12))
def test_contains_says_what_a_call_accepts(n_value, m_value):
    inside = formulas.welch_bound.contains(n=n_value, m=m_value)
    assert inside == (m_value >= n_value)
    if inside:
        assert formulas.welch_bound(n=n_value, m=m_value) >= 0
    else:
        with pytest.raises(ValueError, match="outside the domain"):
            formulas.welch_bound(n=n_value, m=m_value)


def test_lower_end_survives_the_letters_assumptions():
    assert not make(eps).contains(eps=-0.1)
    assert "0 <= eps" in make(eps).js_domain


def test_latex_keeps_the_books_shape():
    assert to_latex(root(8 * sp.log(m) / n)) == r"\sqrt{\frac{8 \ln m}{n}}"
    assert to_latex(half(n - 3)) == r"\frac{n - 3}{2}"
    assert to_latex(Q(n) ** 2) == r"Q^{2}\left(n\right)"
    assert to_latex(eps) == r"\varepsilon"


def test_upper_tail_of_the_normal_is_a_function_sympy_can_use():
    assert sp.simplify(Q(n).diff(n) - Q(n).rewrite(sp.erfc).diff(n)) == 0
    assert Q(sp.oo) == 0
    assert abs(Q(sp.Integer(1)).evalf() - 0.158655253931457) < 1e-14


def test_upper_tail_in_javascript_stands_in_brackets():
    half_erfc = "((1/2)*erfc((1/2)*Math.sqrt(2)*m))"
    assert javascript(n / Q(m)) == f"n/{half_erfc}"
    assert javascript(Q(m) ** n) == f"Math.pow({half_erfc}, n)"


def test_numeric_function_refuses_a_symbol_it_was_not_told():
    with pytest.raises(ValueError, match=r"has the symbol n, which is not among"):
        numeric(l / n, ("l",))


def test_every_registered_formula_says_what_it_is():
    for name, formula in formulas.registry.items():
        assert name == formula.name
        assert formula.meaning
        assert formula.source
        assert formula.status == "exact" or formula.detail or formula.measured, name
        assert all(entry(symbol) for symbol in formula.domain)
        assert javascript(formula.expr) == formula.js
        assert formula.latex in formula.equation


def test_notation_gives_each_letter_one_meaning():
    for column in ("math", "code", "meaning"):
        entries = [getattr(row, column) for row in NOTATION]
        assert len(set(entries)) == len(entries)


def test_nothing_is_defined_at_what_is_not_finite():
    for bad in (np.nan, np.inf, -np.inf):
        assert make(n).contains(n=bad) is False
        assert make(n).contains(n=[bad, 2]).tolist() == [False, True]


def test_open_right_end_is_outside():
    open_end = make(n, domain={n: sp.Interval.Ropen(1, 4)})
    assert open_end(n=3.999) == 3.999
    assert not open_end.contains(n=4)
    with pytest.raises(ValueError, match=r"n = 4 is outside the domain; accepted: .* below 4"):
        open_end(n=4)


def test_logarithm_of_more_than_a_letter_or_a_whole_number_has_brackets():
    assert to_latex(sp.log(m)) == r"\ln m"
    assert to_latex(sp.log(2)) == r"\ln 2"
    assert to_latex(m * sp.log(12)) == r"m \ln 12"
    assert to_latex(sp.log(2) ** 2 / m) == r"\frac{\left(\ln 2\right)^{2}}{m}"
    assert to_latex(sp.log(sp.pi / 4, evaluate=False)) == r"\ln\left(\frac{\pi}{4}\right)"
    assert to_latex(sp.log(sp.Rational(3, 2))) == r"\ln\left(\frac{3}{2}\right)"
    assert to_latex(sp.log(m + 1)) == r"\ln\left(m + 1\right)"
    assert to_latex(sp.log(m) ** 2) == r"\left(\ln m\right)^{2}"


def test_logarithm_of_a_number_is_not_read_as_that_of_the_product_after_it():
    product = sp.Mul(sp.log(2), 1 + m, evaluate=False)
    assert to_latex(product) == r"\left(m + 1\right) \ln 2"
    for other in (sp.Function("f")(m), sp.log(m), Q(m)):
        assert not re.search(r"\\ln 2 +[^} ]", to_latex(sp.Mul(sp.log(2), other, evaluate=False)))
    for formula in formulas.registry.values():
        assert not re.search(r"\\ln \d+ *(?![\d} ]|\\right|$|[-+])", formula.equation), formula


def test_one_less_an_exponential_below_the_line_has_no_second_sign():
    assert to_latex(2 - 1 / (m * expm1(-n))) == r"2 + \frac{1}{m \left(1 - e^{- n}\right)}"
    assert to_latex(2 + 1 / expm1(n)) == r"2 + \frac{1}{e^{n} - 1}"


def test_incomplete_beta_names_its_upper_bound():
    assert to_latex(sp.betainc_regularized(n, m, 0, eps)) == r"I_{\varepsilon}\left(n,\, m\right)"


def test_error_function_is_one_less_its_complement_in_javascript():
    assert javascript(sp.erf(n)) == "(1 - erfc(n))"


def test_javascript_keeps_every_digit():
    assert "0.12345678901234568" in javascript(n * sp.Float("0.12345678901234568", 17))


def test_result_has_memory_of_its_own():
    m_values = np.array([4.0, 8.0])
    found = make(m)(m=m_values)
    found[0] = 0
    assert m_values.tolist() == [4, 8]
    constant = make(m * 0 + n)(n=[2.0, 3.0])
    constant[0] = 9
    assert constant.tolist() == [9, 3]


def test_exponential_of_a_fraction_is_written_on_the_line():
    assert to_latex(sp.exp(n / l)) == r"\exp\left(\frac{n}{l}\right)"
    assert to_latex(sp.exp(-n)) == "e^{- n}"


def test_a_power_that_keeps_its_digits_is_written_as_a_power():
    assert to_latex(sp.exp(l * log1p(-n / m))) == r"\left(1 - \frac{n}{m}\right)^{l}"
    assert to_latex(sp.exp(log1p(n) + log1p(m))) == r"\exp\left(\ln\left(m + 1\right) + \ln\left(n + 1\right)\right)"


def test_parts_are_written_as_letters_and_given_below():
    inner, outer = Q(n), 1 - 2 * Q(n)
    formula = make(sp.log(outer) + inner, parts={"g": outer, "p": inner})
    assert formula.latex == r"p + \ln g"
    assert formula.equation.endswith(r"g = 1 - 2 p, \quad p = Q\left(n\right) \end{gathered}")
    assert formula(n=1) == make(formula.expr)(n=1)


def test_every_part_that_is_named_is_in_its_formula():
    for formula in formulas.registry.values():
        for letter, part in formula.parts.items():
            assert formula.expr.has(part), (formula.name, letter)


def test_small_powers_are_products_in_javascript():
    assert [javascript(n**p) for p in (2, 3, 4)] == ["(n*n)", "(n*n*n)", "Math.pow(n, 4)"]


def test_incomplete_beta_from_zero_is_one_term_in_javascript():
    assert javascript(sp.betainc_regularized(n, m, 0, eps)) == "betainc(eps, n, m)"
    assert javascript(sp.betainc_regularized(n, m, t, eps)) == "(betainc(eps, n, m) - betainc(t, n, m))"


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (1, 1.07, "0 to 7 % above it"),
        (1.05, 2, "5 to 100 % above it"),
        (0.93, 1, "0 to 7 % below it"),
        (0.5, 0.98, "2 to 50 % below it"),
        (1, 1, "0 to 0 % above it"),
        (0.5, 2, "from 50 % below to 100 % above it"),
        (0.49, 1.2, "0.49 to 1.2 times it"),
        (0.9, 2.01, "0.9 to 2.01 times it"),
    ],
)
def test_measured_range_is_said_in_words(low, high, said):
    assert Measured(low, high, over={n: (1, 2)}).words == f"measured {said}, for n from 1 to 2"


def test_ends_of_a_measured_range_have_three_digits_or_are_whole():
    places = {l: (0.363380228, 1.5), m: (10**9, 10**9), n: (2, 16_384), kappa: (4.1249e-5, 0.001)}
    assert Measured(1, 1, over=places).words.endswith(
        "for l from 0.363 to 1.5, m = 1,000,000,000, n from 2 to 16,384 and κ from 4.12 × 10⁻⁵ to 0.001"
    )


def test_measured_range_is_written_as_a_person_would():
    said = Measured(1, 1, over={m: (2, 1e100)}, where=(3 * n >= 8 * l * sp.log(m) - 1,)).words
    assert said.endswith("for m from 2 to 10¹⁰⁰, 3 n ≥ 8 l ln m − 1")
    said = Measured(1, 1, over={kappa: (1, 2), l0: (1, 1)}, where=(16 * kappa * (l0 - 1) ** 12 <= sp.sqrt(m),)).words
    assert said.endswith("for κ from 1 to 2 and l₀ = 1, 16 κ (l₀ − 1)¹² ≤ √(m)")


def test_measured_range_names_letters_of_the_notation_only():
    parts = ("f", n, "a number", "asymptotic", "known", "here")
    assert Formula(*parts, measured=Measured(1, 1, over={n: (1, 2), l: (1, 2)})).measured.over[l] == (1, 2)
    with pytest.raises(ValueError, match="is not in the notation table"):
        Formula(*parts, measured=Measured(1, 1, over={sp.Symbol("stranger"): (1, 2)}))


def test_measured_ratios_are_in_order():
    assert Measured(0, 0, over={n: (1, 2)}).high == 0
    for low, high in ((1.2, 1.1), (-0.1, 1)):
        with pytest.raises(ValueError, match="are not two ratios, the smaller one first"):
            Measured(low, high, over={n: (1, 2)})


def test_standing_is_status_provenance_and_name_and_what_they_leave_open():
    assert formulas.level_bits.standing == "**exact** · *known* · `level_bits(K, l, m)`"
    assert formulas.unit_error.standing.startswith("**asymptotic** · *known* · `unit_error(kappa)`: Gaussian noise; ")


def test_what_is_not_new_here_names_its_source():
    for formula in formulas.registry.values():
        if formula.provenance == "known":
            assert "textbook result" in formula.source or re.search(r"\b1[89]\d\d\b|\b20\d\d\b", formula.source), (
                formula
            )
        assert (formula.provenance == "from the post") == formula.source.startswith("Linsefors 2024"), formula


def test_derivation_that_ends_elsewhere_is_refused():
    expr = formulas.max_active.expr
    assert repr(formulas.max_active.derived(sp.expand(expr))) == "<Formula max_active(m, n): bound>, as derived"
    assert "✓" in formulas.max_active.derived(expr)._repr_markdown_()
    with pytest.raises(AssertionError, match=r"max_active = .*, but derived was"):
        formulas.max_active.derived(expr + sp.Rational(1, 1000))


def test_formula_is_printed_as_a_person_would_write_it():
    x = sp.Symbol("x", positive=True)
    assert to_latex(sp.log(m) / sp.log(2)) == r"\log_2 m"
    assert to_latex((sp.log(m) + l * sp.log(n)) / sp.log(2)) == r"l \log_2 n + \log_2 m"
    assert to_latex(sp.sqrt(2) * sp.sqrt(sp.pi) * x) == r"x \sqrt{2 \pi}"
    assert to_latex(half(root(n / l))) == r"\tfrac{1}{2} \sqrt{\frac{n}{l}}"
    taken = n - (l * sp.log(l) + m * sp.log(m)) / sp.log(2)
    assert to_latex(taken) == r"n - l \log_2 l - m \log_2 m"
    assert to_latex(-sp.log(x + m) / (2 * sp.log(2))) == r"- \tfrac{1}{2} \log_2\left(m + x\right)"
    assert to_latex(sp.pi * 4 ** (-x)) == r"\frac{\pi}{4^{x}}"
    ratio = sp.exp(sp.loggamma(n) - sp.loggamma(m) + sp.loggamma(x))
    assert to_latex(ratio / 2) == r"\frac{\Gamma\left(n\right) \Gamma\left(x\right)}{2 \Gamma\left(m\right)}"
    assert to_latex(sp.exp(n - sp.loggamma(m))) == r"\exp\left(n - \ln\Gamma\left(m\right)\right)"


def test_one_stands_first_unless_a_count_is_raised_by_one():
    S = sp.Symbol("S", positive=True)
    assert to_latex(S + 1) == "1 + S"
    assert to_latex(sp.sqrt(n) + 1) == r"1 + \sqrt{n}"
    assert to_latex(n + 1) == "n + 1"
    assert to_latex(n / 2 + 1) == r"\frac{n}{2} + 1"
    assert to_latex(S + 2) == "S + 2"
    assert to_latex(S + m + 1) == "S + m + 1"


def test_no_reader_meets_the_code_name_of_a_formula_as_a_word():
    words = [
        word
        for f in formulas.registry.values()
        for said in (f.meaning, f.reservations, f.source)
        for word in said.split()
    ]
    assert len(words) > 2000
    code = re.compile(r"_|\*\*|\^\{|[0-9]e[-+][0-9]|log[0-9]")
    assert not [word for word in words if code.search(word)]
