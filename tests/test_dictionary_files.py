"""Files with matrices: good ones are read, bad ones refused in one line, and nothing in them is run or blown up."""

import io
import json
import os
import pickle
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from superposition.__main__ import main
from superposition.codes import random_code
from superposition.dictionary import files, read

ROOT = Path(__file__).parents[1]
F = random_code(12, 40, np.random.default_rng(0))


class Trap:
    """What runs code where it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return open, (str(self.mark), "w")


def npy(array, **options):
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def archive(path, members, packed=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", packed) as file:
        for name, content in members.items():
            file.writestr(name, content)


# -- what is read ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int8])
def test_every_kind_of_file_gives_the_matrix_back(tmp_path, dtype):
    matrix = (100 * F).astype(dtype)
    np.save(tmp_path / "a.npy", matrix)
    np.savez(tmp_path / "a.npz", W_dec=matrix, b=np.zeros(3))
    np.savez_compressed(tmp_path / "b.npz", one=matrix, two=-matrix)
    save_file({"W_dec": matrix, "b": np.zeros(3)}, tmp_path / "a.safetensors")
    save_file({"one": matrix, "two": -matrix}, tmp_path / "b.SAFETENSORS")
    for name in ("a.npy", "a.npz", "a.safetensors"):
        assert np.array_equal(read(tmp_path / name), matrix)
        assert np.array_equal(read(str(tmp_path / name), transposed=True), matrix.T)
    for name in ("b.npz", "b.SAFETENSORS"):
        assert np.array_equal(read(tmp_path / name, "two"), -matrix)


def test_a_large_npy_is_mapped_not_loaded(tmp_path):
    np.save(tmp_path / "a.npy", F)
    assert isinstance(read(tmp_path / "a.npy"), np.memmap)


# -- what is refused ---------------------------------------------------------------------------------------


def bad_files(folder):
    """Name of each bad file, and words of the line that refuses it."""
    whole, nan = npy(F), F.copy()
    nan[3, 7] = np.nan
    trap = np.array([Trap(folder / "ran")], object)
    contents = {
        "cut.npy": (whole[:-100], "3,840 bytes, and 3,740 are there"),
        "long.npy": (whole + b"more", "3,840 bytes, and 3,844 are there"),
        "header.npy": (whole[:30], "EOF"),
        "empty.npy": (b"", "EOF"),
        "text.npy": (b"1,2,3\n4,5,6\n", "magic string"),
        "zip.npy": (b"PK\3\4" + bytes(100), "magic string"),
        "pickle.npy": (pickle.dumps(Trap(folder / "ran")), "magic string"),
        "objects.npy": (npy(trap, allow_pickle=True), "holds Python objects"),
        "nan.npy": (npy(nan), "must be finite, see column 7"),
        "infinite.npy": (npy(np.full((3, 3), np.inf)), "must be finite, see column 0"),
        "complex.npy": (npy(F + 1j), "of real numbers"),
        "words.npy": (npy(np.array([["a", "b"]])), "of real numbers"),
        "vector.npy": (npy(F[0]), "got shape (40,)"),
        "cube.npy": (npy(F[None]), "got shape (1, 12, 40)"),
        "none.npy": (npy(F[:, :0]), "got shape (12, 0)"),
        "one.npy": (npy(F[:, :1]), "got shape (12, 1)"),
        "zeros.npy": (npy(0 * F), "at least 2 columns that are not zero, got 0 of 40"),
        "code.npy": (whole.replace(b"'fortran_order': False", b"'fortran_order': f()  "), "malformed"),
        "huge.npy": (whole.replace(b"(12, 40)", b"(12e9,4)").replace(b"12e9", b"9**9"), "malformed"),
        "large.npy": (whole.replace(b"(12, 40), }  ", b"(99999, 40), }")[: len(whole)], "are there"),
        "text.npz": (b"no archive", "not a zip"),
        "empty.npz": (b"", "not a zip"),
        "text.safetensors": (b"nothing of the kind", "header"),
        "empty.safetensors": (b"", "header"),
        "bomb.safetensors": (struct.pack("<Q", 2**60) + b"{}", "header"),
        "matrix.csv": (b"1,2\n3,4\n", "not from '.csv'"),
        "model.pt": (pickle.dumps(Trap(folder / "ran")), "not from '.pt'"),
        "matrix": (whole, "not from 'this'"),
    }
    for name, (content, words) in contents.items():
        (folder / name).write_bytes(content)
        yield name, words
    archive(folder / "objects.npz", {"a.npy": npy(trap, allow_pickle=True)})
    yield "objects.npz", "holds Python objects"
    archive(folder / "bomb.npz", {"a.npy": npy(np.zeros((300, 400)))})
    yield "bomb.npz", "more than weights do"
    archive(folder / "claims.npz", {"a.npy": whole.replace(b"(12, 40), }    ", b"(900000, 40), }")})
    yield "claims.npz", "288,000,000 bytes, and 3,840 are there"
    archive(folder / "none.npz", {"a.npy": npy(F[0])})
    yield "none.npz", "there is no matrix"
    archive(folder / "several.npz", {"a.npy": whole, "b.npy": whole})
    yield "several.npz", "2 matrices, 'a', 'b': name one with array"
    archive(folder / "damaged.npz", {"a.npy": whole}, zipfile.ZIP_STORED)
    stored = bytearray((folder / "damaged.npz").read_bytes())
    stored[1000] ^= 255
    (folder / "damaged.npz").write_bytes(stored)
    yield "damaged.npz", "Bad CRC-32"
    (folder / "cut.npz").write_bytes(stored[:-40])
    yield "cut.npz", "not a zip"
    save_file({"W": F}, folder / "whole.safetensors")
    (folder / "cut.safetensors").write_bytes((folder / "whole.safetensors").read_bytes()[:-9])
    yield "cut.safetensors", "header"
    header = json.dumps({"W": {"dtype": "BF16", "shape": [2, 2], "data_offsets": [0, 8]}}).encode()
    (folder / "bf16.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + bytes(8))
    yield "bf16.safetensors", "holds BF16"
    (folder / "folder.npy").mkdir()
    yield "folder.npy", "is a folder"
    yield "nowhere.npy", "there is no such file"


def test_every_bad_file_is_refused_in_one_line_and_runs_nothing(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(files, "_SMALL", 2**16)
    for name, words in bad_files(tmp_path):
        for command in (["diagnose", str(tmp_path / name)], ["compare", str(tmp_path / name), str(tmp_path / name)]):
            assert main(command) == 2, name
            out, err = capsys.readouterr()
            assert out == ""
            assert err.count("\n") == 1, err
            assert err.startswith("superposition: "), err
            assert words in err, (name, err)
            assert name in err
    assert not (tmp_path / "ran").exists()


def test_the_trap_would_have_run(tmp_path):
    pickle.loads(pickle.dumps(Trap(tmp_path / "ran"))).close()
    assert (tmp_path / "ran").exists()


def test_a_directory_that_lies_about_sizes_is_caught(tmp_path):
    path = tmp_path / "lies.npz"
    archive(path, {"a.npy": npy(F)}, zipfile.ZIP_STORED)
    content = path.read_bytes()
    entry = content.rindex(b"PK\1\2")
    lied = content[: entry + 24] + struct.pack("<I", 2**31) + content[entry + 28 :]
    path.write_bytes(lied)
    with pytest.raises(ValueError, match="more than weights do"):
        read(path)


@pytest.mark.parametrize(("more", "words"), [(0, "3,840 bytes, and"), (1, "more than weights do")])
def test_a_matrix_may_unpack_to_a_hundred_times_its_size_and_no_further(tmp_path, monkeypatch, more, words):
    monkeypatch.setattr(files, "_SMALL", 0)
    path = tmp_path / "lies.npz"
    archive(path, {"a.npy": npy(F)}, zipfile.ZIP_STORED)
    content = path.read_bytes()
    entry = content.rindex(b"PK\1\2")
    said = struct.pack("<I", 100 * len(npy(F)) + more)
    path.write_bytes(content[: entry + 24] + said + content[entry + 28 :])
    with pytest.raises(ValueError, match=words):
        read(path)


@pytest.mark.parametrize(("size", "words"), [(2**26, "3,840 bytes, and"), (2**26 + 1, "more than weights do")])
def test_sixty_four_mebibytes_may_be_packed_as_tightly_as_they_are(tmp_path, size, words):
    path = tmp_path / "lies.npz"
    archive(path, {"a.npy": npy(F)}, zipfile.ZIP_STORED)
    content = path.read_bytes()
    entry = content.rindex(b"PK\1\2")
    path.write_bytes(content[: entry + 24] + struct.pack("<I", size) + content[entry + 28 :])
    with pytest.raises(ValueError, match=words):
        read(path)


def test_a_packed_matrix_may_be_as_large_as_the_largest(tmp_path, monkeypatch):
    np.savez(tmp_path / "a.npz", F)
    monkeypatch.setattr(files, "LARGEST", len(npy(F)))
    assert np.array_equal(read(tmp_path / "a.npz"), F)
    monkeypatch.setattr(files, "LARGEST", len(npy(F)) - 1)
    with pytest.raises(ValueError, match="more than weights do"):
        read(tmp_path / "a.npz")


def test_both_versions_of_the_format_that_numbers_need_are_read_and_no_other(tmp_path):
    for version in ((1, 0), (2, 0)):
        with (tmp_path / "a.npy").open("wb") as file:
            np.lib.format.write_array(file, F, version)
        assert np.array_equal(read(tmp_path / "a.npy"), F)
    content = bytearray((tmp_path / "a.npy").read_bytes())
    content[6] = 3
    (tmp_path / "a.npy").write_bytes(content)
    with pytest.raises(ValueError, match=r"version \(3, 0\) of NumPy's format"):
        read(tmp_path / "a.npy")


def test_sixty_four_gibibytes_are_read_and_no_more():
    files._weigh("a", (2**18, 2**18), np.dtype(np.int8), 2**36)
    with pytest.raises(ValueError, match="more than 68,719,476,736"):
        files._weigh("a", (2**18, 2**18 + 1), np.dtype(np.int8), 2**36 + 2**18)


def test_larger_matrices_than_are_read_are_refused_by_what_they_say(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "LARGEST", 1000)
    np.save(tmp_path / "a.npy", F)
    np.savez(tmp_path / "a.npz", F)
    with pytest.raises(ValueError, match="3,840 bytes, more than 1,000"):
        read(tmp_path / "a.npy")
    with pytest.raises(ValueError, match="more than weights do"):
        read(tmp_path / "a.npz")


# -- the commands ------------------------------------------------------------------------------------------


def run(*arguments):
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "lib")}
    return subprocess.run(
        [sys.executable, "-m", "superposition", *map(str, arguments)], env=environment, capture_output=True, text=True
    )


@pytest.mark.slow
def test_the_commands_print_text_or_json(tmp_path):
    np.savez(tmp_path / "sae.npz", W_dec=F.T, W_enc=F)
    np.save(tmp_path / "other.npy", F.T[::-1])
    done = run("diagnose", tmp_path / "sae.npz", "--array", "W_dec", "--transposed", "--active", 2)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("sae.npz: 40 features in 12 neurons\n")
    done = run("diagnose", tmp_path / "sae.npz", "--array", "W_enc", "--active", 2, "--json")
    assert json.loads(done.stdout)["readouts"]["active"] == 2
    np.save(tmp_path / "one.npy", F.T)
    done = run("compare", tmp_path / "one.npy", tmp_path / "other.npy", "--transposed", "--json")
    assert json.loads(done.stdout)["mutual"] == 40
    done = run("diagnose", tmp_path / "nowhere.npy")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert run("guess").returncode == 2


@pytest.mark.slow
def test_a_missing_extra_is_named(tmp_path):
    save_file({"W": F}, tmp_path / "a.safetensors")
    code = (
        "import sys; sys.modules['safetensors'] = None; from superposition.__main__ import main; "
        f"sys.exit(main(['diagnose', {str(tmp_path / 'a.safetensors')!r}]))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "lib")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 2
    assert "price-of-superposition[research]" in done.stderr
