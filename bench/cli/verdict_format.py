"""Verdicts as text, Markdown, JSON and JUnit XML."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from itertools import accumulate
from typing import Literal
from xml.etree import ElementTree

from bench import markdown
from bench.records.verdict import JUDGED, RED, UNDECIDED, Outcome, Verdict, exit_status
from bench.stats.rounding import NEAREST, rounded

Format = Literal["text", "markdown", "json", "junit"]
FORMATS: tuple[Format, ...] = ("text", "markdown", "json", "junit")
# The most important first.
ORDER: tuple[Outcome, ...] = ("wrong", "slower", "contaminated", "inconclusive", "not comparable", "faster", "same")
# GitHub cuts a comment at 65,536 characters.
COMMENT_CHARACTERS = 60_000
HEADINGS = ("Cell", "Verdict", ">Head over base", ">95% interval", ">Control", "Why")
TEXT_HEADINGS = ("verdict", "cell", "head over base", "95% interval", "control", "why")
# The characters that XML 1.0 cannot hold, escaped or not.
NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(verdicts: Sequence[Verdict], form: Format, title: str, note: str = "") -> str:
    """The verdicts on what `title` names, the most important first; `note` says how far to trust them."""
    ordered = sorted(verdicts, key=lambda verdict: ORDER.index(verdict.outcome))
    return {"text": text, "markdown": as_markdown, "json": as_json, "junit": junit}[form](ordered, title, note)


def headline(verdicts: Sequence[Verdict]) -> str:
    """The answer in one sentence: how many cells have which outcome, and how much slower the slowest became."""
    if not verdicts:
        return "Nothing could be compared."
    counts = Counter(verdict.outcome for verdict in verdicts)
    rest = ", ".join(f"{counts[outcome]} {outcome}" for outcome in reversed(ORDER[2:]) if counts[outcome])
    slower = [verdict.ratio.value for verdict in verdicts if verdict.outcome == "slower" and verdict.ratio]
    red = []
    if counts["wrong"]:
        red.append(f"{of_all(counts['wrong'], verdicts)} wrong")
    if slower:
        worst = f"{'' if len(slower) == 1 else 'the worst '}by {max(slower) - 1:.1%}"
        red.append(f"{of_all(len(slower), verdicts)} slower, {worst}")
    if red:
        return f"{'; '.join(filter(None, [*red, rest]))}."
    if not counts.keys() & JUDGED:
        return f"No cell could be judged: {rest}."
    if undecided := sum(counts[outcome] for outcome in UNDECIDED):
        return f"{undecided} of {len(verdicts)} cells could not be judged, no other is slower: {rest}."
    return f"No cell is slower: {rest}."


def of_all(count: int, verdicts: Sequence[Verdict]) -> str:
    return f"{count} of {len(verdicts)} cells {'is' if count == 1 else 'are'}"


def text(verdicts: Sequence[Verdict], title: str, note: str) -> str:
    """For a terminal: the sentence, a table with a line for each cell and no empty column, the note."""
    sentence = f"{printable(title)}: {headline(verdicts)}"
    if not verdicts:
        return f"{sentence} {printable(note)}".rstrip()
    rows = [(v.outcome, printable(v.cell), *figures(v), printable(v.reason)) for v in verdicts]
    columns = [column for column in zip(TEXT_HEADINGS, *rows, strict=True) if any(column[1:])]
    widths = [max(map(len, column)) for column in columns]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in zip(*columns, strict=True)]
    return "\n".join(filter(None, [sentence, *lines, printable(note)]))


def as_markdown(verdicts: Sequence[Verdict], title: str, note: str) -> str:
    """For a pull request: the sentence and a table of the cells that are not the same; those and the note folded."""
    parts = [f"**{headline(verdicts)}** {markdown.prose(title)}"]
    terms = markdown.folded("On what terms", markdown.prose(note)) if note else ""
    room = COMMENT_CHARACTERS - len(parts[0]) - len(terms)
    differing = [verdict for verdict in verdicts if verdict.outcome != "same"]
    same = [verdict for verdict in verdicts if verdict.outcome == "same"]
    for some, summary in ((differing, ""), (same, f"{len(same)} the same")):
        rows = [row(verdict) for verdict in some]
        sizes = accumulate(sum(map(len, row)) + len(row) * 3 + 2 for row in rows)
        fitting = [row for row, size in zip(rows, sizes, strict=True) if size <= room]
        if fitting:
            table = markdown.table(HEADINGS, fitting)
            room -= len(table)
            parts.append(markdown.folded(summary, table) if summary else table)
        if len(fitting) < len(rows):
            parts.append(f"{len(rows) - len(fitting)} more do not fit here.")
    return "\n\n".join(filter(None, [*parts, terms]))


def row(verdict: Verdict) -> tuple[str, ...]:
    return markdown.code(verdict.cell), verdict.outcome, *figures(verdict), markdown.prose(verdict.reason)


def as_json(verdicts: Sequence[Verdict], title: str, note: str) -> str:
    """Every field of every verdict, and the exit status."""
    document = {
        "title": title,
        "note": note,
        "status": exit_status(verdicts),
        "verdicts": [asdict(verdict) for verdict in verdicts],
    }
    return json.dumps(document, indent=2, allow_nan=False)


def junit(verdicts: Sequence[Verdict], title: str, note: str) -> str:
    """A test case for each cell: slower and wrong fail, and a cell that could not be judged is skipped.

    Contaminated is skipped too, and is no error: readers show an error as red as a failure, and a noisy machine is no
    fault of the change. So a file is red where the exit status is 1, and nowhere else.
    """
    outcomes = Counter(verdict.outcome for verdict in verdicts)
    counts = {
        "tests": len(verdicts),
        "failures": sum(outcomes[outcome] for outcome in RED),
        "errors": 0,
        "skipped": sum(count for outcome, count in outcomes.items() if outcome not in JUDGED | RED),
    }
    numbers = {name: str(count) for name, count in counts.items()} | {"time": "0"}
    suites = ElementTree.Element("testsuites", numbers)
    suite = ElementTree.SubElement(suites, "testsuite", {"name": xml_safe(title), **numbers})
    for verdict in verdicts:
        attributes = {"classname": "fiftyx", "name": xml_safe(verdict.cell), "time": "0"}
        case = ElementTree.SubElement(suite, "testcase", attributes)
        if verdict.outcome in RED:
            message = {"message": xml_safe(line(verdict)), "type": verdict.outcome}
            ElementTree.SubElement(case, "failure", message).text = xml_safe(note)
        elif verdict.outcome not in JUDGED:
            ElementTree.SubElement(case, "skipped", {"message": xml_safe(line(verdict))})
        else:
            ElementTree.SubElement(case, "system-out").text = xml_safe(line(verdict))
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, encoding="unicode")


def line(verdict: Verdict) -> str:
    """One verdict in a line."""
    change, interval, control = figures(verdict)
    span = f"{change} ({interval}), margin {verdict.margin:.1%}" if change else ""
    span += f", control {control}" if control else ""
    return ": ".join(part for part in (verdict.outcome, span, verdict.reason) if part)


def figures(verdict: Verdict) -> tuple[str, str, str]:
    """The change, its 95% interval, and how far two equal sides differed: `+5.2%`, `+4.1% to +6.3%`, `+0.3%`."""
    ratio, control = verdict.ratio, verdict.control
    measured = (percent(ratio.value), ratio.span(percent)) if ratio else ("", "")
    return *measured, percent(control.value) if control else ""


def percent(ratio: float, way: str = NEAREST) -> str:
    """A ratio as the change it is: 1.052 is `+5.2%`."""
    return f"{rounded(ratio, 3, way) - 1:+.1%}"


def printable(words: str) -> str:
    """In one line, and without control characters."""
    return "".join(letter if letter.isprintable() else " " for letter in words)


def xml_safe(words: str) -> str:
    return NO_XML.sub("\N{REPLACEMENT CHARACTER}", words)
