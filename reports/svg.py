"""A matplotlib figure as SVG that lies inside a page: named, readable aloud, and in the page's own colours."""

import io
import re
import warnings
from html import escape

import matplotlib
from markupsafe import Markup
from matplotlib.figure import Figure

from reports.palette import SCHEME


def inline(figure: Figure, name: str, title: str, description: str) -> Markup:
    """The figure's `<svg>` element, one CSS pixel to the point.

    `name` must be unique in the page: every id begins with it. Text stays text, so that it can be read
    aloud, searched and set in the page's font, which is narrower than the one matplotlib measures with.
    """
    buffer = io.StringIO()
    # The salt makes ids, and so the whole page, the same each time one run is drawn.
    settings = matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name})
    with settings, warnings.catch_warnings():
        # A name may hold characters that matplotlib's own font lacks; the page's font is what counts.
        warnings.filterwarnings("ignore", message="Glyph")
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    drawing = buffer.getvalue()
    body = drawing[drawing.index(">", drawing.index("<svg")) + 1 :]
    body = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", body)
    body = re.sub(r"font: (?:(\w+) )?([\d.]+)px [^;\"]*", _font, body)
    for placeholder, css in SCHEME.items():
        body = body.replace(placeholder, css)
    width, height = (round(float(inches) * 72) for inches in figure.get_size_inches())
    heading = f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>'
    opening = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    labels = f'role="img" aria-labelledby="{name}-title {name}-desc"'
    # Drawn by matplotlib, which escapes its texts; title and description are escaped above.
    return Markup(f"<svg {opening} {labels}>{heading}{body}")


def _font(found: re.Match[str]) -> str:
    weight = f"font-weight: {found[1]}; " if found[1] else ""
    return f"{weight}font-size: {found[2]}px"
