"""What a system tells of its processor, read from copies of its files."""

from pathlib import Path

import pytest

from bench.host import processor as module
from bench.host.processor import processor

X86 = """\
processor\t: 0
cpu family\t: 6
model\t\t: 143
model name\t: Made-up Xeon
stepping\t: 8
flags\t\t: fpu sse4_2 smep avx avx2 fma avx512f avx512_bf16 amx_tile hypervisor

processor\t: 1
cpu family\t: 7
"""
ARM = "processor\t: 0\nFeatures\t: fp asimd sve bf16 crc32\nCPU implementer\t: 0x41\n"


def written(folder: Path, **files: str) -> Path:
    """A folder of such files, whose names have `__` for `/`."""
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n")
    return folder


def cache(number: int, level: int, kind: str, size: str, shared: str) -> dict[str, str]:
    told = {"level": str(level), "type": kind, "size": size, "shared_cpu_list": shared}
    return {f"cpu1__cache__index{number}__{name}": text for name, text in told.items()}


def test_linux_on_x86_tells_generation_instruction_sets_caches_and_cores(tmp_path):
    pairs = {0: "0-1", 1: "0-1", 2: "2-3", 3: "2,3"}
    cores = {f"cpu{number}__topology__thread_siblings_list": pair for number, pair in pairs.items()}
    known = cache(0, 1, "Data", "48K", "1,3") | cache(1, 3, "Unified", "30720K", "0-3") | cache(2, 9, "Odd", "big", "")
    cpus = written(tmp_path / "cpus", **cores, **known)
    cpuinfo = written(tmp_path, cpuinfo=X86) / "cpuinfo"
    assert processor([1, 2, 3], cpuinfo, cpus) == {
        "brand_raw": "Made-up Xeon",
        "count": 3,
        "family": 6,
        "model": 143,
        "stepping": 8,
        "instruction_sets": ["amx_tile", "avx", "avx2", "avx512_bf16", "avx512f", "fma", "sse4_2"],
        "caches": {"L1d": "48 KiB shared by 2 CPUs", "L3": "30 MiB shared by 4 CPUs"},
        "physical_cores": 2,
        "threads_per_core": 2,
    }


def test_what_linux_on_arm_does_not_tell_is_absent(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "name_elsewhere", lambda: "Made-up Arm")
    cpuinfo, cpus = written(tmp_path, cpuinfo=ARM) / "cpuinfo", written(tmp_path / "cpus", online="0")
    assert processor([0], cpuinfo, cpus) == {
        "brand_raw": "Made-up Arm",
        "count": 1,
        "instruction_sets": ["asimd", "bf16", "sve"],
    }


@pytest.mark.parametrize("physical, logical, told", [(4, 8, (4, 2)), (None, 8, ()), (6, 8, ())])
def test_off_linux_the_cores_are_those_that_the_system_counts(physical, logical, told, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "name_elsewhere", lambda: "Made-up M")
    monkeypatch.setattr(module.psutil, "cpu_count", lambda logical=True: counts[logical])
    counts = {True: logical, False: physical}
    found = processor(range(8), tmp_path / "none", tmp_path / "none")
    assert found.pop("brand_raw") == "Made-up M" and found.pop("count") == 8
    assert tuple(found.values()) == told
