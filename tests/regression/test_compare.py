"""Two recorded runs: what is concluded, what is refused, and how the answer is labelled."""

import json
import math
import random
from dataclasses import replace

import pytest
from scipy.stats import ttest_ind

from bench.errors import UserError
from bench.files import run_files
from bench.host.fingerprint import differences
from bench.records.record import Record
from bench.records.run import Run
from bench.records.verdict import Verdict, exit_status
from bench.regression.compare import compare
from bench.regression.comparison_terms import terms
from bench.stats.welch import Welch
from tests.helpers.recorded import MACHINE, a_run, ended, timed

NUMPY, TENSOR, JAX = (
    f"{net}-two_layer-64x1000x100x10-float32-cpu" for net in ("numpy_manual", "torch_tensor", "jax_grad")
)
ELSEWHERE = {**MACHINE, "fingerprint": "ba9876543210", "packages": {"numpy": "2.4.6", "torch": "2.14.0"}}


def measured(net: str, microseconds: float, seed: int = 0, noise: float = 0.003, **cell) -> Record:
    """A record whose restarts scatter by `noise`."""
    record = timed(net, microseconds, **cell)
    luck = random.Random(f"{record.cell.id} {seed}")
    restarts = {key.restart: math.exp(luck.gauss(0, noise)) for key in record.seconds["step"]}
    steps = {key: microseconds * 1e-6 * restarts[key.restart] for key in record.seconds["step"]}
    return replace(record, seconds={"step": steps})


def a_base() -> Run:
    return a_run(measured("numpy_manual", 300), measured("torch_tensor", 200), measured("jax_grad", 250))


def a_head(numpy: float = 1.0, tensor: float = 1.0, jax: float = 1.0, seed: int = 1, **changes) -> Run:
    factors = {"numpy_manual": 300 * numpy, "torch_tensor": 200 * tensor, "jax_grad": 250 * jax}
    return a_run(*(measured(net, microseconds, seed) for net, microseconds in factors.items()), **changes)


def outcomes(verdicts: list[Verdict]) -> dict[str, str]:
    return {verdict.cell: verdict.outcome for verdict in verdicts}


def test_welch_s_interval_and_chance_are_scipy_s():
    base, head = [0.0, 0.1, 0.05, -0.02, 0.03], [0.2, 0.25, 0.31]
    expected = ttest_ind(head, base, equal_var=False, alternative="greater")
    low, high = ttest_ind(head, base, equal_var=False).confidence_interval(0.95)
    welch = Welch.of(base, head)
    assert welch.chance_of_at_most(0.0) == pytest.approx(expected.pvalue)
    assert (math.log(welch.ratio.low), math.log(welch.ratio.high)) == pytest.approx((low, high))
    assert welch.ratio.restarts == 3


def test_a_run_compared_with_itself_is_the_same():
    verdicts = compare(a_base(), a_base())
    assert set(outcomes(verdicts).values()) == {"same"}
    assert all(verdict.ratio.value == pytest.approx(1) for verdict in verdicts)
    assert exit_status(verdicts) == 0


def test_a_cell_that_is_slower_by_more_than_the_margin_is_found_and_so_is_a_faster_one():
    verdicts = compare(a_base(), a_head(tensor=1.3, jax=0.7))
    assert outcomes(verdicts) == {NUMPY: "same", TENSOR: "slower", JAX: "faster"}
    by_cell = {verdict.cell: verdict for verdict in verdicts}
    assert by_cell[TENSOR].ratio.low < 1.3 < by_cell[TENSOR].ratio.high
    assert exit_status(verdicts) == 1


def test_a_change_within_the_margin_is_not_called_slower():
    assert outcomes(compare(a_base(), a_head(tensor=1.05)))[TENSOR] == "same"
    assert outcomes(compare(a_base(), a_head(tensor=1.05), margin=0.02))[TENSOR] == "slower"


def test_every_margin_is_widened_by_as_much_as_the_reference_net_moved():
    head = a_head(numpy=1.08, tensor=1.14)
    verdicts = {verdict.cell: verdict for verdict in compare(a_base(), head)}
    assert verdicts[TENSOR].outcome != "slower"
    assert verdicts[TENSOR].control.value == pytest.approx(1.08, rel=0.02)
    assert verdicts[TENSOR].margin == pytest.approx(1.1 * verdicts[TENSOR].control.value - 1)
    assert outcomes(compare(a_base(), a_head(numpy=1.0, tensor=1.14)))[TENSOR] == "slower"


def test_a_reference_net_that_moved_by_more_than_the_margin_contaminates_all():
    verdicts = compare(a_base(), a_head(numpy=1.3, tensor=1.3, jax=1.3))
    assert set(outcomes(verdicts).values()) == {"contaminated"}
    assert exit_status(verdicts) == 3


def test_a_cell_that_one_run_did_not_measure_is_not_comparable_and_the_rest_is_judged():
    base = a_run(*a_base().records.values(), measured("keras_model", 400))
    head = a_run(*a_head(tensor=1.4).records.values(), ended("keras_model", "failed", "out of memory"))
    verdicts = {verdict.cell: verdict for verdict in compare(base, head)}
    (keras,) = (verdict for cell, verdict in verdicts.items() if cell.startswith("keras"))
    assert (keras.outcome, keras.reason) == ("not comparable", "failed in head (out of memory)")
    assert verdicts[TENSOR].outcome == "slower"


def test_a_single_restart_cannot_be_compared():
    run = a_run(timed("numpy_manual", 300, 1), timed("torch_tensor", 200, 1))
    verdicts = compare(run, run)
    assert set(outcomes(verdicts).values()) == {"not comparable"}
    assert "single restart" in verdicts[0].reason


def test_runs_made_under_different_conditions_are_refused_with_what_differs():
    with pytest.raises(UserError, match=r"torch 2\.13\.0 -> 2\.14\.0.*--across-machines"):
        compare(a_base(), a_head(machine=ELSEWHERE))


def test_across_machines_only_the_ratio_to_the_reference_net_counts():
    faster_machine = a_head(numpy=0.5, tensor=0.5, jax=0.65, machine=ELSEWHERE)
    verdicts = compare(a_base(), faster_machine, across_machines=True)
    assert outcomes(verdicts) == {TENSOR: "same", JAX: "slower"}
    assert verdicts[1].ratio.value == pytest.approx(1.3, rel=0.02)


def test_the_difference_between_two_machines_is_put_into_words():
    other = {**MACHINE, "cores": 8, "gpus": [{"name": "Some GPU", "driver": "600.1", "memory_gib": "24"}]}
    assert differences(MACHINE, other) == ("CPUs 4 -> 8", "GPUs none -> Some GPU 600.1 24")
    assert differences(MACHINE, {**MACHINE, "packages": {"numpy": "2.4.6"}}) == ("torch 2.13.0 -> absent",)
    assert differences(MACHINE, MACHINE) == ()


def test_the_terms_say_when_the_runs_began_and_how_far_the_reference_net_moved():
    base, head = a_base(), a_head(numpy=1.04)
    verdicts = compare(base, head)
    sentences = terms(base, head, verdicts, False)
    assert base.started in sentences and head.started in sentences
    assert f"moved by {verdicts[0].control.value - 1:+.1%}" in sentences
    assert "`fiftyx duel`" in sentences


def test_the_terms_name_a_run_that_is_unfinished():
    base, head = a_base(), replace(a_head(), finished=False)
    assert "Unfinished: head." in terms(base, head, compare(base, head), False)


def test_unchanged_code_on_a_machine_that_differs_from_run_to_run_is_rarely_called_slower():
    """Each run has a speed of its own, shared by all its cells, and each cell some luck of its own."""
    runs, luck = [], random.Random(3)
    for seed in range(60):
        machine = math.exp(luck.gauss(0, 0.05))
        runs.append(a_head(*(machine * math.exp(luck.gauss(0, 0.02)) for _ in range(3)), seed=seed))
    red = sum(exit_status(compare(base, head)) == 1 for base, head in zip(runs[::2], runs[1::2], strict=True))
    assert red == 0


@pytest.fixture
def files(tmp_path):
    def write(**runs: Run):
        for name, run in runs.items():
            run_files.save(run, tmp_path / f"{name}.json")
        return [tmp_path / f"{name}.json" for name in runs]

    return write


def test_the_command_says_which_cell_is_slower_and_exits_with_1(fiftyx, files):
    answer = fiftyx("compare", *files(base=a_base(), head=a_head(tensor=1.3)))
    assert answer.returncode == 1, answer.stderr
    first, _, second, *_ = answer.stdout.splitlines()
    assert "not interleaved: 1 of 3 cells is slower" in first
    assert second.startswith("slower") and TENSOR in second


def test_runs_without_a_common_cell_are_one_line_and_exit_status_3(fiftyx, files):
    other = a_run(measured("numpy_manual", 300, dtype="float64"))
    answer = fiftyx("compare", *files(base=a_base(), other=other))
    assert (answer.returncode, answer.stderr) == (3, "")
    assert len(answer.stdout.splitlines()) == 1


@pytest.mark.parametrize("text", [None, "", '{"fiftyx": ', '{"benchmarks": []}', '{"fiftyx": {"format": 1}}'])
def test_a_missing_or_damaged_run_is_one_line_and_exit_status_2(text, fiftyx, files, tmp_path):
    bad = tmp_path / "bad.json"
    if text is not None:
        bad.write_text(text)
    (base,) = files(base=a_base())
    for words in ((base, bad), (bad, base)):
        answer = fiftyx("compare", *words)
        assert (answer.returncode, answer.stdout) == (2, "")
        (line,) = answer.stderr.splitlines()
        assert str(bad) in line


def test_the_refusal_of_other_conditions_has_exit_status_2_and_a_way_out(fiftyx, files):
    runs = files(base=a_base(), head=a_head(machine=ELSEWHERE))
    answer = fiftyx("compare", *runs)
    assert answer.returncode == 2
    assert "--across-machines" in answer.stderr
    answer = fiftyx("compare", *runs, "--across-machines", "--format", "json")
    assert answer.returncode == 0, answer.stderr
    assert {verdict["cell"] for verdict in json.loads(answer.stdout)["verdicts"]} == {TENSOR, JAX}


def test_markdown_is_printed_and_appended_to_the_summary_and_other_forms_are_not(fiftyx, files, tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    runs = files(base=a_base(), head=a_head(tensor=1.3))
    fiftyx("compare", *runs, "--format", "json")
    assert not (tmp_path / "summary.md").exists()
    answer = fiftyx("compare", *runs, "--format", "markdown")
    assert (tmp_path / "summary.md").read_text() == answer.stdout
    assert "not interleaved" in answer.stdout
