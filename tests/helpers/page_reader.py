"""A page as a program reads it: tags with their attributes, all text, and its big tables."""

from html.parser import HTMLParser
from pathlib import Path

from bench.records.run import Run
from reports import page
from reports.article import articles_of

SOURCE = Path("results/made-up/run.json")


class Page(HTMLParser):
    """`tables` holds for each big table its rows of cells, a cell being its text and the number behind it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.tables: list[list[list[tuple[str, str | None]]]] = []
        self._in_table = self._in_cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        self.tags.append((tag, found))
        if found.get("class") == "every-number":
            self._in_table = True
            self.tables.append([])
        if self._in_table and tag == "tr":
            self.tables[-1].append([])
        if self._in_table and tag in ("td", "th"):
            self.tables[-1][-1].append(("", found.get("data-value")))
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        self._in_table = self._in_table and tag != "table"
        self._in_cell = self._in_cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self._in_cell:
            text, value = self.tables[-1][-1][-1]
            self.tables[-1][-1][-1] = (text + data, value)

    @property
    def table(self) -> list[list[tuple[str, str | None]]]:
        """The only big table; no rows where there is none."""
        return self.tables[0] if self.tables else []

    def columns(self) -> dict[str, int]:
        """The places of the big table's columns by their headings."""
        return {text.strip(): place for place, (text, _) in enumerate(self.table[0])}

    def ids(self) -> list[str]:
        return [attributes["id"] for _, attributes in self.tags if "id" in attributes]

    def links(self) -> list[str]:
        return [attributes["href"] for tag, attributes in self.tags if tag == "a"]

    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def html(*runs: Run, source: Path = SOURCE) -> str:
    """The page of some runs, all said to be read from `source`."""
    return page.render(articles_of([(run, source) for run in runs]))
