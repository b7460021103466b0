"""Compute the stored measurements of the chapters (minutes of work) and write them into the library.

    python tools/data.py [NAME ...]
    python tools/data.py booleanish.levels    one table, the others of its chapter as they are stored

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


def compute(name, only=()):
    """Write a chapter's file, with all of its tables computed or, where some are named, only these."""
    module, path = import_module(f"tools.grids.{name}"), DATA / f"{name}.json"
    made_by = {package: version(package) for package in ("price-of-superposition", "numpy")}
    tables, stored = {"made_by": made_by, "seed": module.SEED}, {}
    if only:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if {key: stored[key] for key in tables} != tables:
            raise SystemExit(f"{path.name} was made by other versions or from another seed: compute all of {name}")
    for table, parameters, columns, rows in module.grids():
        if only and table not in only:
            tables[table] = stored[table]
            continue
        start, kept = time.perf_counter(), []
        for row in rows:
            kept.append(row)
            print(f"\r{name}: {table}, {len(kept)} rows, {time.perf_counter() - start:.0f} s", end="", flush=True)
        print()
        tables[table] = {"parameters": parameters, "columns": columns, "rows": kept}
    if missing := set(only) - set(tables):
        raise SystemExit(f"{name} has no table {', '.join(sorted(missing))}")
    path.write_text(text(tables), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}, or one of their tables; all if left out"
    )
    chosen = {}
    for given in parser.parse_args().names or NAMES:
        name, _, table = given.partition(".")
        if name not in NAMES:
            parser.error(f"{name} is none of {', '.join(NAMES)}")
        chosen.setdefault(name, []).append(table)
    for name, only in chosen.items():
        compute(name, () if "" in only else only)


if __name__ == "__main__":
    main()
