"""The base of a duel: the files, the interpreter and the variables that the head is compared with."""

import io
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
from bench.regression import interpreter
from bench.regression.paired_measurement import Side
from bench.worker.environment import THREAD_VARIABLES
from bench.worker.launch import HERE, Launch


@dataclass(frozen=True)
class Base:
    """How the base differs from the head: a revision or a tree, an interpreter, environment variables.

    `control_python` is the interpreter of the control environment, with the same packages as `python`.
    """

    revision: str | None = None
    tree: Path | None = None
    python: str | None = None
    control_python: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """`base main`; only what differs from the head is named."""
        variables = (f"{name}={value}" for name, value in self.variables.items())
        return " ".join(["base", *(str(part) for part in (self.revision, self.tree, self.python) if part), *variables])

    def check(self, threads: str) -> None:
        """Raises UserError where nothing differs, where two options exclude each other, or one has no effect."""
        if self == Base():
            raise UserError("nothing to compare with: give --base, --base-tree, --base-python or --base-env")
        if self.control_python and not self.python:
            raise UserError("--twin-python needs --base-python: give that too")
        if self.revision and self.tree:
            raise UserError("--base and --base-tree both name the base's files: leave out one of them")
        fixed = sorted(self.variables.keys() & set(THREAD_VARIABLES))
        if fixed and threads != "all":
            raise UserError(f"--threads {threads} overrides {fixed[0]}: add --threads all to compare it")


@contextmanager
def opened(base: Base, folders: Sequence[Path]) -> Iterator[Side]:
    """The base while it is measured; `folders` are those that the head has in addition to this project's nets.

    Raises UserError where the files or an interpreter cannot be found.
    """
    python, versions = HERE.python, frameworks.versions(gpus=True)
    if base.python:
        python, versions = interpreter.probe(base.python, "--base-python")
    control = interpreter.probe(base.control_python, "--twin-python")[0] if base.control_python else python
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
        yield Side(base.label, nets, launch, replace(launch, python=control), versions)


def at_revision(revision: str, folders: Sequence[Path], packages: Path) -> dict[str, NetFile]:
    """The nets of the folders as they were; a folder that did not exist then, or is in no git checkout, has none.

    Raises UserError where no folder has any.
    """
    places, refusals = [], []
    for number, folder in enumerate(folders):
        # The first is the package that the others' files import from
        place = packages / folder.name if not number else packages / str(number) / folder.resolve().name
        try:
            extract(folder, revision, place)
            places.append(place)
        except UserError as refusal:
            refusals.append(refusal)
    if not places:
        raise refusals[0]
    first, *others = places
    nets = discover(others, first)
    names = {str(place): f"{revision}:{place.name}" for place in places}
    return {name: replace(net, defect=net.defect and renamed(net.defect, names)) for name, net in nets.items()}


def renamed(defect: str, names: Mapping[str, str]) -> str:
    """The defect with git's name of the file, `main:nets/mine.py`, instead of the temporary one."""
    for temporary, name in names.items():
        defect = defect.replace(temporary, name)
    return defect


def extract(folder: Path, revision: str, place: Path) -> None:
    """Writes the folder as it was at a revision of the git checkout it lies in. Raises UserError."""
    command = ["git", "-C", str(folder), "archive", "--format=zip", "--end-of-options", revision]
    try:
        archive = subprocess.run(command, capture_output=True, check=True).stdout
    except OSError as error:
        raise UserError("--base needs git: install it, or name the base's files with --base-tree") from error
    except subprocess.CalledProcessError as error:
        message = " ".join(error.stderr.decode(errors="replace").split())
        remedy = "name another --base, or the base's files with --base-tree"
        raise UserError(f"git cannot read {folder} at {revision} ({message}): {remedy}") from error
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        files.extractall(place)


def of_tree(tree: Path, packages: Path) -> dict[str, NetFile]:
    """The nets of another checkout, or of a folder of nets in addition to this project's own. Raises UserError."""
    if not tree.is_dir():
        raise UserError(f"--base-tree {tree} is not a folder: give a checkout, or a folder with nets")
    implementations = tree / IMPLEMENTATIONS.name
    if not implementations.is_dir():
        return discover([tree])
    link = packages / IMPLEMENTATIONS.name
    link.symlink_to(implementations.resolve())
    return discover(implementations=link)
