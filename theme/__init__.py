"""The Sphinx extension that turns the book into its site.

Three parts, each of which can be read alone: `mathematics` sets TeX at build time, `assets` decides what a page
loads, `repository` derives every link to the source from `pyproject.toml`.
"""

from theme import assets, mathematics, repository


def setup(app):
    mathematics.setup(app)
    assets.setup(app)
    repository.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
