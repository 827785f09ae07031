"""A run as an article of the page: its sections with their charts, its raw data and its pictures."""

import base64
import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bench.records.run import Run
from reports.charting.drawing.chart import Chart, distinct
from reports.run_view import RunView, views_of
from reports.sections import SECTIONS, Section
from reports.wording.slug import slug

# A page stays small enough to be sent: a raw run that is larger than this when compressed is only named.
RAW_BYTES = 1_000_000


@dataclass(frozen=True)
class Download:
    """The run file as the page offers it."""

    run: Run
    source: Path

    @property
    def name(self) -> str:
        """The name of what is downloaded, without its suffix."""
        return slug("fiftyx", self.run.machine["name"], self.source.stem)

    @property
    def path(self) -> Path:
        """The file's path for a page that may be passed on: an absolute one would tell whose folder it lay in."""
        return Path(self.source.name) if self.source.is_absolute() else self.source

    @cached_property
    def address(self) -> str | None:
        """The compressed file itself as a data URL; None where there is no file, or it is too large."""
        if not self.source.is_file():
            return None
        compressed = gzip.compress(self.source.read_bytes(), mtime=0)
        fits = len(compressed) <= RAW_BYTES
        return f"data:application/gzip;base64,{base64.b64encode(compressed).decode()}" if fits else None


@dataclass(frozen=True)
class Article:
    """A run's view, and the charts of every section by its id; no two charts have one key or one name."""

    view: RunView
    charts: Mapping[str, Sequence[Chart]]

    @classmethod
    def of(cls, view: RunView) -> "Article":
        by_section = {section.id: section.charts(view) for section in SECTIONS}
        named = distinct(chart for charts in by_section.values() for chart in charts)
        return cls(view, {section: [next(named) for _ in charts] for section, charts in by_section.items()})

    @property
    def sections(self) -> list[Section]:
        """Those that the page shows of this run."""
        return [section for section in SECTIONS if section.shown(self.view, self.charts[section.id])]

    @property
    def absent(self) -> list[Section]:
        """Those for whose charts the run lacks a measurement."""
        return [section for section in SECTIONS if section.needs and not self.charts[section.id]]

    @property
    def download(self) -> Download:
        return Download(self.view.run, self.view.source)

    @property
    def folder(self) -> Path:
        """The folder of this run's pictures, below that of all: one for each machine and run file."""
        return Path(slug(self.view.run.machine["name"]) or "machine", slug(self.view.source.stem) or "run")

    def save_pictures(self, folder: Path) -> None:
        """Writes every chart as PNG and PDF. Raises UserError where the folder cannot be written."""
        for charts in self.charts.values():
            for chart in charts:
                chart.save(folder / self.folder, f"fiftyx · {self.view.name} · {self.view.run.started}")


def articles_of(runs: Sequence[tuple[Run, Path]], beside: Sequence[Run] = ()) -> list[Article]:
    """An article for each run with the file it was read from, in the order of `views_of`."""
    return [Article.of(view) for view in views_of(runs, beside)]
