"""Real matrices: what is stored of them belongs together, and the sample shows what the whole was found to be."""

import csv
from importlib.resources import files
from math import log, sqrt

import numpy as np
import pytest

from superposition import diagnose
from superposition.data import load
from superposition.data.dictionaries import atlas, dictionaries
from superposition.dictionary import read

STORED = load("matrices")["matrices"]
SAMPLE = files("superposition.data").joinpath("french_words.npy")


def close(one, other, rel):
    """Every number near its like; what is no number, alike."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(close(one[name], other[name], rel) for name in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(close(a, b, rel) for a, b in zip(one, other, strict=True))
    return one == (pytest.approx(other, rel=rel, abs=1e-6) if isinstance(other, float) else other)


def test_the_sample_is_what_its_diagnosis_says():
    assert close(diagnose(SAMPLE).numbers, STORED["French words, every 50th"], rel=1e-3)


def test_the_sample_has_the_overlaps_of_the_whole():
    whole, sample = (STORED[name]["overlap"] for name in ("French words", "French words, every 50th"))
    assert read(SAMPLE).shape == (300, 400)
    # 400 words of 20,000: the mean square overlap of their pairs, which share words, has an error of about 2/√400
    assert sample["rms"] == pytest.approx(whole["rms"], rel=0.1)


def test_the_two_matrices_differ_as_the_chapter_needs():
    words, tokens = STORED["French words"], STORED["WordLlama"]
    assert (words["neurons"], words["features"]) == (300, 20_000)
    assert words["overlap"]["rms"] / words["overlap"]["welch"] == pytest.approx(3.26, abs=0.005)
    assert words["effective_neurons"] < 300 / 10
    assert (tokens["neurons"], tokens["features"]) == (256, 32_000)
    assert tokens["overlap"]["rms"] / tokens["overlap"]["welch"] < 1.2


@pytest.mark.parametrize("name", STORED)
def test_stored_numbers_obey_the_laws_between_them(name):
    found = STORED[name]
    n, m, overlap = found["neurons"], found["features"], found["overlap"]
    assert overlap["welch"] == pytest.approx(sqrt((m - n) / (n * (m - 1))), rel=1e-4)
    assert overlap["welch"] <= overlap["rms"] <= overlap["worst"] <= 1
    assert found["effective_neurons"] == pytest.approx(overlap["rms"] ** -2, rel=1e-3)
    assert found["bears"]["by_effective_neurons"] == pytest.approx(found["effective_neurons"] / (8 * log(m)), rel=1e-3)
    quantiles = list(found["nearest"]["quantiles"].values())
    assert quantiles == sorted(quantiles)
    assert quantiles[-1] <= overlap["worst"]
    assert 1 <= found["spectrum"]["half_of_it_in"] < found["spectrum"]["nine_tenths_in"] <= n


def test_every_source_says_its_licence_and_its_file():
    for source in load("matrices")["sources"].values():
        assert source.keys() >= {"package", "sha256", "file", "what", "licence"}


# -- the atlas ---------------------------------------------------------------------------------------------


def places(found):
    return {(one.network, one.layer, one.neurons, one.features, one.active) for one in found}


def test_the_atlas_has_what_was_written_down_by_hand():
    assert places(dictionaries()) <= places(atlas())


def test_rows_of_the_atlas_are_sane_and_none_is_there_twice():
    found = atlas()
    assert len(set(found)) == len(found) > 2000
    for one in found:
        assert one.neurons <= one.features or one.network == "GPT-2 small"
        assert 0 < one.active < one.features
        assert one.layer < 62
    widths = {}
    for one in found:
        assert widths.setdefault(one.network, one.neurons) == one.neurons
    assert np.isin(
        [one.features for one in found], [768 * 2**k for k in range(8)] + [2**k for k in range(12, 21)]
    ).all()


def test_what_is_asked_for_is_found_and_nothing_else():
    every = dictionaries()
    assert len(every) == len(load("dictionaries")["dictionaries"]["rows"]) > 20
    for asked in (
        {"network": "Gemma 2 9B"},
        {"features": 131_072},
        {"network": "Gemma 2 9B", "features": 16_384},
        {"release": every[-1].release},
    ):
        found = dictionaries(**asked)
        assert 0 < len(found) < len(every)
        assert found == [one for one in every if all(getattr(one, name) == value for name, value in asked.items())]
    with pytest.raises(ValueError, match="no dictionary is stored with network = 'Gemma 2 9B', features = 3"):
        dictionaries("Gemma 2 9B", 3)


def test_the_atlas_is_its_file_line_by_line():
    text = files("superposition.data").joinpath("atlas.csv").read_text(encoding="utf-8")
    names, *lines = csv.reader(text.splitlines())
    found = atlas()
    assert len(found) == len(lines)
    for one, line in zip(found, lines, strict=True):
        told = dict(zip(names, line, strict=True))
        for name, value in told.items():
            mine = getattr(one, name)
            assert str(mine) == value if isinstance(mine, str) else mine == (float(value) if value else None), name
        assert one.folder == ""
        assert isinstance(one.layer, int)
        assert isinstance(one.neurons, int)
        assert isinstance(one.features, int)
