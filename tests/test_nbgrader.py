"""The course end to end with the real tool: release, submissions right, wrong and hostile, marks and feedback."""

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from superposition.course import sparsity, variant

# the real tool takes its time
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
COURSE = ROOT / "assignments"
CHAPTERS = ("sparsity", "booleanish", "compounding_noise")
SOLUTION = re.compile(r"### (?:BEGIN|END) SOLUTION\n?")

HOSTILE = {
    "limit-answer": """
import os, pathlib, socket, subprocess
import superposition.course.problem as checker
from superposition.course.problem import EVIDENCE

def refused(name, attack):
    try:
        attack()
    except PermissionError:
        print("refused:", name)

refused("fork", os.fork)
refused("a process", lambda: subprocess.run(["true"]))
refused("a shell", lambda: os.system("true"))
refused("the answers", lambda: open("{course}/grading/answers.py").read())
refused("the source", lambda: os.listdir("{course}/source"))
refused("the gradebook", lambda: open("{course}/gradebook.db", "rb"))
refused("the checker", lambda: open(checker.__file__, "a").write(""))
refused("its end", lambda: os.remove(checker.__file__))
refused("another folder", lambda: pathlib.Path("{course}/mine").mkdir())
checker.equal = lambda *_: True
checker.Derivation.remark = lambda *_: "Right."

class Sly:
    words = "Right."
    def _repr_mimebundle_(self, **_):
        return {{"text/plain": "Right.", EVIDENCE: {{"student": "mallory", "problem": "limit", "evidence": Sly()}}}}

limit = Sly()
""",
    "fools-answer": """
class List(list):
    def __len__(self): return 1
    def __eq__(self, other): return True

def fools(F, strength):
    print("x" * 10**9)
    return List()
""",
    "errors-answer": """
def errors(rng, trials):
    while True:
        try:
            while True: pass
        except KeyboardInterrupt:
            pass
""",
}


def nbgrader(course, *arguments):
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment["PYTHONPATH"] = str(ROOT / "lib")
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stderr


def submit(course, student, answers, me=None):
    """Hand in the released notebook with these cells filled in."""
    notebook = nbformat.read(course / "release/sparsity/sparsity.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.id in answers:
            cell.source = answers[cell.id]
        if cell.id == "name":
            cell.source = f'me = "{me or student}"'
    folder = course / "submitted" / student / "sparsity"
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / "sparsity.ipynb")


def solved(name):
    """The answers in the source notebook, which are those of the variant of `instructor`."""
    cells = nbformat.read(COURSE / "source" / name / f"{name}.ipynb", as_version=4).cells
    return {cell.id: SOLUTION.sub("", cell.source).strip() for cell in cells if cell.id.endswith("-answer")}


def said(course, student):
    """What each checked cell of a marked notebook says, and what the others print."""
    notebook = nbformat.read(course / "autograded" / student / "sparsity" / "sparsity.ipynb", as_version=4)
    return {
        cell.id: "\n".join(
            output.get("text") or output.get("evalue") or output.get("data", {}).get("text/plain", "")
            for output in cell.outputs
        )
        for cell in notebook.cells
        if cell.cell_type == "code"
    }


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = tmp_path_factory.mktemp("course") / "assignments"
    shutil.copytree(COURSE, course, ignore=shutil.ignore_patterns("__pycache__", "*.db"))
    nbgrader(course, "generate_assignment", "sparsity", "--create")
    right = solved("sparsity")
    submit(course, "instructor", right)
    n, m, chance, bar = sparsity.sizes_of(variant("sparsity", "wanda"))
    own = right["errors-answer"].replace(
        "n=28, m=56, chance=0.1, threshold=0.7", f"n={n}, m={m}, {chance=}, threshold={bar}"
    )
    submit(
        course,
        "wanda",
        {**right, "errors-answer": own, "limit-answer": "limit = n / (8 * sp.log(m))", "fools-answer": "fools = 3"},
    )
    submit(course, "mallory", {cell: attack.format(course=course).strip() for cell, attack in HOSTILE.items()})
    submit(course, "copycat", right, me="instructor")
    before = {file: file.read_bytes() for file in (course / "grading").glob("*.py")}
    nbgrader(course, "autograde", "sparsity", "--create", "--Contained.processor=15")
    assert {file: file.read_bytes() for file in (course / "grading").glob("*.py")} == before
    nbgrader(course, "generate_feedback", "sparsity")
    nbgrader(course, "export")
    return course


def test_the_released_notebook_holds_no_solution(course):
    released = (course / "release/sparsity/sparsity.ipynb").read_text(encoding="utf-8")
    assert "SOLUTION" not in released
    assert "Rubric" not in released
    assert "np.cumsum" not in released
    assert sorted(path.name for path in (course / "release/sparsity").iterdir()) == ["sparsity.ipynb"]


def test_marks_are_in_the_csv(course):
    with open(course / "grades.csv", encoding="utf-8") as file:
        marks = {row["student_id"]: (float(row["raw_score"]), float(row["max_score"])) for row in csv.DictReader(file)}
    assert marks == {"instructor": (8, 11), "wanda": (3, 11), "mallory": (0, 11), "copycat": (0, 11)}


def test_a_right_submission_is_told_so(course):
    words = said(course, "instructor")
    assert [words[f"{name}-check"] for name in ("limit", "fools", "errors")] == ["Right."] * 3


def test_a_wrong_one_is_told_its_mistake(course):
    words = said(course, "wanda")
    assert "That is the chapter's limit" in words["limit-check"] or "That is for" in words["limit-check"]
    assert "accepted: a function" in words["fools-check"]


def test_another_s_variant_is_told_apart(course):
    assert "the variant of 'instructor', not of 'copycat'" in said(course, "copycat")["limit-check"]


def test_a_hostile_one_is_failed_cleanly(course):
    words = said(course, "mallory")
    attacks = re.findall(r"refused\(\"([^\"]+)\"", HOSTILE["limit-answer"])
    assert len(attacks) == 9
    assert [name for name in attacks if f"refused: {name}" not in words["limit-answer"]] == []
    assert "Right" not in words["limit-check"]
    assert "characters of output" in words["fools-check"]
    assert "Not run to its end: the process ended" in words["errors-check"]
    marked = course / "autograded/mallory/sparsity/sparsity.ipynb"
    assert marked.stat().st_size < 10**6
    assert not (course / "mine").exists()


def test_feedback_is_written_for_everyone(course):
    for student in ("instructor", "wanda", "mallory", "copycat"):
        page = (course / "feedback" / student / "sparsity" / "sparsity.html").read_text(encoding="utf-8")
        assert "How many, of what strength" in page


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_source_notebooks_solve_themselves(name, monkeypatch):
    monkeypatch.syspath_prepend(str(COURSE))
    from grading.answers import judge

    from superposition.course.problem import EVIDENCE

    scope, verdicts = {}, []
    for cell in nbformat.read(COURSE / "source" / name / f"{name}.ipynb", as_version=4).cells:
        if cell.cell_type == "code":
            exec(SOLUTION.sub("", cell.source), scope)
            if cell.id.endswith("-check"):
                handed = eval(cell.source, scope)
                verdicts.append(judge(name, "instructor", handed._repr_mimebundle_()[EVIDENCE]))
    assert verdicts == [(True, "Right.")] * len(scope["sheet"].names)


@pytest.mark.parametrize("name", CHAPTERS)
def test_an_assignment_mixes_derivation_program_and_text(name):
    cells = nbformat.read(COURSE / "source" / name / f"{name}.ipynb", as_version=4).cells
    marked = [cell.metadata.nbgrader for cell in cells if cell.metadata.nbgrader.get("grade")]
    assert sum(cell["points"] for cell in marked) in (11, 13)
    assert any(cell["solution"] and cell["cell_type"] == "markdown" for cell in marked)
    assert "**Rubric.**" in "".join(cell.source for cell in cells)
