"""Markdown for GitHub: names and errors shown as they are, whatever they contain."""

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.errors import UserError

# Where GitHub names the file whose text it shows on the page of the job.
SUMMARY = "GITHUB_STEP_SUMMARY"


def code(text: str) -> str:
    """The text as code in one line of a table: no markup, mention, link or issue number in it is interpreted."""
    line = " ".join(text.split()) or " "
    line = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in line)
    fence = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    padding = " " if line[0] == "`" or line[-1] == "`" else ""
    # GitHub splits a table into cells before it looks for code, and removes one backslash.
    return f"{fence}{padding}{line}{padding}{fence}".replace("|", r"\|")


def prose(text: str) -> str:
    """The text as a sentence in one line, nothing in it interpreted; only a bare `www.` may become a link."""
    line = "".join(letter for letter in " ".join(text.split()) if letter.isprintable())
    # GitHub looks for mentions and numbers of issues after it has undone the backslashes.
    return re.sub(r"([@#])", "\\1\N{ZERO WIDTH SPACE}", re.sub(r"([\\`*_\[\]<>|~&$]|:(?=\S))", r"\\\1", line))


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a heading that begins with `>` aligns its column to the right."""
    lines = [[heading.removeprefix(">") for heading in headings]]
    lines.append(["---:" if heading.startswith(">") else "---" for heading in headings])
    return "\n".join(f"| {' | '.join(row)} |" for row in [*lines, *rows])


def folded(summary: str, text: str) -> str:
    """A part that opens on a click. `summary` is HTML, `text` Markdown; neither is escaped."""
    return f"<details><summary>{summary}</summary>\n\n{text}\n\n</details>"


def summarise(text: str) -> None:
    """Appends to the summary of a GitHub job; does nothing elsewhere. Raises UserError where it cannot be written."""
    name = os.environ.get(SUMMARY)
    if not name:
        return
    try:
        with Path(name).open("a", encoding="utf-8") as summary:
            summary.write(f"{text}\n")
    except OSError as error:
        raise UserError(f"cannot write {name} ({error.strerror}): unset {SUMMARY} or correct its path") from error
