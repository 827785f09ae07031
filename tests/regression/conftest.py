"""A git checkout whose nets have changed since its last commit."""

from pathlib import Path

import pytest

from tests.helpers.checkouts import RESTS, git, write_net, write_sleeping


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A folder of nets in a git checkout, committed as `main` and changed since."""
    nets = tmp_path / "repository" / "nets"
    for name in ("slowed", "untouched"):
        write_sleeping(nets, name)
    (nets / "once_broken.py").write_text("NETS = {")
    wrong = "    def update(self):\n        self.grads['w1'] *= 2\n        super().update()"
    write_net(nets, "once_wrong", wrong)
    write_sleeping(nets, "now_rests")
    git(nets.parent, "init", "-b", "main")
    git(nets.parent, "add", ".")
    git(nets.parent, "commit", "-m", "the base")
    write_sleeping(nets, "slowed", 0.0026)
    for name in ("once_broken", "once_wrong", "newcomer"):
        write_sleeping(nets, name)
    write_net(nets, "now_rests", RESTS)
    return nets
