"""The same book as Jupyter Book builds it by default: its theme, MathJax and the ipywidgets manager, self-hosted."""

import shutil
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import nbformat
import yaml
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
ANYWIDGET = BIN.parent / "share" / "jupyter" / "nbextensions" / "anywidget" / "index.js"
# The versions that Sphinx and myst-nb name by default; a page would fetch them from CDNs.
PACKAGES = {"@jupyter-widgets/html-manager": "1.0.6", "mathjax": "3.2.2", "requirejs": "2.3.4"}


def build(folder, output):
    """Build the book in `folder` from nothing into `output`; return the seconds it took and the site."""
    start = perf_counter()
    command = [BIN / "jupyter-book", "build", "-qq", "--all", "--path-output", output, folder]
    subprocess.run(command, check=True, capture_output=True)
    return perf_counter() - start, output / "_build" / "html"


def is_explorer(cell):
    return any("sp-explorer" in output.get("data", {}).get("text/html", "") for output in cell.get("outputs", ()))


def with_widget(source, target):
    """Store a notebook's first explorer as Jupyter does by default: as a live view, with its state.

    Only the first, so that the stock page is charged for one widget, whatever the number of explorers on ours.
    """
    notebook = nbformat.read(source, as_version=4)
    first = next(cell for cell in notebook.cells if is_explorer(cell))
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    imports = [line for line in code.splitlines() if line.startswith(("import ", "from "))]
    cell = nbformat.v4.new_code_cell("\n".join([*imports, first.source]))
    alone = nbformat.v4.new_notebook(cells=[cell])
    quiet = ["--IPKernelApp.log_level=ERROR"]
    NotebookClient(alone, kernel_name="python3", extra_arguments=quiet).execute(cwd=str(source.parent))
    first.outputs = cell.outputs
    notebook.metadata.widgets = alone.metadata.widgets
    nbformat.write(notebook, target)


def prepare(folder, chapter, tools):
    """Make a folder of the book's sources with Jupyter Book's own defaults, `chapter` holding a stored widget.

    `tools` are npm packages and their versions that are installed beside it.
    """
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("the stock page's scripts and Lighthouse come from npm packages: install npm to compare with it")
    modules = [f"{name}@{version}" for name, version in (PACKAGES | tools).items()]
    subprocess.run(
        [npm, "install", "--silent", "--ignore-scripts", "--prefix", folder, *modules], check=True, cwd=folder
    )
    static = folder / "static"
    static.mkdir()
    shutil.copy(folder / "node_modules/requirejs/require.js", static)
    shutil.copy(folder / "node_modules/@jupyter-widgets/html-manager/dist/embed-amd.js", static)
    shutil.copy(ANYWIDGET, static / "anywidget.js")
    shutil.copytree(folder / "node_modules/mathjax/es5", static / "mathjax")
    (static / "paths.js").write_text('require.config({ paths: { anywidget: "../_static/anywidget" } });')
    shutil.copytree(ROOT / "book", folder / "book")
    with_widget(ROOT / "book" / f"{chapter}.ipynb", folder / "book" / f"{chapter}.ipynb")
    shutil.copy(ROOT / "_toc.yml", folder)
    ours = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    stock = {
        key: ours[key] for key in ("title", "author", "only_build_toc_files", "execute", "parse", "bibtex_bibfiles")
    }
    stock["exclude_patterns"] = ["node_modules", "static"]
    stock["sphinx"] = {
        "config": {
            "html_static_path": ["static"],
            "mathjax_path": "mathjax/tex-mml-chtml.js",
            "nb_ipywidgets_js": {"require.js": {}, "paths.js": {}, "embed-amd.js": {}},
            "nb_render_markdown_format": "myst",
        }
    }
    (folder / "_config.yml").write_text(yaml.safe_dump(stock, sort_keys=False), encoding="utf-8")
