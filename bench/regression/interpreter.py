"""Another Python: whether it can run a worker, and which frameworks it has."""

import json
import shutil
import subprocess
from pathlib import Path

from bench.errors import UserError
from bench.host import frameworks

PROBE_SECONDS = 60.0
# Prints which of a worker's own imports the interpreter lacks, and the versions of the packages named to it.
PROBE = """
import json
import sys
if sys.version_info < (3, 11):
    print(json.dumps({"lacking": ["Python 3.11"], "packages": {}}))
    sys.exit()
from importlib.metadata import Distribution
from importlib.util import find_spec
lacking = [module for module in ("numpy", "psutil", "threadpoolctl") if find_spec(module) is None]
packages = {name: each.version for name in sys.argv[1:] for each in list(Distribution.discover(name=name))[:1]}
print(json.dumps({"lacking": lacking, "packages": packages}))
"""


def probe(python: str, option: str) -> tuple[str, dict[str, str]]:
    """The full path of a Python that can run a worker, and the versions of its frameworks' packages.

    `option` is where the user named it. Raises UserError where it does not run, or lacks what a worker needs.
    """
    path = shutil.which(python) or python
    try:
        command = [path, "-c", PROBE, *frameworks.packages(gpus=True)]
        output = subprocess.run(command, capture_output=True, text=True, timeout=PROBE_SECONDS, check=True).stdout
        answer = json.loads(output)
        lacking, packages = answer["lacking"], answer["packages"]
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{option} {python} does not run as Python: give the path of an interpreter") from error
    if lacking:
        raise UserError(f"{option} {python} lacks {', '.join(lacking)}: install fiftyx for it")
    return str(Path(path).absolute()), packages
