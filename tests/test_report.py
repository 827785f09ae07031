"""The report, through its doors: the verdict, the page and the command."""

import math
import re
import statistics
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from recorded import a_run, ended, on_both, on_cpu, timed
from scipy.stats import t as student

from bench import store
from bench.errors import UserError
from bench.problem import Size
from bench.record import Record, Run
from reports import page
from reports.claims import fifty_times

ROOT = Path(__file__).resolve().parent.parent
SOURCE = Path("results/made-up/run.json")


class Page(HTMLParser):
    """What a page consists of: tags with attributes, all text, and the big table's cells as (text, value)."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.table: list[list[tuple[str, str | None]]] = []
        self._in_table = self._in_cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        self.tags.append((tag, found))
        self._in_table = self._in_table or found.get("id") == "every-number"
        if self._in_table and tag == "tr":
            self.table.append([])
        if self._in_table and tag in ("td", "th"):
            self.table[-1].append(("", found.get("data-value")))
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        self._in_table = self._in_table and tag != "table"
        self._in_cell = self._in_cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self._in_table and self._in_cell:
            text, value = self.table[-1][-1]
            self.table[-1][-1] = (text + data, value)

    def ids(self) -> list[str]:
        return [attributes["id"] for _, attributes in self.tags if "id" in attributes]

    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def written(run: Run, folder: Path, source: Path = SOURCE) -> str:
    page.write(run, folder / "index.html", source)
    return (folder / "index.html").read_text(encoding="utf-8")


# The verdict


def test_without_a_gpu_the_statement_cannot_be_tested_and_the_best_cpu_ratio_is_told() -> None:
    claim = fifty_times(a_run(*on_cpu()))
    assert claim.verdict == "cannot be tested here"
    assert "no NVIDIA GPU" in claim.sentence and "torch_tensor" in claim.sentence
    assert claim.ratio is not None and claim.ratio.low is not None and claim.ratio.high is not None
    assert claim.ratio.low < 1.5 < claim.ratio.high
    for condition in ("two_layer", "64x1000x100x10", "float32", "own number of threads", "Made-up CPU (4 cores)"):
        assert condition in claim.sentence
    assert "95% interval" in claim.sentence and "tutorial's NumPy (float64)" in claim.sentence


@pytest.mark.parametrize(
    ("gpu_microseconds", "noise", "verdict"),
    [(2.0, 0.005, "holds"), (30.0, 0.005, "does not hold"), (4.0, 0.05, "undecided"), (3.9, 0.2, "undecided")],
)
def test_the_verdict_follows_the_interval_of_fastest_gpu_over_fastest_cpu(
    gpu_microseconds: float, noise: float, verdict: str
) -> None:
    claim = fifty_times(on_both(gpu_microseconds, restarts=10, noise=noise))
    assert claim.verdict == verdict
    assert claim.ratio is not None and claim.ratio.low is not None and claim.ratio.high is not None
    assert (claim.ratio.low >= 50, claim.ratio.high < 50) == (verdict == "holds", verdict == "does not hold")
    assert "cupy_manual on Made-up GPU" in claim.sentence and "as fast as torch_tensor" in claim.sentence


def test_five_restarts_give_a_firm_verdict_and_fewer_a_provisional_one() -> None:
    firm, provisional, few = (fifty_times(on_both(2.0, restarts)).sentence for restarts in (5, 4, 3))
    assert ": either half of the restarts chose the same fastest, timed on all 5." in firm
    assert ": provisional, either half of the restarts chose the same fastest, timed on all 4." in provisional
    assert ": provisional, the fastest chosen and timed on the same 3 restarts." in few


def test_a_single_restart_decides_nothing() -> None:
    claim = fifty_times(on_both(1.0, restarts=1))
    assert claim.verdict == "undecided"
    assert "a single restart" in claim.sentence and "interval " not in claim.sentence.replace("interval:", "")


def test_a_gpu_whose_cells_were_not_measured_tests_nothing() -> None:
    failed = ended("cupy_manual", "failed", "out of memory", device="cuda")
    claim = fifty_times(a_run(*on_cpu(), failed, gpus=1))
    assert claim.verdict == "cannot be tested here" and "no GPU cell was measured" in claim.sentence


def test_a_gpu_cell_is_not_compared_with_cells_that_shared_no_round() -> None:
    alone = timed("cupy_manual", 2, 3, device="cuda")
    seconds = {
        phase: {key._replace(restart=key.restart + 100): value for key, value in rounds.items()}
        for phase, rounds in alone.seconds.items()
    }
    claim = fifty_times(a_run(*on_cpu(), replace(alone, seconds=seconds), gpus=1))
    assert claim.verdict == "cannot be tested here" and "no CPU cell shared its rounds" in claim.sentence


def test_nothing_measured_says_so() -> None:
    for run in (a_run(), a_run(ended("torch_tensor", "skipped", "install torch"))):
        claim = fifty_times(run)
        assert claim.verdict == "cannot be tested here" and "Nothing was measured" in claim.sentence


# The page


def test_markup_in_what_a_run_recorded_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    evil = "<img src=x onerror=alert(1)>"
    run = a_run(
        timed("numpy_manual", 300),
        timed(f"net{evil}$x_2$", 200),
        ended("bad", "failed", f"ValueError: <script>alert(1)</script>{evil}"),
    )
    run = replace(run, machine={**run.machine, "cpu": {"brand_raw": f"CPU {evil}"}}, commit={"id": evil})
    text = written(run, tmp_path, Path(f"results/{evil}.json"))
    found = Page(text)
    assert not [tag for tag, _ in found.tags if tag == "img"]
    assert [tag for tag, _ in found.tags].count("script") == 1
    assert f"ValueError: <script>alert(1)</script>{evil}" in found.text()
    assert f"CPU {evil}" in found.text() and f"net{evil}$x_2$" in found.text()


def test_the_page_fetches_nothing(tmp_path: Path) -> None:
    text = written(on_both(30.0), tmp_path)
    found = Page(text)
    assert not {tag for tag, _ in found.tags} & {"link", "img", "iframe", "object", "embed", "base"}
    for _, attributes in found.tags:
        for name, value in attributes.items():
            assert name not in ("src", "srcset", "data", "action", "poster")
            assert name not in ("href", "xlink:href") or value.startswith("#")
    assert not re.search(r"https?://|@import|url\((?!#)", text)
    assert "default-src 'none'" in text


def test_the_table_s_numbers_are_those_of_the_run(tmp_path: Path) -> None:
    run = on_both(30.0)
    header, *body = Page(written(run, tmp_path)).table
    column = {text.strip(): place for place, (text, _) in enumerate(header)}
    assert len(body) == len(run.records)
    for row in body:
        record = run.records[row[column["Cell"]][0].strip()]
        assert float(row[column["Step"]][1] or "nan") == pytest.approx(geometric_mean_of_medians(record))
        assert row[column["Restarts"]][0].strip() == "6"
        expected, low, high = independent_speedup(run, record)
        assert float(row[column["Speedup"]][1] or "nan") == pytest.approx(expected)
        if record.cell != record.cell.reference:
            assert f"{low:.3g}" in row[column["Speedup"]][0] and f"{high:.3g}" in row[column["Speedup"]][0]


def geometric_mean_of_medians(record: Record) -> float:
    restarts = {key.restart for key in record.seconds["step"]}
    logs = [
        math.log(statistics.median(value for key, value in record.seconds["step"].items() if key.restart == restart))
        for restart in restarts
    ]
    return math.exp(statistics.mean(logs))


def independent_speedup(run: Run, record: Record) -> tuple[float, float, float]:
    numpy = run.records[record.cell.reference.id].seconds["step"]
    logs = []
    for restart in range(6):
        ratios = [numpy[key] / value for key, value in record.seconds["step"].items() if key.restart == restart]
        logs.append(statistics.median(math.log(ratio) for ratio in ratios))
    mean, margin = statistics.mean(logs), student.ppf(0.975, 5) * statistics.stdev(logs) / math.sqrt(6)
    return math.exp(mean), math.exp(mean - margin), math.exp(mean + margin)


def test_derived_phases_are_marked_and_negative_ones_shown(tmp_path: Path) -> None:
    fused = timed("jax_fused", 200, cumulative=True)
    last = "forward+backward+update"
    shorter = {key: value / 2 for key, value in fused.seconds[last].items()}
    text = written(a_run(*on_cpu(), replace(fused, seconds={**fused.seconds, last: shorter})), tmp_path)
    rows = [row for row in Page(text).table if row[0][0].strip() == "jax_fused"]
    forward, backward, update = rows[0][5:8]
    assert "derived" not in forward[0] and "derived" in backward[0] and "derived" in update[0]
    assert float(update[1] or "nan") < 0


def test_a_run_of_one_restart_has_a_page_without_intervals(tmp_path: Path) -> None:
    found = Page(written(a_run(*on_cpu(restarts=1)), tmp_path))
    assert "no interval" in found.text() and "a single one has no interval" in found.text()


def test_a_run_without_a_measured_cell_has_a_page_with_the_reasons(tmp_path: Path) -> None:
    skipped = ended("torch_tensor", "skipped", 'torch is not installed: pip install "fiftyx[torch]"')
    wrong = ended("my_net", "wrong", "gradient of w1 is off by 3.0e-01 (limit 1e-04) at step 1")
    found = Page(written(a_run(skipped, wrong), tmp_path)).text()
    assert "Nothing was measured" in found and 'pip install "fiftyx[torch]"' in found
    assert "gradient of w1 is off by 3.0e-01" in found


def test_an_empty_run_and_one_with_numpy_alone_have_pages(tmp_path: Path) -> None:
    assert "Nothing was measured" in Page(written(a_run(), tmp_path)).text()
    assert "nothing was timed beside NumPy" in Page(written(a_run(timed("numpy_manual", 300)), tmp_path)).text()


def test_an_unfinished_run_says_so(tmp_path: Path) -> None:
    pending = ended("torch_tensor", "pending", "")
    found = Page(written(a_run(timed("numpy_manual", 300), pending, finished=False), tmp_path)).text()
    assert "unfinished" in fifty_times(a_run(*on_cpu(), finished=False)).sentence and "pending" in found


def test_each_size_has_its_own_chart_and_the_tutorial_s_comes_first(tmp_path: Path) -> None:
    big = Size(1024, 1000, 1000, 10)
    run = a_run(timed("numpy_manual", 30000, size=big), timed("torch_tensor", 9000, size=big), *on_cpu())
    text = written(run, tmp_path)
    assert text.index('id="speedup0-wide-title"') < text.index('id="speedup1-wide-title"')
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", text)
    assert [str(big) in caption for caption in captions] == [False, True, False, True]


def test_every_section_can_be_linked_to_and_no_id_is_used_twice(tmp_path: Path) -> None:
    found = Page(written(on_both(30.0), tmp_path))
    ids = found.ids()
    assert len(ids) == len(set(ids))
    links = {attributes["href"][1:] for tag, attributes in found.tags if tag == "a"}
    assert links <= set(ids)
    sections = {"speedups", "phases", "agreement", "method", "machine", "numbers", "raw", "notes"}
    assert sections <= links and "verdict" in ids


def test_every_chart_can_be_read_aloud(tmp_path: Path) -> None:
    text = written(on_both(30.0), tmp_path)
    for opening in re.findall(r"<svg[^>]*>", text):
        assert 'role="img"' in opening
        labels = re.search(r'aria-labelledby="([^"]+)"', opening)
        assert labels and all(f'id="{label}"' in text for label in labels[1].split())
    assert re.search(r"<desc[^>]*>[^<]*cupy_manual on the GPU \d", text)


def test_one_run_always_gives_the_same_page(tmp_path: Path) -> None:
    assert written(on_both(30.0), tmp_path) == written(on_both(30.0), tmp_path)


def test_a_page_replaces_the_last_one_and_leaves_nothing_else(tmp_path: Path) -> None:
    written(a_run(), tmp_path)
    written(a_run(*on_cpu()), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]


def test_a_place_that_cannot_be_written_is_one_line_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for out in (tmp_path / "file" / "index.html", tmp_path):
        with pytest.raises(UserError, match=r"^cannot write .+ \(.+\): .+--out$"):
            page.write(a_run(), out, SOURCE)
    assert [path.name for path in tmp_path.parent.iterdir() if path.name.endswith(".tmp")] == []


# The command


def report(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench", "report", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


def test_the_command_writes_the_page_and_prints_the_verdict(tmp_path: Path) -> None:
    run, out = a_run(*on_cpu()), tmp_path / "pages" / "index.html"
    store.save(run, tmp_path / "run.json")
    answer = report(tmp_path / "run.json", "--out", out)
    assert answer.returncode == 0, answer.stderr
    assert fifty_times(run).sentence in answer.stdout and out.resolve().as_uri() in answer.stdout
    assert str(tmp_path / "run.json") in Page(out.read_text(encoding="utf-8")).text()


def test_the_command_answers_an_unwritable_out_in_one_line_and_with_status_2(tmp_path: Path) -> None:
    store.save(a_run(), tmp_path / "run.json")
    answer = report(tmp_path / "run.json", "--out", tmp_path / "run.json" / "index.html")
    assert answer.returncode == 2 and answer.stdout == ""
    assert len(answer.stderr.splitlines()) == 1 and "--out" in answer.stderr
