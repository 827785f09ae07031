"""What is drawn anew for each worker, seen from inside one."""

from bench.nets.net_file import discover
from bench.records.cell import Cell
from bench.worker.pool import WorkerPool
from tests.conftest import SMALL

TELLING = """
told = open({path!r}, "a")
told.write(f"{{len(os.environ['FIFTYX_PADDING'])}} {{len(os.getcwd())}}\\n")
told.close()
"""


def test_workers_differ_in_the_size_of_their_environment_and_in_the_length_of_their_paths(write_net, tmp_path):
    folder = write_net("tells", TELLING.format(path=str(tmp_path / "told")))
    with WorkerPool(discover([folder])) as pool:
        for worker in [pool.open(Cell("tells", size=SMALL)) for _ in range(4)]:
            worker.loaded(60)
    paddings, lengths = zip(*(line.split() for line in (tmp_path / "told").read_text().splitlines()), strict=True)
    assert len(set(paddings)) > 1 and len(set(lengths)) > 1
