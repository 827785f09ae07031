"""The nine statements: verdicts that follow the intervals, sentences that name what is missing."""

import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from bench.files import run_files
from bench.nets.net_file import discover, find
from bench.records.agreement import Deviation
from bench.records.line import Line, Recovery
from bench.records.record import Record
from bench.records.run import Run
from bench.records.witness import Witness, WitnessedRound
from bench.stats.estimate import side
from bench.workloads.catalogue import TIMED
from reports.analysis.abstractions import abstractions
from reports.analysis.ladder import ladder
from reports.claims import s9_printing_the_loss_is_harmless as s9
from reports.claims.statements import Statement, statements
from reports.wording import origin
from tests.helpers.committed import committed_runs
from tests.helpers.recorded import (
    a_run,
    ended,
    on_both,
    on_cpu,
    swept,
    timed,
    with_deviations,
    with_loss_read,
    with_starts,
)


def statement(number: int, run: Run) -> Statement:
    return statements(run)[number - 1]


def test_there_are_nine_in_order_and_each_has_an_address() -> None:
    for run in (a_run(), a_run(*on_cpu()), on_both(3.0)):
        found = statements(run)
        assert [each.number for each in found] == list(range(1, 10))
        assert [each.anchor for each in found] == [f"statement-{number}" for number in range(1, 10)]
        assert all(each.text and each.answer and not each.answer.endswith(".") for each in found)


def test_a_run_of_nothing_tests_nothing_and_every_statement_says_what_would() -> None:
    found = statements(a_run())
    assert {each.verdict for each in found} == {"cannot be tested here"}
    assert all("`fiftyx run" in each.answer for each in found[1:])


def test_every_command_that_a_statement_names_is_one_that_fiftyx_understands() -> None:
    nets = discover()
    for run in (a_run(), a_run(gpus=1), a_run(timed("torch_autograd", 300))):
        for command in re.findall(r"`(fiftyx [^`]+)`", " ".join(each.answer for each in statements(run))):
            words = shlex.split(command)
            values = [words[place + 1] for place, word in enumerate(words) if word == "--workload"]
            workloads = values or ["two_layer"]
            assert set(workloads) <= set(TIMED)
            names = [word for word in words[2:] if not word.startswith("--") and word not in ("all", *values)]
            for name in names:
                net, _ = find(nets, name)
                assert set(workloads) <= set(net.workloads), command


def test_what_kept_a_net_from_running_is_named() -> None:
    found = statement(
        2, a_run(*on_cpu()[:2], ended("torch_tensor", "skipped", "torch is not installed: pip install torch"))
    )
    assert found.verdict == "cannot be tested here"
    assert "torch_tensor was skipped (torch is not installed: pip install torch)" in found.answer


# 1: fifty times


@pytest.mark.parametrize(
    ("gpu_rate", "verdict"), [(5e14, "holds from"), (1e12, "does not hold"), (5.15e12, "undecided")]
)
def test_1_over_several_sizes_the_verdict_follows_the_intervals(gpu_rate: float, verdict: str) -> None:
    found = statement(1, swept((50e-6, 1e11), (60e-6, gpu_rate), noise=0.03))
    assert found.verdict == verdict
    assert found.ratio is not None and found.ratio.low is not None and found.ratio.high is not None
    assert (found.ratio.low >= 50, found.ratio.high < 50) == (verdict == "holds from", verdict == "does not hold")
    assert re.search("at the tutorial's size it is [345]", found.answer)


def test_1_names_the_smallest_size_from_which_up_every_interval_is_above_50() -> None:
    found = statement(1, swept((50e-6, 1e11), (60e-6, 2e13)))
    assert found.verdict == "holds from"
    assert "at least 50x as fast as the best CPU net from 64x1000x6400x10 up (1.66 GFLOP a step)" in found.answer
    assert "at the tutorial's size it is" in found.answer
    # NumPy takes twice as long, so that a smaller size is enough
    assert [each.words for each in found.judged] == [
        "holds from 64x1000x800x10 up",
        "holds from 64x1000x6400x10 up",
    ]


def test_1_holds_where_it_holds_at_every_size() -> None:
    found = statement(1, swept((50e-6, 1e11), (1e-6, 2e13)))
    assert found.verdict == "holds" and "at each of the 9 sizes measured" in found.answer


def test_1_quotes_the_tutorial_s_sentence_whole() -> None:
    text = statement(1, a_run()).text
    assert text.startswith("Numpy is a great framework, but it cannot utilize GPUs") and text.endswith(".")
    assert "For modern deep neural networks, GPUs often provide speedups of 50x or greater" in text


def test_1_judges_the_ratio_over_numpy_and_over_the_best_cpu_net_side_by_side() -> None:
    # NumPy takes 300 µs, the best CPU net 200 µs
    run = on_both(5.0, restarts=9, noise=0.005)
    found = statement(1, run)
    assert [(each.over, each.verdict) for each in found.judged] == [
        ("over NumPy", "holds"),
        ("over the best CPU net", "does not hold"),
    ]
    assert found.answer.startswith(
        "On a GPU the two-layer net is at least 50x as fast as NumPy, but not 50x as fast as the best CPU net. "
        "Over NumPy in float32 with its own number of threads: cupy_manual on Made-up GPU runs "
    )
    assert "Over the best CPU net, torch_tensor: cupy_manual on Made-up GPU runs " in found.answer
    assert found.words == "holds over NumPy; does not hold over the best CPU net"
    gpu, numpy, best = (
        run.records[timed(net, 1, device=device).cell.id]
        for net, device in (("cupy_manual", "cuda"), ("numpy_manual", "cpu"), ("torch_tensor", "cpu"))
    )
    for each, baseline in zip(found.judged, (numpy, best), strict=True):
        assert each.ratio == run.speedup(gpu, baseline)


def test_1_the_best_cpu_net_competes_at_the_number_of_threads_that_a_pilot_found() -> None:
    run = on_both(5.0, restarts=9)
    tuned = run.with_record(timed("torch_tensor", 100, 9, threads="2"))
    found = statement(1, replace(tuned, settings=replace(run.settings, tune_threads=True)))
    assert "Over the best CPU net at its best number of threads, torch_tensor with 2 threads: " in found.answer
    assert found.judged[1].ratio.value == pytest.approx(20, rel=0.02)
    assert found.judged[0].ratio.value == pytest.approx(60, rel=0.02)


# 2: tensors


@pytest.mark.parametrize(
    ("tensor", "noise", "verdict"),
    [(200, 0.01, "holds"), (300, 0.01, "holds"), (329, 0.03, "undecided"), (420, 0.01, "does not hold")],
)
def test_2_a_tensor_has_to_keep_up_with_an_array(tensor: float, noise: float, verdict: str) -> None:
    found = statement(2, a_run(timed("numpy_manual", 300, noise=noise), timed("torch_tensor", tensor, noise=noise)))
    assert found.verdict == verdict
    assert found.ratio is not None and found.ratio.low is not None and found.ratio.high is not None
    assert (found.ratio.low >= 1 / 1.1, found.ratio.high < 1 / 1.1) == (verdict == "holds", verdict == "does not hold")
    assert "off by 2.0e-07, where 1e-04 is allowed" in found.answer and "at most 10% longer" in found.answer


def test_2_a_tensor_has_to_compute_what_an_array_computes() -> None:
    found = statement(2, a_run(timed("numpy_manual", 300), ended("torch_tensor", "wrong", "gradient of w1 is off")))
    assert found.verdict == "does not hold" and "gradient of w1 is off" in found.answer


# 3: moving to the GPU


def test_3_the_same_net_has_to_agree_on_both_devices() -> None:
    cpu, gpu = timed("torch_tensor", 200), timed("torch_tensor", 50, device="cuda")
    found = statement(3, a_run(cpu, gpu, gpus=1))
    assert found.verdict == "holds" and found.ratio is not None and found.ratio.value == pytest.approx(4, rel=0.05)
    wrong = ended("torch_tensor", "wrong", "gradient of w1 is off", device="cuda")
    found = statement(3, a_run(cpu, wrong, gpus=1))
    assert found.verdict == "does not hold" and "wrong on the GPU: gradient of w1 is off" in found.answer


def test_3_without_a_pair_of_devices_there_is_nothing_to_test() -> None:
    for run, words in (
        (a_run(*on_cpu()), "no NVIDIA GPU"),
        (a_run(timed("cupy_manual", 9, device="cuda"), gpus=1), "both"),
    ):
        found = statement(3, run)
        assert found.verdict == "cannot be tested here" and words in found.answer


# 4: autograd


def test_4_autograd_s_cost_is_given_for_each_device() -> None:
    run = a_run(
        timed("torch_tensor", 200),
        timed("torch_autograd", 300),
        timed("torch_tensor", 100, device="cuda"),
        timed("torch_autograd", 250, device="cuda"),
        gpus=1,
    )
    found = statement(4, run)
    assert found.verdict == "holds" and found.ratio is not None
    costs = abstractions(run)
    assert [(cost.label, cost.record.cell.device) for cost in costs] == [
        ("torch_tensor", "cpu"),
        ("torch_autograd", "cpu"),
        ("torch_tensor (GPU)", "cuda"),
        ("torch_autograd (GPU)", "cuda"),
    ]
    assert [cost.ratio.value for cost in costs] == pytest.approx([1, 1.5, 1, 2.5], rel=0.05)
    for cost in costs[1::2]:
        assert f"{cost.ratio.value:.2f}x as long as torch_tensor's" in found.answer
    wrong = statement(4, a_run(timed("torch_tensor", 200), ended("torch_autograd", "wrong", "gradient of w1 is off")))
    assert wrong.verdict == "does not hold"


# 5: static graphs


@pytest.mark.parametrize(
    ("graph", "noise", "verdict"), [(200, 0.01, "holds from"), (299, 0.03, "undecided"), (400, 0.01, "does not hold")]
)
def test_5_a_static_graph_pays_where_its_step_is_shorter(graph: float, noise: float, verdict: str) -> None:
    static = with_starts(timed("tensorflow_static_graph", graph, 8, noise, variant="resident"), 0.04)
    eager = with_starts(timed("tensorflow_eager", 300, 8, noise), 0.01)
    # A net that compiles otherwise is mentioned, and decides nothing
    other = with_starts(timed("torch_compile", 900, 8), 9.0), with_starts(timed("torch_autograd", 300, 8), 0.01)
    found = statement(5, a_run(static, eager, *other))
    assert found.verdict == verdict
    assert re.search("A start of torch_compile costs [89][.].* s more than torch_autograd's, and each", found.answer)
    assert "it never catches up" in found.answer
    if verdict == "holds from":
        (step,) = re.findall(r"saves .* µs: it has caught up by step (3\d\d) \(95% interval", found.answer)
        assert found.words == f"holds from step {step} up"


def test_5_a_fed_graph_is_not_set_against_an_eager_net_whose_data_are_on_the_device() -> None:
    static, eager = timed("tensorflow_static_graph", 200, 8), timed("tensorflow_eager", 300, 8)
    found = statement(5, a_run(with_starts(static, 0.04), with_starts(eager, 0.01)))
    assert found.verdict == "cannot be tested here" and "tensorflow_static_graph:resident" in found.answer


def test_5_a_start_that_costs_no_more_has_caught_up_at_once_and_warm_caches_are_named_where_they_help() -> None:
    def answer(cold: float, warm: float) -> Statement:
        fast = with_starts(timed("torch_compile", 200, 12), cold, warm)
        return statement(5, a_run(fast, with_starts(timed("torch_autograd", 300, 12), 0.11)))

    quick = answer(0.105, 0.104)
    assert quick.verdict == "holds" and "costs no more than torch_autograd's" in quick.answer
    assert "with its first step" in quick.answer and "warm caches" not in quick.answer
    assert "with warm caches by step" in answer(2.0, 0.5).answer
    assert "warm caches" not in answer(2.0, 2.3).answer


# 6 and 7: the dynamic net


def shared(record: Record, error: float = 1e-7) -> Record:
    found = [
        Deviation(f"gradient at depth {depth}", array, 1, error if depth == 2 else 0.0, 1e-5)
        for depth in range(4)
        for array in ("w1", "w_middle", "b_middle")
    ]
    return with_deviations(record, *found)


def test_6_a_python_loop_beside_a_loop_in_the_graph() -> None:
    def net(name: str, microseconds: float) -> Record:
        return shared(timed(name, microseconds, workload="dynamic"))

    loops = net("numpy_manual", 400), net("torch_dynamic", 800)
    run = a_run(*loops, net("tensorflow_static_graph", 400), net("jax_grad", 200), net("torch_compile", 1600))
    found = statement(6, run)
    assert found.verdict == "holds" and found.ratio is not None and found.ratio.value == pytest.approx(4, rel=0.05)
    assert "torch_compile takes torch_dynamic's own loop and runs 0.5" in found.answer
    assert statement(6, a_run(*loops)).verdict == "cannot be tested here"


def test_7_the_shared_layer_s_gradients_have_to_agree_at_each_depth() -> None:
    fine = timed("torch_dynamic", 800, workload="dynamic")
    found = statement(7, a_run(shared(fine)))
    assert found.verdict == "holds" and "off by 1.0e-07, where 1e-05 is allowed" in found.answer
    found = statement(7, a_run(shared(fine, error=1e-2)))
    assert found.verdict == "does not hold" and "gradient at depth 2 of w_middle is off by 1.0e-02" in found.answer
    assert statement(7, a_run(fine)).verdict == "cannot be tested here"


# 8: the line


def fitted(workload: str, intercept: float, slope: float) -> Record:
    recovery = Recovery(Line(intercept, slope), Line(5.1, 6.9), Line(5.0, 7.0))
    return with_deviations(
        timed("torch_autograd", 90, workload=workload), Deviation("loss", "loss", 1, 0.0, 1e-5), recovery=recovery
    )


@pytest.mark.parametrize(
    ("slow", "fast", "verdict"),
    [
        ((1.7, 2.2), (5.0, 6.8), "holds from"),
        # Two standard errors of 0.2, as 100 points of standard deviation 2 leave
        ((1.7, 2.2), (5.1, 6.9 - 0.39), "holds from"),
        ((1.7, 2.2), (5.1, 6.9 - 0.40), "does not hold"),
        ((5.1, 6.9), (5.0, 6.8), "holds"),
    ],
)
def test_8_the_line_is_recovered_if_it_is_as_near_as_the_points_can_tell(
    slow: tuple[float, float], fast: tuple[float, float], verdict: str
) -> None:
    run = a_run(fitted("linear_regression", *slow), fitted("linear_regression_1e-2", *fast))
    found = statement(8, run)
    assert found.verdict == verdict
    assert "learning rate of 0.001" in found.answer and "least squares gives 5.1 + 6.9x" in found.answer


def test_8_one_rate_alone_names_the_command_for_the_other() -> None:
    found = statement(8, a_run(fitted("linear_regression", 1.7, 2.2)))
    assert found.verdict == "does not hold"
    assert "`fiftyx run torch_autograd --workload linear_regression_1e-2` tries the other rate" in found.answer


# 9: printing the loss


@pytest.mark.parametrize(("factor", "verdict"), [(1.0, "holds"), (1.05, "undecided"), (1.4, "does not hold")])
def test_9_reading_the_loss_may_cost_five_percent(factor: float, verdict: str) -> None:
    free = with_loss_read(timed("torch_tensor", 200), 1.0)
    graph = with_loss_read(timed("torch_cuda_graph", 20, device="cuda"), factor)
    found = statement(9, a_run(free, graph, gpus=1))
    assert found.verdict == verdict
    assert found.ratio is not None and found.ratio.low is not None and found.ratio.high is not None
    assert (found.ratio.high < 1.05, found.ratio.low >= 1.05) == (verdict == "holds", verdict == "does not hold")
    if verdict == "does not hold":
        assert "over 5% longer for torch_cuda_graph on the GPU (1.4" in found.answer
        assert "harmless for 1 of 2 nets: at worst torch_tensor on the CPU" in found.answer
    assert "The intervals of all 2 nets hold at once" in found.answer


def test_9_many_harmless_nets_make_none_look_harmful_by_chance() -> None:
    """Each reads its loss for nothing but noise of 4%: with its own interval alone every run would blame some."""
    blamed = {"alone": 0, "of all": 0}
    for number in range(60):
        run = a_run(*(with_loss_read(timed(f"net{place}x{number}", 200, 5), 1.05, noise=0.04) for place in range(20)))
        alone = [s9.cost(run, record) for record in run.records.values()]
        blamed["alone"] += any(side(each, 1.05) is True for each in alone if each)
        blamed["of all"] += statement(9, run).verdict == "does not hold"
    assert blamed["alone"] >= 15 and blamed["of all"] <= 6


def test_9_a_net_whose_step_reads_its_loss_anyway_takes_no_part() -> None:
    paying = with_loss_read(timed("torch_tensor", 200), 1.0)
    others = ("numpy_manual", "numpy_inplace", "tensorflow_static_graph", "keras_model")
    found = statement(9, a_run(paying, *(with_loss_read(timed(net, 300), 1.5) for net in others)))
    assert found.verdict == "holds" and not any(net in found.answer for net in others)


def test_9_a_step_that_is_waited_for_anyway_tests_nothing() -> None:
    found = statement(9, a_run(*on_cpu()))
    assert found.verdict == "cannot be tested here" and "`fiftyx run torch_tensor torch_autograd`" in found.answer


# All of them


def test_floors_take_part_in_no_comparison() -> None:
    floors = timed("torch_floors", 1)
    floors = replace(floors, seconds={"empty": floors.seconds["step"]}, agreement=None)
    run = on_both(30.0)
    assert statements(run.with_record(floors)) == statements(run)
    assert ladder(run.with_record(floors)) == ladder(run)


def test_the_cited_ratios_are_those_of_the_cited_milliseconds() -> None:
    assert [round(cited.ratio) for cited in origin.CITED] == [66, 67, 70, 77]
    assert "26 MFLOP" in " ".join(origin.DIFFERENCES)


# The committed runs


@pytest.mark.parametrize("path", committed_runs(), ids=lambda path: path.stem)
def test_a_committed_run_has_nine_statements_and_a_ladder(path: Path) -> None:
    run = run_files.load(path)
    found = statements(run)
    assert len(found) == 9 and found[1].verdict == "holds"
    assert found[0].verdict == ("does not hold" if run.machine["gpus"] else "cannot be tested here")
    rungs = ladder(run)
    assert rungs is not None and rungs.product == pytest.approx(rungs.whole.value, rel=1e-12)


def test_on_a_machine_that_was_busy_a_statement_says_so_instead_of_not_timed():
    run = a_run(*on_cpu())
    keys = {key for record in run.records.values() for key in record.seconds["step"]}
    slow = Witness({key: WitnessedRound(1.5, 1e-4, 9, 9) for key in keys})
    (second,) = [each for each in statements(replace(run, witness=slow)) if each.number == 2]
    assert second.verdict == "cannot be tested here"
    assert "the machine was busy and nothing is known yet" in second.answer
