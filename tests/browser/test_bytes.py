"""What a reader who comes for the first time has to wait for: the bytes of a page, as a web server sends them."""

import gzip
from pathlib import PurePosixPath
from urllib.parse import unquote

import pytest
from test_site import READ

from conftest import BUILT

MOST = 260_000
COMPRESSED = (".woff2", ".png")
ON_REQUEST = {"draws.js", "search-index.js", "minisearch.js"}


@pytest.mark.parametrize("path", READ)
def test_a_page_loads_no_more_than_260_kilobytes(path, site, open_page):
    page = open_page(f"{site}/{path}")
    sizes = {}
    for loaded in page.loaded:
        name, sent = PurePosixPath(loaded).name, (BUILT / unquote(loaded).lstrip("/")).read_bytes()
        sizes[name] = len(sent if name.endswith(COMPRESSED) else gzip.compress(sent))
    assert {PurePosixPath(path).name, "book.css"} <= set(sizes)
    assert ("explorer.js" in sizes) == (page.locator("figure.sp-explorer").count() > 0)
    assert not ON_REQUEST & set(sizes)
    assert sum(sizes.values()) <= MOST, sorted(sizes.items(), key=lambda item: -item[1])[:8]
