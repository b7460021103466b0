"""Write the locks from `pyproject.toml`: what builds and tests the book, what a reader on Binder runs, what builds JupyterLite."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
OLDEST_PYTHON = "3.11"
LOCKS = {
    "requirements.txt": ("pyproject.toml", "--all-extras"),
    "binder/requirements.txt": ("pyproject.toml",),
    "tools/lite.txt": ("--group", "lite"),
}
FROM_ELSEWHERE = re.compile(r"https?://|file:|^--", re.MULTILINE)


def compile_lock(path, what):
    command = [Path(sys.executable).with_name("uv"), "pip", "compile", *what, "--output-file", path]
    command += ["--universal", "--python-version", OLDEST_PYTHON, "--upgrade", "--quiet"]
    command += ["--no-header", "--no-emit-index-url", "--no-emit-find-links"]
    subprocess.run(command, check=True, cwd=ROOT)
    lock = (ROOT / path).read_text(encoding="utf-8")
    if FROM_ELSEWHERE.search(lock):
        sys.exit(f"{path} names a registry or a path: a lock holds names and versions only")
    header = "# Written by `make lock` from pyproject.toml; do not edit.\n"
    book = "-e .\n" if "pyproject.toml" in what else ""
    (ROOT / path).write_text(f"{header}{lock}{book}", encoding="utf-8")


for lock, what in LOCKS.items():
    compile_lock(lock, what)
    print(f"wrote {lock}")
