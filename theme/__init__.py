"""The Sphinx extension that turns the book into its site.

Fifteen parts, each of which can be read alone: `mathematics` sets TeX at build time, `highlight` colours code,
`folding` decides what a page shows folded, `constructs` adds notes in the margin and admonitions that fold,
`unbroken` keeps a number and its unit in one line, `citations` finds citations in plain links, `assets` what it
loads, `sheet` prints the formula sheet, `atlas` that of published dictionaries, `library` lets docstrings be printed,
`search` writes what the search dialog looks in, `previews` what is shown beside a link, `card` draws what social
networks show, and `repository` derives every link to the source from `pyproject.toml`.
"""

from theme import (
    assets,
    atlas,
    card,
    citations,
    constructs,
    folding,
    highlight,
    library,
    mathematics,
    previews,
    repository,
    search,
    sheet,
    unbroken,
)


def setup(app):
    mathematics.setup(app)
    highlight.setup(app)
    folding.setup(app)
    constructs.setup(app)
    unbroken.setup(app)
    citations.setup(app)
    sheet.setup(app)
    atlas.setup(app)
    library.setup(app)
    search.setup(app)
    previews.setup(app)
    assets.setup(app)
    card.setup(app)
    repository.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
