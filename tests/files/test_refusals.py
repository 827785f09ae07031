"""What is said of a damaged run file: its name, the key at fault, what is wrong with it, and a remedy."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from bench.errors import UserError
from bench.files import history_reader, run_files
from tests.helpers.whole_runs import texts

WHOLE = texts()[0]
READERS = (run_files.load, history_reader.read)
CELL = "fiftyx.cells[0]"


def step_of(document: dict[str, Any], number: int = 0) -> dict[str, Any]:
    """The entry of one cell's step."""
    return [entry for entry in document["benchmarks"] if entry["extra_info"]["phase"] == "step"][number]


def put(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """Puts a value at a path such as `fiftyx.cells[0].id`."""

    def change(document: dict[str, Any]) -> None:
        *outer, last = path.replace("[", ".").replace("]", "").split(".")
        at: Any = document
        for key in outer:
            at = at[int(key) if isinstance(at, list) else key]
        at[int(last) if isinstance(at, list) else last] = value

    return change


def refusal(path, change: Callable[[dict[str, Any]], None], reader: Callable[[Any], object] = run_files.load) -> str:
    """Why the reader refuses the file after the change: a single line."""
    document = json.loads(WHOLE)
    change(document)
    path.write_text(json.dumps(document))
    with pytest.raises(UserError) as error:
        reader(path)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        (f"{CELL}.cell.size.batch", -1, "is not a whole number >= 0"),
        (f"{CELL}.cell.size.batch", "64", "is not a whole number"),
        (f"{CELL}.cell.net", 3, "is not a text"),
        (f"{CELL}.cell.net", "", "is not a text of length >= 1"),
        (f"{CELL}.cell.threads", "many", "is not a text matching"),
        (f"{CELL}.runtime.thread_pools", 4, "is not a list"),
        (f"{CELL}.runtime.framework", None, "is not a text"),
        (f"{CELL}.health.rows[1][3]", {}, "is not a whole number"),
        (f"{CELL}.health.rows[1]", [0], "is not a list of at least length 13"),
        (f"{CELL}.health", 3, "is not an object or a list"),
        (f"{CELL}.health.rows", 3, "is not a list"),
        ("fiftyx.settings.rounds", 0, "is not a whole number >= 1"),
        ("fiftyx.witness", 3, "is not an object"),
        ("fiftyx.witness.rounds", [[0, 0, 0.0, 1e-4, 2, 0]], "is not"),
        ("fiftyx.witness.rounds", [[0, 0, 1.0, 1e-4, 2, 0]] * 2, "has one of them twice"),
        ("fiftyx.settings.rounds", 2.5, "is not a whole number"),
        ("fiftyx.settings.slice_seconds", 0, "is not a number >= 1e-12"),
        ("machine_info.gpus[0].name", 7, "is not a text"),
        ("machine_info.gpus[0].driver", ["580"], "is not a text"),
        ("machine_info.cpu.brand_raw", None, "is not a text"),
        ("machine_info.cpu.instruction_sets", "avx", "is not a list"),
        ("machine_info.libc", 2.36, "is not a text"),
        ("machine_info.packages", {"numpy": 2}, "is not a text"),
        ("machine_info.fingerprint", None, "is not a text"),
        ("commit_info.id", 42, "is not a text"),
        ("datetime", "yesterday", "is 'yesterday', which is no date and time"),
        ("benchmarks[0].extra_info.rounds", "all", "is not a list"),
        ("benchmarks[0].extra_info.rounds[0]", [0, -1], "is not a whole number >= 0"),
        ("benchmarks[0].stats.data[2]", -1e-4, "is not a number >= 1e-12"),
        ("benchmarks[0].stats.data[2]", None, "is not a number"),
    ],
)
@pytest.mark.parametrize("reader", READERS, ids=["run", "history"])
def test_the_key_at_fault_and_what_is_wrong_with_it_are_named(reader, key, value, fault, tmp_path):
    message = refusal(tmp_path / "run.json", put(key, value), reader)
    assert message.startswith(f"{tmp_path / 'run.json'} is damaged: {key}")
    assert fault in message.removeprefix(f"{tmp_path / 'run.json'} is damaged: {key}")
    assert message.endswith(": measure again or update fiftyx")


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        (f"{CELL}.agreement.deviations[0][4]", 0, "is not a number > 0.0"),
        (f"{CELL}.starts[0].steps", 0, "is not a whole number >= 1"),
        (f"{CELL}.starts[1].memory_bytes", "much", "is not a whole number or null"),
        (f"{CELL}.reason", None, "is not a text"),
        (f"{CELL}.outcome", "splendid", "is 'splendid', which this fiftyx does not know"),
        ("fiftyx.finished", 1, "is not true or false"),
        ("fiftyx.spent.timed_seconds", -2, "is not a number >= 0.0"),
        ("fiftyx.cells[9].work.products", -1, "is not"),
    ],
)
def test_what_only_a_run_needs_is_named_too(key, value, fault, tmp_path):
    message = refusal(tmp_path / "run.json", put(key, value))
    assert f"is damaged: {key.replace('.products', '[...]')} {fault}" in message


@pytest.mark.parametrize("key", ["workload", "dtype", "device", "allocator"])
@pytest.mark.parametrize("reader", READERS, ids=["run", "history"])
def test_a_workload_or_a_setting_that_this_fiftyx_does_not_know_is_named(reader, key, tmp_path):
    message = refusal(tmp_path / "run.json", put(f"{CELL}.cell.{key}", "convolution"), reader)
    assert f"{CELL}.cell.{key} is 'convolution', which this fiftyx does not know" in message
    assert "update fiftyx" in message


def delete(document: dict[str, Any]) -> None:
    del document["fiftyx"]["cells"][2]["cell"]["dtype"]


def contradict(document: dict[str, Any]) -> None:
    document["fiftyx"]["cells"][2]["cell"]["net"] = "jax_grad"


def repeat_round(document: dict[str, Any]) -> None:
    rounds = step_of(document)["extra_info"]["rounds"]
    rounds[1] = rounds[0]


def lose_a_sample(document: dict[str, Any]) -> None:
    step_of(document)["stats"]["data"].pop()


def empty_a_step(document: dict[str, Any]) -> None:
    entry = step_of(document)
    entry["stats"]["data"], entry["extra_info"]["rounds"] = [], []


def repeat_a_step(document: dict[str, Any]) -> None:
    document["benchmarks"].insert(1, step_of(document))


def measure_a_stranger(document: dict[str, Any]) -> None:
    step_of(document)["extra_info"]["cell"] = "stranger"


def forget_a_disturbance(document: dict[str, Any]) -> None:
    document["fiftyx"]["cells"][0]["health"]["columns"][2] = "silent"


def shrink_the_line(document: dict[str, Any]) -> None:
    (cell,) = [cell for cell in document["fiftyx"]["cells"] if cell["id"].startswith("torch_autograd")]
    cell["cell"]["size"]["batch"] = 11


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (delete, "fiftyx.cells[2].cell.dtype is missing"),
        (contradict, "fiftyx.cells[2].id is not that of its cell"),
        (repeat_round, "benchmarks[0].stats.data has 4 times for 3 rounds"),
        (lose_a_sample, "benchmarks[0].stats.data has 3 times for 4 rounds"),
        (empty_a_step, "benchmarks[0].stats.data has 0 times for 0 rounds"),
        (repeat_a_step, "benchmarks[1].extra_info.phase is that of an earlier entry of the cell"),
        (measure_a_stranger, "benchmarks[0].extra_info.cell is 'stranger'"),
        (forget_a_disturbance, f"{CELL}.health.columns has 'silent', which this fiftyx does not know"),
        (shrink_the_line, "fiftyx.cells[8].cell.size is 11x1x0x1, where linear_regression has 10x1x0x1 alone"),
    ],
)
@pytest.mark.parametrize("reader", READERS, ids=["run", "history"])
def test_parts_that_contradict_each_other_are_named(reader, change, fault, tmp_path):
    assert f"is damaged: {fault}" in refusal(tmp_path / "run.json", change, reader)


def lose_a_step(document: dict[str, Any]) -> None:
    document["benchmarks"].remove(step_of(document))


def lose_a_phase(document: dict[str, Any]) -> None:
    document["benchmarks"] = [entry for entry in document["benchmarks"] if entry["extra_info"]["phase"] != "backward"]


def lose_the_floors(document: dict[str, Any]) -> None:
    document["benchmarks"] = [e for e in document["benchmarks"] if "numpy_floors" not in e["extra_info"]["cell"]]


def repeat_a_cell(document: dict[str, Any]) -> None:
    document["fiftyx"]["cells"].append(document["fiftyx"]["cells"][-1])


def repeat_a_row(document: dict[str, Any]) -> None:
    rows = document["fiftyx"]["cells"][0]["health"]["rows"]
    rows.append(rows[0])


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lose_a_step, f"{CELL}.outcome is measured, but benchmarks has no step of it"),
        (lose_a_phase, f"{CELL}.outcome is measured, but not all phases in every round: forward, update"),
        (lose_the_floors, "fiftyx.cells[9].outcome is measured, but benchmarks has no empty or dispatch"),
        (repeat_a_cell, "fiftyx.cells[13].id is that of an earlier cell"),
        (repeat_a_row, f"{CELL}.health.rows has a round twice"),
    ],
)
def test_a_measured_cell_has_all_that_is_derived_from_it(change, fault, tmp_path):
    assert f"is damaged: {fault}" in refusal(tmp_path / "run.json", change)


@pytest.mark.parametrize(
    ("token", "fact"),
    [
        ("NaN", "is not JSON"),
        ("Infinity", "is not JSON"),
        ("-Infinity", "is not JSON"),
        ("1e400", "is damaged: fiftyx.settings.precision is unreadable (Number out of range)"),
        ("1" + "0" * 400, "is damaged: fiftyx.settings.precision is unreadable (Number out of range)"),
        ("9" * 5000, "is damaged: fiftyx.settings.precision is unreadable"),
        ("[" * 100_000 + "]" * 100_000, "is not JSON that can be read (nested too deeply)"),
        ('"\\ud800"', "run.json is"),
        ("0.02}", "is not JSON"),
    ],
)
@pytest.mark.parametrize("reader", READERS, ids=["run", "history"])
def test_what_is_no_number_of_json_is_refused(reader, token, fact, tmp_path):
    text = WHOLE.replace('"precision": 0.02', f'"precision": {token}')
    assert text != WHOLE
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(UserError) as error:
        reader(tmp_path / "run.json")
    assert fact in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("reader", READERS, ids=["run", "history"])
def test_bytes_that_are_no_text_are_refused_wherever_they_are(reader, tmp_path):
    for place in ("made-up", "min_rounds", "numpy_manual"):
        (tmp_path / "run.json").write_bytes(WHOLE.encode().replace(place.encode(), b"\xff\xfe", 1))
        with pytest.raises(UserError, match=r"cannot read .*run.json \(not text\): name a run file"):
            reader(tmp_path / "run.json")


@pytest.mark.parametrize("words", [["report"], ["report", "--format", "csv"], ["compare", "whole.json"], ["trend"]])
def test_a_damaged_file_is_one_line_and_exit_status_2(words, fiftyx, tmp_path):
    (tmp_path / "whole.json").write_text(WHOLE)
    (tmp_path / "damaged").mkdir()
    damaged = tmp_path / "damaged" / "20260102T030405Z-damaged.json"
    damaged.write_text(WHOLE.replace('"batch": 64', '"batch": -64'))
    answer = fiftyx(*words, damaged.parent if words == ["trend"] else damaged, cwd=tmp_path)
    assert answer.returncode == 2
    assert answer.stderr.count("\n") == 1
    assert "fiftyx.cells[0].cell.size.batch" in answer.stderr
