"""Compute the stored measurements of the chapters (minutes of work) and write them into the library.

    python tools/data.py [NAME ...]
    python tools/data.py booleanish.levels    one table, the others of its chapter as they are stored
    python tools/data.py --scheduler tcp://HOST:8786    on a dask cluster

A grid is a module of `tools/grids/` with a `SEED` and a function `grids()`, which yields, for each table, its name, its
parameters, its columns, a function that makes a row, and the places it is called at. Each row is made with a generator
seeded by `SEED` and the row's own place in the grid, so that any of them can be made again alone: by whichever process, and
after a kill only those that are missing (`_build/data` keeps what was computed, until it is in the library). What is measured beside a formula is a `Beside` in the
module's dict `MEASURED`, under the formula's name; `beside(MEASURED)` makes its tables.
"""

import argparse
import hashlib
import json
import sys
from contextlib import contextmanager
from functools import cache, partial
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from superposition.sweeps import computed  # noqa: E402
from tools.grids import made  # noqa: E402

DATA = ROOT / "lib" / "superposition" / "data"
JOURNALS = ROOT / "_build" / "data"
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


@cache
def sources():
    """What rows are computed by: after a change of it none is taken over."""
    files = sorted([*(ROOT / "tools" / "grids").glob("*.py"), *(ROOT / "lib").rglob("*.py")])
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def compute(name, only=(), executor=None):
    """Write a chapter's file, with all of its tables computed or, where some are named, only these."""
    module, path = import_module(f"tools.grids.{name}"), DATA / f"{name}.json"
    made_by = {package: version(package) for package in ("price-of-superposition", "numpy")}
    tables, stored, journals = {"made_by": made_by, "seed": module.SEED}, {}, []
    if only:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if {key: stored[key] for key in tables} != tables:
            raise SystemExit(f"{path.name} was made by other versions or from another seed: compute all of {name}")
    JOURNALS.mkdir(parents=True, exist_ok=True)
    for table, parameters, columns, _, places in module.grids():
        if only and table not in only:
            tables[table] = stored[table]
            continue
        about = {"table": f"{name}.{table}", "made_by": made_by, "seed": module.SEED, "sources": sources()}
        digest = hashlib.sha256(json.dumps(about).encode()).hexdigest()[:12]
        journals.append(JOURNALS / f"{name}.{table}.{digest}.jsonl")
        rows = computed(
            partial(made, name, table), list(places), about, executor, journals[-1], unit=f"rows of {table}"
        )
        print(f"{name}: {table}, {len(rows)} rows", flush=True)
        tables[table] = {"parameters": parameters, "columns": columns, "rows": rows}
    if missing := set(only) - set(tables):
        raise SystemExit(f"{name} has no table {', '.join(sorted(missing))}")
    path.write_text(text(tables), encoding="utf-8")
    for journal in journals:
        journal.unlink()


@contextmanager
def workers(scheduler):
    """An executor: a dask cluster's, or None for processes of this machine."""
    if scheduler is None:
        yield None
        return
    from distributed import Client

    with Client(scheduler) as client:
        yield client.get_executor()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}, or one of their tables; all if left out"
    )
    parser.add_argument("--scheduler", metavar="ADDRESS", help="dask scheduler whose workers compute the rows")
    arguments, chosen = parser.parse_args(), {}
    for given in arguments.names or NAMES:
        name, _, table = given.partition(".")
        if name not in NAMES:
            parser.error(f"{name} is none of {', '.join(NAMES)}")
        chosen.setdefault(name, []).append(table)
    with workers(arguments.scheduler) as executor:
        for name, only in chosen.items():
            compute(name, () if "" in only else only, executor)


if __name__ == "__main__":
    main()
