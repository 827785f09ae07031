"""The four rooms and their one direction, read from the imports."""

import ast
from pathlib import Path

import pytest

from bench.framework import FRAMEWORKS

ROOT = Path(__file__).resolve().parent.parent
FRAMEWORK_MODULES = set(FRAMEWORKS) - {"numpy"}
# reports/ may use what a run is, not how it is made.
DATA = {
    "bench.deviation",
    "bench.record",
    "bench.run",
    "bench.health",
    "bench.line",
    "bench.stats",
    "bench.cell",
    "bench.problem",
    "bench.errors",
    "bench.series",
    "bench.store",
}


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports relatively"
            found.add(str(node.module))
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def files(room: str) -> list[Path]:
    return sorted((ROOT / room).glob("*.py"))


@pytest.mark.parametrize("path", files("implementations"), ids=lambda path: path.stem)
def test_a_net_imports_nothing_of_ours_but_its_siblings(path):
    ours = {name.partition(".")[0] for name in imports(path)} & {"bench", "reports", "results", "tests"}
    assert not ours


@pytest.mark.parametrize("path", files("bench"), ids=lambda path: path.stem)
def test_the_engine_imports_no_framework_and_reports_only_from_the_command_line(path):
    tops = {name.partition(".")[0] for name in imports(path)}
    assert not tops & FRAMEWORK_MODULES
    assert not tops & {"tests"}
    assert "reports" not in tops or path.stem.startswith("cli")
    assert "implementations" not in tops


@pytest.mark.parametrize("path", files("reports"), ids=lambda path: path.stem)
def test_the_report_imports_only_the_engine_s_data_and_statistics(path):
    ours = {name for name in imports(path) if name.startswith("bench")}
    assert all(name in DATA or name.rpartition(".")[0] in DATA for name in ours), ours
    assert not {name.partition(".")[0] for name in imports(path)} & (FRAMEWORK_MODULES | {"implementations"})
