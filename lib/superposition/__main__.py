"""``python -m superposition``: measure a dictionary in a file, or compare two."""

import argparse
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m superposition", description="Measure dictionaries of directions.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, files, words in (
        ("diagnose", 1, "what a dictionary is like beside random directions, and what it can bear"),
        ("compare", 2, "which features of one dictionary are in another"),
    ):
        command = commands.add_parser(name, help=words, description=f"{words[0].upper()}{words[1:]}.")
        command.add_argument("files", nargs=files, metavar="FILE", help=".npy, .npz or .safetensors")
        command.add_argument(
            "--array", nargs=files, metavar="NAME", help="name of the matrix in a file that has several"
        )
        command.add_argument("--transposed", action="store_true", help="features are the rows")
        command.add_argument("--json", action="store_true", help="print numbers as JSON")
        command.add_argument("--memory", type=int, metavar="MIB", default=256, help="working memory, %(default)s MiB")
    commands.choices["diagnose"].add_argument("--active", type=int, metavar="L", help="features active at once")
    given = parser.parse_args(arguments)

    from superposition.dictionary import compare, diagnose

    options = {"transposed": given.transposed, "memory": given.memory * 2**20}
    try:
        if given.command == "diagnose":
            named = {"array": given.array[0]} if given.array else {}
            found = diagnose(*given.files, n_active=given.active, **named, **options)
        else:
            named = {"arrays": tuple(given.array)} if given.array else {}
            found = compare(*given.files, **named, **options)
    except (ImportError, MemoryError, OSError, TypeError, ValueError) as wrong:
        print(f"superposition: {' '.join(str(wrong).split()) or type(wrong).__name__}", file=sys.stderr)
        return 2
    print(found.to_json() if given.json else found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
