"""Statement 6: a Python loop and a loop inside the graph compute what NumPy does."""

from bench.records.run import Run
from reports.analysis.competitors import all_competitors, on_cpu
from reports.analysis.fastest import Pair
from reports.claims.claim import Claim, interval
from reports.claims.evidence import at_worst, conditions_of_fastest, errors, missing, records_of
from reports.wording.phrases import listed
from reports.wording.units import factor

TEXT = "Dynamic graphs make control flow simple, static ones need it inside the graph"
DYNAMIC = "torch_dynamic"
PYTHON_LOOPS = (DYNAMIC, "tensorflow_eager")
GRAPH_LOOPS = ("tensorflow_static_graph", "tensorflow_function", "jax_grad")
# It runs torch_dynamic's own Python loop, which it unrolls.
UNROLLED = "torch_compile"


def dynamic_graphs_make_control_flow_simple(run: Run) -> Claim:
    """It holds where both kinds of loops were timed, and so agree; the answer adds which is faster."""
    nets = (*PYTHON_LOOPS, *GRAPH_LOOPS)
    tables = (table for table in all_competitors(run) if table[0].cell.workload == "dynamic")
    beside = on_cpu(next(tables, []))
    loops = [record for record in beside if record.cell.net in PYTHON_LOOPS]
    graphs = [record for record in beside if record.cell.net in GRAPH_LOOPS]
    pair = Pair.fastest(run, graphs, loops)
    if pair is None:
        what = "A Python loop and a loop inside a graph were not timed side by side"
        absent = [record for net in nets for record in records_of(run, net, "dynamic")]
        return missing(run, what, f"fiftyx run {' '.join(nets)} {UNROLLED} --workload dynamic", absent)
    names = [listed([record.cell.label for record in records]) for records in (loops, graphs)]
    answer = (
        f"A plain Python loop is enough for {names[0]}, and the loop is part of the graph in {names[1]}; all compute "
        f"what NumPy computes at every depth, {at_worst(errors([*loops, *graphs], 'gradient at depth'))}. The fastest "
        f"graph, {pair.chosen.label}, runs {factor(pair.ratio.value)} as fast as {pair.baseline.label}"
        f"{interval(pair.ratio)}"
    )
    unrolled, dynamic = (next((r for r in beside if r.cell.label == net), None) for net in (UNROLLED, DYNAMIC))
    ratio = run.speedup(unrolled, dynamic) if unrolled and dynamic else None
    if ratio:
        answer += f"; {UNROLLED} takes {DYNAMIC}'s own loop and runs {factor(ratio.value)} as fast{interval(ratio)}"
    return Claim("holds", answer, conditions_of_fastest(run, pair), pair.ratio)
