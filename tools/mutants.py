"""Break the library in one place at a time, and see whether its unit tests notice: `make mutants`.

Each mutant is one change of one module: a number, an operator, a comparison, a status word, a condition dropped, a
statement left out. It never touches the files: a forked child, with the heavy imports already made, loads the changed
module and runs its tests and doctests until one fails, the fastest first, and only those that pass through the changed
lines. What was found is kept in `_build/mutants`, so that a run that was stopped goes on where it was: a mutant that was
killed stays so until its module changes, one that survived until its module or the tests do. No ready tool is used: mutmut
changes only the bodies of functions, and the formulas are module-level data; cosmic-ray starts a process and imports SymPy
for every mutant, and neither knows status words, keyword arguments or JavaScript.

    python tools/mutants.py                    a random 40 mutants of each module
    python tools/mutants.py formulas codes     of modules with one of these words in their name
    python tools/mutants.py --most 0 formula   all of them
    python tools/mutants.py --quick            by the tests that are not marked slow alone
    python tools/mutants.py --fresh            forget what was found before
"""

import argparse
import ast
import concurrent.futures
import copy
import hashlib
import importlib
import importlib.abc
import importlib.machinery
import json
import os
import pathlib
import random
import re
import signal
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).parents[1]
LIBRARY = ROOT / "lib" / "superposition"
EQUIVALENT = pathlib.Path(__file__).with_name("mutants.txt")
FOUND = ROOT / "_build" / "mutants"
ACTIVE = [
    "test_readout.py::test_active_sets_are_uniform_over_all_sets",
    "test_readout.py::test_both_ways_of_drawing_active_sets_are_uniform",
    "test_readout.py::test_many_active_features_are_drawn_by_rank_and_few_one_by_one",
]
EXPLORER = ["test_explorer_javascript.py"]
DRAWN = [*EXPLORER, "test_explorer_document.py"]
RANGES = "test_measured.py::test_the_range_is_that_of_the_stored_grid"
PLACES = "test_measured.py::test_rows_stand_at_the_places_of_the_grid"
FORMULAS = ["test_values.py", RANGES, PLACES]
VOTES = [
    "test_correction.py::test_the_bound_on_a_vote_layer_adds_up_to_one_where_it_is_sure_to_fail",
    "test_correction.py::test_the_bound_on_a_vote_layer_is_its_two_integrals",
]

# module: the tests that concern it, by file or by name
TESTS = {
    "formula.py": ["test_formula.py", "test_values.py", RANGES, "test_is_it_a_win.py", *EXPLORER],
    "formulas/directions.py": FORMULAS,
    "formulas/sparsity.py": FORMULAS,
    "formulas/booleanish.py": FORMULAS,
    "formulas/compounding_noise.py": FORMULAS,
    "formulas/error_correction.py": [*FORMULAS, *VOTES],
    "formulas/error_correction_layers.py": FORMULAS,
    "formulas/is_it_a_win.py": FORMULAS,
    "formulas/occurrence.py": FORMULAS,
    "formulas/training.py": [*FORMULAS, "test_training.py"],
    "formulas/dictionary.py": FORMULAS,
    "formulas/readouts.py": FORMULAS,
    "formulas/weights.py": FORMULAS,
    "overlaps.py": ["test_codes.py", "test_dictionary.py"],
    "codes.py": ["test_codes.py"],
    "draws.py": ["test_draws.py"],
    "simulate/active.py": ACTIVE,
    "simulate/chains.py": ["test_draws.py", "test_relay.py"],
    "simulate/correction.py": ["test_correction.py"],
    "simulate/directions.py": ["test_simulate_directions.py", "test_readout.py"],
    "simulate/equal_noise.py": ["test_simulate.py", "test_is_it_a_win.py"],
    "simulate/decoders.py": ["test_decoders.py"],
    "simulate/levels.py": ["test_simulate.py", "test_levels.py"],
    "simulate/limits.py": ["test_limits.py", "test_simulate.py", "test_readout.py"],
    "simulate/linear.py": ["test_linear.py", "test_is_it_a_win.py"],
    "simulate/precision.py": ["test_simulate.py", "test_precision.py"],
    "simulate/quantiser.py": ["test_simulate.py", "test_precision.py"],
    "simulate/readout.py": ["test_simulate.py", "test_readout.py"],
    "simulate/occurrence.py": ["test_occurrence.py"],
    "simulate/relay.py": ["test_simulate.py", "test_relay.py"],
    "simulate/training.py": ["test_training.py"],
    "simulate/weights.py": ["test_weights.py"],
    "simulate/trials.py": ["test_simulate.py", "test_readout.py", "test_relay.py", "test_precision.py"],
    "dictionary/comparison.py": ["test_dictionary.py"],
    "dictionary/diagnosis.py": ["test_dictionary.py"],
    "dictionary/files.py": ["test_dictionary_files.py"],
    "dictionary/nearest.py": ["test_dictionary.py"],
    "dictionary/report.py": ["test_dictionary.py", "test_dictionary_files.py"],
    "sweeps.py": ["test_sweeps.py"],
    "results.py": ["test_results.py"],
    "data/readouts.py": ["test_decoders.py"],
    "data/words.py": ["test_occurrence.py"],
    "data/dictionaries.py": ["test_dictionary_data.py"],
    "question/__init__.py": ["test_questions.py"],
    "explorer/declaration.py": ["test_explorer.py"],
    "explorer/numbers.py": ["test_explorer.py"],
    "explorer/widget.py": ["test_explorer.py"],
    "explorer/numbers.js": EXPLORER,
    "explorer/expressions.js": EXPLORER,
    "explorer/state.js": EXPLORER,
    "explorer/draws.js": ["test_draws.py", "test_mechanisms.py"],
    "explorer/chart.js": DRAWN,
    "explorer/explorer.js": DRAWN,
    "explorer/measure.js": DRAWN,
}

# what may be imported once for all children, since nothing in it imports the modules of that folder or a later one
BEFORE = {
    "codes.py": ["superposition.formulas"],
    "draws.py": ["superposition.formulas"],
    "simulate/": ["superposition.codes", "superposition.draws"],
    "explorer/": ["superposition.simulate"],
}
SCRIPTS = ["superposition.explorer", "tests.test_values"]

ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult}
ARITHMETIC |= {ast.FloorDiv: ast.Div, ast.Mod: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd}
COMPARISONS = {ast.Lt: [ast.LtE, ast.GtE], ast.LtE: [ast.Lt, ast.Gt], ast.Gt: [ast.GtE, ast.LtE]}
COMPARISONS |= {ast.GtE: [ast.Gt, ast.Lt], ast.Eq: [ast.NotEq], ast.NotEq: [ast.Eq]}
COMPARISONS |= {ast.In: [ast.NotIn], ast.NotIn: [ast.In], ast.Is: [ast.IsNot], ast.IsNot: [ast.Is]}
PAIRS = (
    ("min", "max"),
    ("minimum", "maximum"),
    ("floor", "ceil"),
    ("any", "all"),
    ("argmin", "argmax"),
    ("sqrt", "exp"),
)
NAMES = {a: b for pair in PAIRS for a, b in (pair, pair[::-1])}
STATUS = {"exact": "bound", "bound": "asymptotic", "asymptotic": "heuristic", "heuristic": "exact"}
STATUS["bound, with probability"] = "bound"


def changes_of(node):
    """What may stand in the place of a node, as new nodes."""
    if isinstance(node, ast.Constant):
        value = node.value
        if isinstance(value, bool):
            yield ast.Constant(not value)
        elif isinstance(value, (int, float)):
            yield ast.Constant(value + 1)
            yield ast.Constant(value - 1 if isinstance(value, int) else value * 2)
        elif value in STATUS:
            yield ast.Constant(STATUS[value])
    elif isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        yield ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right)
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
        for op in COMPARISONS[type(node.ops[0])]:
            yield ast.Compare(node.left, [op(), *node.ops[1:]], node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not, ast.Invert)):
        yield node.operand
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in NAMES:
        yield ast.Name(NAMES[node.id], ast.Load())
    elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and node.attr in NAMES:
        yield ast.Attribute(node.value, NAMES[node.attr], ast.Load())
    elif isinstance(node, (ast.If, ast.IfExp, ast.While)):
        yield type(node)(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
    elif isinstance(node, (ast.AugAssign, ast.Expr)) and not isinstance(getattr(node, "value", None), ast.Yield):
        yield ast.Pass()
    elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Formula":
        for keyword in node.keywords:
            if keyword.arg == "where":
                conditions = keyword.value.elts
                for i in range(len(conditions)):
                    fewer = ast.Tuple(conditions[:i] + conditions[i + 1 :], ast.Load())
                    others = [ast.keyword("where", fewer) if k is keyword else k for k in node.keywords]
                    yield ast.Call(node.func, node.args, others)
            elif keyword.arg == "domain":
                yield ast.Call(node.func, node.args, [k for k in node.keywords if k is not keyword])


def places(tree):
    """(node, parent, field, index) of every node that may change: no docstrings, annotations, messages or exports."""
    stack = [tree]
    while stack:
        parent = stack.pop()
        for name, value in ast.iter_fields(parent):
            for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if not isinstance(node, ast.AST) or name in ("annotation", "returns", "decorator_list"):
                    continue
                skipped = (ast.JoinedStr, ast.Raise, ast.Import, ast.ImportFrom)
                docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
                exported = isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__"
                if docstring or exported or isinstance(node, skipped):
                    continue
                yield node, parent, name, index
                stack.append(node)


def python_mutants(tree):
    """(line, what changed, where, lines of its statement) for every mutant of a Python file."""
    statements = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    for node, parent, name, index in places(tree):
        for new in changes_of(node):
            before, after = (re.sub(r"\s+", " ", ast.unparse(shown)) for shown in (node, new))
            if isinstance(node, (ast.Constant, ast.Name)) and not isinstance(parent, ast.Module):
                context = re.sub(r"\s+", " ", ast.unparse(parent))[:70]
                after = f"{after} in {context}"
            shown = f"{before[:90]} -> {after[:90]}"
            around = [s for s in statements if s.lineno <= node.lineno and node.end_lineno <= s.end_lineno]
            closest = min(around, key=lambda s: s.end_lineno - s.lineno)
            body = getattr(closest, "body", None)
            last = body[0].lineno - 1 if body and node is not closest else closest.end_lineno
            new = ast.copy_location(new, node)
            yield (
                node.lineno,
                shown,
                (parent, name, index, node, new),
                range(closest.lineno, max(last, node.lineno) + 1),
            )


def planted(tree, place):
    """A copy of the tree with one node changed."""
    parent, name, index, node, new = place

    def put(what):
        if index is None:
            setattr(parent, name, what)
        else:
            getattr(parent, name)[index] = what

    put(new)
    mutant = ast.fix_missing_locations(copy.deepcopy(tree))
    put(node)
    return mutant


TOKENS = re.compile(
    r"""(?P<skip>//.*|`(?:\\.|[^`])*`|"(?:\\.|[^"])*"|/(?:\\.|[^/\n ])+/[gu]?(?=[.,)]))|(?P<number>\b\d+(?:\.\d+)?(?:e-?\d+)?\b)"""
    r"""|(?P<word>Math\.(?:min|max|floor|ceil|round|abs|log10)|\b(?:true|false)\b|findIndex\b|findLastIndex\b)"""
    r"""|(?P<operator>===|!==|=>|<=|>=|&&|\|\||\?\?|\+=|\+\+|\*\*|[-+*/<>%!])"""
)
WORDS = {"Math.min": "Math.max", "Math.max": "Math.min", "Math.floor": "Math.ceil", "Math.ceil": "Math.floor"}
WORDS |= {"Math.round": "Math.floor", "true": "false", "false": "true", "findIndex": "findLastIndex"}
WORDS |= {"findLastIndex": "findIndex", "Math.abs": "", "Math.log10": "Math.log"}
OPERATORS = {"===": ["!=="], "!==": ["==="], "<=": ["<", ">"], ">=": [">", "<"], "<": ["<=", ">="], ">": [">=", "<="]}
OPERATORS |= {
    "&&": ["||"],
    "||": ["&&"],
    "??": ["&&"],
    "+": ["-"],
    "-": ["+"],
    "*": ["/"],
    "/": ["*"],
    "**": ["*"],
    "!": [""],
}
OPERATORS |= {"%": ["*"]}


def javascript_mutants(text):
    """(line, what changed, text, no lines) for every mutant of a JavaScript file."""
    for token in TOKENS.finditer(text):
        found, start, end = token.group(), *token.span()
        if token["number"]:
            options = [str(float(found) + 1).removesuffix(".0"), "0" if float(found) else "-1"]
        else:
            options = [WORDS[found]] if found in WORDS else OPERATORS.get(found, []) if token["operator"] else []
        line = text.count("\n", 0, start) + 1
        whole = text.splitlines()[line - 1].strip()
        for new in options:
            yield line, f"{found} -> {new or 'nothing'} in {whole[:100]}", text[:start] + new + text[end:], None


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module of the library from a changed tree."""

    def __init__(self, name, path, tree):
        self.name, self.path, self.tree = name, path, tree

    def find_spec(self, name, path=None, target=None):
        if name != self.name:
            return None
        package = self.path.name == "__init__.py"
        spec = importlib.machinery.ModuleSpec(name, self, origin=str(self.path), is_package=package)
        if package:
            spec.submodule_search_locations = [str(self.path.parent)]
        spec.has_location = True
        return spec

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(compile(self.tree, str(self.path), "exec"), module.__dict__)


def put_in_place(path, changed):
    """Let this process see a changed module where the file stands."""
    if path.suffix == ".py":
        # a package is known by its folder
        parts = path.relative_to(LIBRARY).with_suffix("").parts
        name = ".".join(("superposition", *(part for part in parts if part != "__init__")))
        sys.meta_path.insert(0, Finder(name, path, changed))
        return
    read = pathlib.Path.read_text
    pathlib.Path.read_text = lambda self, *args, **kwargs: changed if self == path else read(self, *args, **kwargs)
    for value in vars(importlib.import_module("superposition.explorer.widget")).values():
        if hasattr(value, "cache_clear"):
            value.cache_clear()


class Watch:
    """pytest plugin: how long each test takes and which lines of a file, if any, it passes through, its fixtures' included."""

    def __init__(self, path):
        self.path, self.lines, self.fixtures, self.tests = path and str(path), set(), {}, {}

    def trace(self, frame, event, arg):
        if frame.f_code.co_filename != self.path:
            return None
        self.lines.add(frame.f_lineno)
        return self.trace

    def forget(self):
        """Empty the file's caches: a test that is given what another one made passes through no lines."""
        for module in list(sys.modules.values()):
            if self.path and getattr(module, "__file__", None) == self.path:
                for value in vars(module).values():
                    getattr(value, "cache_clear", lambda: None)()

    def pytest_collection_finish(self, session):
        if self.path:
            threading.settrace(self.trace)
            sys.settrace(self.trace)

    def hookimpls(self):
        import pytest

        @pytest.hookimpl(wrapper=True)
        def pytest_fixture_setup(fixturedef, request):
            before, self.lines = self.lines, set()
            result = yield
            self.fixtures.setdefault(fixturedef.argname, set()).update(self.lines)
            self.lines |= before
            return result

        @pytest.hookimpl(wrapper=True)
        def pytest_runtest_protocol(item, nextitem):
            self.lines = set()
            self.forget()
            begun = time.perf_counter()
            result = yield
            spent = time.perf_counter() - begun
            lines = self.lines.union(*(self.fixtures.get(name, ()) for name in item.fixturenames))
            self.tests[item.nodeid] = (spent, sorted(lines))
            return result

        self.pytest_fixture_setup, self.pytest_runtest_protocol = pytest_fixture_setup, pytest_runtest_protocol
        return self


class Chosen:
    """pytest plugin: runs the chosen tests only, in their order."""

    def __init__(self, names):
        self.order = {name: place for place, name in enumerate(names)}

    def hookimpls(self):
        import pytest

        @pytest.hookimpl(trylast=True)
        def pytest_collection_modifyitems(items):
            items[:] = sorted((i for i in items if i.nodeid in self.order), key=lambda i: self.order[i.nodeid])

        self.pytest_collection_modifyitems = pytest_collection_modifyitems
        return self


def run(path, changed, tests, seconds, plugin, report=None, quick=False):
    """Whether the tests fail, in a forked child: "killed", "timeout" (which is noticed, too) or "survived"."""
    child = os.fork()
    if child == 0:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        signal.alarm(int(seconds))
        code = 1
        try:
            put_in_place(path, changed)
            import pytest

            # with plain assertions pytest leaves the loading of modules alone
            arguments = [
                "-x",
                "-q",
                "-p",
                "no:cacheprovider",
                "--doctest-modules",
                "--assert=plain",
                "--rootdir",
                str(ROOT),
                *(["-m", "not slow"] if quick else []),
            ]
            code = pytest.main([*arguments, *tests], plugins=[plugin.hookimpls()])
            if report:
                pathlib.Path(report).write_text(json.dumps(plugin.tests), encoding="utf-8")
        finally:
            os._exit(int(code))
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return "timeout" if code == -signal.SIGALRM else "killed" if code else "survived"


def equivalents():
    """Mutants known to change nothing that can be seen: (module, change) to the reason."""
    known = {}
    for line in EQUIVALENT.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            module, change, reason = line.split(" | ")
            known[module, change] = reason
    return known


class Found:
    """What earlier runs found of a module, on disk."""

    def __init__(self, module, tests, fresh, quick):
        self.path = FOUND / (module.replace("/", "-") + ".json")
        self.digests = {
            "module": digest(LIBRARY / module),
            "tests": digest(*(ROOT / name.split("::")[0] for name in tests)) + " quick" * quick,
        }
        known = json.loads(self.path.read_text(encoding="utf-8")) if self.path.exists() and not fresh else {}
        same = known.get("digests", {})
        self.watched, self.results = None, {}
        if same.get("module") == self.digests["module"]:
            unchanged = same["tests"] == self.digests["tests"]
            self.watched = known["watched"] if unchanged else None
            self.results = {key: value for key, value in known["results"].items() if unchanged or value != "survived"}

    def keep(self):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        kept = {"digests": self.digests, "watched": self.watched, "results": self.results}
        self.path.write_text(json.dumps(kept), encoding="utf-8")


def digest(*paths):
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def watch(path, changed, tests, traced, quick):
    """Seconds and lines of every test, and the seconds of all; they must pass without any mutant."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        begun = time.monotonic()
        if run(path, changed, tests, 1800, Watch(path if traced else None), report.name, quick) != "survived":
            raise SystemExit(f"{path.name}: its tests fail without any mutant: {', '.join(tests)}")
        return {"seconds": time.monotonic() - begun, "tests": json.loads(pathlib.Path(report.name).read_text())}


def survivors_of(module, options, known):
    """Try a sample of a module's mutants and print what was found; (killed, equivalent, tried)."""
    most, path = options.most, LIBRARY / module
    python = path.suffix == ".py"
    tests = [f"tests/{name}" for name in TESTS[module]] + [str(path.relative_to(ROOT))] * python
    begun = time.monotonic()
    text = path.read_text(encoding="utf-8")
    whole = ast.parse(text) if python else text
    found = Found(module, tests, options.fresh, options.quick)
    mutants = list(python_mutants(whole) if python else javascript_mutants(text))
    keys = [f"{line} {i} {change}" for i, (line, change, *_) in enumerate(mutants)]
    inside = set()  # the lines of functions; the others run when the module is loaded, so concern every test
    for node in ast.walk(whole) if python else ():
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            body = node.body if isinstance(node.body, list) else [node.body]
            inside.update(range(body[0].lineno, body[-1].end_lineno + 1))
    for start, names in BEFORE.items():
        if module.startswith(start):
            for name in names if python else [*names, *SCRIPTS]:
                importlib.import_module(name)
    # tracing is slow: only where most mutants are within functions
    traced = sum(line in inside for line, *_ in mutants) > len(mutants) / 2
    if found.watched is None:
        found.watched = watch(path, whole, tests, traced, options.quick)
        found.keep()
    everything = len(mutants)
    sample = range(everything)
    if most and most < everything:
        sample = sorted(random.Random(f"{module} {options.seed}").sample(sample, most))
    lock = threading.Lock()

    def attempt(i):
        line, _, place, lines = mutants[i]
        if keys[i] in found.results:
            return
        chosen = list(found.watched["tests"].items())
        if traced and line in inside:
            # lines that no test passes through may have run when the module was loaded
            chosen = [(name, seen) for name, seen in chosen if set(lines) & set(seen[1])] or chosen
        names = [name for name, seen in sorted(chosen, key=lambda item: item[1][0])]
        files = dict.fromkeys(name.split("::")[0] for name in names)
        with lock:
            changed = planted(whole, place) if python else place
        result = "survived"
        if names:
            seconds = 60 + 8 * sum(seen[0] for _, seen in chosen)
            result = run(path, changed, files, seconds, Chosen(names))
        with lock:
            found.results[keys[i]] = result
            found.keep()

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(attempt, sample))
    left = [mutants[i][:2] for i in sample if found.results[keys[i]] == "survived"]
    alike = [(line, change) for line, change in left if (module, change) in known]
    killed = len(sample) - len(left)
    spent = time.monotonic() - begun
    print(f"{module}: {killed} killed, {len(alike)} equivalent, of {len(sample)} ({everything} in all; {spent:.0f} s)")
    for line, change in sorted(left):
        print(f"    line {line}: {change}" + (f" [{known[module, change]}]" if (module, change) in known else ""))
    sys.stdout.flush()
    return killed, len(alike), len(sample)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*", help="parts of the modules' names; all modules if left out")
    parser.add_argument("--most", type=int, default=40, help="mutants of each module, 0 for all")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--jobs", type=int, default=2, help="mutants at a time")
    parser.add_argument("--quick", action="store_true", help="leave out the tests marked slow")
    parser.add_argument("--fresh", action="store_true", help="forget what was found before")
    options = parser.parse_args()
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ[name] = "1"
    sys.path[:0] = [str(ROOT / "lib"), str(ROOT)]
    os.chdir(ROOT)
    import anywidget, hypothesis, mpmath, numpy, pytest, scipy.integrate, scipy.optimize, scipy.sparse, scipy.stats, sympy  # noqa: E401, F401, I001

    modules = [name for name in TESTS if not options.words or any(word in name for word in options.words)]
    known = equivalents()
    found = [survivors_of(name, options, known) for name in modules]
    killed, alike, tried = (sum(column) for column in zip(*found, strict=True))
    print(
        f"{killed} of {tried - alike} killed, {killed / (tried - alike):.1%}; {alike} more change nothing that can be seen"
    )


if __name__ == "__main__":
    main()
