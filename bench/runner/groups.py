"""Which cells are measured side by side, and which of them share their workers."""

from collections.abc import Iterable, Sequence

from bench.records.cell import Cell

# Cells that do the same work: each round visits them all, so any two of them may be compared.
Batch = tuple[Cell, ...]
# Batches whose cells differ in size alone: one set of workers takes them one after the other.
Group = tuple[Batch, ...]


def groups(cells: Iterable[Cell], workers: int) -> list[Group]:
    """Splits cells into groups of at most `workers` processes, and each group into batches, the smallest size first.

    Every batch holds the references and the floors of its cells, whatever else had to be split.
    """
    result: list[Group] = []
    cells = tuple(cells)
    for workload in dict.fromkeys(cell.workload for cell in cells):
        of_workload = [cell for cell in cells if cell.workload == workload]
        sizes = sorted({cell.size for cell in of_workload}, key=lambda size: (size.flops_per_step, size))
        for chosen in chunks(list(dict.fromkeys(cell.process for cell in of_workload)), workers):
            batches = [tuple(c for c in of_workload if c.size == size and c.process in chosen) for size in sizes]
            # Where only references and floors have a size, they are another chunk's, or wanted for themselves
            telling = tuple(batch for batch in batches if any(not common(cell, chosen) for cell in batch))
            if telling:
                result.append(telling)
    placed = {cell for group in result for batch in group for cell in batch}
    return [*result, *(((cell,),) for cell in cells if cell not in placed)]


def chunks(processes: Sequence[Cell], workers: int) -> list[set[Cell]]:
    """Splits processes into sets of at most `workers`, each with the references and floors of its members."""
    members = [cell for cell in processes if not common(cell, processes)]
    shared = [cell for cell in processes if common(cell, processes)]
    found: list[set[Cell]] = []
    open_chunk: set[Cell] = set()
    for member in members:
        beside = {member, *(other for other in shared if belongs(other, member))}
        if open_chunk and len(open_chunk | beside) > workers:
            found.append(open_chunk)
            open_chunk = set()
        open_chunk |= beside
    return [*found, open_chunk]


def common(cell: Cell, processes: Iterable[Cell]) -> bool:
    """Whether others need the cell beside them."""
    nets = (other for other in processes if not other.is_floor and other.process != cell.process)
    return cell.is_floor or any(other.reference.process == cell.process for other in nets)


def belongs(cell: Cell, member: Cell) -> bool:
    """Whether the member is compared with the cell, a reference or a floor."""
    return cell == member.reference.process or cell.grounds(member)
