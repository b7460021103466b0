"""Where a page can be run, downloaded and mended, and where the site itself stands.

The addresses of the repository and of the site, `Documentation`, come from the one place that names them,
`[project.urls]` in `pyproject.toml`. What needs an address that is not there is left out: links, since they would lead
nowhere, and what tells search engines and social networks where the pages are.
"""

import os
import tomllib
from pathlib import Path
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape

ROOT = Path(__file__).parents[1]
BRANCH = "main"
HOSTS = ("github.com", "gitlab.com")


def named_url(pyproject, name):
    urls = tomllib.loads(pyproject).get("project", {}).get("urls", {})
    return {key.lower(): address for key, address in urls.items()}.get(name)


def repository_url(pyproject):
    """Return the repository's address as the text of `pyproject.toml` gives it, or None.

    Raises
    ------
    ValueError
        If the address is not that of a repository on a host whose links are known.
    """
    url = named_url(pyproject, "repository")
    if url is None:
        return None
    url = url.rstrip("/").removesuffix(".git")
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.netloc not in HOSTS or len(parts.path.strip("/").split("/")) != 2:
        accepted = " or ".join(f"https://{host}/OWNER/NAME" for host in HOSTS)
        raise ValueError(f"project.urls.Repository is {url!r}; accepted is {accepted}")
    return url


def site_url(pyproject):
    """Return the site's address with a slash at its end, or None.

    Raises
    ------
    ValueError
        If the address does not begin with https, or has a question or a fragment.
    """
    url = named_url(pyproject, "documentation")
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.netloc or parts.query or parts.fragment:
        raise ValueError(f"project.urls.Documentation is {url!r}; accepted is https://HOST/PATH/")
    return url.rstrip("/") + "/"


def sitemap(url, pages):
    """Return the text of a sitemap of some pages, named without their ending."""
    places = "".join(f"<url><loc>{escape(url + quote(page))}.html</loc></url>\n" for page in sorted(pages))
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return f"{head}{places}</urlset>\n"


def write_sitemap(app, error):
    url = app.config.html_baseurl
    if error or not url or app.builder.format != "html":
        return
    site = Path(app.outdir)
    (site / "sitemap.xml").write_text(sitemap(url, app.env.found_docs), encoding="utf-8")
    (site / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {url}sitemap.xml\n", encoding="utf-8")


def page_links(url, path, *, lite=False, comments=None):
    """Return the links of the page whose source is at `path`, each a dict of url, text, gloss and download.

    A notebook can always be downloaded, and run in JupyterLite where `make lite` builds it beside the site; `comments` leads
    to where readers talk, and everything else needs the address `url` of the repository.
    """
    links = []

    def add(address, text, gloss, download=False):
        links.append({"url": address, "text": text, "gloss": gloss, "download": download})

    notebook = path.endswith(".ipynb")
    if notebook and url:
        host, repository = urlsplit(url).netloc, urlsplit(url).path.strip("/")
        provider, name = ("gh", repository) if host == "github.com" else ("gl", quote(repository, safe=""))
        target = quote(f"lab/tree/{path}", safe="")
        add(f"https://mybinder.org/v2/{provider}/{name}/{BRANCH}?urlpath={target}", "Binder", "run it in your browser")
        if host == "github.com":
            colab = f"https://colab.research.google.com/github/{repository}/blob/{BRANCH}/{path}"
            add(colab, "Colab", "run it with a Google account")
    if notebook and lite:
        add(f"lite/lab/index.html?path={Path(path).name}", "JupyterLite", "run it in this page's own Python")
    if notebook:
        add(f"_sources/{path}", "Download", "the notebook, to run it on your machine", download=True)
    if url:
        edit = "edit" if urlsplit(url).netloc == "github.com" else "-/edit"
        add(f"{url}/{edit}/{BRANCH}/{path}", "Suggest an edit", "propose a change to this page")
        issue = "issues/new?title=" if edit == "edit" else "-/issues/new?issue[title]="
        add(f"{url}/{issue}{quote(f'Error in {path}: ')}", "Report an error", "say what is wrong on this page")
    if comments:
        add(comments, "Comments", "ask, or tell other readers")
    return links


def add_page_links(app, pagename, templatename, context, doctree):
    if doctree is not None:
        path = Path(app.env.doc2path(pagename, base=False)).as_posix()
        links = page_links(app.config.repository_url, path, lite=app.config.lite, comments=app.config.comments_url)
        context["page_links"] = links


def checked_comments(address):
    """Return the address where readers talk, or None.

    Raises
    ------
    ValueError
        If it is no address that begins with https.
    """
    parts = urlsplit(address or "")
    if address and (parts.scheme != "https" or not parts.netloc):
        raise ValueError(f"comments_url is {address!r}; accepted is https://HOST/PATH, or nothing")
    return address or None


def place(app, config):
    config.comments_url = checked_comments(config.comments_url)
    config.html_baseurl = config.html_baseurl or config.site_url or ""


def setup(app):
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    app.add_config_value("repository_url", repository_url(pyproject), "html", [str, type(None)])
    app.add_config_value("lite", bool(os.environ.get("BOOK_LITE")), "html", [bool])
    app.add_config_value("site_url", site_url(pyproject), "html", [str, type(None)])
    app.add_config_value("comments_url", None, "html", [str, type(None)])
    app.connect("config-inited", place)
    app.connect("build-finished", write_sitemap)
    app.connect("html-page-context", add_page_links)
