"""Verdicts as text."""

from collections.abc import Iterable

from bench.verdict import Verdict


def render(verdicts: Iterable[Verdict], form: str) -> str:
    lines = []
    for verdict in verdicts:
        found = verdict.ratio
        numbers = f" {found.value:.3f} ({found.low:.3f} to {found.high:.3f})" if found and found.low else ""
        lines.append(f"{verdict.outcome:14} {verdict.cell}{numbers} {verdict.reason}".rstrip())
    return "\n".join(lines)
