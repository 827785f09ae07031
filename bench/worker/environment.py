"""The environment variables of a worker: allocator, caches and threads alike for all, and the cell's precision."""

import os
from collections.abc import Mapping
from pathlib import Path

from bench.host.frameworks import FRAMEWORKS, PRECISION_VARIABLES
from bench.nets.net_file import NetFile
from bench.records.cell import Cell
from bench.worker.allocator import PINNED, sets_allocator
from bench.worker.launch import HERE, Launch

ROOT = Path(__file__).resolve().parents[2]

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "NPROC",
)


def worker_environment(
    cell: Cell,
    net: NetFile,
    caches: Path,
    threads: str,
    base: Mapping[str, str] = os.environ,
    launch: Launch = HERE,
) -> dict[str, str]:
    """The whole environment of the cell's worker; where `caches` is an empty folder, first steps compile anew.

    Later entries win: the caller's own variables, ours, the framework's, what the net declares for its
    variant, dtype and device, those of the launch.
    """
    base = {**base, **launch.variables}
    # What the caller has set for threads is not "each framework's own default", nor for precision what the cell
    # claims, nor is his allocator the system's.
    dropped = PRECISION_VARIABLES.union(THREAD_VARIABLES)
    variables = {name: value for name, value in base.items() if name not in dropped and not sets_allocator(name)}
    if cell.allocator == "pinned":
        variables |= PINNED
    variables |= {
        "PYTHONPATH": os.pathsep.join(map(str, filter(None, [launch.packages, ROOT, base.get("PYTHONPATH")]))),
        "PYTHONUNBUFFERED": "1",
        "TORCHINDUCTOR_CACHE_DIR": str(caches / "inductor"),
        "TRITON_CACHE_DIR": str(caches / "triton"),
        "CUPY_CACHE_DIR": str(caches / "cupy"),
        "CUDA_CACHE_PATH": str(caches / "cuda"),
        "JAX_COMPILATION_CACHE_DIR": str(caches / "jax"),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    }
    if threads != "all":
        variables |= dict.fromkeys(THREAD_VARIABLES, threads)
    if cell.device == "cpu":
        # A CPU cell must not so much as start a GPU's driver.
        variables |= {"CUDA_VISIBLE_DEVICES": "", "JAX_PLATFORMS": "cpu"}
    for module in net.imports:
        if module in FRAMEWORKS:
            variables |= {**FRAMEWORKS[module].environment, **FRAMEWORKS[module].precision(cell.dtype)}
    for coordinate in (cell.dtype, cell.device, cell.variant):
        variables |= net.environment.get(coordinate, {})
    return variables | {**launch.variables, "PYTHONPATH": variables["PYTHONPATH"]}
