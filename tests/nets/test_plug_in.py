"""A new net is one new file, and nothing else is edited: every door finds it."""

import json

import pytest

from bench.files import run_files
from bench.nets.net_file import discover
from bench.runner.choice import Choice, wanted_cells
from tests.conftest import BRIEF_WORDS
from tests.helpers.answers import listed

SMALL = ("--size", "8,16,4,2")


@pytest.fixture
def nets(write_net):
    folder = write_net("newcomer", "pass")
    assert [path.name for path in folder.iterdir()] == ["newcomer.py"]
    return folder


def test_it_is_listed_with_what_it_offers(nets, fiftyx):
    rows = listed(fiftyx("list", "--nets", nets).stdout)
    assert rows["newcomer"] == ["cpu", "cpu", "float32", "float64", "two_layer"]
    catalog = json.loads(fiftyx("list", "--json", "--nets", nets).stdout)
    assert "newcomer" in {net["name"] for net in catalog["nets"]}


def test_it_is_checked(nets, fiftyx):
    answer = fiftyx("check", "newcomer", "--nets", nets, *SMALL)
    assert answer.returncode == 0, answer.stderr
    assert "agrees   newcomer-two_layer-8x16x4x2-float32-cpu" in answer.stdout


def test_it_is_run_and_reported_beside_numpy(nets, fiftyx, tmp_path):
    path, page = tmp_path / "run.json", tmp_path / "index.html"
    words = ("newcomer", "--nets", nets, *SMALL, "--quick", "--seconds", 1, "--out", path)
    answer = fiftyx("run", *words)
    assert answer.returncode == 0, answer.stderr
    run = run_files.load(path)
    (record,) = [record for record in run.records.values() if record.cell.net == "newcomer"]
    assert record.outcome == "measured"
    # On a busy machine nothing more may be known
    assert record.seconds["step"].keys() == run.record(record.cell.reference).seconds["step"].keys()
    assert any("newcomer" in line for line in answer.stdout.splitlines())
    answer = fiftyx("report", path, "--out", page)
    assert answer.returncode == 0, answer.stderr
    assert record.cell.id in page.read_text()


def test_it_takes_part_in_the_default_run(nets):
    assert "newcomer" in {cell.net for cell in wanted_cells(Choice(), discover([nets]))}
    assert "newcomer" not in {cell.net for cell in wanted_cells(Choice(), discover())}


@pytest.mark.slow
def test_pytest_measures_it(nets, door, tmp_path):
    path = tmp_path / "run.json"
    words = ("--benchmark-only", f"--nets={nets}", "-k", "newcomer and float32", f"--benchmark-json={path}")
    answer = door(*words, *BRIEF_WORDS)
    assert answer.returncode == 0, answer.stdout
    # Where a step is longer than a sample, as on a busy machine, two items of it are skipped
    assert "6 passed" in answer.stdout or "4 passed, 2 skipped" in answer.stdout
    names = {entry["fullname"].partition("::")[0] for entry in json.loads(path.read_text())["benchmarks"]}
    assert names == {"newcomer", "numpy_manual"}  # NumPy joins, for the speedup
