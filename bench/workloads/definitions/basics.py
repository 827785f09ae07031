"""Tensor operations and derivatives, of a framework rather than of a net: x (3, 4) and no parameters."""

from bench.workloads.size import Size
from bench.workloads.workload import Workload

WORKLOADS = (Workload("basics", 0.0, lesson=6, size=Size(3, 4, 0, 0), steps=0, timed=False),)
