"""One chart: drawn for a wide and for a narrow page, so that its text never shrinks, and as a picture to share."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from bench.errors import UserError
from reports.charting.drawing import svg
from reports.charting.drawing.layout import LINE_PIXELS, NARROW, SMALL_PIXELS, TEXT_PIXELS, WIDE, Layout
from reports.charting.drawing.palette import INK, MUTED

# A chart as wide as a page of 1,500 pixels.
DPI = 120
# Compressed only a little, which is quick; undated, so that one run always gives the same file.
PICTURES: Mapping[str, dict[str, Any]] = {
    "png": {"pil_kwargs": {"compress_level": 2}},
    "pdf": {"metadata": {"CreationDate": None}},
}


@dataclass(frozen=True)
class Chart:
    """A drawing for any layout. `description` is for those who cannot see it, `notes` explain its marks.

    `name` tells the charts of one run apart as the pictures' file names, `key` in the page.
    """

    name: str
    title: str
    caption: str
    description: str
    draw: Callable[[Layout], Figure]
    notes: tuple[str, ...] = ()
    key: str = "chart"

    def inline(self, layout: str, prefix: str) -> Markup:
        """The `<svg>` for a page on which `prefix` tells this run's charts from another's."""
        figure = self._wide if layout == "wide" else self.draw(NARROW)
        return svg.inline(figure, f"{prefix}{self.key}-{layout}", f"{self.title}: {self.caption}", self.description)

    def save(self, folder: Path, source: str) -> None:
        """Writes PNG and PDF, which carry title, caption and source with them. Raises UserError where it cannot."""
        figure = self._wide
        width, height = (float(inches) * 72 for inches in figure.get_size_inches())
        words: Sequence[tuple[str, float, dict[str, Any]]] = (
            (self.title, height + 2.6 * LINE_PIXELS, {"size": TEXT_PIXELS + 2, "color": INK, "weight": "bold"}),
            (self.caption, height + 1.3 * LINE_PIXELS, {"size": TEXT_PIXELS, "color": MUTED}),
            (source, -LINE_PIXELS, {"size": SMALL_PIXELS, "color": MUTED}),
        )
        added = [figure.text(0, y / height, text, parse_math=False, **style) for text, y, style in words]
        # Beyond the figure's own edges, for the words around it.
        edges = -LINE_PIXELS, -2 * LINE_PIXELS, width + LINE_PIXELS, height + 4.5 * LINE_PIXELS
        box = Bbox.from_extents(*(pixels / 72 for pixels in edges))
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with svg.drawing_settings():
                for kind, settings in PICTURES.items():
                    figure.savefig(folder / f"{self.name}.{kind}", dpi=DPI, bbox_inches=box, **settings)
        except OSError as error:
            raise UserError(f"cannot write {folder} ({error.strerror}): choose another place with --out") from error
        for text in added:
            text.remove()

    @cached_property
    def _wide(self) -> Figure:
        """Drawn once for the page and the pictures."""
        return self.draw(WIDE)


def distinct(charts: Iterable[Chart]) -> Iterator[Chart]:
    """The charts with keys of their own, and a number after every name that an earlier chart has."""
    taken: Counter[str] = Counter()
    for number, chart in enumerate(charts, 1):
        taken[chart.name] += 1
        name = chart.name if taken[chart.name] == 1 else f"{chart.name}-{taken[chart.name]}"
        yield replace(chart, name=name, key=f"chart{number}")
