"""Folders of nets, and git checkouts of them."""

import subprocess
from pathlib import Path

from tests.conftest import NET

# Asleep for most of its time, so that a busy machine changes little of it.
SLEEPS = "    def step(self):\n        time.sleep({seconds})\n        return super().step()"
# Trains until it has been checked and warmed up, and no longer.
RESTS = """
    def step(self):
        self.calls = getattr(self, 'calls', 0) + 1
        return super().step() if self.calls <= 600 else 0.0
"""


def write_net(folder: Path, name: str, body: str) -> Path:
    """Writes NumPy's net with these lines in its class; returns its file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.py"
    path.write_text(NET.format(body=body))
    return path


def write_sleeping(folder: Path, name: str, seconds: float = 0.002) -> Path:
    """Writes a net whose step takes this long, whatever the machine; returns its file."""
    return write_net(folder, name, SLEEPS.format(seconds=seconds))


def git(folder: Path, *words: str) -> None:
    identity = ("-c", "user.name=nobody", "-c", "user.email=nobody@localhost")
    subprocess.run(["git", "-C", str(folder), *identity, *words], check=True, capture_output=True)
