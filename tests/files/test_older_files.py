"""Files of the same format by earlier versions, which lack some keys."""

import json

import pytest

from bench.files import history_reader, run_files
from bench.files.run_json import to_json
from tests.helpers.committed import committed_runs
from tests.helpers.recorded import a_run, ended, timed


def older(document):
    """The document as the first version would have written it."""
    del document["fiftyx"]["spent"]
    for entry in document["benchmarks"]:
        del entry["extra_info"]["allocator"]
    for cell in document["fiftyx"]["cells"]:
        cell["health"] = [row[:4] for row in cell["health"]["rows"]]
        cell["runtime"].pop("framework", None)
        del cell["cell"]["allocator"], cell["work"], cell["seconds"]
        if cell["agreement"]:
            del cell["agreement"]["conventions"]
        for start in cell["starts"]:
            for key in ("cold", "memory_bytes", "device_bytes", "joules_per_step", "watts"):
                del start[key]
    return document


def test_a_file_of_the_first_version_is_read_as_the_run_it_was(tmp_path):
    run = a_run(timed("numpy_manual", 300), timed("torch_tensor", 200), ended("jax_grad", "skipped", "no jax"))
    (tmp_path / "run.json").write_text(json.dumps(older(to_json(run))))
    assert run_files.load(tmp_path / "run.json") == run
    assert len(history_reader.read(tmp_path / "run.json").ratios) == 1


@pytest.mark.parametrize("path", committed_runs(), ids=str)
def test_a_cell_of_a_committed_run_has_its_framework_where_a_worker_ran_it(path):
    run, past = run_files.load(path), history_reader.read(path)
    ran = {cell: record for cell, record in run.records.items() if record.runtime}
    assert ran and past.frameworks == {cell: record.runtime["framework"] for cell, record in ran.items()}
    for record in ran.values():
        assert record.cell.net.startswith(record.runtime["framework"])


def test_a_framework_that_a_worker_named_is_kept(tmp_path):
    record = timed("mine", 200)
    record.runtime["framework"] = "torch"
    run_files.save(a_run(timed("numpy_manual", 300), record), tmp_path / "run.json")
    assert run_files.load(tmp_path / "run.json").records[record.cell.id].runtime["framework"] == "torch"
    assert history_reader.read(tmp_path / "run.json").frameworks[record.cell.id] == "torch"
