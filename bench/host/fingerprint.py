"""The fingerprint of a machine, and what differs between two machines."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

# Changes of these change the times, so runs that differ in any are never mixed. The processor's own name does not say
# of which generation it is; a hypervisor, the C library's allocator, huge pages, the governor and the kernels that
# BLAS has chosen make steps slower or faster on one and the same processor.
FINGERPRINTED = (
    *("cpu", "cores", "memory_gib", "gpus", "hypervisor", "libc", "huge_pages", "governor", "blas"),
    *("system", "python", "packages"),
)

NAMES = {"cores": "CPUs", "gpus": "GPUs", "libc": "C library", "blas": "BLAS"}


def fingerprint(facts: Mapping[str, Any]) -> str:
    """Twelve hexadecimal digits that change with anything a time depends on, hardware or software.

    A fact that is absent counts as one. Files of an older fiftyx recorded fewer: their machine has another fingerprint
    than the same machine has now, as nobody can tell whether it was the same in what they lack. They stay readable,
    keep their folder, and `differences` names what was not recorded.
    """
    relevant = json.dumps({key: facts[key] for key in FINGERPRINTED if key in facts}, sort_keys=True)
    return hashlib.sha256(relevant.encode()).hexdigest()[:12]


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, ...]:
    """What differs between two run files' `machine_info` of all that a fingerprint covers: `torch 2.12.0 -> 2.13.0`.

    What only one of them records comes last: `not recorded at first: CPU family, C library`.
    """
    before, after = dict(flat(one)), dict(flat(other))
    both = [name for name in before if name in after]
    changes = [f"{name} {before[name]} -> {after[name]}" for name in both if before[name] != after[name]]
    changes += changed_packages(one.get("packages"), other.get("packages"))
    if gained := [name for name in after if name not in before]:
        changes.append(f"not recorded at first: {', '.join(gained)}")
    if lost := [name for name in before if name not in after]:
        changes.append(f"no longer recorded: {', '.join(lost)}")
    return tuple(changes)


def flat(machine: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each fact of a `machine_info` but its packages, by name, in words."""
    for key in FINGERPRINTED:
        if key == "cpu":
            cpu = dict(machine.get(key, {}))
            cpu.pop("count", None)  # the same as "cores"
            yield from ((f"CPU {part}".removesuffix(" brand_raw").replace("_", " "), worded(cpu[part])) for part in cpu)
        elif key in machine and key != "packages":
            yield NAMES.get(key, key.replace("_", " ")), worded(machine[key])


def changed_packages(one: Mapping[str, str] | None, other: Mapping[str, str] | None) -> Iterator[str]:
    """`torch 2.12.0 -> 2.13.0`."""
    before, after = one or {}, other or {}
    for package in sorted(before.keys() | after.keys()):
        if before.get(package) != after.get(package):
            yield f"{package} {before.get(package, 'absent')} -> {after.get(package, 'absent')}"


def worded(fact: Any) -> str:
    """One fact of `machine_info` in a few words."""
    if isinstance(fact, Mapping):
        return " ".join(map(str, fact.values()))
    return " + ".join(map(worded, fact)) or "none" if isinstance(fact, list) else str(fact)
