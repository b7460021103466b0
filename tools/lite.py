"""Build JupyterLite beside the site: the notebooks in a JupyterLab whose kernel, Pyodide, runs in the reader's browser.

    python tools/lite.py FOLDER      where the site is served from; it goes to FOLDER/lite

The book's library and everything pure that it or the kernel needs stand in Pyodide's lock and beside it, so that no cell
installs anything: they are loaded when they are imported. Pyodide comes from npm and is served with the site; what is compiled,
NumPy, SciPy and Matplotlib among it, comes from Pyodide's own host, in the versions and with the hashes of that lock.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
WORK = ROOT / "_build" / ".lite"
PACKAGE = ("pyproject.toml", "README.md", "LICENSE", "LICENSE-text")
EXTENSION = Path(sys.prefix, "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension/static/pypi")
SETTINGS = {"LiteBuildConfig": {"apps": ["lab"], "no_sourcemaps": True}}
# What the kernel loads before it has read any metadata, and what it brings along in versions of its own.
AT_START = ("micropip", "ipython", "jedi", "comm")
ITS_OWN = {"ipykernel", "piplite", "pyodide-kernel", "widgetsnbextension"}
PLACE = {
    "os_name": "posix",
    "platform_machine": "wasm32",
    "platform_system": "Emscripten",
    "sys_platform": "emscripten",
}


def run(*command, cwd=ROOT):
    done = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def build_wheel(folder):
    """Build the library's wheel from a copy, which leaves nothing among the sources."""
    source = fresh(WORK / "source")
    for name in PACKAGE:
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "lib", source / "lib", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, source)
    return next(folder.glob("price_of_superposition-*.whl"))


def fetch_pyodide(version, folder):
    """Fetch a Pyodide and its lock from npm."""
    run("npm", "pack", "--silent", f"pyodide@{version}", "--pack-destination", WORK)
    with tarfile.open(WORK / f"pyodide-{version}.tgz") as archive:
        archive.extractall(WORK, filter="data")
    (WORK / "package").rename(folder)


def fetch_pure(specifier, python, folder):
    """Fetch a pure wheel for a version of Python."""
    into = fresh(WORK / "fetched")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", into]
    run(*pip, "--python-version", python, "--platform", "any", specifier)
    return Path(shutil.move(next(into.iterdir()), folder))


def described(wheel, python):
    """A wheel as the lock describes it, with what it depends on in Pyodide's version of Python."""
    here = {**PLACE, "python_version": python, "python_full_version": f"{python}.0", "extra": ""}
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = message_from_bytes(
            archive.read(next(n for n in names if re.fullmatch(r"[^/]+\.dist-info/METADATA", n)))
        )
    needed = [Requirement(line) for line in metadata.get_all("Requires-Dist", ())]
    return {
        "name": canonicalize_name(metadata["Name"]),
        "version": metadata["Version"],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(
            {n.split("/")[0].removesuffix(".py") for n in names if re.fullmatch(r"[a-z_]\w*(/__init__)?\.py", n)}
        ),
        "depends": [canonicalize_name(r.name) for r in needed if r.marker is None or r.marker.evaluate(here)],
        "unvendored_tests": False,
    }


def locked_versions():
    """The version of each package in the book's lock."""
    lines = (ROOT / "binder" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return dict(re.findall(r"^([\w.-]+)==([\w.]+)", "\n".join(lines), flags=re.MULTILINE))


def write_lock(pyodide, wheel, kernel, python, host):
    """Put the book's wheel and all that it and the kernel need into Pyodide's lock, and what of it is pure beside it.

    `kernel` are the wheels that the kernel brings along, `host` is where the other files of the lock are.
    """
    path = pyodide / "pyodide-lock.json"
    lock = json.loads(path.read_text(encoding="utf-8"))
    packages, versions = lock["packages"], locked_versions()
    book = described(wheel, python)
    packages[book["name"]] = book
    waiting = [*AT_START, *book["depends"]]
    for own in kernel:
        waiting += described(own, python)["depends"]
    done = set(ITS_OWN)
    while waiting:
        name = waiting.pop()
        if name in done:
            continue
        done.add(name)
        given = packages.get(name)
        if given is None or given["file_name"].endswith("-none-any.whl"):
            version = given["version"] if given else versions.get(name)
            pure = described(fetch_pure(f"{name}=={version}" if version else name, python, pyodide), python)
            packages[name] = {**pure, "imports": given["imports"] if given else pure["imports"]}
        waiting += packages[name]["depends"]
    for package in packages.values():
        package["depends"] = [name for name in package["depends"] if name not in ITS_OWN]
        if not (pyodide / package["file_name"]).is_file():
            package["file_name"] = f"{host}/{package['file_name']}"
    path.write_text(json.dumps(lock), encoding="utf-8")


def main(site):
    from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL, PYODIDE_PYTHON_VERSION, PYODIDE_VERSION

    book = fresh(WORK / "book")
    pyodide = book / "static" / "pyodide"
    pyodide.parent.mkdir()
    fetch_pyodide(PYODIDE_VERSION, pyodide)
    write_lock(pyodide, build_wheel(pyodide), EXTENSION.glob("*.whl"), PYODIDE_PYTHON_VERSION, PYODIDE_CDN_URL)
    (book / "files").mkdir()
    for source in (*(ROOT / "book").glob("*.ipynb"), ROOT / "book" / "references.bib"):
        shutil.copy(source, book / "files")
    (book / "jupyter_lite_config.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
    lite = site.resolve() / "lite"
    shutil.rmtree(lite, ignore_errors=True)
    run(sys.executable, "-m", "jupyter", "lite", "build", "--output-dir", lite, cwd=book)
    print(f"built {lite}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
