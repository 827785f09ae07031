"""Which revision of a checkout was measured."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def commit(folder: Path) -> dict[str, Any]:
    """The checked-out revision as a run file's `commit_info`; id `unversioned` outside a git checkout."""

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", "-C", str(folder), *words], capture_output=True, text=True, check=True, timeout=20
        ).stdout.strip()

    try:
        if Path(git("rev-parse", "--show-toplevel")).resolve() != folder.resolve():
            raise OSError("the checkout is somebody else's")
        return {
            "id": git("rev-parse", "HEAD"),
            "time": git("show", "-s", "--format=%cI", "HEAD"),
            "author_time": git("show", "-s", "--format=%aI", "HEAD"),
            "dirty": bool(git("status", "--porcelain", "--untracked-files=no")),
            "branch": git("rev-parse", "--abbrev-ref", "HEAD"),
            "project": "fiftyx",
        }
    except (OSError, subprocess.SubprocessError):
        now = datetime.now(UTC).isoformat()
        return {
            "id": "unversioned",
            "time": now,
            "author_time": now,
            "dirty": False,
            "branch": "(unknown)",
            "project": "fiftyx",
        }
