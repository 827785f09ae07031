"""What several tests of the report look at, made once: the page with every section, and a browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.files import run_files
from bench.records.run import Run
from tests.helpers.page_reader import Page, html
from tests.helpers.recorded_page import analysed, everything

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@pytest.fixture(scope="session")
def full_run() -> Run:
    """The run of the page with every section."""
    return everything()


@pytest.fixture(scope="session")
def full_html(full_run: Run, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page with every section, opened from its run file."""
    source = tmp_path_factory.mktemp("full") / "run.json"
    run_files.save(full_run, source)
    with pytest.MonkeyPatch.context() as patched:
        analysed(patched)
        return html(full_run, source=source)


@pytest.fixture(scope="session")
def full_page(full_html: str) -> Page:
    return Page(full_html)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install playwright")
    if not CHROMIUM.exists():
        pytest.skip(f"needs {CHROMIUM}: install chromium")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield opened
        opened.close()
