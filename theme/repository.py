"""Where a page can be run, downloaded and mended.

The repository's address comes from the one place that names it, `[project.urls]` in `pyproject.toml`. Without it the
links that need it are left out, since they would lead nowhere.
"""

import tomllib
from pathlib import Path
from urllib.parse import quote, urlsplit

ROOT = Path(__file__).parents[1]
BRANCH = "main"
HOSTS = ("github.com", "gitlab.com")


def repository_url(pyproject):
    """Return the repository's address as the text of `pyproject.toml` gives it, or None.

    Raises
    ------
    ValueError
        If the address is not that of a repository on a host whose links are known.
    """
    urls = tomllib.loads(pyproject).get("project", {}).get("urls", {})
    url = {name.lower(): address for name, address in urls.items()}.get("repository")
    if url is None:
        return None
    url = url.rstrip("/").removesuffix(".git")
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.netloc not in HOSTS or len(parts.path.strip("/").split("/")) != 2:
        accepted = " or ".join(f"https://{host}/OWNER/NAME" for host in HOSTS)
        raise ValueError(f"project.urls.Repository is {url!r}; accepted is {accepted}")
    return url


def page_links(url, path):
    """Return the links of the page whose source is at `path`, each a dict of url, text, gloss and download.

    A notebook can always be downloaded; everything else needs the address `url` of the repository.
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
    if notebook:
        add(f"_sources/{path}", "Download", "the notebook, to run it on your machine", download=True)
    if url:
        edit = "edit" if urlsplit(url).netloc == "github.com" else "-/edit"
        add(f"{url}/{edit}/{BRANCH}/{path}", "Suggest an edit", "propose a change to this page")
    return links


def add_page_links(app, pagename, templatename, context, doctree):
    if doctree is not None:
        path = Path(app.env.doc2path(pagename, base=False)).as_posix()
        context["page_links"] = page_links(app.config.repository_url, path)


def setup(app):
    url = repository_url((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    app.add_config_value("repository_url", url, "html", [str, type(None)])
    app.connect("html-page-context", add_page_links)
