"""A sweep gives the same numbers whoever computes them, and a kill takes away none that were in the journal."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import xarray
from threadpoolctl import threadpool_info, threadpool_limits

import superposition
from superposition import formulas, sweep, sweeps
from superposition.sweeps import Journal, computed

ROOT = Path(__file__).parents[1]
GRID = {"n": [2, 3, 5], "name": ["a", "bb"]}


def product(n, name):
    return n * len(name)


def drawn(n, name, rng):
    return {"mean": rng.standard_normal(n).mean(), "length": len(name)}


@pytest.fixture
def threads():
    with ThreadPoolExecutor(2) as pool:
        yield pool


# -- what comes back ---------------------------------------------------------------------------------------


def test_results_are_labelled_by_the_values_they_belong_to(threads):
    found = sweep(product, GRID, executor=threads)
    assert found.dims == ("n", "name")
    assert found.name == "product"
    assert all(found.sel(n=n, name=name) == n * len(name) for n in GRID["n"] for name in GRID["name"])


def test_dicts_become_a_dataset(threads):
    found = sweep(drawn, GRID, executor=threads, seed=1)
    assert isinstance(found, xarray.Dataset)
    assert set(found) == {"mean", "length"}
    assert found["length"].sel(name="bb").values.tolist() == [2, 2, 2]
    assert found.attrs["seed"] == 1


def test_what_is_drawn_follows_from_seed_and_point_alone(threads):
    found = sweep(drawn, GRID, executor=threads, seed=1)
    other = sweep(drawn, {"name": ["bb", "c", "a"], "n": [5, 2]}, executor=threads, seed=1)
    assert all(
        other["mean"].sel(n=n, name=name) == found["mean"].sel(n=n, name=name) for n in (2, 5) for name in ("a", "bb")
    )
    assert (sweep(drawn, GRID, executor=threads, seed=2)["mean"] != found["mean"]).all()
    assert len(np.unique(found["mean"])) == 6


@pytest.mark.slow
def test_processes_threads_and_no_pool_of_one_s_own_agree(threads):
    found = sweep(drawn, GRID, executor=threads, seed=1)
    xarray.testing.assert_identical(sweep(drawn, GRID, seed=1), found)
    with ProcessPoolExecutor(1) as pool:
        xarray.testing.assert_identical(sweep(drawn, GRID, seed=1, executor=pool), found)
        assert pool.submit(int, "7").result() == 7


def test_formulas_and_numpy_values_are_taken(threads):
    found = sweep(formulas.max_active, {"n": np.array([512, 1024]), "m": np.float64([1e3, 1e4])}, executor=threads)
    assert float(found.sel(n=512, m=1e3)) == formulas.max_active(n=512, m=1e3)
    assert found.attrs["function"].endswith("max_active")


def test_progress_ends_at_the_number_of_points(threads, tmp_path):
    for _ in range(2):
        told = []
        sweep(
            product,
            GRID,
            executor=threads,
            journal=tmp_path / "j",
            progress=lambda *counts, told=told: told.append(counts),
        )
        assert told[-1] == (6, 6)


# -- the journal -------------------------------------------------------------------------------------------


def test_what_is_in_the_journal_is_not_computed_again(threads, tmp_path):
    first = sweep(drawn, GRID, executor=threads, seed=1, journal=tmp_path / "j")
    calls = []

    def counted(function, *call):
        calls.append(call)
        return function(*call)

    class Counting(ThreadPoolExecutor):
        def submit(self, function, *call):
            return super().submit(counted, function, *call)

    with Counting(1) as pool:
        again = sweep(drawn, {**GRID, "n": [*GRID["n"], 7]}, executor=pool, seed=1, journal=tmp_path / "j")
    assert [call[0]["n"] for call in calls] == [7, 7]
    xarray.testing.assert_identical(again.sel(n=GRID["n"]), first)


@pytest.mark.parametrize("cut", [1, 5, 30])
def test_a_line_that_was_cut_short_is_computed_again(threads, tmp_path, cut):
    path = tmp_path / "j"
    whole = sweep(drawn, GRID, executor=threads, seed=1, journal=path)
    content = path.read_bytes()
    for torn in (content[:-cut], content[:-cut] + b"\n", content[:-cut] + b"\0" * cut):
        path.write_bytes(torn)
        xarray.testing.assert_identical(sweep(drawn, GRID, executor=threads, seed=1, journal=path), whole)
        assert sorted(path.read_bytes().splitlines()) == sorted(content.splitlines())


def test_numbers_come_back_from_the_journal_bit_by_bit(tmp_path):
    numbers = [0.1 + 0.2, 5e-324, -0.0, float("inf"), 2**70, np.float32(0.1), np.nan]
    with Journal(tmp_path / "j", {}) as kept:
        for place, number in enumerate(numbers):
            kept.add(str(place), number)
    with Journal(tmp_path / "j", {}) as kept:
        assert [repr(kept.found[str(place)]) for place in range(7)] == [
            repr(number.item() if isinstance(number, np.generic) else number) for number in numbers
        ]


def test_each_line_is_on_the_disk_before_the_next(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(sweeps.os, "fsync", lambda file: synced.append((tmp_path / "j").read_bytes().count(b"\n")))
    with Journal(tmp_path / "j", {}) as kept:
        kept.add("a", 1)
        kept.add("b", 2)
    assert [lines for lines in synced if lines > 1] == [2, 3]


def test_a_journal_of_something_else_damaged_or_in_use_is_refused(threads, tmp_path):
    path = tmp_path / "j"
    sweep(drawn, GRID, executor=threads, seed=1, journal=path)
    with pytest.raises(ValueError, match=r"is about .*'seed': 1.*, not about .*'seed': 2"):
        sweep(drawn, GRID, executor=threads, seed=2, journal=path)
    with pytest.raises(ValueError, match="is about"):
        sweep(product, GRID, executor=threads, journal=path)
    with Journal(path, {"function": f"{__name__}.drawn", "seed": 1}), pytest.raises(ValueError, match="in use"):
        sweep(drawn, GRID, executor=threads, seed=1, journal=path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], b"5\n", *lines[3:]]))
    with pytest.raises(ValueError, match="damaged in line 3"):
        sweep(drawn, GRID, executor=threads, seed=1, journal=path)


KILLED = """
import os, sys, time
from pathlib import Path
from concurrent.futures import ThreadPoolExecutor
from superposition import sweep

calls = Path(sys.argv[1])

def slowly(i, rng):
    with calls.open("a") as file:
        file.write(f"{i}\\n")
    time.sleep(0.02)
    return rng.random()

if __name__ == "__main__":
    with ThreadPoolExecutor(1) as pool:
        found = sweep(slowly, {"i": list(range(40))}, seed=3, journal=sys.argv[2], executor=pool)
    print(found.values.tolist())
"""


@pytest.mark.slow
def test_a_killed_sweep_goes_on_where_it_was(tmp_path):
    script, calls, journal = tmp_path / "killed.py", tmp_path / "calls", tmp_path / "j"
    script.write_text(KILLED)
    command = [sys.executable, script, calls, journal]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "lib")}
    running = subprocess.Popen(command, env=environment)
    while not (journal.exists() and journal.read_bytes().count(b"\n") > 5):
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    kept = journal.read_bytes().count(b"\n") - 1
    begun = len(calls.read_text().split())
    assert 5 <= kept <= begun < 40
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert len(calls.read_text().split()) == begun + 40 - kept
    uninterrupted = subprocess.run(
        [*command[:-1], tmp_path / "other"], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == uninterrupted.stdout


def fails_at_three(n, name):
    if n == 3:
        raise ZeroDivisionError("three")
    return n


def test_what_a_function_raises_names_the_point_and_loses_nothing(threads, tmp_path):
    with pytest.raises(ZeroDivisionError) as raised:
        sweep(fails_at_three, GRID, executor=threads, journal=tmp_path / "j")
    assert any('"n": 3' in note for note in raised.value.__notes__)
    kept = [json.loads(line)[1] for line in (tmp_path / "j").read_text().splitlines()[1:]]
    assert 2 in kept
    assert set(kept) <= {2, 5}


# -- a cluster ---------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_gives_the_same_numbers(tmp_path, threads):
    from distributed import Client, LocalCluster

    grid = {"n": list(range(2, 42)), "name": ["a"]}

    def slowly(n, name, rng):
        time.sleep(0.05)
        return rng.standard_normal(n).mean()

    expected = sweep(slowly, grid, executor=threads, seed=5)
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        (first, process), (_, other) = client.run(os.getpid).items()
        assert process != other != os.getpid()
        killed = []

        def kill_one(done, total):
            if done == 5:
                os.kill(process, signal.SIGKILL)
                killed.append(done)

        found = sweep(slowly, grid, executor=client.get_executor(), seed=5, journal=tmp_path / "j", progress=kill_one)
        assert killed == [5]
        client.wait_for_workers(2)
        assert process not in client.run(os.getpid).values(), first
    xarray.testing.assert_identical(found, expected)


# -- refusals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda pool: sweep(3, GRID), TypeError, "function must be callable, got int"),
        (lambda pool: sweep(product, {}), TypeError, "grid must be a dict from names to values"),
        (lambda pool: sweep(product, [("n", [1])]), TypeError, "grid must be a dict from names to values"),
        (lambda pool: sweep(product, {"n": 3}), TypeError, "got 'n': 3"),
        (lambda pool: sweep(product, {"n": "ab"}), TypeError, "got 'n': 'ab'"),
        (lambda pool: sweep(product, {"n": []}), ValueError, r"got 'n': \[\]"),
        (lambda pool: sweep(product, {"n": [1, 1.0]}), ValueError, "in 'n' one is there twice"),
        (lambda pool: sweep(product, {"n": [None]}), ValueError, r"got 'n': \[None\]"),
        (lambda pool: sweep(product, GRID, executor=2), TypeError, "executor must be a concurrent.futures.Executor"),
        (lambda pool: sweep(product, GRID, seed=0.5), TypeError, "seed must be an integer"),
        (lambda pool: sweep(str.upper, {"self": ["a"]}, executor=pool), TypeError, "needs an argument"),
        (lambda pool: sweep(lambda n: "word", {"n": [1]}, executor=pool), ValueError, "must return a number"),
        (lambda pool: sweep(lambda n: {"a": 1} if n else 1, {"n": [1, 0]}, executor=pool), ValueError, "must return"),
        (lambda pool: sweep(lambda n: 1j, {"n": [1]}, executor=pool), TypeError, "a result must be numbers"),
    ],
)
def test_what_a_sweep_refuses_is_named(threads, call, error, message):
    with pytest.raises(error, match=message):
        call(threads)


def test_a_missing_extra_is_named_before_anything_is_computed(monkeypatch):
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(ImportError, match=r"price-of-superposition\[research\]"):
        sweep(lambda n: 1 / 0, {"n": [1]})


def test_a_worker_computes_on_one_thread():
    def threads_of():
        return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]

    with threadpool_limits(2):
        assert set(threads_of()) == {2}
        sweeps._one_blas_thread()
        assert set(threads_of()) == {1}


def test_the_module_is_there_without_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "xarray", None)
    monkeypatch.setattr(superposition, "sweeps", sweeps)
    monkeypatch.delitem(sys.modules, "superposition.sweeps")
    with ThreadPoolExecutor(1) as pool:
        assert import_module("superposition.sweeps").computed(pow, [(2, 3)], {}, pool) == [8]


def test_calls_come_back_in_their_order(threads):
    assert computed(pow, [(i, 2) for i in range(600)], {}, threads) == [i**2 for i in range(600)]


# -- how it is done ----------------------------------------------------------------------------------------


def test_no_more_calls_wait_than_are_allowed(monkeypatch):
    monkeypatch.setattr(sweeps, "_WAITING", 3)
    begun, most, ended = [], [], []

    class Counting(ThreadPoolExecutor):
        def submit(self, function, *call):
            begun.append(call)
            most.append(len(begun) - len(ended))
            return super().submit(function, *call)

    def told(done, total):
        ended[:] = range(done)

    with Counting(2) as pool:
        assert computed(pow, [(i, 2) for i in range(20)], {}, pool, progress=told) == [i * i for i in range(20)]
    assert begun == [(i, 2) for i in range(20)]
    assert max(most) == 3


def test_a_call_that_is_asked_for_twice_is_computed_once(threads):
    calls = []

    def square(i):
        calls.append(i)
        return i * i

    assert computed(square, [(3,), (4,), (3,)], {}, threads) == [9, 16, 9]
    assert sorted(calls) == [3, 4]


def test_progress_begins_with_what_is_in_the_journal(threads, tmp_path):
    path, counts = tmp_path / "j", []
    sweep(product, GRID, executor=threads, journal=path)
    sweep(
        product,
        {**GRID, "n": [2, 3, 5, 7]},
        executor=threads,
        journal=path,
        progress=lambda done, total: counts.append((done, total)),
    )
    assert [count for count in counts if count[0]] == [(6, 8), (7, 8), (8, 8)]


def test_the_last_line_may_be_anything_and_is_computed_again(threads, tmp_path):
    path = tmp_path / "j"
    whole = sweep(product, GRID, executor=threads, journal=path)
    content = path.read_bytes()
    lines = content.splitlines(keepends=True)
    for last in (b"5\n", b"[1, 2, 3]\n", b"[[1], 2]\n", b'{"a": 1}\n', b'"two"\n', b"\n", b"["):
        path.write_bytes(b"".join(lines[:-1]) + last)
        xarray.testing.assert_identical(sweep(product, GRID, executor=threads, journal=path), whole)
        assert sorted(path.read_bytes().splitlines()) == sorted(content.splitlines())
    path.write_bytes(b"".join([lines[0], b"[1, 2, 3]\n", *lines[2:]]))
    with pytest.raises(ValueError, match="damaged in line 2"):
        sweep(product, GRID, executor=threads, journal=path)
    # nothing but a first line that was cut short is a new journal
    path.write_bytes(lines[0][:-3])
    xarray.testing.assert_identical(sweep(product, GRID, executor=threads, journal=path), whole)
    assert path.read_bytes().splitlines(keepends=True)[0] == lines[0]


def test_the_name_of_a_new_journal_is_kept_and_that_of_an_old_one_was(tmp_path, monkeypatch):
    synced, fsync = [], os.fsync
    monkeypatch.setattr(sweeps.os, "fsync", lambda file: (synced.append(os.path.isdir(file)), fsync(file)))
    for expected in ([False, True], []):
        synced.clear()
        with Journal(tmp_path / "j", {"a": 1}):
            assert synced == expected
    with Journal(tmp_path / "j", {"a": 1}) as kept:
        kept.add("x", np.arange(3))
        assert kept.found == {"x": [0, 1, 2]}


def test_a_journal_that_was_refused_is_not_kept_open(tmp_path):
    with Journal(tmp_path / "j", {"a": 1}):
        pass
    for _ in range(3):
        with pytest.raises(ValueError, match="is about"):
            Journal(tmp_path / "j", {"a": 2})
    with Journal(tmp_path / "j", {"a": 1}) as kept:
        assert kept.found == {}


def test_of_two_failures_the_first_is_raised_with_its_own_point_alone():
    begun = []

    def fails(n):
        begun.append(n)
        raise ZeroDivisionError(str(n))

    with ThreadPoolExecutor(1) as pool, pytest.raises(ZeroDivisionError) as raised:
        computed(fails, [(n,) for n in range(1, 2000)], {}, pool)
    assert str(raised.value) == "1"
    assert raised.value.__notes__ == ["at [1]"]
    assert len(begun) < 1000


def test_seeds_begin_at_nothing_and_are_the_journal_s_as_well(threads):
    found = sweep(drawn, GRID, executor=threads, seed=0)
    assert found.attrs == {"function": f"{__name__}.drawn", "seed": 0}
    assert sweep(product, GRID, executor=threads).attrs == {"function": f"{__name__}.product"}
    with pytest.raises(ValueError, match="seed must be at least 0, got -1"):
        sweep(drawn, GRID, executor=threads, seed=-1)


class Called:
    def __call__(self, n):
        return n


def test_what_is_called_gives_the_result_its_name(threads):
    found = sweep(Called(), {"n": [1]}, executor=threads)
    assert (found.name, found.attrs["function"]) == ("Called", f"{__name__}.Called")
    inner = sweep(lambda n: n, {"n": [1]}, executor=threads)
    assert inner.name == "<lambda>"


def test_two_dimensional_axes_and_values_of_several_kinds_are_told_apart(threads):
    with pytest.raises(TypeError, match="grid must be a dict"):
        sweep(product, {"n": [[1, 2]]}, executor=threads)
    with pytest.raises(ValueError, match="grid must be a dict"):
        sweep(product, {"n": [1, None]}, executor=threads)
    with pytest.raises(ValueError, match="grid must be a dict"):
        sweep(product, {"n": [1j]}, executor=threads)
    found = sweep(lambda n: len(str(n)), {"n": np.array(["a", "bc"])}, executor=threads)
    assert found.values.tolist() == [1, 2]


@pytest.mark.parametrize("result", [{"a": "word"}, {"a": 1, "b": None}, "word", None, [1]])
def test_only_numbers_are_results(threads, result):
    with pytest.raises(ValueError, match="function must return a number, or a dict of numbers"):
        sweep(lambda n: result, {"n": [1]}, executor=threads)
    with pytest.raises(ValueError, match="with the same names everywhere"):
        sweep(lambda n: {"a": 1} if n == 1 else {"b": 1}, {"n": [1, 2]}, executor=threads)
