"""Write down dictionaries of residual streams that SAELens lists with their size and sparsity, of networks of known width.

    python tools/atlas.py

The list is `sae_lens/pretrained_saes.yaml` in PyPI's sae-lens (MIT), downloaded to `_build/packages`. A dictionary is taken if
the list says its L0, and the names of its release or folder say how many features it has. Where a folder's name says its L0,
that counts: it is what was measured for that folder. What the list does not say is the width of the networks:
others than those in NEURONS, such as those of Qwen Scope, are not taken.
"""

import csv
import re
from pathlib import Path

import yaml
from packages import opened

DATA = Path(__file__).parents[1] / "lib" / "superposition" / "data"
LIST = "sae-lens==6.54.12", "a8f533bde5024f067de482fece4fb975b39f341d0cb781ca5afedce1b2e91c31"
COLUMNS = ("network", "layer", "neurons", "features", "active", "variance_explained", "release")

# Widths of residual streams, as read in: GPT-2 small, Gemma 2 2B, dictionaries.json; Gemma 2B, 2 9B, 2 27B, the models'
# configurations; Gemma 3, huggingface.co/spaces/rubenaghayan/llm_memory_visualizer (defaults.py, after the configurations);
# Llama 3 8B, Mistral 7B, huggingface.co/datasets/ohdoking/llm_model_specs; 3.1 has the shape of 3.
NEURONS = {
    "gpt2-small": ("GPT-2 small", 768),
    "gemma-2b": ("Gemma 2B", 2048),
    "gemma-2b-it": ("Gemma 2B, instructed", 2048),
    "gemma-2-2b": ("Gemma 2 2B", 2304),
    "gemma-2-9b": ("Gemma 2 9B", 3584),
    "gemma-2-27b": ("Gemma 2 27B", 4608),
    "mistral-7b": ("Mistral 7B", 4096),
    "meta-llama/Llama-3.1-8B": ("Llama 3.1 8B", 4096),
    **{
        f"google/gemma-3-{size}{suffix}": (
            f"Gemma 3 {size.upper()}{', instructed' if suffix == '-it' else ''}",
            neurons,
        )
        for size, neurons in {"270m": 640, "1b": 1152, "4b": 2560, "12b": 3840, "27b": 5376}.items()
        for suffix in ("", "-pt", "-it")
    },
}
# the network of this release is the instructed one, which the list takes for the other
INSTRUCTED = {"gemma-scope-9b-it-res": "Gemma 2 9B, instructed"}
# features of releases whose folders do not name them
FEATURES = {
    "gpt2-small-res-jb": 24_576,
    "gpt2-small-resid-post-v5-32k": 32_768,
    "gpt2-small-resid-post-v5-128k": 131_072,
}
SHORT = {"4k": 12, "16k": 14, "32k": 15, "65k": 16, "131k": 17, "262k": 18, "524k": 19, "1m": 20}


def features(release, folder, neurons):
    """m, from the names, or None."""
    if found := re.search(r"width_(\d+[km])", folder):
        return 2 ** SHORT[found[1]]
    if found := re.fullmatch(r"llama_scope_lxr_(\d+)x", release):
        return int(found[1]) * neurons
    if found := re.search(r"_(\d{3,})(_anthropic\w*)?$", folder):
        return int(found[1])
    return FEATURES.get(release)


def rows(listed):
    seen = set()
    for release, about in listed.items():
        # canonical ones are a choice among those of the release itself
        if not re.search("-res|lxr", release) or "canonical" in release or about["model"] not in NEURONS:
            continue
        network, neurons = NEURONS[about["model"]]
        network = INSTRUCTED.get(release, network)
        for one in about["saes"]:
            folder = str(one["path"])
            named = re.search(r"average_l0_(\d+)", folder)
            active = float(named[1]) if named else one.get("l0")
            layer = re.search(r"(?:layer_|blocks\.|layer)(\d+)|-L(\d+)R-", folder)
            count = features(release, folder, neurons)
            if active and layer and count and "embedding" not in folder:
                family = release.removesuffix("-all")
                row = (network, int(layer[1] or layer[2]), neurons, count, f"{active:g}", family)
                if row not in seen:
                    seen.add(row)
                    yield (*row[:5], one.get("variance_explained", ""), family)


def main():
    with opened(*LIST) as wheel:
        listed = yaml.safe_load(wheel.read("sae_lens/pretrained_saes.yaml"))
    found = sorted(rows(listed), key=lambda row: (*row[:4], float(row[4]), row[6]))
    with (DATA / "atlas.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *found])
    print(f"{len(found)} dictionaries of {len({row[0] for row in found})} networks")


if __name__ == "__main__":
    main()
