"""What is saved is what is loaded: any run comes back from its file as it was."""

import json
import math
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.errors import UserError
from bench.files import history_reader, run_files
from bench.files.quantities import LEAST_SECONDS, MOST_SECONDS
from bench.files.run_json import to_json
from bench.host.devices import DEVICES
from bench.records.agreement import Agreement, Deviation
from bench.records.cell import ALLOCATORS, Cell
from bench.records.health import Health
from bench.records.line import Line, Recovery
from bench.records.record import (
    CUMULATIVE_PHASES,
    DEVICE,
    LATENCY,
    LOWER_BOUNDS,
    SEPARATE_PHASES,
    TO_CHECK,
    Outcome,
    Record,
    Round,
    Start,
)
from bench.records.run import Run
from bench.records.settings import Settings
from bench.records.spent import Spent
from bench.records.witness import Witness, WitnessedRound
from bench.workloads.catalogue import WORKLOADS
from bench.workloads.dtypes import DTYPES
from bench.workloads.size import Size
from tests.helpers.recorded import COMMIT, MACHINE, a_run, timed
from tests.helpers.whole_runs import a_whole_run

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
names = texts.filter(bool)
counts = st.integers(0, 10**15)
seconds = st.floats(LEAST_SECONDS, MOST_SECONDS)
differences = st.floats(-MOST_SECONDS, MOST_SECONDS)
durations = st.floats(0, MOST_SECONDS)
amounts = st.floats(0, 1e30)
readings = st.floats(-1e15, 1e15)
rounds = st.lists(st.builds(Round, st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=4, unique=True)
jsons = st.recursive(
    st.none() | st.booleans() | st.integers() | readings | texts, lambda inner: st.lists(inner), max_leaves=5
)


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | strategy


@st.composite
def cells(draw: st.DrawFn) -> Cell:
    workload = draw(st.sampled_from(list(WORKLOADS)))
    width = st.integers(1, 10**9)
    size = WORKLOADS[workload].size or draw(st.builds(Size, width, width, width, width))
    threads = draw(st.just("all") | st.integers(1, 999).map(str))
    net = draw(names | st.sampled_from(["numpy_manual", "torch_floors"]))
    chosen = (draw(st.sampled_from(values)) for values in (DTYPES, tuple(DEVICES), ALLOCATORS))
    dtype, device, allocator = chosen
    return Cell(net, draw(texts), workload, size, dtype, device, threads, allocator)


healths = st.builds(
    Health,
    *(counts, counts, st.booleans(), readings, readings, maybe(readings), maybe(counts), maybe(counts)),
    *(st.lists(texts, max_size=2).map(tuple), counts, maybe(readings)),
)
starts = st.builds(
    Start,
    *(counts, durations, durations, st.integers(1, 10**6), durations, st.booleans(), st.booleans()),
    *(maybe(counts), maybe(counts), maybe(amounts), maybe(amounts)),
)
deviations = st.builds(
    Deviation, texts, texts, counts, st.floats(0, 1e308) | st.just(math.nan), st.floats(1e-30, 1e30), st.floats(0, 1e3)
)
lines = st.builds(Line, readings, readings)
agreements = st.builds(
    Agreement,
    *(st.lists(deviations, max_size=3).map(tuple), counts),
    *(maybe(st.builds(Recovery, lines, lines, lines)), st.lists(texts, max_size=2).map(tuple)),
)


@st.composite
def records(draw: st.DrawFn) -> Record:
    cell = draw(cells())
    outcome: Outcome = draw(
        st.sampled_from(["measured", "measured", "wrong", "failed", "checked", "skipped", *TO_CHECK])
    )
    keys = draw(rounds)
    if cell.is_lower_bound:
        phases = draw(st.lists(st.sampled_from(LOWER_BOUNDS), min_size=1, unique=True))
    else:
        phases = ["step", *draw(st.lists(st.sampled_from([LATENCY, DEVICE]), unique=True))]
    times = {phase: {key: draw(seconds) for key in keys} for phase in phases}
    if not cell.is_lower_bound:
        for phase in draw(st.sampled_from([(), SEPARATE_PHASES, CUMULATIVE_PHASES])):
            times[phase] = {key: draw(differences) for key in keys}
    return Record(
        cell,
        outcome,
        draw(texts),
        draw(maybe(agreements)),
        tuple(draw(st.lists(starts, max_size=2))),
        times if outcome == "measured" or draw(st.booleans()) else {},
        {key: draw(healths) for key in keys},
        draw(st.just({}) | st.fixed_dictionaries({"framework": names, "more": jsons})),
        draw(st.dictionaries(texts, st.integers(0, 10**18) | amounts, max_size=2)),
    )


witnessed = st.builds(
    WitnessedRound, st.floats(1e-9, 1e9), seconds, counts, counts, st.lists(texts, max_size=2).map(tuple)
)
witnesses = st.builds(Witness, st.dictionaries(st.builds(Round, counts, counts), witnessed, max_size=3), maybe(seconds))
runs = st.builds(
    Run,
    st.just({**MACHINE, "node": "another tool's"}),
    st.just({**COMMIT, "branch": "main"}),
    st.datetimes().map(lambda moment: moment.isoformat()),
    st.builds(Settings, *[st.integers(1, 99)] * 3, seconds, *[durations] * 3, st.integers(1, 99), durations, durations),
    st.lists(records(), max_size=3).map(lambda found: {record.cell.id: record for record in found}),
    st.booleans(),
    st.builds(Spent, *[durations] * 8),
    witnesses,
)


@given(runs)
@settings(max_examples=150, deadline=None)
def test_any_run_comes_back_from_its_file_as_it_was(run):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "run.json"
        run_files.save(run, path)
        assert run_files.load(path) == run
        text = path.read_text()
        run_files.save(run_files.load(path), path)
        assert path.read_text() == text
        assert history_reader.read(path).started == run.started


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("time", [math.nan, math.inf, -math.inf])
def test_a_time_that_is_not_finite_is_never_written(time, tmp_path):
    record = timed("numpy_manual", 300)
    record.seconds["step"][Round(0, 0)] = time
    with pytest.raises(UserError, match="a number is not finite"):
        run_files.save(a_run(record), tmp_path / "run.json")
    assert not list(tmp_path.iterdir())


def test_keys_of_a_later_fiftyx_are_ignored_and_those_of_the_machine_and_the_commit_are_kept(tmp_path):
    path, document = tmp_path / "run.json", to_json(a_whole_run())
    cell = document["fiftyx"]["cells"][2]
    later = (document, document["fiftyx"], document["fiftyx"]["settings"], document["fiftyx"]["spent"])
    of_cell = (cell, cell["cell"], cell["agreement"], cell["starts"][0], document["benchmarks"][0]["extra_info"])
    for part in (*later, *of_cell):
        part["later"] = {"anything": [1, None]}
    document["machine_info"]["later"], document["commit_info"]["later"] = {"a": [1.5]}, None
    path.write_text(json.dumps(document))
    run = run_files.load(path)
    assert run.records == a_whole_run().records
    run_files.save(run, path)
    again = json.loads(path.read_text())
    assert again["machine_info"] == document["machine_info"] and again["commit_info"] == document["commit_info"]


def test_a_time_that_could_not_be_read_again_is_not_written(tmp_path):
    record = timed("numpy_manual", 300)
    record = replace(record, seconds={"step": dict.fromkeys(record.seconds["step"], 0.0)})
    with pytest.raises(UserError, match=r"since benchmarks\[0\]\.stats\.data\[0\] is not a number >= 1e-12"):
        run_files.save(a_run(record), tmp_path / "run.json")
    assert not list(tmp_path.iterdir())
