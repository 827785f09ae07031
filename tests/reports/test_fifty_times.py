"""The verdict on the 50x statement."""

from dataclasses import replace

import pytest

from reports.analysis.comparisons import comparisons
from reports.analysis.competitors import all_competitors
from reports.analysis.ladder import ladder
from reports.claims.s1_fifty_times import fifty_times
from reports.claims.statements import statements
from reports.wording.phrases import named
from tests.helpers.recorded import a_run, ended, on_both, on_cpu, timed


def test_without_a_gpu_the_statement_cannot_be_tested_and_the_best_cpu_ratio_is_given() -> None:
    claim = fifty_times(a_run(*on_cpu()))
    assert claim.verdict == "cannot be tested here"
    assert "no NVIDIA GPU" in claim.sentence and "torch_tensor" in claim.sentence
    assert claim.ratio is not None and claim.ratio.low is not None and claim.ratio.high is not None
    assert claim.ratio.low < 1.5 < claim.ratio.high
    for condition in ("two_layer", "64x1000x100x10", "float32", "own number of threads", "Made-up CPU (4 CPUs)"):
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
    assert "cupy_manual on Made-up GPU" in claim.sentence and "the best CPU net, torch_tensor:" in claim.sentence


@pytest.mark.parametrize(
    ("microseconds", "words"),
    [
        (200, "On its CPU the fastest two-layer net is torch_tensor, which runs 1.5"),
        (400, "On its CPU NumPy's own two-layer net is the fastest; torch_tensor, the next, runs 0.7"),
        (300, "On its CPU no two-layer net is known to be faster than NumPy's; torch_tensor runs "),
    ],
)
def test_without_a_gpu_the_sentence_names_the_fastest_net_of_the_cpu(microseconds: float, words: str) -> None:
    claim = fifty_times(a_run(timed("numpy_manual", 300), timed("torch_tensor", microseconds)))
    assert claim.verdict == "cannot be tested here" and not claim.judged
    assert words in claim.answer and "as fast as NumPy in float32 with its own number of threads" in claim.answer


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


def test_a_gpu_of_another_maker_is_compared_as_any() -> None:
    gpu = timed("torch_tensor", 2, 6, device="mps")
    run = a_run(*on_cpu(6), gpu)
    claim = fifty_times(run)
    assert claim.verdict == "holds" and "torch_tensor on the GPU runs 99.4x as fast" in claim.sentence
    assert statements(run)[2].verdict == "holds"
    chosen = {each.label: each.pair.chosen.cell for each in comparisons(run, all_competitors(run)[0])}
    assert chosen["torch_tensor on the GPU in float32"] == gpu.cell
    climbed = ladder(run)
    assert climbed is not None and climbed.rungs[-1].faster.cell == gpu.cell
    assert named(gpu.cell) == "torch_tensor (mps GPU)"
