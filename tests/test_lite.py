"""What `make lite` writes into Pyodide's lock: the book, and all that it and the kernel need."""

import json
import zipfile

import pytest

from tools import lite

HOST = "https://pyodide.example/full"


def wheel(folder, name, version="1.0", needs=()):
    path = folder / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        lines = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {need}" for need in needs)]
        archive.writestr(f"{name}-{version}.dist-info/METADATA", "\n".join(lines) + "\n\nWords.")
        archive.writestr(f"{name}/__init__.py", "")
        archive.writestr(f"{name}/inner.py", "")
        archive.writestr(f"{name}_alone.py", "")
    return path


def entry(name, file_name, depends=()):
    return {"name": name, "version": "2.0", "file_name": file_name, "imports": [name], "depends": list(depends)}


@pytest.fixture
def locked(tmp_path, monkeypatch):
    """The packages of a lock that was written, and the folder that it is in."""
    pyodide = tmp_path / "pyodide"
    pyodide.mkdir()
    names = [*lite.AT_START, "pure"]
    given = {name: entry(name, f"{name}-2.0-py3-none-any.whl") for name in names}
    given["numpy"] = entry("numpy", "numpy-2.0-cp314-cp314-wasm32.whl")
    given["comm"]["depends"] = ["piplite"]
    (pyodide / "pyodide-lock.json").write_text(json.dumps({"packages": given | {"far": entry("far", "far-2.0.zip")}}))

    def fetched(specifier, python, folder):
        name, _, version = specifier.partition("==")
        return wheel(folder, name, version or "9.0", ["late; python_version < '3.13'"])

    monkeypatch.setattr(lite, "fetch_pure", fetched)
    monkeypatch.setattr(lite, "locked_versions", lambda: {"extra": "3.0"})
    needs = ["numpy>=2", "Extra", "pure", "ruff; extra == 'lint'", "colorama; sys_platform == 'win32'"]
    kernel = wheel(tmp_path, "kernel", needs=["kernels-own"])
    lite.write_lock(pyodide, wheel(pyodide, "book", needs=needs), [kernel], "3.14", HOST)
    return json.loads((pyodide / "pyodide-lock.json").read_text())["packages"], pyodide


def test_the_book_and_what_it_needs_are_locked(locked):
    packages, _ = locked
    assert packages["book"]["depends"] == ["numpy", "extra", "pure"]
    assert packages["book"]["imports"] == ["book", "book_alone"]
    assert (packages["extra"]["version"], packages["pure"]["version"], packages["kernels-own"]["version"]) == (
        "3.0",
        "2.0",
        "9.0",
    )
    assert {"late", "ruff", "colorama"}.isdisjoint(packages)


def test_what_is_pure_stands_beside_the_lock_and_the_rest_with_pyodide(locked):
    packages, pyodide = locked
    for name in ("book", "extra", "pure", "kernels-own", *lite.AT_START):
        assert (pyodide / packages[name]["file_name"]).is_file()
        assert len(packages[name]["sha256"]) == 64
    assert packages["numpy"]["file_name"] == f"{HOST}/numpy-2.0-cp314-cp314-wasm32.whl"
    assert packages["far"]["file_name"] == f"{HOST}/far-2.0.zip"


def test_what_the_kernel_brings_along_is_asked_of_nobody(locked):
    packages, _ = locked
    assert "piplite" not in packages
    assert packages["comm"]["depends"] == []
