"""Pack the built site into one file, the same for the same site: unpacked, it opens by a double click on index.html."""

import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

UNUSED = (".buildinfo", "objects.inv")


def pack(site, target):
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(path for path in site.rglob("*") if path.is_file() and path.name not in UNUSED):
            entry = ZipInfo(f"{target.stem}/{path.relative_to(site).as_posix()}")
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())


if __name__ == "__main__":
    pack(Path(sys.argv[1]), Path(sys.argv[2]))
