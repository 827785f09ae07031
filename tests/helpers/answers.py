"""Answers of the command."""

from subprocess import CompletedProcess


def refused(answer: CompletedProcess[str]) -> str:
    """The one line on standard error of a request that was bad."""
    assert answer.returncode == 2, answer
    assert answer.stdout == ""
    (line,) = answer.stderr.splitlines()
    assert line.startswith("fiftyx: ")
    return line
