"""Pack the built site into one file, the same for the same site: unpacked, it opens by a double click on index.html.

JupyterLite, where it was built beside the site, needs a server: it stays out, and so do the links to it.
"""

import re
import shutil
import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from tools import offers

UNUSED = (".buildinfo", "objects.inv", offers.PACKED)
SERVED = "lite"
LINK = re.compile(rf'\s*<li><a href="[^"]*\b{SERVED}/lab/[^"]*">.*?</a></li>')


def pack(site, target):
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(path for path in site.rglob("*") if path.is_file() and path.name not in UNUSED):
            if path.is_relative_to(site / SERVED):
                continue
            entry = ZipInfo(f"{target.stem}/{path.relative_to(site).as_posix()}")
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            content = path.read_bytes()
            if path.suffix == ".html":
                content = LINK.sub("", offers.without_zip(content.decode())).encode()
            archive.writestr(entry, content)


if __name__ == "__main__":
    site, target = map(Path, sys.argv[1:])
    pack(site, target)
    (site / offers.FOLDER).mkdir(exist_ok=True)
    shutil.copy(target, site / offers.FOLDER / offers.PACKED)
    offers.offer(site)
