"""How a submission is run and judged: in a process of its own, on a copy, within limits; judged here, outside of it."""

import hashlib
import shutil
import sys
import tempfile
import time
from pathlib import Path

from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade, is_solution
from traitlets import Integer

import superposition
from grading.answers import judge
from superposition.course.problem import EVIDENCE

HERE = Path(__file__).resolve().parent
CHECKERS = (HERE, Path(superposition.__file__).parent / "course")
# The course's folder, with the answers, the sources and the gradebook.
FORBIDDEN = HERE.parent


def digest():
    """A hash over every file that has a say in a mark."""
    total = hashlib.sha256()
    for folder in CHECKERS:
        for file in sorted(folder.rglob("*.py")):
            total.update(file.name.encode() + file.read_bytes())
    return total.hexdigest()


class Manager(AsyncKernelManager):
    """Starts kernel.py in place of a kernel without limits."""

    def format_kernel_cmd(self, extra_arguments=None):
        command = [sys.executable, str(HERE / "kernel.py"), *self.given, "-f", self.connection_file]
        return [*command, *(extra_arguments or ())]


def failed(cell, words):
    """Let a cell fail, with these words."""
    cell.outputs = [new_output("error", ename="NotRight", evalue=words, traceback=[words])]


class Contained(Execute):
    """Runs a submission in its own process, and judges what was handed in."""

    timeout = Integer(120, help="Seconds that one cell may take.", allow_none=True).tag(config=True)
    budget = Integer(600, help="Seconds that one submission may take in all.").tag(config=True)
    processor = Integer(240, help="Seconds of the processor that one submission may take in all.").tag(config=True)

    def preprocess(self, nb, resources, km=None):
        before = digest()
        self.deadline, self.dead = time.monotonic() + self.budget, ""
        work = resources["metadata"]["path"]
        with tempfile.TemporaryDirectory(prefix="graded-", ignore_cleanup_errors=True) as folder:
            copy = shutil.copytree(work, Path(folder, "work"))
            resources["metadata"]["path"] = str(copy)
            manager = Manager(kernel_name="python3")
            manager.given = (str(copy), str(FORBIDDEN), str(self.processor))
            try:
                nb, resources = super().preprocess(nb, resources, km=manager)
            except DeadKernelError as death:
                self.dead = str(death)
            finally:
                resources["metadata"]["path"] = work
        for cell in nb.cells:
            if is_grade(cell) and not is_solution(cell) and cell.cell_type == "code":
                self.weigh(cell, resources["nbgrader"])
        if digest() != before:
            self.log.error("The checker changed while %s was graded: restore it", resources["nbgrader"])
            for cell in nb.cells:
                if cell.cell_type == "code":
                    failed(cell, "The checker was changed while this was graded.")
        return nb, resources

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type != "code":
            return cell, resources
        if not self.dead and time.monotonic() > self.deadline:
            self.dead = f"over {self.budget} seconds in all"
        if self.dead:
            failed(cell, f"Not run: {self.dead}.")
            return cell, resources
        try:
            return super().preprocess_cell(cell, resources, index)
        except (CellTimeoutError, DeadKernelError) as end:
            self.dead = (
                "the process ended, by its limits or by itself" if isinstance(end, DeadKernelError) else "time is over"
            )
            failed(cell, f"Not run to its end: {self.dead}.")
            return cell, resources

    def weigh(self, cell, about):
        """Put the verdict in the place of what a cell handed in."""
        if any(output.output_type == "error" for output in cell.outputs):
            return
        handed = [output.data[EVIDENCE] for output in cell.outputs if EVIDENCE in output.get("data", {})]
        if len(handed) != 1:
            failed(cell, "Nothing was handed in here." if not handed else "More than one answer was handed in here.")
            return
        right, words = judge(about["assignment"], about["student"], handed[0])
        if right:
            cell.outputs = [new_output("display_data", data={"text/plain": words})]
        else:
            failed(cell, words)
