"""A small book of the constructs that an author may use, built with the theme."""

import json
import subprocess
import sys

import yaml

from theme.repository import ROOT

BROKEN = " + ".join(f"y_{{{i}}}" for i in range(1, 15))
LONG = r"\left(" + " + ".join(f"x_{{{i}}}" for i in range(1, 15)) + r"\right)"
PAGE = rf"""# Constructs

:::{{note}}
:class: dropdown
Folded at first.
:::

:::{{admonition}} An exercise
:class: dropdown open
Open at first.
:::

:::{{margin}} Beside
A note *in the margin*.
:::

A paragraph with a note.[^one] Another formula: ${BROKEN}$. Press {{kbd}}`Ctrl`. A formula: ${LONG}$.

[^one]: The first paragraph.

    The second paragraph.

```{{code-block}} python
:linenos:
first = 1
second = 2
```

$$
e = m c^2
$$ (eq-energy)

See {{eq}}`eq-energy`.

```{{rubric}} A rubric
```

```{{topic}} A topic
Set apart.
```

```{{table}} A table
:align: right

| a | b |
|---|---|
| 1 | 2 |
```

```{{figure}} dot.png
:align: right
:alt: a dot
:width: 100px

A figure.
```

```{{sidebar}} A sidebar
At the side.
```

Text beside the sidebar.

<iframe width="900" height="60" title="A page" srcdoc="wide"></iframe>
"""
LANGUAGE = {"name": "python", "pygments_lexer": "ipython3"}
ANSI = "\x1b[31mred\x1b[0m and \x1b[1;32mgreen\x1b[0m\n"
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def build(folder, **settings):
    """Build the book with the configuration of this one; return the folder of its site."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    config["sphinx"]["local_extensions"] = {"theme": str(ROOT)}
    config["sphinx"]["config"] |= settings
    (folder / "book").mkdir()
    (folder / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    toc = "format: jb-book\nroot: book/page\nchapters:\n  - file: book/terminal\n"
    (folder / "_toc.yml").write_text(toc, encoding="utf-8")
    (folder / "book" / "references.bib").write_text("", encoding="utf-8")
    (folder / "book" / "page.md").write_text(PAGE, encoding="utf-8")
    (folder / "book" / "dot.png").write_bytes(DOT)
    said = {"output_type": "stream", "name": "stdout", "text": ANSI}
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Terminal"},
        {"cell_type": "code", "id": "b", "metadata": {}, "source": "1", "execution_count": 1, "outputs": [said]},
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}, "language_info": LANGUAGE}
    notebook = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (folder / "book" / "terminal.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    jupyter_book = "import tools; from jupyter_book.cli.main import main; main()"
    command = [sys.executable, "-c", jupyter_book, "build", "-n", "-W", "--keep-going", folder]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder / "_build" / "html"
