"""The page in a real browser: nothing fetched, nothing logged, nothing cut off, on a phone and on a desk."""

import csv
import io
import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.helpers.page_reader import html
from tests.helpers.recorded import a_run, ended, on_both, on_cpu, timed
from tests.helpers.recorded_page import LARGE, everything

AXE = ROOT / ".axe" / "package" / "axe.min.js"
EVIL = "=<b>bold</b>"
WIDTHS = (360, 800, 1280)
NAMES = ("gpu", "mixed", "full", "two", "empty")


@pytest.fixture(scope="module")
def urls(full_html: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Pages of a run with a GPU; of one with every outcome, long names and several sizes; of one with every section;
    of two machines; and of nothing."""
    mixed = a_run(
        *on_cpu(),
        timed("a_net_with_a_name_that_is_longer_than_any_chart_is_wide:and_a_variant_of_it", 250),
        timed(EVIL, 260),
        timed("slow_enough_for_two_units", 2600),
        timed("numpy_manual", 30000, size=LARGE),
        timed("torch_tensor", 9000, size=LARGE),
        ended("torch_compile", "failed", "RuntimeError: " + "an_error_without_a_single_space" * 10),
        ended("cupy_manual", "skipped", "no NVIDIA GPU here", device="cuda"),
    )
    another = replace(everything(), machine={**mixed.machine, "name": "another"})
    pages = {
        "gpu": html(on_both(30.0)),
        "mixed": html(mixed),
        "full": full_html,
        "two": html(another, mixed),
        "empty": html(a_run()),
    }
    folder = tmp_path_factory.mktemp("pages")
    for name, text in pages.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in pages}


class Read:
    """A page that tests only read, with what it logged and fetched when it was opened."""

    def __init__(self, browser: Any, url: str) -> None:
        self.page = browser.new_page()
        self.logged: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.logged.append(message.text))
        self.page.on("pageerror", lambda error: self.logged.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(url)

    def at(self, width: int, scheme: str = "light") -> Any:
        """The page in a window of this width, on a desktop of this colour scheme."""
        self.page.set_viewport_size({"width": width, "height": 800})
        self.page.emulate_media(color_scheme=scheme)
        return self.page


@pytest.fixture(scope="module")
def read(browser: Any, urls: dict[str, str]) -> Iterator[Callable[[str], Read]]:
    """Opens each page once."""
    opened: dict[str, Read] = {}

    def open_once(name: str) -> Read:
        if name not in opened:
            opened[name] = Read(browser, urls[name])
        return opened[name]

    yield open_once
    for each in opened.values():
        each.page.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_page_fetches_nothing_and_logs_nothing(read: Callable[[str], Read], urls: dict[str, str], name: str) -> None:
    assert read(name).logged == [] and read(name).requests == [urls[name]]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_fits_its_width(read: Callable[[str], Read], width: int, name: str) -> None:
    assert read(name).at(width).evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_is_white_or_dark_as_the_desktop_is(read: Callable[[str], Read], scheme: str) -> None:
    background = read("gpu").at(800, scheme).evaluate("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(255, 255, 255)") == (scheme == "light")


@pytest.mark.parametrize("name", NAMES[:-1])
@pytest.mark.parametrize("width", WIDTHS)
def test_one_drawing_of_each_chart_is_seen(read: Callable[[str], Read], width: int, name: str) -> None:
    shown = (
        read(name)
        .at(width)
        .evaluate(
            "[...document.querySelectorAll('figure')].map(f => [...f.querySelectorAll('svg')]"
            ".filter(s => s.checkVisibility()).length)"
        )
    )
    assert shown and set(shown) == {1}


@pytest.mark.parametrize("name", NAMES[:-1])
@pytest.mark.parametrize("width", WIDTHS)
def test_no_text_of_a_chart_is_cut_off(read: Callable[[str], Read], width: int, name: str) -> None:
    outside = """[...document.querySelectorAll('figure svg text')].filter(t => t.checkVisibility()).filter(t => {
        const text = t.getBoundingClientRect(), chart = t.ownerSVGElement.getBoundingClientRect();
        return text.left < chart.left - 1 || text.right > chart.right + 1;
    }).map(t => t.textContent)"""
    assert read(name).at(width).evaluate(outside) == []


@pytest.mark.parametrize("name", NAMES[:-1])
@pytest.mark.parametrize("width", WIDTHS)
def test_no_two_texts_of_a_chart_overlap(read: Callable[[str], Read], width: int, name: str) -> None:
    overlapping = """[...document.querySelectorAll('figure svg')].filter(s => s.checkVisibility()).flatMap(svg => {
        const texts = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
        return texts.flatMap(([a, p], i) => texts.slice(i + 1).filter(([b, q]) =>
            Math.min(p.right, q.right) - Math.max(p.left, q.left) > 1 &&
            Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 3).map(([b]) => `${a} / ${b}`));
    })"""
    assert read(name).at(width).evaluate(overlapping) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_link_within_a_page_leads_somewhere(read: Callable[[str], Read], name: str) -> None:
    links = """[...document.querySelectorAll('a[href^="#"]')].map(link => link.hash.slice(1))"""
    assert read(name).page.evaluate(f"{links}.filter(id => !document.getElementById(id))") == []


def test_a_click_sorts_the_table_by_number_and_another_one_turns_it_round(browser: Any, urls: dict[str, str]) -> None:
    opened = browser.new_page()
    opened.goto(urls["mixed"])
    values = "[...document.querySelectorAll('.every-number tbody tr')].map(r => parseFloat(r.cells[%d].dataset.value))"
    for column, name in ((3, "Step"), (4, "Speedup")):
        opened.locator(".every-number thead button", has_text=name).first.click()
        upward = opened.evaluate(values % column)
        assert upward == sorted(upward) and len(upward) > 5
        opened.locator(".every-number thead button", has_text=name).first.click()
        assert opened.evaluate(values % column) == upward[::-1]
    assert opened.locator(".every-number th[aria-sort]").count() == 1
    opened.close()


def test_the_filter_keeps_rows_that_hold_all_its_words(browser: Any, urls: dict[str, str]) -> None:
    opened = browser.new_page()
    opened.goto(urls["gpu"])
    opened.fill("input[type=search]", "torch gpu")
    seen = opened.locator(".every-number tbody tr:visible")
    assert seen.count() == 1 and "torch_tensor" in seen.inner_text()
    opened.close()


def test_the_download_holds_what_is_shown_in_the_order_shown(browser: Any, urls: dict[str, str]) -> None:
    opened = browser.new_page()
    opened.goto(urls["mixed"])
    opened.locator(".every-number thead button", has_text="Step").first.click()
    opened.locator(".every-number thead button", has_text="Step").first.click()
    opened.fill("input[type=search]", "float32 64x1000x100x10")
    with opened.expect_download() as downloaded:
        opened.get_by_role("button", name="Download as CSV").click()
    assert downloaded.value.suggested_filename == "fiftyx-made-up-run.csv"
    rows = list(csv.DictReader(io.StringIO(Path(downloaded.value.path()).read_text(encoding="utf-8-sig"))))
    steps = [float(row["Step (seconds)"]) for row in rows]
    assert len(rows) == 6 and steps == sorted(steps, reverse=True)
    assert all(float(row["Step (seconds) low"]) < float(row["Step (seconds)"]) for row in rows)
    [odd] = [row for row in rows if EVIL in row["Cell"]]
    assert odd["Net"] == f"'{EVIL}"  # no spreadsheet takes it for a formula
    opened.close()


def test_the_raw_run_is_a_download(browser: Any, urls: dict[str, str]) -> None:
    opened = browser.new_page()
    opened.goto(urls["full"])
    with opened.expect_download() as downloaded:
        opened.get_by_role("link", name="Download the raw run").click()
    assert downloaded.value.suggested_filename == "fiftyx-made-up-run.json.gz"
    opened.close()


def test_each_machine_s_table_is_sorted_and_filtered_on_its_own(browser: Any, urls: dict[str, str]) -> None:
    opened = browser.new_page()
    opened.goto(urls["two"])
    tables = opened.locator(".every-number")
    assert tables.count() == 2
    before = [tables.nth(place).locator("tbody tr:visible").count() for place in (0, 1)]
    opened.locator("input[type=search]").nth(1).fill("jax_grad")
    assert tables.nth(0).locator("tbody tr:visible").count() == before[0]
    assert tables.nth(1).locator("tbody tr:visible").count() < before[1]
    opened.close()


def test_without_scripts_everything_but_sorting_is_there(browser: Any, urls: dict[str, str]) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(urls["gpu"])
    assert opened.locator(".every-number tbody tr").count() == 6
    assert opened.locator("figure svg:visible").count() == opened.locator("figure").count() > 4
    assert opened.locator(".every-number button").count() == 0
    assert not opened.locator("input[type=search]").is_visible()
    assert "On a GPU the two-layer net is not 50x as fast as NumPy" in opened.locator("#verdict").inner_text()
    context.close()


def test_a_link_to_a_section_leads_there(browser: Any, urls: dict[str, str]) -> None:
    opened = browser.new_page(viewport={"width": 360, "height": 640})
    opened.goto(urls["gpu"] + "#machine")
    assert 0 <= opened.locator("#machine").bounding_box()["y"] < 640
    opened.close()


def test_a_link_to_a_cell_s_conditions_opens_its_card(browser: Any, urls: dict[str, str]) -> None:
    opened = browser.new_page()
    opened.goto(urls["full"])
    assert not opened.locator("#cell-3").is_visible()
    opened.locator(".every-number tbody tr").nth(2).get_by_role("link").click()
    assert opened.locator("#cell-3").is_visible()
    opened.goto(urls["two"] + "#made-up-cell-2")
    assert opened.locator("#made-up-cell-2").is_visible()
    opened.close()


def test_on_paper_everything_is_shown_and_nothing_to_click(browser: Any, urls: dict[str, str]) -> None:
    opened = browser.new_page(viewport={"width": 718, "height": 1000})
    opened.goto(urls["full"])
    opened.emulate_media(media="print")
    assert not opened.locator("nav").first.is_visible() and not opened.locator("input").first.is_visible()
    assert opened.locator("#cell-1").bounding_box()["height"] > 100
    assert opened.evaluate("getComputedStyle(document.querySelector('.tall')).overflowY") == "visible"
    assert opened.pdf(format="A4").startswith(b"%PDF")
    opened.close()


# Every page, width and scheme once; all of them together are slow.
AT_ONCE = {("full", 390, "dark"), ("two", 1280, "light"), ("mixed", 1280, "dark"), ("empty", 390, "light")}


@pytest.mark.skipif(not AXE.exists(), reason=f"needs {AXE.relative_to(ROOT)}: .ci/run fetches it by npm")
@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [
        pytest.param(*each, marks=[] if each in AT_ONCE else [pytest.mark.slow])
        for each in itertools.product(NAMES[1:], (390, 1280), ("light", "dark"))
    ],
)
def test_axe_finds_nothing_serious(browser: Any, urls: dict[str, str], name: str, width: int, scheme: str) -> None:
    opened = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    opened.goto(urls[name])
    opened.evaluate("document.querySelectorAll('details').forEach(card => card.open = true)")
    opened.evaluate(AXE.read_text(encoding="utf-8"))
    found = opened.evaluate("axe.run({resultTypes: ['violations']})")
    serious = [entry for entry in found["violations"] if entry["impact"] in ("serious", "critical")]
    assert [(entry["id"], [node["html"] for node in entry["nodes"]]) for entry in serious] == []
    assert len(found["passes"]) > 10
    opened.close()
