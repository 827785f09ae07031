"""A matplotlib figure as SVG that lies inside a page: named, readable aloud, in the page's own colours, and small."""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

import matplotlib
from markupsafe import Markup
from matplotlib.figure import Figure

from reports.charting.drawing.palette import SCHEME

# An id that begins so becomes a class, for the page's style to find.
KEPT = "square"


def inline(figure: Figure, name: str, title: str, description: str) -> Markup:
    """The figure's `<svg>` element, one CSS pixel to the point.

    `name` must be unique in the page: every id begins with it. Text stays text, so that it can be read
    aloud, searched and set in the page's font, which is narrower than the one matplotlib measures with.
    """
    buffer = io.StringIO()
    # The salt makes ids, and so the whole page, the same each time one run is drawn.
    with drawing_settings(), matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    drawing = buffer.getvalue()
    body = drawing[drawing.index(">", drawing.index("<svg")) + 1 :]
    body = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", body, flags=re.DOTALL)
    used = re.findall(r'(?:url\(#|href="#)([^)"]+)', body)
    ids = {used_id: f"{name}-{number}" for number, used_id in enumerate(dict.fromkeys(used))}
    # Every marker is a tag of its own: texts, which lie between tags, stay as they are.
    body = re.sub(r"<[^>]*>", lambda tag: _compact(tag[0], ids), body)
    body = re.sub(r">\s+<", "><", body).replace("<g></g>", "")
    width, height = (round(float(inches) * 72) for inches in figure.get_size_inches())
    heading = f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>'
    opening = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    labels = f'role="img" aria-labelledby="{name}-title {name}-desc"'
    # Drawn by matplotlib, which escapes its texts; title and description are escaped above.
    return Markup(f"<svg {opening} {labels}>{heading}{body.strip()}")


@contextmanager
def drawing_settings() -> Iterator[None]:
    """Without hinting, which takes a third of the time and cannot be seen, and without warnings of missing glyphs:
    a name may hold characters that matplotlib's own font lacks."""
    with matplotlib.rc_context({"text.hinting": "no_hinting"}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")
        yield


def _compact(tag: str, ids: dict[str, str]) -> str:
    """A tag without what the page does not need: ids that nothing refers to, fonts, digits, blanks."""
    tag = re.sub(r' id="([^"]*)"', lambda match: _identified(match[1], ids), tag)
    tag = re.sub(r'(url\(#|href="#)([^)"]+)', lambda match: match[1] + ids[match[2]], tag)
    tag = re.sub(r"font(?:-size)?: (?:(\w+) )?([\d.]+)px(?: [^;\"]*|; font-family: [^;\"]*)", _font, tag)
    tag = re.sub(r' transform="rotate\(-?0 [^"]*"', "", tag)
    # A hundredth of a pixel is fine enough.
    tag = re.sub(r"(\d\.\d\d)\d+", r"\1", tag)
    tag = re.sub(r"\s*\n\s*", " ", tag)
    tag = re.sub(r"M ([\d.]+) ([\d.]+) L \1 ([\d.]+) ", r"M\1 \2V\3", tag)
    for placeholder, css in SCHEME.items():
        tag = tag.replace(placeholder, css)
    return tag


def _identified(given: str, ids: dict[str, str]) -> str:
    if given in ids:
        return f' id="{ids[given]}"'
    return f' class="{KEPT}"' if given.startswith(KEPT) else ""


def _font(match: re.Match[str]) -> str:
    weight = f"font-weight: {match[1]}; " if match[1] else ""
    return f"{weight}font-size: {match[2]}px"
