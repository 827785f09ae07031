"""The page in a real browser: nothing fetched, nothing logged, nothing cut off, on a phone and on a desk."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from recorded import a_run, ended, on_both, on_cpu, timed

from bench.problem import Size
from bench.record import Run
from reports import page

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install playwright")
if not CHROMIUM.exists():
    pytest.skip(f"needs {CHROMIUM}: install chromium", allow_module_level=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Pages of a run with a GPU, and of one with every outcome, long names and several sizes."""
    big = Size(1024, 1000, 1000, 10)
    mixed = a_run(
        *on_cpu(),
        timed("a_net_with_a_name_that_is_longer_than_any_chart_is_wide:and_a_variant_of_it", 250),
        timed("<b>bold</b>", 260),
        timed("slow_enough_for_two_units", 2600),
        timed("numpy_manual", 30000, size=big),
        timed("torch_tensor", 9000, size=big),
        ended("torch_compile", "failed", "RuntimeError: " + "an_error_without_a_single_space" * 10),
        ended("cupy_manual", "skipped", "no NVIDIA GPU here", device="cuda"),
    )
    runs: dict[str, Run] = {"gpu": on_both(30.0), "mixed": mixed, "empty": a_run()}
    folder = tmp_path_factory.mktemp("pages")
    for name, run in runs.items():
        page.write(run, folder / f"{name}.html", Path("results/made-up/run.json"))
    return {name: (folder / f"{name}.html").as_uri() for name in runs}


@pytest.mark.parametrize("name", ["gpu", "mixed", "empty"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 800, 1280])
def test_a_page_fits_its_width_fetches_nothing_and_logs_nothing(
    browser: Any, urls: dict[str, str], width: int, scheme: str, name: str
) -> None:
    opened = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    told: list[str] = []
    requests: list[str] = []
    opened.on("console", lambda message: told.append(message.text))
    opened.on("pageerror", lambda error: told.append(str(error)))
    opened.on("request", lambda request: requests.append(request.url))
    opened.goto(urls[name])
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    assert told == [] and requests == [urls[name]]
    background = opened.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(255, 255, 255)") == (scheme == "light")
    opened.close()


@pytest.mark.parametrize("width", [360, 800, 1280])
def test_one_drawing_of_each_chart_is_seen_and_no_text_of_it_is_cut_off(
    browser: Any, urls: dict[str, str], width: int
) -> None:
    opened = browser.new_page(viewport={"width": width, "height": 800})
    for url in (urls["gpu"], urls["mixed"]):
        opened.goto(url)
        shown = opened.evaluate(
            "[...document.querySelectorAll('figure')].map(f => [...f.querySelectorAll('svg')]"
            ".filter(s => s.checkVisibility()).length)"
        )
        assert shown and set(shown) == {1}
        outside = """[...document.querySelectorAll('figure svg text')].filter(t => t.checkVisibility()).filter(t => {
            const text = t.getBoundingClientRect(), chart = t.ownerSVGElement.getBoundingClientRect();
            return text.left < chart.left - 1 || text.right > chart.right + 1;
        }).map(t => t.textContent)"""
        assert opened.evaluate(outside) == []
    opened.close()


@pytest.mark.parametrize("width", [360, 800, 1280])
def test_no_two_texts_of_a_chart_overlap(browser: Any, urls: dict[str, str], width: int) -> None:
    opened = browser.new_page(viewport={"width": width, "height": 800})
    for url in (urls["gpu"], urls["mixed"]):
        opened.goto(url)
        overlapping = """[...document.querySelectorAll('figure svg')].filter(s => s.checkVisibility()).flatMap(svg => {
            const texts = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
            return texts.flatMap(([a, p], i) => texts.slice(i + 1).filter(([b, q]) =>
                Math.min(p.right, q.right) - Math.max(p.left, q.left) > 1 &&
                Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 3).map(([b]) => `${a} / ${b}`));
        })"""
        assert opened.evaluate(overlapping) == []
    opened.close()


def test_a_click_sorts_the_table_by_number_and_another_one_turns_it_round(browser: Any, urls: dict[str, str]) -> None:
    opened = browser.new_page()
    opened.goto(urls["mixed"])
    values = "[...document.querySelectorAll('#every-number tbody tr')].map(r => parseFloat(r.cells[%d].dataset.value))"
    for column, name in ((3, "Step"), (4, "Speedup")):
        opened.locator("#every-number thead button", has_text=name).first.click()
        upward = opened.evaluate(values % column)
        assert upward == sorted(upward) and len(upward) > 5
        opened.locator("#every-number thead button", has_text=name).first.click()
        assert opened.evaluate(values % column) == upward[::-1]
    assert opened.locator("#every-number th[aria-sort]").count() == 1
    opened.close()


def test_the_filter_keeps_rows_that_hold_all_its_words(browser: Any, urls: dict[str, str]) -> None:
    opened = browser.new_page()
    opened.goto(urls["gpu"])
    opened.fill("#filter", "torch gpu")
    seen = opened.locator("#every-number tbody tr:visible")
    assert seen.count() == 1 and "torch_tensor" in seen.inner_text()
    opened.close()


def test_without_scripts_everything_but_sorting_is_there(browser: Any, urls: dict[str, str]) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(urls["gpu"])
    assert opened.locator("#every-number tbody tr").count() == 6
    assert opened.locator("figure svg:visible").count() == 2
    assert opened.locator("#every-number button").count() == 0
    assert not opened.locator("#filter").is_visible()
    assert "A GPU is not 50x faster here" in opened.locator("#verdict").inner_text()
    context.close()


def test_a_link_to_a_section_leads_there(browser: Any, urls: dict[str, str]) -> None:
    opened = browser.new_page(viewport={"width": 360, "height": 640})
    opened.goto(urls["gpu"] + "#machine")
    assert 0 <= opened.locator("#machine").bounding_box()["y"] < 640
    opened.close()
