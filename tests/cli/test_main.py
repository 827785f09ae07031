"""The group of commands: bad requests, exit statuses, and what each command imports."""

import subprocess
import sys

import pytest

from bench.cli.main import COMMANDS
from tests.conftest import ROOT
from tests.helpers.answers import refused


@pytest.mark.parametrize(
    ("words", "fact", "remedy"),
    [
        (["run", "numpy_manul"], "numpy_manul", "did you mean numpy_manual?"),
        (["run", "torch_floors"], "torch_floors", "net of torch"),
        (["check", "--workload", "two_layers"], "two_layers", "did you mean two_layer?"),
        (["run", "--device", "cpux"], "cpux", "did you mean cpu?"),
        (["run", "--dtype", "float3"], "float3", "did you mean float32?"),
        (["run", "--size", "64,1000,100"], "64,1000,100", "N,D_in,H,D_out"),
        (["run", "--size", "64,1000,0,10"], "64,1000,0,10", "N,D_in,H,D_out"),
        (["run", "--threads", "none"], "--threads", "all"),
        (["run", "--nets", "nowhere"], "--nets nowhere", "folder"),
        (["run", "--resume", "--size", "8,8,8,8"], "--resume", "leave out"),
        (["run", "--seconds", "inf"], "inf is not in the range", ""),
        (["run", "--no-such-option"], "No such option", ""),
        (["bake"], "No such command 'bake'", ""),
        (["report", "missing.json"], "missing.json", "run file"),
        (["run", "--resume", "--out", "missing.json"], "missing.json", "run file"),
        (["run", "numpy_manual", "--out", "/proc/none/run.json"], "cannot write", "--out"),
        (["run", "numpy_manual", "--out", "/"], "cannot write", "--out"),
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
    assert "`fiftyx run`" in refused(fiftyx("report", cwd=tmp_path))


def test_an_output_that_nobody_reads_is_no_error():
    command = f"{sys.executable} -m bench list | true; exit ${{PIPESTATUS[0]}}"
    answer = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert answer.returncode in (0, 141)  # 0 where the pipe held it all before its reader went
    assert answer.stderr == ""


def imported_by(*words: str) -> set[str]:
    """The modules that a command has imported when it ends."""
    code = f"""
import sys
from bench.cli.main import main
try:
    main({list(words)})
except SystemExit:
    print(*sys.modules, sep=chr(10), file=sys.stderr)
"""
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60)
    return set(answer.stderr.splitlines())


def test_the_help_lists_every_command_and_imports_none(fiftyx):
    assert set(COMMANDS) <= set(fiftyx("--help").stdout.split())
    rooms = {module.split(".")[1] for module in imported_by("--help") if module.startswith("bench.")}
    assert rooms == {"cli", "errors"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command, fiftyx):
    answer = fiftyx(command, "-h")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.startswith(f"Usage: fiftyx {command} ")


def test_a_list_of_nets_imports_neither_comparisons_nor_reports():
    imported = imported_by("list")
    assert "bench.nets.listing" in imported
    assert not [module for module in imported if module.startswith(("bench.regression", "reports"))]


@pytest.mark.parametrize(
    "words", [["list"], ["run", "--dry-run", "numpy_manual"], ["report", "--help"], ["duel", "--help"]]
)
def test_a_machine_without_ruptures_can_do_everything_but_trend(words):
    command = (
        f"import sys; sys.modules['ruptures'] = None; from bench.cli.main import main; sys.argv[1:] = {words}; main()"
    )
    answer = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert (answer.returncode, answer.stderr) == (0, "")
