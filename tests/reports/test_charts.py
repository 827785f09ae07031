"""The charts: what they draw, how they are described, and the pictures beside the page."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex

from bench.records.agreement import Agreement, Deviation
from bench.records.health import Health
from bench.records.run import Run
from bench.workloads.size import Size
from reports.analysis.crossing import Crossing
from reports.analysis.rows import rows_of
from reports.analysis.scaling import Scaling
from reports.charting import abstractions as abstraction_chart
from reports.charting import agreement as agreement_chart
from reports.charting import break_even as break_even_chart
from reports.charting import distribution as distribution_chart
from reports.charting import grid as grid_chart
from reports.charting import ladder as ladder_chart
from reports.charting import phases as phase_chart
from reports.charting import scaling as scaling_chart
from reports.charting import speedups as speedup_chart
from reports.charting.drawing import svg
from reports.charting.drawing.chart import Chart, distinct
from reports.charting.drawing.dots import Dot, Line, draw
from reports.charting.drawing.layout import NARROW, WIDE
from reports.charting.drawing.legible import LEGIBLE
from reports.charting.drawing.palette import colour
from reports.wording.span import Span
from reports.wording.units import factor
from tests.helpers.recorded import a_run, ended, on_both, on_cpu, timed
from tests.helpers.recorded_page import a_grid, a_ladder, a_scaling, some_break_evens, some_costs


def a_dot(value: float | None, label: str = "torch_tensor") -> Dot:
    return Dot(label, "torch", False, value, None, None, "text")


def drawn(chart: Chart) -> str:
    return str(chart.inline("wide", "")) + str(chart.inline("narrow", ""))


# Dots


@pytest.mark.parametrize(("values", "scale"), [((1.0, 3.0), "linear"), ((1.0, 60.0), "log"), ((0.02, 1.0), "log")])
def test_an_axis_that_would_hide_a_factor_of_fifty_is_logarithmic(values: tuple[float, ...], scale: str) -> None:
    figure = draw([a_dot(value) for value in values], (Line(1.0, "NumPy"),), str, WIDE)
    assert figure.axes[0].get_xscale() == scale


def test_a_line_beyond_a_linear_axis_is_named_with_its_distance() -> None:
    figure = draw([a_dot(1.0), a_dot(3.0)], speedup_chart.LINES, str, WIDE)
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert any("50x is 15 such widths to the right" in text for text in texts)


def test_a_missing_value_is_given_in_words_alone() -> None:
    chart = break_even_chart.chart(some_break_evens())
    assert "tensorflow_static_graph, never, 200 ms for -200 µs a step" in chart.description
    figure = chart.draw(WIDE)
    assert "never" in [text.get_text() for text in figure.axes[0].texts]
    marks = [
        found for found in figure.axes[0].collections if isinstance(found, PathCollection) and found.get_zorder() == 4
    ]
    assert sum(len(found.get_offsets()) for found in marks) == 2


def test_a_chart_shows_what_can_be_read_and_says_what_it_leaves_to_the_table() -> None:
    run = a_run(timed("numpy_manual", 300), *(timed(f"net_{number}", 100 + number) for number in range(30)))
    [chart] = speedup_chart.charts(rows_of(run))
    assert chart.notes == (f"Shown are the first {LEGIBLE} of 30; the table has every number.",)
    assert "net_0" in drawn(chart) and chart.description.count("net_") == 30
    labels = [text.get_text() for text in chart.draw(WIDE).axes[0].texts]
    assert sum(label.startswith("net_") for label in labels) == LEGIBLE


def test_a_speedup_is_written_as_it_is() -> None:
    run = a_run(timed("numpy_manual", 300), timed("torch_tensor", 309.3, noise=1e-6))
    [chart] = speedup_chart.charts(rows_of(run))
    found = run.speedup(run.records["torch_tensor-two_layer-64x1000x100x10-float32-cpu"])
    assert found and f">{factor(found.value)}</text>" in drawn(chart) and len(factor(found.value)) == 6


def test_reduced_precision_is_compared_with_float32_numpy_on_one_chart_with_float32() -> None:
    fast = timed("torch_tensor", 20, device="cuda", dtype="tf32")
    charts = speedup_chart.charts(rows_of(a_run(*on_cpu(), fast, gpus=1)))
    assert ["torch_tensor (tf32, GPU)" in chart.description for chart in charts] == [True]


# Phases, rounds, agreement


def test_phases_share_an_axis_only_where_the_shortest_can_be_read() -> None:
    rows = rows_of(a_run(timed("numpy_manual", 3000), timed("torch_tensor", 2000), timed("torch_cuda_graph", 40)))
    charts = phase_chart.charts(rows)
    assert [chart.description.count(" step ") for chart in charts] == [1, 2]
    assert charts[0].caption != charts[1].caption


def test_every_round_is_drawn_and_those_left_out_are_grey() -> None:
    record = timed("numpy_manual", 300)
    late = min(record.health)
    run = a_run(replace(record, health={**record.health, late: Health(3, 120, stolen_cores=0.9)}))
    [chart] = distribution_chart.charts(run, rows_of(run))
    assert "half of 19 rounds" in chart.description and "Grey" in chart.notes[0]
    lines = chart.draw(WIDE).axes[0].lines
    points = [(to_hex(line.get_color()), np.isfinite(line.get_xdata()).sum() // 2) for line in lines]
    assert (colour("numpy"), 19) in points and ("#63646b", 1) in points


def test_a_stray_round_is_an_arrow_at_the_edge_and_flattens_nothing() -> None:
    record = timed("numpy_manual", 300)
    key = max(record.seconds["step"])
    stray = replace(record, seconds={"step": {**record.seconds["step"], key: 0.03}})
    run = a_run(stray)
    [chart] = distribution_chart.charts(run, rows_of(run))
    axes = chart.draw(NARROW).axes[0]
    assert axes.get_xlim()[1] < 2.1
    assert [line.get_marker() for line in axes.lines if line.get_marker() in ("<", ">")] == [">"]


def test_errors_are_drawn_against_their_limits_and_what_is_not_finite_lies_beyond() -> None:
    wrong = Agreement((Deviation("loss", "loss", 1, math.nan, 1e-5), Deviation("gradient", "w1", 1, 0.0, 1e-4)), 500)
    run = a_run(*on_cpu(), replace(timed("my_net", 100), agreement=wrong))
    [chart] = agreement_chart.charts(rows_of(run))
    assert chart.description.startswith("my_net at worst not finite where 1e-05 is the limit, loss at step 1")
    assert "numpy_manual at worst 2.0e-07 where 1e-04 is the limit, gradient of w1 at step 1" in chart.description
    worst = [x for line in chart.draw(WIDE).axes[0].lines if line.get_marker() == "o" for x in line.get_xdata()]
    assert max(worst) == agreement_chart.MOST and sorted(worst)[:-1] == pytest.approx([2e-3] * 4)


# The analysis


def test_speedup_against_size_tells_points_and_crossings_and_draws_1x_and_50x() -> None:
    chart = scaling_chart.chart(a_scaling())
    assert "fastest GPU cell over fastest float32 CPU cell: 64x1000x100x10" in chart.description
    assert "1x at 40 MFLOP (95% interval 30 MFLOP to 50 MFLOP); 50x not reached" in chart.description
    axes = chart.draw(WIDE).axes[0]
    assert axes.get_xscale() == axes.get_yscale() == "log"
    assert {1.0, 50.0} <= {float(line.get_ydata()[0]) for line in axes.lines if len(line.get_ydata()) == 2}
    low, high = axes.get_ylim()
    assert low < 1 and high > 50


def test_a_crossing_that_is_bounded_on_one_side_only_stays_on_the_chart() -> None:
    [first, *_] = a_scaling().series
    open_ended = replace(first, curve=(), crossings=(Crossing(50.0, Span(2e9, 0.0, math.inf), ""),))
    axes = scaling_chart.chart(Scaling((open_ended,))).draw(NARROW).axes[0]
    [bar] = [line for line in axes.lines if line.get_linewidth() == 4]
    assert tuple(bar.get_xdata()) == axes.get_xlim()


def test_the_heat_map_s_contour_divides_the_squares_at_its_level() -> None:
    values = np.array([[0.5, 2.0], [2.0, np.nan]])
    x, y = grid_chart.contour(values, 1.0)
    assert x == [1, 1, pytest.approx(math.nan, nan_ok=True), 0, 1, pytest.approx(math.nan, nan_ok=True)]
    assert y == [0, 1, pytest.approx(math.nan, nan_ok=True), 1, 1, pytest.approx(math.nan, nan_ok=True)]
    chart = grid_chart.chart(a_grid())
    assert "batch 16, hidden width 25: 0.200x" in chart.description and ">0.200</text>" in drawn(chart)


def test_a_rung_begins_where_the_last_one_ended_and_the_whole_stands_below() -> None:
    found = a_ladder()
    bars = ladder_chart.chart(found).draw(WIDE).axes[0].patches
    ends = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars]
    assert [start for start, _ in ends[1:-1]] == pytest.approx([end for _, end in ends[:-2]])
    assert [end / start for start, end in ends] == pytest.approx(
        [*(rung.factor.value for rung in found.rungs), found.whole.value]
    )


def test_a_framework_has_its_colour_on_every_chart() -> None:
    run = on_both(30.0)
    rows = rows_of(run)
    charts = [
        *speedup_chart.charts(rows),
        *phase_chart.charts(rows),
        *distribution_chart.charts(run, rows),
        *agreement_chart.charts(rows),
        abstraction_chart.chart(some_costs()),
        ladder_chart.chart(a_ladder()),
        scaling_chart.chart(a_scaling()),
        break_even_chart.chart(some_break_evens()),
    ]
    shown = [chart for chart in charts if "torch_" in chart.description or chart.name in ("ladder", "scaling")]
    assert len(shown) == 8 and all(colour("torch") in drawn(chart) for chart in shown)


# In the page, and beside it


def test_every_chart_can_be_read_aloud_and_shows_markup_as_text() -> None:
    evil = "<script>alert(1)</script>"
    figure = draw([a_dot(2.0, f"net{evil}")], (Line(1.0, f"line{evil}"),), str, WIDE)
    found = svg.inline(figure, "chart1", f"title{evil}", f"description{evil}")
    assert "<script" not in found and found.count("&lt;script&gt;") >= 4
    assert 'role="img" aria-labelledby="chart1-title chart1-desc"' in found
    assert '<title id="chart1-title">title' in found and '<desc id="chart1-desc">description' in found


def test_charts_of_one_name_are_numbered() -> None:
    chart = Chart("phases", "", "", "", lambda layout: draw([a_dot(1.0)], (), str, layout))
    assert [each.name for each in distinct([chart, chart])] == ["phases", "phases-2"]
    assert len({each.key for each in distinct([chart, chart])}) == 2


def test_a_chart_is_a_picture_in_two_formats(tmp_path: Path) -> None:
    run: Run = a_run(*on_cpu())
    [chart] = speedup_chart.charts(rows_of(run))[:1]
    chart.save(tmp_path / "charts", "made up")
    name = "speedups-two_layer-64x1000x100x10-float32"
    assert (tmp_path / "charts" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "charts" / f"{name}.pdf").read_bytes().startswith(b"%PDF")


def test_cells_of_one_work_under_other_settings_stand_on_its_chart_and_say_so() -> None:
    skipped = ended("torch_tensor", "skipped", "too large", size=Size(4096, 1000, 4096, 10))
    others = timed("numpy_manual", 500, threads="1"), timed("numpy_manual", 350, allocator="system"), skipped
    run = a_run(*on_cpu(), *others)
    [chart] = distribution_chart.charts(run, rows_of(run))
    assert "numpy_manual (1 thread)" in chart.description and "numpy_manual (system allocator)" in chart.description
    assert len(speedup_chart.charts(rows_of(run))) == 1
