"""What a net's file declares, read from its syntax tree and checked against what there is."""

import ast
import sys
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from bench.errors import unknown
from bench.host.devices import DEVICES
from bench.workloads.catalogue import WORKLOADS
from bench.workloads.dtypes import DTYPES


def declarations(tree: ast.Module) -> dict[str, Any]:
    """The module's upper-case constants; of NETS, whose values are classes, the workloads alone."""
    declared: dict[str, Any] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id.isupper():
            name, value = node.targets[0].id, node.value
            if name == "NETS" and isinstance(value, ast.Dict):
                declared[name] = [ast.literal_eval(key) for key in value.keys if key is not None]
            elif name in ("DEVICES", "DTYPES", "VARIANTS", "ENVIRONMENT", "ONLY", "REFERENCE", "CUMULATIVE"):
                declared[name] = ast.literal_eval(value)
    return declared


def require_shape(name: str, value: Any) -> None:
    """Raises ValueError where a declaration is not of the kind that its name promises."""
    if name in ("NETS", "DEVICES", "DTYPES"):
        good = isinstance(value, list | tuple) and value and all(isinstance(word, str) for word in value)
    elif name == "CUMULATIVE":
        good = isinstance(value, bool)
    else:
        good = isinstance(value, dict) and all(isinstance(inner, dict) for inner in value.values())
    if name == "ENVIRONMENT" and good:
        good = all(isinstance(word, str) for inner in value.values() for pair in inner.items() for word in pair)
    if not good:
        raise ValueError(f"{name} = {value!r} is not what a net declares there")


def require_known(declared: Mapping[str, Any]) -> None:
    """Raises UserError, with the nearest name, where a declaration names what there is not."""
    variants, only = declared.get("VARIANTS", {"": {}}), declared.get("ONLY", {})
    named: list[tuple[str, Iterable[str], Collection[str]]] = [
        ("workload", declared.get("NETS", ()), WORKLOADS),
        ("dtype", declared.get("DTYPES", ()), DTYPES),
        ("device", declared.get("DEVICES", ()), DEVICES),
        ("variant in ONLY", only, variants),
        ("workload in REFERENCE", declared.get("REFERENCE", ()), WORKLOADS),
        ("variant, dtype or device in ENVIRONMENT", declared.get("ENVIRONMENT", ()), {*variants, *DTYPES, *DEVICES}),
    ]
    for limits in only.values():
        named.append(("limit in ONLY", limits, ("workloads", "dtypes", "devices")))
        named += [
            ("workload in ONLY", limits.get("workloads", ()), declared.get("NETS", ())),
            ("dtype in ONLY", limits.get("dtypes", ()), declared.get("DTYPES", ("float32",))),
            ("device in ONLY", limits.get("devices", ()), declared.get("DEVICES", ("cpu",))),
        ]
    for kind, names, known in named:
        for name in names:
            if name not in known:
                raise unknown(kind, name, known)


def third_party_imports(tree: ast.Module) -> tuple[str, ...]:
    """Top-level modules from outside Python and this project that the file imports, in order."""
    modules: dict[str, None] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules.update(dict.fromkeys(alias.name.partition(".")[0] for alias in node.names))
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules[node.module.partition(".")[0]] = None
    return tuple(module for module in modules if module not in sys.stdlib_module_names and module != "implementations")
