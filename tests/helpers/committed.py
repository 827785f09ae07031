"""The runs that are committed: what a user has measured since is nothing that a test may depend on."""

import subprocess
from pathlib import Path

from tests.conftest import ROOT


def committed_runs() -> list[Path]:
    """The run files under results/ that git knows, in order; none outside a checkout."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "results/*/2*.json"]
    answer = subprocess.run(command, capture_output=True, text=True)
    return sorted(ROOT / name for name in answer.stdout.split("\0") if name)
