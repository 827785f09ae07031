"""What lies between the processor and a net, as a system tells it or does not."""

import pytest

from bench.host.system import blas, governor, huge_pages, hypervisor, libc


def library(folder: str, architecture: str | None = "Zen", **facts: str) -> dict[str, object]:
    named = {"user_api": "blas", "internal_api": "openblas", "version": "0.3.31", "architecture": architecture}
    return {**named, "filepath": f"/site-packages/{folder}/libopenblas.so", **facts}


@pytest.mark.parametrize(
    "lscpu, cpuinfo, told",
    [
        ("Hypervisor vendor:   KVM\nVirtualization type: full\n", "flags: hypervisor", "KVM"),
        ("", "flags: fpu hypervisor", "unnamed"),
        ("Model name: Made-up\n", "flags: fpu", "none"),
        ("", "Features: asimd", ""),
        ("", "", ""),
    ],
)
def test_a_hypervisor_is_named_denied_or_left_out_as_the_system_tells(lscpu, cpuinfo, told, tmp_path):
    path = tmp_path / "cpuinfo"
    if cpuinfo:
        path.write_text(cpuinfo)
    assert hypervisor(path, lambda: lscpu) == told


def test_the_setting_of_huge_pages_is_the_one_in_brackets(tmp_path):
    (tmp_path / "enabled").write_text("always [madvise] never\n")
    assert huge_pages(tmp_path / "enabled") == "madvise"
    assert huge_pages(tmp_path / "missing") == ""


def test_the_governors_are_those_of_the_usable_processors(tmp_path):
    for number, name in enumerate(["powersave", "performance", "performance"]):
        (tmp_path / f"cpu{number}" / "cpufreq").mkdir(parents=True)
        (tmp_path / f"cpu{number}" / "cpufreq" / "scaling_governor").write_text(f"{name}\n")
    assert governor([1, 2], tmp_path) == "performance"
    assert governor([0, 1], tmp_path) == "performance and powersave"
    assert governor([9], tmp_path) == ""


def test_a_c_library_that_does_not_name_itself_is_absent(monkeypatch):
    def refuse(name):
        raise ValueError(f"{name} is unknown here")

    monkeypatch.setattr("os.confstr", refuse)
    assert libc() == ""


def test_the_blas_is_numpy_s_with_the_kernels_that_it_chose():
    others = library("scipy.libs", "Haswell"), library("torch", user_api="openmp")
    assert blas(lambda: [*others, library("numpy.libs")]) == "openblas 0.3.31 Zen"
    assert blas(lambda: [library("lib", None)]) == "openblas 0.3.31"
    assert blas(lambda: [library("lib"), library("lib64")]) == ""
    assert blas(list) == ""
    assert blas().split(" ")[0] in ("openblas", "mkl", "blis", "flexiblas", "")
