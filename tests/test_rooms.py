"""The house: its rooms and the one direction of their imports, read from the files."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.host.frameworks import FRAMEWORKS
from tests.conftest import ROOT

FRAMEWORK_MODULES = set(FRAMEWORKS) - {"numpy"}
# A module imports from its own room or from one further left.
ROOMS = (
    *(
        "errors",
        "markdown",
        "stats",
        "workloads",
        "host",
        "records",
        "nets",
        "files",
        "agreement",
        "timing",
        "worker",
        "witness",
    ),
    *("runner", "regression", "cli", "pytest_plugin"),
)
REPORT_ROOMS = (
    "wording",
    "analysis",
    "claims",
    "charting",
    "run_view",
    "sections",
    "article",
    "page",
    "trend",
    "export",
)
# What a report may use of the engine: what a run is, not how it is made; and the way to write a file whole.
DATA = ("errors", "markdown", "stats", "workloads", "records")
REPORT_ALSO = {"bench.files.atomic"}
# Commands that write pages, and the one that says what the page of its run begins with.
REPORTING = {"bench/cli/report.py", "bench/cli/trend.py", "bench/cli/run.py"}
WORKER_PACKAGES = {"numpy", "psutil", "threadpoolctl"}
MOST_MODULES = 16


def modules(top: str) -> list[Path]:
    """Every module below a folder, however deep, but the docstrings that name packages."""
    return sorted(path for path in (ROOT / top).rglob("*.py") if path.name != "__init__.py")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(path: Path) -> set[str]:
    """The modules that a file imports, wherever in it; `from a import b` may mean the module a.b."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports relatively"
            found.add(str(node.module))
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def rooms(path: Path, top: str, known: tuple[str, ...]) -> set[str]:
    """The rooms of `top` that a file imports from."""
    parts = (module.split(".") for module in imports(path))
    return {part[1] for part in parts if part[0] == top and len(part) > 1 and part[1] in known}


@pytest.mark.parametrize("path", modules("bench"), ids=name)
def test_the_engine_s_rooms_have_one_direction(path):
    own = path.relative_to(ROOT / "bench").parts[0].removesuffix(".py")
    if own != "__main__":
        assert own in ROOMS, f"{path} is in no room: name it in ROOMS"
        further_right = ROOMS[ROOMS.index(own) + 1 :]
        assert not rooms(path, "bench", further_right)


@pytest.mark.parametrize("path", modules("reports"), ids=name)
def test_the_report_s_rooms_have_one_direction(path):
    own = path.relative_to(ROOT / "reports").parts[0].removesuffix(".py")
    assert own in REPORT_ROOMS, f"{path} is in no room: name it in REPORT_ROOMS"
    assert not rooms(path, "reports", REPORT_ROOMS[REPORT_ROOMS.index(own) + 1 :])


@pytest.mark.parametrize("path", modules("reports"), ids=name)
def test_the_report_knows_what_a_run_is_and_not_how_it_is_made(path):
    assert rooms(path, "bench", ROOMS) <= {*DATA, "files"}
    files = {module for module in imports(path) if module.startswith("bench.files.")}
    assert {".".join(module.split(".")[:3]) for module in files} <= REPORT_ALSO
    assert not {module.partition(".")[0] for module in imports(path)} & (FRAMEWORK_MODULES | {"implementations"})


@pytest.mark.parametrize("path", modules("bench"), ids=name)
def test_the_engine_imports_no_framework_and_reports_only_from_commands_that_write_pages(path):
    tops = {module.partition(".")[0] for module in imports(path)}
    assert not tops & (FRAMEWORK_MODULES | {"tests", "implementations"})
    assert "reports" not in tops or name(path) in REPORTING


@pytest.mark.parametrize("path", modules("implementations"), ids=name)
def test_a_net_imports_nothing_of_ours_but_its_siblings(path):
    assert not {module.partition(".")[0] for module in imports(path)} & {"bench", "reports", "results", "tests"}


@pytest.mark.parametrize("path", [*modules("bench"), *modules("reports")], ids=name)
def test_only_run_files_are_typed_by_msgspec_while_records_and_the_worker_s_protocol_stay_plain(path):
    tops = {module.partition(".")[0] for module in imports(path)}
    assert "msgspec" not in tops or path.is_relative_to(ROOT / "bench" / "files")


def test_a_package_s_init_is_a_docstring_or_a_worker_would_import_more_than_it_needs():
    for top in ("bench", "implementations", "reports"):
        for path in (ROOT / top).rglob("__init__.py"):
            assert not imports(path), path


def test_a_stranger_finds_no_more_than_sixteen_modules_in_a_room():
    for top in ("bench", "reports"):
        for folder in {path.parent for path in modules(top)}:
            assert len(list(folder.glob("[!_]*.py"))) <= MOST_MODULES, folder


def test_a_worker_imports_few_packages_so_that_any_environment_with_a_framework_has_them():
    command = "import bench.worker.__main__, sys; print(*{name.partition('.')[0] for name in sys.modules})"
    answer = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=True)
    known = sys.stdlib_module_names | WORKER_PACKAGES | {"bench", "cython_runtime"}
    assert {name for name in answer.stdout.split() if not name.startswith("_")} <= known


def test_every_file_that_contributing_names_is_there():
    named = re.findall(r"`((?:bench|reports|implementations|tests)/[\w/.]+)`", (ROOT / "CONTRIBUTING.md").read_text())
    assert len(named) > 20
    assert [path for path in named if not (ROOT / path).exists()] == []
