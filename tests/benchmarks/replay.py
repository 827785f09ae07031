"""Schedules and estimators, replayed over recorded traces.

    python tests/benchmarks/replay.py [TRACE ...]

A trace has a witness before and after each sample (record_trace.py; the first two by other witnesses). Each row of the
answer is a way to take 40 samples: in one stretch, or spread over the whole trace, as short slices in turn with others'
are. `sd` is that of the value over many draws, `bias` of its mean against the truth: the quiet machine's median for the
first two, else what fast moments say of the whole trace. `covers` says how often Student's 95% interval over five such
values holds that truth.
"""

import gzip
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.special import stdtrit

TRACES = Path(__file__).resolve().parent / "traces"
# Of the machine of the first two traces, in microseconds.
QUIET = {"numpy_manual": 278.0, "torch_inplace": 212.0, "torch_autograd": 359.0, "jax_grad": 311.0}
SLOW, SAMPLES, DRAWS, RESTARTS = 1.08, 40, 2000, 5
ESTIMATORS: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "median": lambda steps, fast: float(np.median(steps)),
    "lower quartile": lambda steps, fast: float(np.quantile(steps, 0.25)),
    "lowest tenth": lambda steps, fast: float(np.quantile(steps, 0.1)),
    "minimum": lambda steps, fast: float(steps.min()),
    "median, witness fast": lambda steps, fast: float(np.median(steps[fast])) if fast.sum() >= 3 else np.nan,
}


def load(path: Path) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Of each net its samples in order, and the slower reading beside each over the witness's fast state."""
    trace = json.loads(gzip.decompress(path.read_bytes()))
    columns = {name: number for number, name in enumerate(trace["columns"])}
    rows = np.array(trace["rows"], float)
    before, after = (next(name for name in columns if name.endswith(f"_{when}_us")) for when in ("before", "after"))
    witness = np.maximum(rows[:, columns[before]], rows[:, columns[after]])
    fast = np.quantile(np.minimum(rows[:, columns[before]], rows[:, columns[after]]), 0.01)
    places = rows[:, columns["net"]] if "net" in columns else np.zeros(len(rows))
    return {
        net: (rows[places == number, columns["step_us"]], witness[places == number] / fast)
        for number, net in enumerate(trace["nets"])
    }


def draws(steps: np.ndarray, witness: np.ndarray, stretch: bool, draw: np.random.Generator) -> list[np.ndarray]:
    """Places of SAMPLES samples, many times: in one stretch, or spread."""
    starts = draw.integers(0, max(1, len(steps) - SAMPLES), DRAWS)
    if stretch:
        return [np.arange(start, min(start + SAMPLES, len(steps))) for start in starts]
    return [np.sort(draw.choice(len(steps), min(SAMPLES, len(steps)), replace=False)) for _ in starts]


def main() -> None:
    paths = [Path(word) for word in sys.argv[1:]] or sorted(TRACES.glob("*.json.gz"))
    quantile = float(stdtrit(RESTARTS - 1, 0.975))
    for path in paths:
        print(path.name.removesuffix(".json.gz"))
        for net, (steps, witness) in load(path).items():
            clean = witness <= SLOW
            of_that_machine = path.name.startswith("two-cores-")
            truth = QUIET[net] if of_that_machine or clean.sum() < 20 else float(np.median(steps[clean]))
            print(f"  {net}: {clean.mean():.0%} of {len(steps)} samples beside a fast witness; truth {truth:.0f} us")
            for stretch in (True, False):
                places = draws(steps, witness, stretch, np.random.default_rng(1))
                for name, estimate in ESTIMATORS.items():
                    values = np.log([estimate(steps[each], clean[each]) for each in places])
                    known = values[np.isfinite(values)]
                    if len(known) < DRAWS / 10:
                        print(f"    {'stretch' if stretch else 'spread':8} {name:22} hardly ever known")
                        continue
                    groups = known[: len(known) // RESTARTS * RESTARTS].reshape(-1, RESTARTS)
                    half = quantile * groups.std(1, ddof=1) / np.sqrt(RESTARTS)
                    covers = np.mean(abs(groups.mean(1) - np.log(truth)) <= half)
                    print(
                        f"    {'stretch' if stretch else 'spread':8} {name:22} sd {known.std():6.1%}  "
                        f"bias {np.expm1(known.mean() - np.log(truth)):+6.1%}  covers {covers:4.0%}  "
                        f"known {len(known) / len(values):4.0%}"
                    )


if __name__ == "__main__":
    main()
