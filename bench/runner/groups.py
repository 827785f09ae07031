"""Which cells are measured side by side, and which of them share their workers."""

from collections.abc import Collection, Iterable, Sequence

from bench.records.cell import Cell, WorkerKey

# Cells that do the same work: each round takes a slice of them all, so any two of them may be compared.
BenchmarkGroup = tuple[Cell, ...]
# Groups whose cells differ in size alone: one set of workers takes them one after the other.
WorkerSet = tuple[BenchmarkGroup, ...]


def worker_sets(cells: Iterable[Cell], workers: int) -> list[WorkerSet]:
    """Splits cells into sets of at most `workers` workers, and each set into groups, the smallest size first.

    Every group holds the references and the lower bounds of its cells, whatever else had to be split.
    """
    result: list[WorkerSet] = []
    cells = tuple(cells)
    for workload in dict.fromkeys(cell.workload for cell in cells):
        of_workload = [cell for cell in cells if cell.workload == workload]
        sizes = sorted({cell.size for cell in of_workload}, key=lambda size: (size.flops_per_step, size))
        for keys in chunks(list(dict.fromkeys(cell.worker_key for cell in of_workload)), workers):
            chosen = [cell for cell in of_workload if cell.worker_key in keys]
            groups = [tuple(cell for cell in chosen if cell.size == size) for size in sizes]
            # Where only references and lower bounds have a size, they are another chunk's, or wanted for themselves
            wanted = tuple(group for group in groups if any(not is_shared(cell.worker_key, keys) for cell in group))
            if wanted:
                result.append(wanted)
    placed = {cell for worker_set in result for group in worker_set for cell in group}
    return [*result, *(((cell,),) for cell in cells if cell not in placed)]


def chunks(keys: Sequence[WorkerKey], workers: int) -> list[set[WorkerKey]]:
    """Splits workers into sets of at most `workers`, each with the references and lower bounds of its members."""
    members = [key for key in keys if not is_shared(key, keys)]
    shared = [key for key in keys if is_shared(key, keys)]
    full: list[set[WorkerKey]] = []
    open_chunk: set[WorkerKey] = set()
    for member in members:
        beside = {member, *(key for key in shared if key == member.reference or key.bounds(member))}
        if open_chunk and len(open_chunk | beside) > workers:
            full.append(open_chunk)
            open_chunk = set()
        open_chunk |= beside
    return [*full, open_chunk]


def is_shared(key: WorkerKey, keys: Collection[WorkerKey]) -> bool:
    """Whether others need the worker beside them."""
    nets = (other for other in keys if not other.has_lower_bounds and other != key)
    return key.has_lower_bounds or any(other.reference == key for other in nets)
