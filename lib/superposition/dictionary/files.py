"""Matrices from files that may come from anywhere: nothing in them is run, and nothing is unpacked before it is weighed."""

import math
import os
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["LARGEST", "read"]

# Bytes of the largest matrix that is read, and how many times its packed size a matrix may be that is worth the word:
# weights hardly shrink when they are packed.
LARGEST, _MOST_PACKED = 2**36, 100
_SMALL = 2**26


def read(path: str | os.PathLike, array: str | None = None, transposed: bool = False) -> NDArray:
    """The matrix in a file.

    Parameters
    ----------
    path : str or os.PathLike
        A ``.npy``, ``.npz`` or ``.safetensors`` file.
    array : str, optional
        Name of the matrix where a file has several.
    transposed : bool
        Whether features are the rows of the file's matrix, as in most libraries of sparse autoencoders.

    Returns
    -------
    numpy.ndarray
        Shape (n, m), features as columns. A ``.npy`` file is mapped, not loaded.

    Raises
    ------
    OSError
        If there is no such file, or it cannot be read.
    ValueError
        If it is none of the three, is cut short or damaged, holds Python objects, unpacks to over a hundred times its
        size, has no matrix or several that are not told apart by `array`.
    ImportError
        If a ``.safetensors`` file is read without the library of that name (``pip install
        'price-of-superposition[research]'``).

    Notes
    -----
    Pickled objects are never loaded: that would run what a file says. Sizes in a ``.npz`` are compared, in the
    archive's directory and in the array's own header, before anything is unpacked.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.savez(f"{folder}/sae.npz", W_dec=np.zeros((4096, 64)), b_dec=np.zeros(64))
    ...     read(f"{folder}/sae.npz", transposed=True).shape
    (64, 4096)
    """
    path = Path(os.fspath(path))
    readers = {".npy": _npy, ".npz": _npz, ".safetensors": _safetensors}
    if path.suffix.lower() not in readers:
        raise ValueError(
            f"{path}: a matrix is read from .npy, .npz or .safetensors, not from {path.suffix or 'this'!r}"
        )
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder, not a file")
    if not path.is_file():
        raise FileNotFoundError(f"{path}: there is no such file")
    found = readers[path.suffix.lower()](path, array)
    return found.T if transposed else found


def _npy(path, array):
    if array is not None:
        raise ValueError(f"{path}: a .npy file has one matrix without a name, not {array!r}")
    try:
        with path.open("rb") as file:
            _weigh(path, *_header(file), path.stat().st_size - file.tell())
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError) as wrong:
        raise _damaged(path, wrong) from wrong


def _npz(path, array):
    try:
        with zipfile.ZipFile(path) as archive:
            infos = {
                info.filename.removesuffix(".npy"): info
                for info in archive.infolist()
                if info.filename.endswith(".npy")
            }
            shapes = {}
            for name, info in infos.items():
                if info.file_size > LARGEST or info.file_size > max(_SMALL, _MOST_PACKED * info.compress_size):
                    raise ValueError(
                        f"{name} unpacks from {info.compress_size:,} to {info.file_size:,} bytes, more than weights do"
                    )
                with archive.open(info) as file:
                    shape, dtype, header = *_header(file), file.tell()
                _weigh(name, shape, dtype, info.file_size - header)
                shapes[name] = shape
            name = _chosen(shapes, array)
            with archive.open(infos[name]) as file:
                return np.lib.format.read_array(file, allow_pickle=False)
    except (ValueError, EOFError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as wrong:
        raise _damaged(path, wrong) from wrong


def _safetensors(path, array):
    try:
        from safetensors import SafetensorError, safe_open
    except ImportError as missing:
        raise ImportError(
            f"{path}: to read it, install safetensors: pip install 'price-of-superposition[research]'"
        ) from missing
    try:
        with safe_open(path, framework="numpy") as file:
            shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
            name = _chosen(shapes, array)
            kind = file.get_slice(name).get_dtype()
            if kind not in ("F16", "F32", "F64") and kind[0] not in "IU":
                raise ValueError(f"{name} holds {kind}, which NumPy has not: store it as F32")
            return file.get_tensor(name)
    except (ValueError, SafetensorError) as wrong:
        raise _damaged(path, wrong) from wrong


def _header(file):
    """Shape and type that the header of an array in NumPy's format states."""
    version = np.lib.format.read_magic(file)
    if version == (1, 0):
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    elif version == (2, 0):
        shape, _, dtype = np.lib.format.read_array_header_2_0(file)
    else:
        raise ValueError(f"version {version} of NumPy's format is none for matrices of numbers")
    return shape, dtype


def _weigh(name, shape, dtype, left):
    if dtype.hasobject:
        raise ValueError(f"{name} holds Python objects, whose loading could run code; numbers are accepted")
    stated = math.prod(shape) * dtype.itemsize
    if stated != left:
        raise ValueError(f"{name} is said to have shape {shape}, {stated:,} bytes, and {left:,} are there")
    if stated > LARGEST:
        raise ValueError(f"{name} has {stated:,} bytes, more than {LARGEST:,}")


def _chosen(shapes, array):
    """Name of the matrix that is asked for, or of the only one."""
    if array is not None:
        if array not in shapes:
            raise ValueError(f"there is no array {array!r}, but {', '.join(map(repr, shapes)) or 'none at all'}")
        return array
    matrices = [name for name, shape in shapes.items() if len(shape) == 2]
    if len(matrices) != 1:
        several = f"{len(matrices)} matrices, {', '.join(map(repr, matrices))}: name one with array" if matrices else ""
        raise ValueError(f"there are {several}" if several else f"there is no matrix, but {shapes or 'nothing at all'}")
    return matrices[0]


def _damaged(path, wrong):
    return ValueError(f"{path}: {' '.join(str(wrong).split()) or 'it ends too early'}")
