"""The base of a duel: the files, the interpreter and the variables that the head is compared with."""

import io
import json
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.errors import UserError
from bench.host import frameworks
from bench.nets.net_file import IMPLEMENTATIONS, NetFile, discover
from bench.regression.paired_measurement import Side
from bench.worker.environment import THREAD_VARIABLES
from bench.worker.launch import HERE, Launch

PROBE_SECONDS = 60.0
# Prints what of a worker's own imports the interpreter lacks, and the versions of the packages named to it.
PROBE = """
import json
import sys
if sys.version_info < (3, 11):
    print(json.dumps({"lacking": ["Python 3.11"], "packages": {}}))
    sys.exit()
from importlib.metadata import Distribution
from importlib.util import find_spec
lacking = [module for module in ("numpy", "psutil", "threadpoolctl") if find_spec(module) is None]
found = {name: each.version for name in sys.argv[1:] for each in list(Distribution.discover(name=name))[:1]}
print(json.dumps({"lacking": lacking, "packages": found}))
"""


@dataclass(frozen=True)
class Base:
    """In what the base differs from the head: a revision or a tree, an interpreter, variables.

    `twin` is an interpreter whose environment was made as that of `python`.
    """

    revision: str | None = None
    tree: Path | None = None
    python: str | None = None
    twin: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """`base main`; what it shares with the head is not named."""
        variables = (f"{name}={value}" for name, value in self.variables.items())
        return " ".join(["base", *(str(part) for part in (self.revision, self.tree, self.python) if part), *variables])

    def require_sense(self, threads: str) -> None:
        """Raises UserError where nothing differs, where two things are asked for at once, or one is undone."""
        if self == Base():
            raise UserError("nothing to compare with: give --base, --base-tree, --base-python or --base-env")
        if self.twin and not self.python:
            raise UserError("--twin-python stands beside --base-python: name that too")
        if self.revision and self.tree:
            raise UserError("--base and --base-tree both name the base's files: leave out one of them")
        fixed = sorted(self.variables.keys() & set(THREAD_VARIABLES))
        if fixed and threads != "all":
            raise UserError(f"--threads {threads} decides over {fixed[0]}: add --threads all to compare it")


@contextmanager
def opened(base: Base, folders: Sequence[Path]) -> Iterator[Side]:
    """The base while it is measured; `folders` are what the head has besides this project's nets.

    Raises UserError where the base is not to be had.
    """
    python, versions = HERE.python, frameworks.versions(gpus=True)
    if base.python:
        python, versions = interpreter(base.python, "--base-python")
    twin = interpreter(base.twin, "--twin-python")[0] if base.twin else python
    with tempfile.TemporaryDirectory(prefix="fiftyx-base-", ignore_cleanup_errors=True) as temporary:
        # Before our own tree on the path, and with nothing in it but nets: both sides are measured by our engine
        packages = Path(temporary)
        if base.revision:
            nets = at_revision(base.revision, [IMPLEMENTATIONS, *folders], packages)
        elif base.tree:
            nets = of_tree(base.tree, packages)
        else:
            nets = discover(folders)
        launch = Launch(python, base.variables, packages)
        yield Side(base.label, nets, launch, replace(launch, python=twin), versions)


def at_revision(revision: str, folders: Sequence[Path], packages: Path) -> dict[str, NetFile]:
    """The nets of the folders as they were; one that was not there then, or lies in no git checkout, has none.

    Raises UserError where that is all of them.
    """
    found, refusals = [], []
    for number, folder in enumerate(folders):
        # The first is the package that the others' files import from
        place = packages / folder.name if not number else packages / str(number) / folder.resolve().name
        try:
            extract(folder, revision, place)
            found.append(place)
        except UserError as refusal:
            refusals.append(refusal)
    if not found:
        raise refusals[0]
    nets = discover(found[1:], found[0])
    return {name: replace(net, defect=net.defect and readable(net, revision)) for name, net in nets.items()}


def readable(net: NetFile, revision: str) -> str:
    """The defect, with git's name of the file instead of the temporary one."""
    return str(net.defect).replace(str(net.path.parent), f"{revision}:{net.path.parent.name}")


def extract(folder: Path, revision: str, place: Path) -> None:
    """Writes the folder as it was at a revision of the git checkout it lies in. Raises UserError."""
    command = ["git", "-C", str(folder), "archive", "--format=zip", "--end-of-options", revision]
    try:
        archive = subprocess.run(command, capture_output=True, check=True).stdout
    except OSError as error:
        raise UserError("--base needs git: install it, or name the base's files with --base-tree") from error
    except subprocess.CalledProcessError as error:
        said = " ".join(error.stderr.decode(errors="replace").split())
        remedy = "name another --base, or the base's files with --base-tree"
        raise UserError(f"{folder} is not to be had at {revision} ({said}): {remedy}") from error
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        files.extractall(place)


def of_tree(tree: Path, packages: Path) -> dict[str, NetFile]:
    """The nets of another checkout, or of a folder of nets beside this project's own. Raises UserError."""
    if not tree.is_dir():
        raise UserError(f"--base-tree {tree} is not a folder: give a checkout, or a folder with nets")
    implementations = tree / IMPLEMENTATIONS.name
    if not implementations.is_dir():
        return discover([tree])
    link = packages / IMPLEMENTATIONS.name
    link.symlink_to(implementations.resolve())
    return discover(implementations=link)


def interpreter(python: str, option: str) -> tuple[str, dict[str, str]]:
    """The full path of a Python that can run a worker, and the versions of its frameworks. Raises UserError."""
    path = shutil.which(python) or python
    try:
        command = [path, "-c", PROBE, *frameworks.packages(gpus=True)]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=PROBE_SECONDS, check=True).stdout
        said = json.loads(answer)
        lacking, packages = said["lacking"], said["packages"]
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{option} {python} does not run as Python: give the path of an interpreter") from error
    if lacking:
        raise UserError(f"{option} {python} lacks {', '.join(lacking)}: install fiftyx for it")
    return str(Path(path).absolute()), packages
