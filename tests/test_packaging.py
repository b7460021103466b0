"""What `pip install` takes along: every file that the library reads."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A wheel and a source archive of a copy."""
    copy = tmp_path_factory.mktemp("package")
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-text"):
        shutil.copy(ROOT / name, copy)
    shutil.copytree(ROOT / "lib", copy / "lib", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    build = "from setuptools import build_meta as b; b.build_sdist('dist'); b.build_wheel('dist')"
    subprocess.run([sys.executable, "-c", build], cwd=copy, check=True, capture_output=True)
    return copy


def files_of_the_library():
    folder = ROOT / "lib"
    return {
        path.relative_to(folder).as_posix()
        for path in (folder / "superposition").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.slow
def test_the_wheel_has_every_file(built):
    (wheel,) = (built / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if name.startswith("superposition/")}
    assert names == files_of_the_library()


@pytest.mark.slow
def test_the_source_archive_has_every_file(built):
    (sdist,) = (built / "dist").glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/lib/")[2] for name in archive.getnames() if "/lib/superposition/" in name}
    assert files_of_the_library() <= names


def test_the_library_is_typed():
    assert "superposition/py.typed" in files_of_the_library()


HEAVY = {
    "IPython",
    "anywidget",
    "dask",
    "distributed",
    "ipywidgets",
    "matplotlib",
    "pandas",
    "safetensors",
    "tqdm",
    "traitlets",
    "xarray",
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "waits_for"),
    [
        ("superposition", {"numpy", "scipy", "sympy"}),
        ("superposition.codes", {"scipy.optimize", "sympy"}),
        ("superposition.dictionary", {"scipy.optimize"}),
        ("superposition.formulas", {"scipy.optimize", "scipy.special"}),
        ("superposition.simulate", {"scipy.optimize"}),
    ],
)
def test_nobody_waits_for_what_a_module_does_not_use(module, waits_for):
    """Figures, widgets, notebooks and the extras of research are loaded with what needs them, large libraries with what computes with them."""
    code = f"import sys, {module}; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "lib")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert module in loaded
    assert not (HEAVY | waits_for) & loaded
