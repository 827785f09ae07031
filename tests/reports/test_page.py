"""The page of a run: its contents, and that they are the run's numbers."""

import base64
import gzip
import math
import re
import statistics
from collections.abc import Callable
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
from reports.charting.drawing import palette
from reports.claims.s1_fifty_times import fifty_times
from reports.sections import SECTIONS
from tests.helpers.page_reader import SOURCE, Page, html
from tests.helpers.recorded import a_run, ended, on_both, on_cpu, timed
from tests.helpers.recorded_page import crowd

EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def two_devices() -> Run:
    return on_both(30.0)


@pytest.fixture(scope="module")
def two_devices_page(two_devices: Run) -> Page:
    return Page(html(two_devices))


@pytest.fixture(scope="module")
def cpu_page() -> Page:
    return Page(html(a_run(*on_cpu())))


# Markup and addresses


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


def test_the_machine_section_shows_what_is_known_of_it_and_calls_virtual_cpus_by_their_name() -> None:
    run = a_run(*on_cpu())
    cpu = {**run.machine["cpu"], "family": 25, "model": 1, "stepping": 0, "physical_cores": 2, "threads_per_core": 2}
    cpu |= {"instruction_sets": ["avx2", "fma"], "caches": {"L2": "512 KiB", "L3": "32 MiB shared by 4 CPUs"}}
    more = {"cpu": cpu, "hypervisor": "KVM", "libc": "glibc 2.36", "huge_pages": "madvise", "blas": "openblas 0.3 Zen"}
    known = " ".join(Page(html(replace(run, machine={**run.machine, **more}))).text().split())
    for shown in (
        "Made-up CPU, family 25, model 1, stepping 0 CPUs 4 virtual CPUs (2 cores, 2 threads each) Hypervisor KVM",
        "Instruction sets avx2, fma Caches L2 512 KiB, L3 32 MiB shared by 4 CPUs",
        "C library glibc 2.36 Huge pages madvise CPU governor not recorded",
        "BLAS openblas 0.3 Zen",
        "on Made-up CPU (4 virtual CPUs)",
    ):
        assert shown in known
    older = " ".join(Page(html(run)).text().split())
    assert "Processor Made-up CPU CPUs 4 CPUs Hypervisor not recorded" in older and "Instruction sets" not in older


def test_a_machine_s_name_leads_no_picture_out_of_its_folder(tmp_path: Path) -> None:
    run = a_run(timed("numpy_manual", 300))
    run = replace(run, machine={**run.machine, "name": "../../../elsewhere"})
    page.write([(run, Path("results/../../run.json"))], tmp_path / "pages" / "index.html")
    assert {path.name for path in tmp_path.iterdir()} == {"pages"}
    assert {path.name for path in (tmp_path / "pages").iterdir()} == {"index.html", "charts"}


def test_the_page_fetches_nothing(full_html: str, full_page: Page) -> None:
    assert not {tag for tag, _ in full_page.tags} & {"link", "img", "iframe", "object", "embed", "base"}
    for _, attributes in full_page.tags:
        for name, value in attributes.items():
            assert name not in ("src", "srcset", "data", "action", "poster")
            assert name not in ("href", "xlink:href") or value.startswith(("#", "data:application/gzip;"))
    assert not re.search(r"https?://|@import|url\((?!#)", full_html)
    assert "default-src 'none'" in full_html


# Sections


def test_every_section_can_be_linked_to_and_no_id_is_used_twice(full_page: Page) -> None:
    ids = full_page.ids()
    assert len(ids) == len(set(ids))
    links = {link[1:] for link in full_page.links() if link.startswith("#")}
    assert links <= set(ids)
    shown = {section.id for section in SECTIONS} - {"repeats"}  # which needs another run
    assert {*shown, "cited", "notes"} <= links and "verdict" in ids


def test_sections_follow_each_other_as_they_are_listed(full_page: Page) -> None:
    listed = [section.id for section in SECTIONS]
    assert [each for each in full_page.ids() if each in listed] == [each for each in listed if each != "repeats"]


def test_what_a_run_lacks_is_named_with_the_command_that_measures_it(cpu_page: Page) -> None:
    absent = {"scaling", "grid", "floors", "memory"}
    assert not absent & set(cpu_page.ids())
    assert {f"absent-{section}" for section in absent} <= set(cpu_page.ids())
    for section in SECTIONS:
        if section.id in absent:
            assert f"{section.title} {section.needs}: {section.command}" in cpu_page.text()


# The table of every number


def test_the_table_s_numbers_are_those_of_the_run(two_devices: Run, two_devices_page: Page) -> None:
    column, body = two_devices_page.columns(), two_devices_page.table[1:]
    assert len(body) == len(two_devices.records)
    for row in body:
        record = two_devices.records[row[column["Cell"]][0].strip()]
        assert float(row[column["Step"]][1] or "nan") == pytest.approx(geometric_mean_of_medians(record))
        assert row[column["Restarts"]][0].strip() == "6" and row[column["Rounds left out"]][0].strip() == "0"
        for heading, dtype in (("Speedup", record.cell.dtype), ("Over float64", "float64")):
            text, value = row[column[heading]]
            expected, low, high = independent_speedup(two_devices, record, dtype)
            if heading == "Over float64" and record.cell.dtype == "float64":
                assert text == "" and value == "nan"
                continue
            assert float(value or "nan") == pytest.approx(expected)
            if "by definition" not in text:
                ends = re.findall(r"([\d.]+) to ([\d.]+)", text)
                assert [tuple(map(float, each)) for each in ends] == [
                    (outwards(low, math.floor), outwards(high, math.ceil))
                ]


def outwards(value: float, way: Callable[[float], int]) -> object:
    """With three significant digits, on that side of the value."""
    unit = 10 ** (math.floor(math.log10(value)) - 2)
    return pytest.approx(way(value / unit) * unit)


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


def test_latency_loss_and_memory_stand_in_the_table_where_they_were_measured(
    full_run: Run, full_page: Page, two_devices_page: Page
) -> None:
    column = full_page.columns()
    for row in full_page.table[1:]:
        record = full_run.records[row[column["Cell"]][0].strip()]
        for heading, quantity in (("Latency", "latency"), ("Loss read", "loss_read")):
            estimate = full_run.time(record, quantity)
            assert estimate and float(row[column[heading]][1] or "nan") == pytest.approx(estimate.value)
        assert float(row[column["Memory"]][1] or "nan") == record.starts[0].memory_bytes
        assert row[column["Rounds left out"]][1] == "1"
    absent = {"Latency", "Loss read", "Memory", "On the device", "Over products"}
    assert not absent & two_devices_page.columns().keys()


def test_device_time_and_energy_stand_in_the_table_where_a_gpu_recorded_them(
    full_run: Run, full_page: Page, cpu_page: Page
) -> None:
    column, columns = full_page.columns(), ("Device time", "Device busy", "Energy")
    for row in full_page.table[1:]:
        record = full_run.records[row[column["Cell"]][0].strip()]
        time, share, joules = (row[column[name]][1] for name in columns)
        if not record.cell.on_gpu:
            assert (time, share, joules) == ("nan", "nan", "nan")
            continue
        assert float(time or "nan") == pytest.approx(geometric_mean_of_medians(record) / 4, rel=0.01)
        assert float(share or "nan") == pytest.approx(0.25)
        assert joules == str(record.starts[0].joules_per_step)
    assert not set(columns) & cpu_page.columns().keys()


def test_derived_phases_are_marked_and_negative_ones_shown() -> None:
    fused = timed("jax_fused", 200, cumulative=True)
    last = "forward+backward+update"
    shorter = {key: value / 2 for key, value in fused.seconds[last].items()}
    found = Page(html(a_run(*on_cpu(), replace(fused, seconds={**fused.seconds, last: shorter}))))
    [row] = [row for row in found.table if row[0][0].strip() == "jax_fused"]
    forward, backward, update = (row[found.columns()[name]] for name in ("Forward", "Backward", "Update"))
    assert "derived" not in forward[0] and "derived" in backward[0] and "derived" in update[0]
    assert float(update[1] or "nan") < 0


# Other contents


def test_a_transfer_stands_among_the_floors_with_its_rate(full_run: Run, full_page: Page, cpu_page: Page) -> None:
    floor = full_run.records["torch_floors-two_layer-64x1000x100x10-float32-cuda"]
    time = full_run.time(floor, "transfer")
    assert time and f"{258_560 / time.value / 1e9:.3g} GB/s" in full_page.text()
    assert "Transfer of x and y" in full_page.text() and "Transfer of x and y" not in cpu_page.text()


def test_every_timed_cell_has_a_card_of_its_conditions(full_page: Page) -> None:
    cards = [each for each in full_page.ids() if each.startswith("cell-")]
    assert len(cards) == len(full_page.table) - 1
    assert "float32, with products of numbers rounded to TF32" in full_page.text()


def test_a_net_is_listed_with_the_colour_and_the_version_of_the_framework_that_it_imports() -> None:
    stranger = timed("my_net", 100)
    stranger = replace(stranger, runtime={**stranger.runtime, "framework": "torch"})
    unknown = replace(timed("torch_look_alike", 90), runtime={})
    text = html(a_run(timed("numpy_manual", 300), stranger, unknown))
    chart = text[text.index('id="speedups"') :].partition("</svg>")[0]
    assert {tone for tone in (*palette.FRAMEWORKS.values(), palette.UNKNOWN) if tone in chart} == {
        palette.FRAMEWORKS["torch"],
        palette.UNKNOWN,
    }
    versions = re.findall(r"<summary><b>(\w+)</b>.*?<dt>Versions</dt><dd>(.*?)</dd>", text, re.DOTALL)
    assert dict(versions) == {
        "my_net": "numpy 2.4.6, torch 2.13.0, Python 3.12.1",
        "torch_look_alike": "numpy 2.4.6, Python 3.12.1",
        "numpy_manual": "numpy 2.4.6, Python 3.12.1",
    }


def test_disturbed_rounds_that_had_to_count_are_labelled() -> None:
    record = timed("numpy_manual", 300)
    stolen = {key: replace(health, stolen_cores=0.5) for key, health in record.health.items()}
    text = Page(html(a_run(replace(record, health=stolen)))).text()
    assert "counted although disturbed" in text and "time stolen by other virtual machines (20 rounds)" in text


def test_a_run_of_one_restart_has_a_page_without_intervals() -> None:
    found = Page(html(a_run(*on_cpu(restarts=1))))
    assert "no interval" in found.text() and "a single one has no interval" in found.text()


def test_a_run_without_a_measured_cell_has_a_page_with_the_reasons() -> None:
    reasons = 'torch is not installed: pip install "fiftyx[torch]"', "gradient of w1 is off by 3.0e-01 (limit 1e-04)"
    skipped, wrong = ended("torch_tensor", "skipped", reasons[0]), ended("my_net", "wrong", reasons[1])
    text = Page(html(a_run(skipped, wrong))).text()
    assert "Nothing was measured" in text and all(reason in text for reason in reasons)


def test_an_empty_run_and_one_with_numpy_alone_have_pages() -> None:
    assert "Nothing was measured" in Page(html(a_run())).text()
    assert "nothing was timed beside NumPy" in Page(html(a_run(timed("numpy_manual", 300)))).text()


def test_an_unfinished_run_says_so() -> None:
    pending = ended("torch_tensor", "pending", "")
    found = Page(html(a_run(timed("numpy_manual", 300), pending, finished=False))).text()
    assert "unfinished" in fifty_times(a_run(*on_cpu(), finished=False)).sentence and "pending" in found


def test_the_nine_statements_stand_there_with_their_verdicts_and_can_be_linked_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made_up = run_view.statements(a_run())
    first = replace(
        made_up[0], verdict="holds from", since="step 7", answer=f"Found {EVIL} by `run {EVIL}`", conditions="on a CPU"
    )
    monkeypatch.setattr(run_view, "statements", lambda run: (first, *made_up[1:]))
    found = Page(html(a_run()))
    assert [each for each in found.ids() if each.startswith("statement-")] == [each.anchor for each in made_up]
    assert f"holds from step 7 up Found {EVIL} by run {EVIL} . Measured on a CPU." in found.text()
    assert "code" in [tag for tag, _ in found.tags] and "img" not in [tag for tag, _ in found.tags]


def test_the_raw_run_can_be_downloaded_from_the_page_unchanged(tmp_path: Path) -> None:
    source = tmp_path / "run.json"
    run_files.save(a_run(timed("numpy_manual", 300)), source)
    text = html(run_files.load(source), source=source)
    [address] = [link for link in Page(text).links() if link.startswith("data:")]
    assert gzip.decompress(base64.b64decode(address.partition("base64,")[2])) == source.read_bytes()
    assert str(tmp_path) not in text  # whose folder it lay in is nobody's business


@pytest.mark.slow
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
    run = a_run(*on_cpu()[:3])
    assert html(run) == html(run)


def test_cells_that_ended_for_one_reason_are_listed_together() -> None:
    reason = "needs about 25 s for 5 restarts, more than is left of 100 s"
    ended_cells = [ended(net, "skipped", reason) for net in ("one", "another")]
    text = Page(html(a_run(timed("numpy_manual", 300), *ended_cells))).text()
    assert text.count(reason) == 1 and all(record.cell.id in text for record in ended_cells)


# The file


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


def test_a_page_says_how_many_speedups_became_as_precise_as_they_were_to_be() -> None:
    precise, vague = timed("torch_tensor", 200, noise=0.001), timed("jax_grad", 200, noise=0.2)
    text = Page(html(a_run(timed("numpy_manual", 300, noise=0.001), precise, vague))).text()
    assert "1 of 2 speedups are known within 2%, on 5 restarts or more" in text


def test_two_answers_to_the_first_statement_stand_side_by_side_each_with_its_interval_and_verdict() -> None:
    text = Page(html(on_both(5.0, restarts=9, noise=0.005))).text()
    assert re.search(r"(59|60)\.\dx over NumPy, 95% interval [\d.]+ to [\d.]+ holds", text)
    assert re.search(r"(39|40)\.\dx over the best CPU net, 95% interval [\d.]+ to [\d.]+ does not hold", text)
    assert "50x faster? Holds over NumPy; does not hold over the best CPU net" in text
    assert "holds over NumPy does not hold over the best CPU net" in text
