"""What it takes to prove each chapter: nbval, strict, against executing the chapter alone."""

import subprocess
import sys
from pathlib import Path
from time import perf_counter

import nbformat
from nbclient import NotebookClient

BOOK = Path(__file__).parents[1] / "book"


def execute(path):
    notebook = nbformat.read(path, as_version=4)
    quiet = ["--IPKernelApp.log_level=ERROR"]
    NotebookClient(notebook, kernel_name="python3", timeout=600, extra_arguments=quiet).execute(cwd=str(BOOK))


def validate(path):
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-q", path]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout)


def seconds(work, path):
    start = perf_counter()
    work(path)
    return perf_counter() - start


def main():
    for path in sorted(BOOK.glob("*.ipynb")):
        alone, validated = seconds(execute, path), seconds(validate, path)
        print(
            f"nbval of {path.stem}: {validated:.1f} s vs executing it {alone:.1f} s: {validated / alone:.2f} "
            f"(goal: no chapter over 60 s)"
        )


if __name__ == "__main__":
    main()
