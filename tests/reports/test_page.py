"""The page of a run: what is on it, and that it says what the run says."""

import base64
import gzip
import math
import re
import statistics
from dataclasses import replace
from pathlib import Path

import pytest
from scipy.stats import t as student

from bench.errors import UserError
from bench.files import run_files
from bench.records.record import Record
from bench.records.run import Run
from bench.workloads.size import Size
from reports import page, run_view
from reports.claims.s1_fifty_times import fifty_times
from tests.helpers.page_reader import SOURCE, Page, html
from tests.helpers.recorded import a_run, ended, on_both, on_cpu, timed
from tests.helpers.recorded_page import analysed, crowd, everything

EVIL = "<img src=x onerror=alert(1)>"
SECTIONS = (
    *("statements", "scaling", "speedups", "ladder", "phases", "abstractions", "break-even", "floors", "distribution"),
    *("agreement", "memory", "conditions", "machine", "numbers", "raw", "cited", "notes"),
)


def test_markup_in_what_a_run_recorded_is_shown_and_not_obeyed() -> None:
    odd = replace(timed(f"net{EVIL}$x_2$", 200), runtime={"thread_pools": [f"pool{EVIL}"], "source": EVIL})
    run = a_run(timed("numpy_manual", 300), odd, ended("bad", "failed", f"ValueError: <script>alert(1)</script>{EVIL}"))
    machine = {**run.machine, "cpu": {"brand_raw": f"CPU {EVIL}"}, "packages": {"numpy": EVIL}}
    run = replace(run, machine=machine, commit={"id": EVIL}, started=EVIL)
    found = Page(html(run, source=Path(f"results/{EVIL}.json")))
    assert not [tag for tag, _ in found.tags if tag == "img"]
    assert [tag for tag, _ in found.tags].count("script") == 1
    for shown in (f"ValueError: <script>alert(1)</script>{EVIL}", f"CPU {EVIL}", f"net{EVIL}$x_2$", f"pool{EVIL}"):
        assert shown in found.text()


def test_a_machine_s_name_leads_no_picture_out_of_its_folder(tmp_path: Path) -> None:
    run = a_run(*on_cpu())
    run = replace(run, machine={**run.machine, "name": "../../../elsewhere"})
    page.write([(run, Path("results/../../run.json"))], tmp_path / "pages" / "index.html")
    assert {path.name for path in tmp_path.iterdir()} == {"pages"}
    assert {path.name for path in (tmp_path / "pages").iterdir()} == {"index.html", "charts"}


def test_the_page_fetches_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    analysed(monkeypatch)
    source = tmp_path / "run.json"
    run_files.save(everything(), source)
    text = html(everything(), source=source)
    found = Page(text)
    assert not {tag for tag, _ in found.tags} & {"link", "img", "iframe", "object", "embed", "base"}
    for _, attributes in found.tags:
        for name, value in attributes.items():
            assert name not in ("src", "srcset", "data", "action", "poster")
            assert name not in ("href", "xlink:href") or value.startswith(("#", "data:application/gzip;"))
    assert not re.search(r"https?://|@import|url\((?!#)", text)
    assert "default-src 'none'" in text


def test_the_table_s_numbers_are_those_of_the_run() -> None:
    run = on_both(30.0)
    found = Page(html(run))
    column, body = found.columns(), found.table[1:]
    assert len(body) == len(run.records)
    for row in body:
        record = run.records[row[column["Cell"]][0].strip()]
        assert float(row[column["Step"]][1] or "nan") == pytest.approx(geometric_mean_of_medians(record))
        assert row[column["Restarts"]][0].strip() == "6" and row[column["Rounds left out"]][0].strip() == "0"
        for heading, dtype in (("Speedup", record.cell.dtype), ("Over float64", "float64")):
            text, value = row[column[heading]]
            expected, low, high = independent_speedup(run, record, dtype)
            if heading == "Over float64" and record.cell.dtype == "float64":
                assert text == "" and value == "nan"
                continue
            assert float(value or "nan") == pytest.approx(expected)
            if "by definition" not in text:
                assert f"{low:.3g}" in text and f"{high:.3g}" in text


def geometric_mean_of_medians(record: Record) -> float:
    restarts = {key.restart for key in record.seconds["step"]}
    logs = [
        math.log(statistics.median(value for key, value in record.seconds["step"].items() if key.restart == restart))
        for restart in restarts
    ]
    return math.exp(statistics.mean(logs))


def independent_speedup(run: Run, record: Record, dtype: str) -> tuple[float, float, float]:
    numpy = run.records[replace(record.cell.reference, dtype=dtype).id].seconds["step"]
    logs = []
    for restart in range(6):
        ratios = [numpy[key] / value for key, value in record.seconds["step"].items() if key.restart == restart]
        logs.append(statistics.median(math.log(ratio) for ratio in ratios))
    mean, margin = statistics.mean(logs), student.ppf(0.975, 5) * statistics.stdev(logs) / math.sqrt(6)
    return math.exp(mean), math.exp(mean - margin), math.exp(mean + margin)


def test_latency_loss_and_memory_stand_in_the_table_where_they_were_measured() -> None:
    run = everything()
    found = Page(html(run))
    column = found.columns()
    for row in found.table[1:]:
        record = run.records[row[column["Cell"]][0].strip()]
        for heading, quantity in (("Latency", "latency"), ("Loss read", "loss_read")):
            estimate = run.time(record, quantity)
            assert estimate and float(row[column[heading]][1] or "nan") == pytest.approx(estimate.value)
        assert float(row[column["Memory"]][1] or "nan") == record.starts[0].memory_bytes
        assert row[column["Rounds left out"]][1] == "1"
    plain = Page(html(on_both(30.0))).columns()
    assert not {"Latency", "Loss read", "Memory", "On the device", "Over products"} & plain.keys()


def test_device_time_and_energy_stand_in_the_table_where_a_gpu_told_them() -> None:
    run = everything()
    text = html(run)
    found = Page(text)
    column = found.columns()
    for row in found.table[1:]:
        record = run.records[row[column["Cell"]][0].strip()]
        time, share, joules = (row[column[name]][1] for name in ("Device time", "Device busy", "Energy"))
        if record.cell.device == "cpu":
            assert (time, share, joules) == ("nan", "nan", "nan")
            continue
        assert float(time or "nan") == pytest.approx(geometric_mean_of_medians(record) / 4, rel=0.01)
        assert float(share or "nan") == pytest.approx(0.25)
        assert joules == str(record.starts[0].joules_per_step)
    for told in ("What is far below 100% is bound by launches", "what it would use idle included"):
        assert told in found.text()
    cpu_only = Page(html(a_run(*(record for record in run.records.values() if record.cell.device == "cpu"))))
    assert not {"Device time", "Device busy", "Energy"} & cpu_only.columns().keys()
    assert not [told for told in ("bound by launches", "Energy", "Transfer", "A transfer") if told in cpu_only.text()]


def test_a_transfer_stands_among_the_floors_with_its_rate() -> None:
    floor = everything().records["torch_floors-two_layer-64x1000x100x10-float32-cuda"]
    text = Page(html(everything())).text()
    time = everything().time(floor, "transfer")
    assert time and "Transfer of x and y" in text and f"{258_560 / time.value / 1e9:.3g} GB/s" in text
    assert "as a net must that is fed at every step" in text


def test_a_card_tells_the_conditions_of_its_cell() -> None:
    text = Page(html(everything())).text()
    for told in (
        "float32, with products of numbers rounded to TF32",
        "each framework's own number of threads; 1.9 of 4 cores kept busy",
        "pinned: freed memory is kept",
        "7 steps, then one wait; one after every step for the latency; an idle wait takes 100 ns",
        "x and y fed and the loss fetched at every step",
        "fused: timed as longer and longer parts",
        "not steady in 1 of 6 restarts",
        "40.0 ms with cold caches, 43.0 ms with filled ones",
        "6 restarts, 23 of 24 rounds counted",
        "time stolen by other virtual machines (1 round)",
        "1755 MHz, 41 °C, 180 W",
        "37.9 µs a step by its own clock (35.4 to 40.7 µs), 25.0% of the host's (25.0% to 25.0%)",
        "30.0 mJ a step, 200 W meanwhile, of the whole GPU; mean over 1 cold start",
        "300 MB on the device",
        "openblas x4, openmp x4",
        "torch 2.13.0",
    ):
        assert told in text


def test_disturbed_rounds_that_had_to_count_are_labelled() -> None:
    record = timed("numpy_manual", 300)
    stolen = {key: replace(health, stolen_cores=0.5) for key, health in record.health.items()}
    text = Page(html(a_run(replace(record, health=stolen)))).text()
    assert (
        "counted although disturbed, for want of clean ones: time stolen by other virtual machines (20 rounds)" in text
    )


def test_derived_phases_are_marked_and_negative_ones_shown() -> None:
    fused = timed("jax_fused", 200, cumulative=True)
    last = "forward+backward+update"
    shorter = {key: value / 2 for key, value in fused.seconds[last].items()}
    found = Page(html(a_run(*on_cpu(), replace(fused, seconds={**fused.seconds, last: shorter}))))
    [row] = [row for row in found.table if row[0][0].strip() == "jax_fused"]
    forward, backward, update = (row[found.columns()[name]] for name in ("Forward", "Backward", "Update"))
    assert "derived" not in forward[0] and "derived" in backward[0] and "derived" in update[0]
    assert float(update[1] or "nan") < 0


def test_a_run_of_one_restart_has_a_page_without_intervals() -> None:
    found = Page(html(a_run(*on_cpu(restarts=1))))
    assert "no interval" in found.text() and "a single one has no interval" in found.text()


def test_a_run_without_a_measured_cell_has_a_page_with_the_reasons() -> None:
    skipped = ended("torch_tensor", "skipped", 'torch is not installed: pip install "fiftyx[torch]"')
    wrong = ended("my_net", "wrong", "gradient of w1 is off by 3.0e-01 (limit 1e-04) at step 1")
    found = Page(html(a_run(skipped, wrong))).text()
    assert "Nothing was measured" in found and 'pip install "fiftyx[torch]"' in found
    assert "gradient of w1 is off by 3.0e-01" in found


def test_an_empty_run_and_one_with_numpy_alone_have_pages() -> None:
    assert "Nothing was measured" in Page(html(a_run())).text()
    assert "nothing was timed beside NumPy" in Page(html(a_run(timed("numpy_manual", 300)))).text()


def test_an_unfinished_run_says_so() -> None:
    pending = ended("torch_tensor", "pending", "")
    found = Page(html(a_run(timed("numpy_manual", 300), pending, finished=False))).text()
    assert "unfinished" in fifty_times(a_run(*on_cpu(), finished=False)).sentence and "pending" in found


def test_what_a_run_lacks_is_named_with_the_command_that_measures_it() -> None:
    found = Page(html(a_run(*on_cpu())))
    assert "Speedup against size several sizes: fiftyx run --size sweep" in found.text()
    assert "Break-even of compilation" in found.text() and "absent-grid" in found.ids()
    assert not {"scaling", "grid", "floors", "memory"} & set(found.ids())


def test_the_nine_statements_stand_there_with_their_verdicts_and_can_be_linked_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = run_view.statements(a_run())
    told = (
        replace(told[0], verdict="holds from", answer=f"Found {EVIL} by `run {EVIL}`", conditions="on a made-up CPU"),
        *told[1:],
    )
    monkeypatch.setattr(run_view, "statements", lambda run: told)
    found = Page(html(a_run(*on_cpu())))
    assert [each for each in found.ids() if each.startswith("statement-")] == [each.anchor for each in told]
    assert f"holds from … up Found {EVIL} by run {EVIL} . Measured on a made-up CPU." in found.text()
    assert "code" in [tag for tag, _ in found.tags] and "img" not in [tag for tag, _ in found.tags]


def test_every_section_can_be_linked_to_and_no_id_is_used_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    analysed(monkeypatch)
    found = Page(html(everything()))
    ids = found.ids()
    assert len(ids) == len(set(ids))
    links = {link[1:] for link in found.links() if link.startswith("#")}
    assert links <= set(ids)
    assert set(SECTIONS) <= links and "verdict" in ids


def test_the_raw_run_can_be_had_from_the_page_as_it_is(tmp_path: Path) -> None:
    source = tmp_path / "run.json"
    run_files.save(a_run(*on_cpu()), source)
    text = html(run_files.load(source), source=source)
    [address] = [link for link in Page(text).links() if link.startswith("data:")]
    assert gzip.decompress(base64.b64decode(address.partition("base64,")[2])) == source.read_bytes()
    assert str(tmp_path) not in text  # whose folder it lay in is nobody's business


def test_two_hundred_cells_make_a_page_of_at_most_five_megabytes(tmp_path: Path) -> None:
    run, source = crowd(), tmp_path / "run.json"
    run_files.save(run, source)
    text = html(run, source=source)
    assert len(text.encode()) <= 5_000_000
    assert len(Page(text).table) == 201
    assert "Shown are the first 24 of" in text


def test_each_work_has_charts_of_the_tutorial_s_size_first_and_then_of_the_greatest() -> None:
    sizes = Size(128, 1000, 100, 10), Size(1024, 1000, 1000, 10)
    others = [timed(net, 9000, size=size) for size in sizes for net in ("numpy_manual", "torch_tensor")]
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", html(a_run(*others, *on_cpu())))
    shown = [caption for caption in captions if ": over NumPy" in caption]
    assert ["tutorial" in caption for caption in shown] == [True, False] and str(sizes[1]) in shown[1]


def test_one_run_always_gives_the_same_page() -> None:
    assert html(on_both(30.0)) == html(on_both(30.0))


def test_a_page_replaces_the_last_one_and_leaves_nothing_else_but_pictures(tmp_path: Path) -> None:
    for run in (a_run(), a_run(timed("numpy_manual", 300))):
        page.write([(run, SOURCE)], tmp_path / "index.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["charts", "index.html"]


def test_a_place_that_cannot_be_written_is_one_line_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "charts").touch()
    for out in (tmp_path / "file" / "index.html", tmp_path, tmp_path / "index.html"):
        with pytest.raises(UserError, match=r"^cannot write .+ \(.+\): .+--out$"):
            page.write([(a_run(timed("numpy_manual", 300)), SOURCE)], out)
    assert [path.name for path in tmp_path.parent.iterdir() if path.name.endswith(".tmp")] == []


def test_cells_that_ended_for_one_reason_are_listed_together() -> None:
    reason = "needs about 25 s for 5 restarts, more than is left of 100 s"
    ended_cells = [ended(net, "skipped", reason) for net in ("one", "another")]
    text = Page(html(a_run(timed("numpy_manual", 300), *ended_cells))).text()
    assert text.count(reason) == 1 and all(record.cell.id in text for record in ended_cells)
