"""Folders of nets, and git checkouts of them."""

import subprocess
from pathlib import Path

from tests.conftest import NET

# Asleep for most of its time, so that a busy machine changes little of it.
SLEEPS = "    def step(self):\n        time.sleep({seconds})\n        return super().step()"


def write_sleeping(folder: Path, name: str, seconds: float = 0.002) -> Path:
    """Writes a net whose step takes this long, whatever the machine; returns its file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.py"
    path.write_text(NET.format(body=SLEEPS.format(seconds=seconds)))
    return path


def git(folder: Path, *words: str) -> None:
    identity = ("-c", "user.name=nobody", "-c", "user.email=nobody@localhost")
    subprocess.run(["git", "-C", str(folder), *identity, *words], check=True, capture_output=True)
