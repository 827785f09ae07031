"""A net's file, read without importing it: what it can compute, where, and what it needs."""

import ast
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.errors import UserError, unknown
from bench.nets.declarations import declarations, require_known, require_shape, third_party_imports
from bench.records.cell import holds_lower_bounds
from bench.workloads.catalogue import WORKLOADS
from bench.workloads.dtypes import REDUCED

IMPLEMENTATIONS = Path(__file__).resolve().parents[2] / "implementations"


@dataclass(frozen=True)
class NetFile:
    """One file under `implementations/` or a `--nets` folder.

    `variants` maps a variant's name ("" is the net as it is) to keyword arguments of the constructor.
    `environment` maps a variant, dtype or device to the variables that must be set before the imports.
    `only` narrows a variant that makes sense for some "workloads", "dtypes" or "devices" alone.
    `reference` maps a workload to keyword arguments of the reference net, where the framework's rule is another.
    `cumulative` says that each phase repeats the phases before it. `defect` tells why the file is unusable.
    """

    name: str
    path: Path
    title: str = ""
    workloads: tuple[str, ...] = ()
    devices: tuple[str, ...] = ("cpu",)
    dtypes: tuple[str, ...] = ("float32",)
    variants: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: {"": {}})
    environment: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    only: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    reference: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    cumulative: bool = False
    imports: tuple[str, ...] = ()
    defect: str | None = None

    @property
    def framework(self) -> str:
        """The first imported module that is neither NumPy nor Python's own; NumPy where there is none."""
        return next((module for module in self.imports if module != "numpy"), "numpy")

    @property
    def is_own(self) -> bool:
        """Whether it comes with the project."""
        return IMPLEMENTATIONS in self.path.parents

    def offers(self, variant: str, workload: str, dtype: str) -> bool:
        """Whether the variant computes this workload in this dtype; a reduced one takes products to reduce."""
        only = self.only.get(variant, {})
        in_workloads = workload in self.workloads and workload in only.get("workloads", self.workloads)
        in_dtypes = dtype in self.dtypes and dtype in only.get("dtypes", self.dtypes)
        return in_workloads and in_dtypes and (dtype not in REDUCED or WORKLOADS[workload].reducible)

    def devices_of(self, variant: str) -> Sequence[str]:
        """The devices that the variant runs on."""
        return self.only.get(variant, {}).get("devices", self.devices)


def discover(folders: Sequence[Path] = (), implementations: Path = IMPLEMENTATIONS) -> dict[str, NetFile]:
    """Every net of this project, or of another checkout's `implementations`, and of the extra folders, by name.

    Raises UserError where a folder does not exist or two files bear one name.
    """
    nets: dict[str, NetFile] = {}
    for folder in (implementations, *folders):
        if not folder.is_dir():
            raise UserError(f"--nets {folder} is not a folder: give the folder that holds your nets")
        # Ours lie in a folder for each family; a user's folder may hold anything else in folders of its own
        paths = folder.rglob("[!_]*.py") if folder.name == IMPLEMENTATIONS.name else folder.glob("[!_]*.py")
        for path in sorted(paths, key=lambda path: path.stem):
            if path.stem in nets:
                raise UserError(f"two nets are named {path.stem}: rename {path} ({nets[path.stem].path} has the name)")
            nets[path.stem] = read(path)
    return nets


def find(nets: Mapping[str, NetFile], name: str) -> tuple[NetFile, str]:
    """The net and variant that `net` or `net:variant` names.

    Raises UserError with the nearest known name, and where it names yardsticks.
    """
    net_name, _, variant = name.partition(":")
    if net_name not in nets:
        raise unknown("net", net_name, nets)
    net = nets[net_name]
    if holds_lower_bounds(net_name):
        beside = f"name a net of {net.framework}, and they are measured beside it"
        raise UserError(f"{net_name} holds yardsticks, not a net: {beside}")
    if variant not in net.variants:
        raise unknown(f"variant of {net_name}", variant, filter(None, net.variants))
    return net, variant


def read(path: Path) -> NetFile:
    """What a net's file declares. A file that cannot be read or declares nonsense comes back with its defect."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        declared = declarations(tree)
        for name, value in declared.items():
            require_shape(name, value)
        require_known(declared)
        return NetFile(
            name=path.stem,
            path=path.resolve(),
            title=(ast.get_docstring(tree) or "").strip().split("\n")[0],
            workloads=tuple(declared["NETS"]),
            devices=tuple(declared.get("DEVICES", ("cpu",))),
            dtypes=tuple(declared.get("DTYPES", ("float32",))),
            variants=declared.get("VARIANTS", {"": {}}),
            environment=declared.get("ENVIRONMENT", {}),
            only=declared.get("ONLY", {}),
            reference=declared.get("REFERENCE", {}),
            cumulative=bool(declared.get("CUMULATIVE", False)),
            imports=third_party_imports(tree),
        )
    except KeyError as error:
        return NetFile(path.stem, path, defect=f"{path} does not define {error.args[0]}")
    except UserError as error:
        return NetFile(path.stem, path, defect=f"{path} declares an {error}")
    except (SyntaxError, ValueError, TypeError, AttributeError, OSError) as error:
        return NetFile(path.stem, path, defect=f"{path} cannot be read: {error}")


def own(name: str) -> Path:
    """The file of a net that comes with the project."""
    return next(IMPLEMENTATIONS.rglob(f"{name}.py"))


def source(path: Path) -> str:
    """Twelve hexadecimal digits that change with the file's text."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
