"""Answers of the command."""

from subprocess import CompletedProcess


def refused(answer: CompletedProcess[str]) -> str:
    """The one line on standard error of a request that was bad."""
    assert answer.returncode == 2, answer
    assert answer.stdout == ""
    (line,) = answer.stderr.splitlines()
    assert line.startswith("fiftyx: ")
    return line


def listed(output: str) -> dict[str, list[str]]:
    """What `fiftyx list` says of every variant, by its label: the words of its line and of those indented below."""
    rows: dict[str, list[str]] = {}
    label = ""
    for line in output.splitlines():
        words = line.replace(";", "").split()
        if not line.startswith(" "):
            label, *words = words
        rows.setdefault(label, []).extend(words)
    return rows
