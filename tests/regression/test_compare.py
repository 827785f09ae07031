"""Two recorded runs: what is concluded, what is refused, and how the answer is labelled."""

import json
import math
import random
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from scipy.stats import ttest_ind

from bench.errors import UserError
from bench.files import run_files
from bench.host.fingerprint import differences
from bench.records.record import Record
from bench.records.run import Run
from bench.records.verdict import Verdict, exit_status
from bench.regression.compare import MARGIN, compare
from bench.regression.comparison_terms import terms
from bench.stats.between_runs import RECORDED_SD
from bench.stats.welch import Welch
from tests.helpers.recorded import MACHINE, a_run, ended, timed

TENSOR, JAX = (f"{net}-two_layer-64x1000x100x10-float32-cpu" for net in ("torch_tensor", "jax_grad"))
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


def judged(base: Run, head: Run, **terms) -> list[Verdict]:
    return compare(base, head, **terms).verdicts


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
    verdicts = judged(a_base(), a_base())
    assert set(outcomes(verdicts).values()) == {"same"}
    assert all(verdict.ratio.value == pytest.approx(1) for verdict in verdicts)
    assert exit_status(verdicts) == 0


def test_a_cell_that_is_slower_by_more_than_the_margin_is_found_and_so_is_a_faster_one():
    verdicts = judged(a_base(), a_head(tensor=1.5, jax=0.65))
    assert outcomes(verdicts) == {TENSOR: "slower", JAX: "faster"}
    by_cell = {verdict.cell: verdict for verdict in verdicts}
    assert by_cell[TENSOR].ratio.low < 1.5 < by_cell[TENSOR].ratio.high
    assert exit_status(verdicts) == 1


def test_a_change_within_the_margin_is_not_called_slower():
    assert outcomes(judged(a_base(), a_head(tensor=1.25)))[TENSOR] == "inconclusive"
    assert outcomes(judged(a_base(), a_head(tensor=1.25), margin=0.02))[TENSOR] == "slower"


def test_a_ratio_has_the_interval_that_another_pair_of_runs_would_give_it():
    (tensor, _) = judged(a_base(), a_head())
    # The scatter of five restarts is negligible beside what two runs differ by: 2.2 standard errors, 11 degrees.
    assert tensor.ratio.precision == pytest.approx(math.expm1(2.2 * math.sqrt(2) * RECORDED_SD), rel=0.02)


def test_what_restarts_alone_would_call_slower_says_so_and_is_not_called_slower():
    (verdict, _) = judged(a_base(), a_head(tensor=1.28))
    assert verdict.outcome == "inconclusive"
    assert verdict.reason.startswith("by its restarts alone it would be slower")


def test_a_machine_that_became_slower_for_all_changes_no_verdict():
    verdicts = judged(a_base(), a_head(numpy=1.08, tensor=1.08, jax=1.08))
    assert set(outcomes(verdicts).values()) == {"same"}
    assert verdicts[0].control.value == pytest.approx(1.08, rel=0.02)


def test_a_reference_net_that_moved_unusually_contaminates_what_its_movement_could_explain_and_nothing_else():
    verdicts = judged(a_base(), a_head(numpy=1.3, tensor=1.3, jax=2.6))
    assert outcomes(verdicts) == {TENSOR: "contaminated", JAX: "slower"}
    assert verdicts[1].margin == pytest.approx(1.2 * verdicts[1].control.value - 1)
    quicker = judged(a_base(), a_head(numpy=1 / 1.3))  # so all seem slower, by 30%
    assert set(outcomes(quicker).values()) == {"contaminated"}
    assert exit_status(quicker) == 3


def test_a_cell_that_one_run_did_not_measure_is_not_comparable_and_the_rest_is_judged():
    base = a_run(*a_base().records.values(), measured("keras_model", 400))
    head = a_run(*a_head(tensor=1.6).records.values(), ended("keras_model", "failed", "out of memory"))
    verdicts = {verdict.cell: verdict for verdict in judged(base, head)}
    (keras,) = (verdict for cell, verdict in verdicts.items() if cell.startswith("keras"))
    assert (keras.outcome, keras.reason) == ("not comparable", "failed in head (out of memory)")
    assert verdicts[TENSOR].outcome == "slower"


def test_a_single_restart_cannot_be_compared():
    run = a_run(timed("numpy_manual", 300, 1), timed("torch_tensor", 200, 1))
    verdicts = judged(run, run)
    assert set(outcomes(verdicts).values()) == {"not comparable"}
    assert "single restart" in verdicts[0].reason


def test_runs_made_under_different_conditions_are_refused_with_what_differs():
    with pytest.raises(UserError, match=r"torch 2\.13\.0 -> 2\.14\.0.*--across-machines"):
        compare(a_base(), a_head(machine=ELSEWHERE))


def test_across_machines_only_the_ratio_to_the_reference_net_counts():
    faster_machine = a_head(numpy=0.5, tensor=0.5, jax=0.75, machine=ELSEWHERE)
    verdicts = judged(a_base(), faster_machine, across_machines=True)
    assert outcomes(verdicts) == {TENSOR: "same", JAX: "slower"}
    assert verdicts[1].ratio.value == pytest.approx(1.5, rel=0.02)


def test_the_difference_between_two_machines_is_put_into_words():
    other = {**MACHINE, "cores": 8, "gpus": [{"name": "Some GPU", "driver": "600.1", "memory_gib": "24"}]}
    assert differences(MACHINE, other) == ("CPUs 4 -> 8", "GPUs none -> Some GPU 600.1 24")
    assert differences(MACHINE, {**MACHINE, "packages": {"numpy": "2.4.6"}}) == ("torch 2.13.0 -> absent",)
    assert differences(MACHINE, MACHINE) == ()


def test_the_terms_say_when_the_runs_began_and_how_far_the_reference_net_moved():
    base, head = a_base(), a_head(numpy=1.04)
    comparison = compare(base, head)
    sentences = terms(base, head, comparison, False)
    assert base.started in sentences and head.started in sentences
    assert f"moved by {comparison.verdicts[0].control.value - 1:+.1%}" in sentences
    assert "`fiftyx duel`" in sentences


def test_the_terms_name_a_run_that_is_unfinished():
    base, head = a_base(), replace(a_head(), finished=False)
    assert "Unfinished: head." in terms(base, head, compare(base, head), False)


def pairs_of_runs(count: int, slowdown: float = 0.0, sd: float = RECORDED_SD) -> Iterator[tuple[Run, Run]]:
    """Each run has a speed of its own, shared by all its cells, and each cell's speedup some luck of its own."""
    luck = random.Random(3)

    def a_luck() -> list[float]:
        machine = math.exp(luck.gauss(0, 0.03))
        return [machine, *(machine * math.exp(luck.gauss(0, sd)) for _ in range(2))]

    for seed in range(count):
        base, (numpy, tensor, jax) = a_luck(), a_luck()
        yield a_head(*base, seed=2 * seed), a_head(numpy, tensor * (1 + slowdown), jax, seed=2 * seed + 1)


@pytest.mark.parametrize("margin", [MARGIN, 0.03])
def test_unchanged_code_that_differs_from_run_to_run_as_recorded_is_called_slower_in_at_most_1_percent(margin):
    red = [exit_status(judged(*runs, margin=margin)) == 1 for runs in pairs_of_runs(200)]
    assert sum(red) <= 200 * 0.01


@pytest.mark.parametrize("margin", [MARGIN, 0.03])
def test_a_slowdown_that_the_terms_call_detectable_is_found_in_about_80_percent(margin):
    pairs = list(pairs_of_runs(200))
    stated = int(re.search(r"one that became (\d+)% slower is called so in 80%", stated_terms(*pairs[0], margin))[1])
    red = [exit_status(judged(*runs, margin=margin)) == 1 for runs in pairs_of_runs(200, slowdown=stated / 100)]
    assert 0.7 <= sum(red) / 200 <= 0.9


def stated_terms(base: Run, head: Run, margin: float) -> str:
    return terms(base, head, compare(base, head, margin), False)


def test_the_terms_say_which_term_decided():
    assert "what differs between runs decided them" in stated_terms(a_base(), a_head(), MARGIN)
    wild = [a_run(*(measured(net, 300, seed, 0.3) for net in ("numpy_manual", "torch_tensor"))) for seed in (1, 2)]
    assert "the scatter of restarts decided them" in stated_terms(*wild, MARGIN)


@pytest.fixture
def files(tmp_path):
    def write(**runs: Run):
        for name, run in runs.items():
            run_files.save(run, tmp_path / f"{name}.json")
        return [tmp_path / f"{name}.json" for name in runs]

    return write


def test_the_command_says_which_cell_is_slower_and_exits_with_1(fiftyx, files):
    answer = fiftyx("compare", *files(base=a_base(), head=a_head(tensor=1.5)))
    assert answer.returncode == 1, answer.stderr
    first, _, second, *_ = answer.stdout.splitlines()
    assert "not interleaved: 1 of 2 cells is slower" in first
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
    runs = files(base=a_base(), head=a_head(tensor=1.5))
    fiftyx("compare", *runs, "--format", "json")
    assert not (tmp_path / "summary.md").exists()
    answer = fiftyx("compare", *runs, "--format", "markdown")
    assert (tmp_path / "summary.md").read_text() == answer.stdout
    assert "not interleaved" in answer.stdout
