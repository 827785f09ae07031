"""Runs as Markdown: the verdicts, and a table of the timed cells."""

import re
from collections.abc import Iterator, Sequence

from bench.markdown import code, prose, table
from bench.records.run import Run
from bench.stats.estimate import Estimate
from reports.analysis.rows import Row, rows_of
from reports.claims.s1_fifty_times import fifty_times
from reports.claims.statements import statements
from reports.wording import phrases
from reports.wording.units import factor, factor_span, seconds, seconds_span


def to_markdown(runs: Sequence[Run]) -> str:
    """For every run the verdicts, and a table of its timed cells, to be pasted where Markdown is read."""
    return "\n".join(f"{block}\n" for run in runs for block in blocks(run))


def blocks(run: Run) -> Iterator[str]:
    yield f"## {prose(phrases.machine(run))}"
    yield answer(fifty_times(run).sentence)
    yield table(
        ("#", "statement", "verdict", "answer"),
        ((str(each.number), prose(each.text), each.words, answer(each.answer)) for each in statements(run)),
    )
    yield table(
        ("cell", ">step", "95% interval", ">over NumPy", "95% interval"),
        (numbers(row, row.time) for row in rows_of(run) if row.time),
    )


def numbers(row: Row, time: Estimate) -> Sequence[str]:
    """A timed cell's line of the table."""
    ratio = (factor(row.speedup.value), factor_span(row.speedup)) if row.speedup else ("", "")
    return code(row.record.cell.id), seconds(time.value), seconds_span(time), *ratio


def answer(text: str) -> str:
    """A text as Markdown, with its commands, which stand between backticks, as code."""
    pieces = re.split("(`[^`]*`)", text)
    return "".join(code(piece.strip("`")) if place % 2 else spaced(piece) for place, piece in enumerate(pieces))


def spaced(piece: str) -> str:
    """A piece of a sentence, with the blanks around it."""
    before, after = (" " * end.isspace() for end in (piece[:1], piece[-1:]))
    return f"{before}{prose(piece)}{after}"
