"""Compute the stored measurements of the chapters (minutes of work) and write them into the library.

    python tools/data.py [NAME ...]

A name is that of a chapter, or of a chapter and one of its tables, as in `booleanish/levels`: then only that table is computed,
and the chapter's others stay as they are stored.

A grid is a module of `tools/grids/` with a `SEED` and a function `grids()`, which yields, for each table, its name, its
parameters, its columns and an iterator of rows. Each row is made with a generator seeded by `SEED` and the row's own
place in the grid, so that any of them can be made again alone. What is measured beside a formula is a `Beside` in the
module's dict `MEASURED`, under the formula's name; `beside(MEASURED)` makes its tables.
"""

import argparse
import json
import sys
import time
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
DATA = ROOT / "lib" / "superposition" / "data"
NAMES = sorted(path.stem for path in (ROOT / "tools" / "grids").glob("[!_]*.py"))


def text(tables):
    """The stored form: one row to a line, so that a change shows as a change of rows."""
    head = {name: value for name, value in tables.items() if not isinstance(value, dict) or "rows" not in value}
    parts = [f' "{name}": {json.dumps(value)}' for name, value in head.items()]
    for name, table in tables.items():
        if name not in head:
            rows = ",\n   ".join(json.dumps(row, separators=(",", ":")) for row in table["rows"])
            about = f'"parameters": {json.dumps(table["parameters"])},\n  "columns": {json.dumps(table["columns"])}'
            parts.append(f' "{name}": {{\n  {about},\n  "rows": [\n   {rows}\n  ]\n }}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def compute(name):
    name, _, only = name.partition("/")
    module, path = import_module(f"tools.grids.{name}"), DATA / f"{name}.json"
    made_by = {package: version(package) for package in ("price-of-superposition", "numpy")}
    tables = {"made_by": made_by, "seed": module.SEED}
    stored = json.loads(path.read_text(encoding="utf-8")) if only else {}
    for table, parameters, columns, rows in module.grids():
        if only and table != only:
            tables[table] = stored[table]
            continue
        start, kept = time.perf_counter(), []
        for row in rows:
            kept.append(row)
            print(f"\r{name}: {table}, {len(kept)} rows, {time.perf_counter() - start:.0f} s", end="", flush=True)
        print()
        tables[table] = {"parameters": parameters, "columns": columns, "rows": kept}
    if only and only not in tables:
        raise SystemExit(
            f"{name} has no table {only}; it has {', '.join(table for table in tables if table not in ('made_by', 'seed'))}"
        )
    path.write_text(text(tables), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all if left out")
    names = parser.parse_args().names or NAMES
    for name in names:
        if name.partition("/")[0] not in NAMES:
            parser.error(f"no grids are called {name}; there are {', '.join(NAMES)}")
    for name in names:
        compute(name)


if __name__ == "__main__":
    main()
