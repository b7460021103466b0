"""What each page offers to take along: links appear with the files that they lead to, and go with them."""

import re
import shutil
import subprocess
import sys
import zipfile

import pytest

from conftest import BUILT, ROOT
from tools import offers, pack


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the built site with the PDF of one page and the packed book, as `make pdf zip` makes them.

    One page has the link that `make lite` gives it, whether that was made or not.
    """
    site = tmp_path_factory.mktemp("downloads") / "html"
    shutil.copytree(BUILT, site, ignore=shutil.ignore_patterns(offers.FOLDER, "lite"))
    page = site / "book" / "sparsity.html"
    linked = '<li><a href="../lite/lab/index.html?path=sparsity.ipynb">JupyterLite<small>here</small></a></li>\n</ul>'
    page.write_text(page.read_text(encoding="utf-8").replace("</ul>", linked, 1), encoding="utf-8")
    (site / "lite" / "lab").mkdir(parents=True)
    (site / "lite" / "lab" / "index.html").write_text("JupyterLite", encoding="utf-8")
    # a process of its own: the browser of the tests has the event loop of this one
    subprocess.run(
        [sys.executable, "-m", "tools.pdf", site, "sparsity"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )
    packed = site / offers.FOLDER / offers.PACKED
    pack.pack(site, packed)
    offers.offer(site)
    return site


def offered(text):
    return re.findall(r'<a href="([^"]*)" download>', "".join(offers.OFFERED.findall(text)))


def test_a_page_offers_what_has_been_made_and_nothing_else(copy):
    at = {page.stem: offered(page.read_text(encoding="utf-8")) for page in offers.pages(copy)}
    assert at["sparsity"] == ["../_downloads/sparsity.pdf", f"../_downloads/{offers.PACKED}"]
    assert at["glossary"] == [f"../_downloads/{offers.PACKED}"]
    assert (copy / offers.FOLDER / "sparsity.pdf").read_bytes().startswith(b"%PDF-")


def test_offers_go_with_the_files_and_leave_no_trace(copy, tmp_path):
    (tmp_path / "book").mkdir()
    page = tmp_path / "book" / "glossary.html"
    page.write_text((copy / "book/glossary.html").read_text(encoding="utf-8"), encoding="utf-8")
    offers.offer(tmp_path)
    assert page.read_text(encoding="utf-8") == offers.OFFERED.sub(
        "", (copy / "book/glossary.html").read_text(encoding="utf-8")
    )
    assert "downloads" not in page.read_text(encoding="utf-8")


def test_the_packed_book_does_not_offer_itself(copy):
    with zipfile.ZipFile(copy / offers.FOLDER / offers.PACKED) as archive:
        names = archive.namelist()
        page = archive.read(next(name for name in names if name.endswith("book/sparsity.html"))).decode()
    assert not [name for name in names if name.endswith(offers.PACKED)]
    assert offered(page) == ["../_downloads/sparsity.pdf"]


def test_the_packed_book_has_nothing_that_needs_a_server(copy):
    assert "lite/lab" in (copy / "book/sparsity.html").read_text(encoding="utf-8")
    with zipfile.ZipFile(copy / offers.FOLDER / offers.PACKED) as archive:
        assert not [name for name in archive.namelist() if "/lite/" in name]
        pages = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".html")]
    assert len(pages) > 20
    assert not [page for page in pages if "JupyterLite<small>" in page or "lite/lab" in page]


def test_a_reader_takes_a_page_along(copy, serve, new_page):
    page = new_page()
    page.goto(f"{serve(copy)}/book/sparsity.html")
    with page.expect_download() as download:
        page.get_by_role("link", name="This page as PDF").click()
    assert download.value.suggested_filename == "sparsity.pdf"
