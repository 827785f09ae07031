"""How a worker is started, where two sides of a comparison differ in it."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Launch:
    """The interpreter, variables that win over all others, and a folder whose `implementations` is used for ours."""

    python: str = sys.executable
    variables: Mapping[str, str] = field(default_factory=dict)
    packages: Path | None = None


HERE = Launch()
