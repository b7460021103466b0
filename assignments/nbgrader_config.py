"""How nbgrader runs this course; see *Teaching with this book* on the site."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = os.environ.get("COURSE_ID", "superposition")
c.CourseDirectory.root = os.environ.get("COURSE_ROOT", str(ROOT))
if "COURSE_DATABASE" in os.environ:
    c.CourseDirectory.db_url = os.environ["COURSE_DATABASE"]

c.ClearSolutions.code_stub = {"python": "...  # your answer"}
c.ClearSolutions.text_stub = "*Your answer, in a few sentences.*"
# what a student writes runs in a process of its own, within limits, and is judged outside of it
c.Autograde.autograde_preprocessors = [
    "grading.contained.Contained",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
