"""The command as users call it: answers, exit statuses, kills and resumption."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import numpy
import psutil
import pytest

from bench.errors import UserError
from bench.files import run_files
from bench.stats.changepoint import changes_of_level
from tests.conftest import ROOT

SMALL = ("--size", "8,16,4,2")
HANG = "def step(self):\n    open(__file__ + '.hangs', 'w').close()\n    time.sleep(1000)"


def refused(answer) -> str:
    """The one line on standard error of a request that was bad."""
    assert answer.returncode == 2, answer
    assert answer.stdout == ""
    (line,) = answer.stderr.splitlines()
    assert line.startswith("fiftyx: ")
    return line


@pytest.mark.parametrize(
    ("words", "fact", "remedy"),
    [
        (["run", "numpy_manul"], "unknown net 'numpy_manul'", "did you mean numpy_manual?"),
        (["run", "torch_floors"], "torch_floors holds floors, not a net", "name a net of torch"),
        (["check", "--workload", "two_layers"], "unknown workload", "did you mean two_layer?"),
        (["run", "--device", "cpux"], "unknown device 'cpux'", "did you mean cpu?"),
        (["run", "--dtype", "float3"], "unknown dtype 'float3'", "did you mean float32?"),
        (["run", "--size", "64,1000,100"], "is not four positive integers", "give N,D_in,H,D_out"),
        (["run", "--size", "64,1000,0,10"], "is not four positive integers", "give N,D_in,H,D_out"),
        (["run", "--threads", "none"], "is out of range", "give all, or a number from 1 to"),
        (["run", "--nets", "nowhere"], "is not a folder", "give the folder"),
        (["run", "--resume", "--size", "8,8,8,8"], "takes the cells from the file", "leave out"),
        (["run", "--seconds", "inf"], "inf is not in the range", ""),
        (["run", "--no-such-option"], "No such option", ""),
        (["bake"], "No such command 'bake'", ""),
        (["report", "missing.json"], "cannot read missing.json", "name a run file"),
        (["run", "--resume", "--out", "missing.json"], "cannot read missing.json", "name a run file"),
        (["run", "numpy_manual", "--out", "/proc/none/run.json"], "cannot write", "choose another place with --out"),
        (["run", "numpy_manual", "--out", "/"], "cannot write", "choose another place with --out"),
    ],
)
def test_a_bad_request_is_answered_in_one_line_with_fact_and_remedy(words, fact, remedy, fiftyx):
    line = refused(fiftyx(*words))
    assert fact in line
    assert remedy in line


@pytest.mark.parametrize("text", ["", '{"fiftyx": ', "[]", '{"fiftyx": {"format": 7}}'])
@pytest.mark.parametrize("words", [["report"], ["run", "--resume", "--out"]])
def test_a_file_that_is_no_run_is_refused_by_every_command_that_reads_one(words, text, fiftyx, tmp_path):
    path = tmp_path / "run.json"
    path.write_text(text)
    assert str(path) in refused(fiftyx(*words, path))


def test_a_folder_without_runs_is_refused_by_report(fiftyx, tmp_path):
    assert "run `fiftyx run` first" in refused(fiftyx("report", cwd=tmp_path))


def test_check_prints_a_line_for_each_cell_and_exits_with_1_where_one_is_wrong(fiftyx, write_net):
    folder = write_net(
        "halves", "def backward(self):\n    super().backward()\n    self.grads['w1'] = self.grads['w1'] / 2"
    )
    answer = fiftyx("check", "numpy_manual", "halves", "--nets", folder, *SMALL)
    assert answer.returncode == 1
    lines = {line.split()[1].partition("-")[0]: line for line in answer.stdout.splitlines()}
    assert lines["numpy_manual"].startswith("agrees")
    assert lines["halves"].startswith("wrong")
    assert "gradient of w1 is off by 5.0e-01" in lines["halves"]
    assert fiftyx("check", "numpy_manual", *SMALL).returncode == 0


def test_a_request_of_which_nothing_could_be_done_exits_with_3_and_says_why(fiftyx, tmp_path):
    (tmp_path / "foreign.py").write_text('import nosuchframework\nNETS = {"two_layer": nosuchframework.Net}')
    answer = fiftyx("check", "foreign", "--nets", tmp_path, *SMALL)
    assert answer.returncode == 3
    assert "skipped" in answer.stdout
    assert "pip install nosuchframework" in answer.stdout


@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_a_run_of_which_nothing_can_be_timed_says_so_at_once_and_writes_nothing(more, fiftyx, tmp_path):
    (tmp_path / "foreign.py").write_text('import nosuchframework\nNETS = {"two_layer": nosuchframework.Net}')
    answer = fiftyx("run", "foreign", "--nets", tmp_path, *SMALL, "--out", tmp_path / "run.json", *more)
    assert answer.returncode == 3
    assert "pip install nosuchframework" in answer.stdout
    assert not (tmp_path / "run.json").exists()


def test_a_run_writes_its_file_under_results_and_report_finds_it(fiftyx, tmp_path):
    answer = fiftyx("run", "numpy_manual", "--quick", *SMALL, cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    (path,) = (tmp_path / "results").rglob("*.json")
    run = run_files.load(path)
    assert run.finished
    assert {record.outcome for record in run.records.values()} == {"measured"}
    assert {record.cell.dtype for record in run.records.values()} == {"float32", "float64"}
    answer = fiftyx("report", cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert (tmp_path / "reports" / "index.html").is_file()


class Running:
    """A run in the background, which may be killed."""

    def __init__(self, *words, environment=None):
        command = [sys.executable, "-m", "bench", "run", *map(str, words)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        self.workers: list[psutil.Process] = []

    def until(self, condition, seconds=60):
        """Waits for a state of the run; a bound for a hanging test, not a measure of anything."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "the run did not come so far"
            assert self.process.poll() is None, "the run ended too soon"
            time.sleep(0.02)
        self.workers = psutil.Process(self.process.pid).children(recursive=True)

    def kill(self, number=signal.SIGKILL):
        self.process.send_signal(number)
        self.process.wait(60)
        self.process.stdout.close()
        _, alive = psutil.wait_procs(self.workers, timeout=20)
        assert not alive, "a worker outlived its parent"


def rounds_in(path):
    """Rounds in the file so far; -1 before there is one. Never a broken file: that would raise."""
    if not path.exists():
        return -1
    return sum(len(record.seconds.get("step", ())) for record in run_files.load(path).records.values())


@pytest.mark.parametrize("rounds", [0, 9])
def test_a_killed_run_leaves_every_finished_round_and_goes_on_with_resume(rounds, fiftyx, tmp_path):
    path = tmp_path / "run.json"
    running = Running("numpy_manual", "--quick", *SMALL, "--out", path)
    running.until(lambda: rounds_in(path) >= rounds)
    time.sleep(random.random() / 10)
    running.kill()
    before = run_files.load(path)
    assert not before.finished
    # However busy the machine is, there is time for every restart
    answer = fiftyx("run", "--resume", "--seconds", 600, "--out", path)
    assert answer.returncode == 0, answer.stderr
    after = run_files.load(path)
    assert after.finished
    for name, record in before.records.items():
        for phase, seconds in record.seconds.items():
            assert seconds.items() <= after.records[name].seconds[phase].items()
        for phase in after.records[name].seconds:
            assert after.time(after.records[name], phase).restarts >= 3
    assert "is finished" in refused(fiftyx("run", "--resume", "--out", path))
    assert "is there already" in refused(fiftyx("run", "numpy_manual", "--out", path))


def test_no_worker_outlives_its_parent_even_while_its_net_hangs(write_net, tmp_path):
    folder = write_net("hangs", HANG)
    running = Running("hangs", "--nets", folder, *SMALL, "--out", tmp_path / "run.json")
    running.until((folder / "hangs.py.hangs").exists)
    assert running.workers
    running.kill()


def test_an_interrupted_run_ends_cleanly_and_says_how_to_go_on(tmp_path):
    path = tmp_path / "run.json"
    running = Running("numpy_manual", *SMALL, "--out", path)
    running.until(lambda: rounds_in(path) >= 2)
    running.process.send_signal(signal.SIGINT)
    output, _ = running.process.communicate(timeout=60)
    assert running.process.returncode == 130
    assert f"fiftyx run --resume --out {path}" in output
    assert not psutil.wait_procs(running.workers, timeout=20)[1]
    assert rounds_in(path) >= 2


def test_a_net_that_changed_meanwhile_is_not_gone_on_with(write_net, fiftyx, tmp_path):
    path, folder = tmp_path / "run.json", write_net("good", "pass")
    running = Running("good", "--nets", folder, *SMALL, "--out", path)
    running.until(lambda: rounds_in(path) >= 1)
    running.kill()
    write_net("good", "learning_rate = 0")
    assert "has changed since" in refused(fiftyx("run", "--resume", "--nets", folder, "--out", path))


def test_an_output_that_nobody_reads_is_no_verdict():
    command = f"{sys.executable} -m bench list | true; exit ${{PIPESTATUS[0]}}"
    answer = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert answer.returncode in (0, 141)  # 0 where the pipe held it all before its reader went
    assert answer.stderr == ""


def test_a_run_of_another_machine_is_not_gone_on_with(fiftyx, tmp_path):
    path = tmp_path / "run.json"
    running = Running("numpy_manual", *SMALL, "--out", path)
    running.until(lambda: rounds_in(path) >= 0)
    running.kill()
    document = json.loads(path.read_text())
    document["machine_info"]["fingerprint"] = "elsewhere"
    path.write_text(json.dumps(document))
    assert "another machine" in refused(fiftyx("run", "--resume", "--out", path))


def test_the_newest_run_is_found_by_its_name_and_none_is_an_error(tmp_path):
    for name in ("20260101T000000Z-a.json", "20260301T000000Z-b.json", "20260201T000000Z-c.json", "notes.json"):
        (tmp_path / name).touch()
    assert run_files.newest(tmp_path).name == "20260301T000000Z-b.json"
    with pytest.raises(UserError, match="no run under"):
        run_files.newest(tmp_path / "empty")


@pytest.mark.parametrize(
    "words", [["list"], ["run", "--dry-run", "numpy_manual"], ["report", "--help"], ["duel", "--help"]]
)
def test_a_machine_without_ruptures_can_do_all_but_tell_a_trend(words):
    command = (
        f"import sys; sys.modules['ruptures'] = None; from bench.cli.main import main; sys.argv[1:] = {words}; main()"
    )
    answer = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert (answer.returncode, answer.stderr) == (0, "")


def test_a_trend_without_ruptures_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ruptures", None)
    with pytest.raises(UserError, match="needs ruptures, which is not installed: pip install ruptures"):
        changes_of_level(numpy.repeat([0.0, 9.0], 40))
