"""`fiftyx run` as users call it: its file, kills and resumption."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import psutil
import pytest

from bench.files import run_files
from bench.records.settings import Settings
from bench.runner.job import new_run
from tests.conftest import ROOT
from tests.helpers.answers import refused
from tests.helpers.recorded import timed

SMALL = ("--size", "8,16,4,2")
HANG = "def step(self):\n    open(__file__ + '.hangs', 'w').close()\n    time.sleep(1000)"


def test_the_help_names_the_settings_defaults(fiftyx):
    words = " ".join(fiftyx("run", "--help").stdout.split())
    assert f"[default: {Settings().budget_seconds:g}]" in words
    assert f"[default: {Settings().precision:g}]" in words


@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_a_run_of_which_nothing_can_be_timed_says_so_at_once_and_writes_nothing(more, fiftyx, tmp_path):
    (tmp_path / "foreign.py").write_text('import nosuchframework\nNETS = {"two_layer": nosuchframework.Net}')
    answer = fiftyx("run", "foreign", "--nets", tmp_path, *SMALL, "--out", tmp_path / "run.json", *more)
    assert answer.returncode == 3
    assert "pip install nosuchframework" in answer.stdout
    assert not (tmp_path / "run.json").exists()


def test_a_run_writes_its_file_under_results_and_report_finds_it(fiftyx, tmp_path):
    answer = fiftyx("run", "numpy_manual", "--quick", "--seconds", 1, *SMALL, cwd=tmp_path)
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

    def __init__(self, *words):
        command = [sys.executable, "-m", "bench", "run", *map(str, words)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            # A shell that runs the tests in the background has it ignored
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
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


@pytest.mark.slow
@pytest.mark.parametrize("rounds", [0, 9])
def test_a_killed_run_leaves_every_finished_round_and_resume_continues_it(rounds, fiftyx, tmp_path):
    path = tmp_path / "run.json"
    running = Running("numpy_manual", "--quick", *SMALL, "--out", path)
    running.until(lambda: rounds_in(path) >= rounds)
    time.sleep(random.random() / 10)
    running.kill()
    before = run_files.load(path)
    assert not before.finished
    # However busy the machine is, there is time for every restart
    answer = fiftyx("run", "--resume", "--seconds", 100, "--out", path)
    assert answer.returncode == 0, answer.stderr
    after = run_files.load(path)
    assert after.finished
    for name, record in before.records.items():
        for phase, seconds in record.seconds.items():
            assert seconds.items() <= after.records[name].seconds[phase].items()
        assert len({key.restart for rounds in after.records[name].seconds.values() for key in rounds}) >= 3
    assert "is finished" in refused(fiftyx("run", "--resume", "--out", path))
    assert "already exists" in refused(fiftyx("run", "numpy_manual", "--out", path))


def test_no_worker_outlives_its_parent_even_while_its_net_hangs(write_net, tmp_path):
    folder = write_net("hangs", HANG)
    running = Running("hangs", "--nets", folder, *SMALL, "--out", tmp_path / "run.json")
    running.until((folder / "hangs.py.hangs").exists)
    assert running.workers
    running.kill()


def test_an_interrupted_run_ends_cleanly_and_says_how_to_continue(tmp_path):
    path = tmp_path / "run.json"
    running = Running("numpy_manual", *SMALL, "--out", path)
    running.until(lambda: rounds_in(path) >= 2)
    running.process.send_signal(signal.SIGINT)
    output, _ = running.process.communicate(timeout=60)
    assert running.process.returncode == 130
    assert f"fiftyx run --resume --out {path}" in output
    assert not psutil.wait_procs(running.workers, timeout=20)[1]
    assert rounds_in(path) >= 2


@pytest.mark.slow
def test_a_run_whose_net_has_changed_is_not_continued(write_net, fiftyx, tmp_path):
    path, folder = tmp_path / "run.json", write_net("good", "pass")
    running = Running("good", "--nets", folder, *SMALL, "--out", path)
    running.until(lambda: rounds_in(path) >= 1)
    running.kill()
    write_net("good", "learning_rate = 0")
    assert "has changed since" in refused(fiftyx("run", "--resume", "--nets", folder, "--out", path))


def test_a_run_of_another_machine_is_not_continued(fiftyx, tmp_path):
    path = tmp_path / "run.json"
    running = Running("numpy_manual", *SMALL, "--out", path)
    running.until(lambda: rounds_in(path) >= 0)
    running.kill()
    document = json.loads(path.read_text())
    document["machine_info"]["fingerprint"] = "elsewhere"
    path.write_text(json.dumps(document))
    assert "under other conditions (another fingerprint)" in refused(fiftyx("run", "--resume", "--out", path))


def test_a_run_from_before_the_witness_is_not_continued(fiftyx, tmp_path):
    path, began = tmp_path / "run.json", timed("numpy_manual", 300)
    run_files.save(new_run([began.cell], Settings()).with_record(began), path)
    assert "was begun by an older fiftyx" in refused(fiftyx("run", "--resume", "--out", path))
