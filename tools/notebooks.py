"""Execute the book's notebooks and store them in one normal form, or check that they are in it.

    python tools/notebooks.py [NOTEBOOK ...]           execute, normalise, write what changed
    python tools/notebooks.py --check [NOTEBOOK ...]   complain about what is not as it should be

Without names every notebook of `book/` is meant. The normal form holds nothing that differs from one machine or one
run to the next, so executing an unchanged notebook leaves an empty `git diff`.
"""

import argparse
import io
import re
import statistics
import sys
import time
import tokenize
from base64 import b64decode
from pathlib import Path

import nbformat
import numpy as np
import yaml
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from PIL import Image

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from theme.citations import CITATION, labels  # noqa: E402
from theme.repository import repository_url  # noqa: E402
from tools.stills import with_stills  # noqa: E402

BOOK = ROOT / "book"
TOC = ROOT / "_toc.yml"

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "pygments_lexer": "ipython3"},
}
CELL_METADATA = ("deletable", "editable", "fold", "mystnb", "nbgrader", "tags")
LIVE = ("application/vnd.jupyter.widget-view+json", "application/vnd.jupyter.widget-state+json")
IMAGES = ("image/png", "image/svg+xml", "image/jpeg")
CELL_TIMEOUT = 600
SET_UP = "set-up"
INSTALL = """\
import importlib.util
import sys

if importlib.util.find_spec("superposition") is None:
    %pip install --quiet git+{url}
if "google.colab" in sys.modules:
    sys.modules["google.colab"].output.enable_custom_widget_manager()"""
MAX_LINES = 15
MAX_MEDIAN_LINES = 3
FEW_CELLS = 10  # fewer have no median worth the name
ROLE = re.compile(r"\{[\w:-]+\}(?=`)")
HASHED = re.compile(r"\b[pm][0-9a-f]{10}\b")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
WIDGET_LOOPS = re.compile(r"\bipywidgets\b|\b(?:interact|interactive|interactive_output)\s*\(")


def text(notebook):
    """Return the notebook as the text that is stored, with its keys in one order."""
    return nbformat.writes(notebook, indent=1, sort_keys=True, ensure_ascii=False).rstrip("\n") + "\n"


def same_picture(one, other):
    """Say whether two PNGs in base64 decode to the same pixels."""
    pictures = [np.asarray(Image.open(io.BytesIO(b64decode(png))).convert("RGBA")) for png in (one, other)]
    return np.array_equal(*pictures)


def same_drawing(one, other):
    """Say whether two of Matplotlib's SVGs draw the same, to a ten thousandth of a point.

    The last digits of a drawing, and the names of its clips, which are hashes of theirs, depend on the processor.
    """
    (words, numbers), (other_words, other_numbers) = map(_words_and_numbers, (one, other))
    return words == other_words and np.allclose(numbers, other_numbers, rtol=0, atol=1e-4)


def _words_and_numbers(svg):
    named = {}
    svg = HASHED.sub(lambda name: named.setdefault(name[0], f"name-{len(named)}"), svg)
    return NUMBER.split(svg), np.array(NUMBER.findall(svg), float)


def normalise_outputs(outputs):
    """Return the outputs with pictures in place of live widget views, and with each stream in one piece."""
    kept = []
    for output in outputs:
        if output.output_type == "stream":
            if kept and kept[-1].output_type == "stream" and kept[-1].name == output.name:
                kept[-1].text += output.text
                continue
        elif "data" in output:
            output.data = {kind: data for kind, data in output.data.items() if kind not in LIVE}
            output.metadata = {kind: data for kind, data in output.metadata.items() if kind not in LIVE}
            if "text/html" in output.data:
                output.data["text/html"] = with_stills(output.data["text/html"])
            if not output.data:
                continue
        kept.append(output)
    return kept


def normalise(notebook):
    """Bring a notebook into the normal form, in place: nothing of the machine or the moment is kept."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata = {key: cell.metadata[key] for key in CELL_METADATA if key in cell.metadata}
        if cell.cell_type == "code":
            cell.outputs = normalise_outputs(cell.outputs)


def set_up(notebook, url):
    """Let a notebook with code begin with the cell that installs the library where it is missing, as on Colab, in place.

    The site does not show it. Without the address `url` of the repository there is nowhere to install from, and no cell.
    """
    notebook.cells = [cell for cell in notebook.cells if cell.id != SET_UP]
    if url and any(cell.cell_type == "code" for cell in notebook.cells):
        install = nbformat.v4.new_code_cell(INSTALL.format(url=url), id=SET_UP, metadata={"tags": ["remove-cell"]})
        notebook.cells.insert(0, install)


def keep_pictures(notebook, stored):
    """Where a stored picture shows what a new one shows, keep the stored one."""
    before = {cell.id: cell.outputs for cell in stored.cells if cell.cell_type == "code"}
    for cell in notebook.cells:
        for new, old in zip(cell.get("outputs", ()), before.get(cell.id, ()), strict=False):
            for kind, same in (("image/png", same_picture), ("image/svg+xml", same_drawing)):
                pictures = [output.get("data", {}).get(kind) for output in (new, old)]
                if all(pictures) and same(*pictures):
                    new.data[kind] = pictures[1]


def run(path, url=None):
    """Execute the notebook at `path` in a fresh kernel, normalise it, and write it if that changed it.

    `url` is the address of the repository, if it has one.

    Returns
    -------
    bool
        Whether the file was written.
    """
    stored = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(stored, as_version=4)
    set_up(notebook, url)
    quiet = ["--IPKernelApp.log_level=ERROR"]
    client = NotebookClient(notebook, kernel_name="python3", timeout=CELL_TIMEOUT, extra_arguments=quiet)
    client.execute(cwd=str(path.parent))
    normalise(notebook)
    keep_pictures(notebook, nbformat.reads(stored, as_version=4))
    executed = text(notebook)
    if executed == stored:
        return False
    path.write_text(executed, encoding="utf-8")
    return True


def comments(source):
    """Return the comments in a cell's Python, as Python's own tokenizer finds them."""
    lines = [line for line in source.splitlines(keepends=True) if not line.lstrip().startswith(("%", "!"))]
    try:
        tokens = list(tokenize.generate_tokens(iter(lines).__next__))
    except (tokenize.TokenError, SyntaxError):
        return []
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


def has_image(cell):
    return any(kind in output.get("data", {}) for output in cell.outputs for kind in IMAGES)


def text_complaints(cell):
    """Yield what is wrong with the text of one Markdown cell."""
    for role in ROLE.findall(cell.source):
        yield f"has {role}, which only the site reads; a citation is a link: [[Welch, 1974]](references.bib#welch1974)"
    for said, key in CITATION.findall(cell.source):
        if said != labels().get(key):
            yield f"cites {key} as {said!r}, which in references.bib is {labels().get(key)!r}"


def code_complaints(cell):
    """Yield what is wrong with one code cell by itself."""
    lines = len(cell.source.splitlines())
    if lines > MAX_LINES:
        yield f"has {lines} lines, {MAX_LINES} are allowed"
    for comment in comments(cell.source):
        yield f"explains itself in a comment ({comment}): say it in the text above"
    if WIDGET_LOOPS.search(cell.source):
        yield "uses ipywidgets, which stay still on the page: use an explorer"
    if has_image(cell):
        about = cell.metadata.get("mystnb", {})
        if not about.get("image", {}).get("alt"):
            yield "shows a picture without alternative text (metadata mystnb.image.alt)"
        if not about.get("figure", {}).get("caption"):
            yield "shows a picture without a caption (metadata mystnb.figure.caption)"
    for output in cell.outputs:
        if output.output_type == "error" and "raises-exception" not in cell.metadata.get("tags", ()):
            yield f"stores an error: {output.ename}: {output.evalue}"
        if output.output_type == "stream" and output.name == "stderr":
            yield f"stores a warning: {output.text.strip()}"
        if any(kind in output.get("data", {}) for kind in LIVE):
            yield "stores a live widget view"


def median_lines(cells):
    return statistics.median(len(cell.source.splitlines()) for cell in cells)


def complaints(path, toc=TOC, url=None):
    """Return what is wrong with the notebook at `path`, one sentence each; an empty list if nothing is."""
    stored = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(stored, as_version=4)
    found = []
    code = [(number, cell) for number, cell in enumerate(notebook.cells, 1) if cell.cell_type == "code"]
    for count, (number, cell) in enumerate(code, 1):
        if cell.execution_count != count:
            found.append(f"cell {number} has execution count {cell.execution_count}, not {count}: run `make notebooks`")
        found += [f"cell {number} {complaint}" for complaint in code_complaints(cell)]
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "markdown":
            found += [f"cell {number} {complaint}" for complaint in text_complaints(cell)]
    if len(code) >= FEW_CELLS and (median := median_lines(cell for _, cell in code)) > MAX_MEDIAN_LINES:
        found.append(f"the median code cell has {median:g} lines, {MAX_MEDIAN_LINES} are allowed")
    if notebook.cells and notebook.cells[-1].cell_type == "code":
        found.append("the last cell is code: a chapter closes with words")
    if "widgets" in notebook.metadata:
        found.append("stores widget state")
    begun = nbformat.reads(stored, as_version=4)
    set_up(begun, url)
    if [cell.source for cell in begun.cells] != [cell.source for cell in notebook.cells]:
        found.append("does not begin as `[project.urls]` asks: run `make notebooks`")
    if path.with_suffix("").name not in {Path(name).name for name in documents(toc)}:
        found.append(f"is missing from {toc.name}")
    normal = nbformat.reads(stored, as_version=4)
    normalise(normal)
    if text(normal) != stored:
        found.append("is not in normal form: run `make notebooks`")
    return found


def documents(toc):
    """Yield the documents named in a table of contents."""

    def walk(entry):
        if isinstance(entry, dict):
            yield from (entry[key] for key in ("root", "file") if key in entry)
            for value in entry.values():
                yield from walk(value)
        elif isinstance(entry, list):
            for value in entry:
                yield from walk(value)

    return walk(yaml.safe_load(toc.read_text(encoding="utf-8")))


def check(paths, url):
    found = [f"{path.name}: {complaint}" for path in paths for complaint in complaints(path, url=url)]
    print("\n".join(found) or f"{len(paths)} notebooks are as they should be")
    return bool(found)


def execute(paths, url):
    for number, path in enumerate(paths, 1):
        print(f"[{number}/{len(paths)}] {path.name} ...", end=" ", flush=True)
        start = time.perf_counter()
        try:
            written = run(path, url)
        except CellExecutionError as error:
            print(f"failed\n\n{error}")
            return True
        print(f"{'changed' if written else 'unchanged'}, {time.perf_counter() - start:.1f} s")
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="*", type=Path, metavar="NOTEBOOK")
    parser.add_argument("--check", action="store_true", help="change nothing, report what is wrong")
    arguments = parser.parse_args()
    paths = arguments.notebooks or sorted(BOOK.glob("*.ipynb"))
    url = repository_url((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return (check if arguments.check else execute)(paths, url)


if __name__ == "__main__":
    sys.exit(main())
