"""A machine's CPUs are called by their right name."""

import pytest

from bench.records.processor_words import cpus, cpus_and_cores


def machine(count, hypervisor=None, **topology):
    told = {"hypervisor": hypervisor} if hypervisor else {}
    return {"cores": count, "cpu": {"brand_raw": "Made-up", "count": count, **topology}, **told}


@pytest.mark.parametrize(
    "told, short, long",
    [
        (machine(16, "KVM", physical_cores=8, threads_per_core=2), "16 virtual CPUs", " (8 cores, 2 threads each)"),
        (machine(2, "unnamed", physical_cores=2, threads_per_core=1), "2 virtual CPUs", ""),
        (machine(1, "KVM"), "1 virtual CPU", ""),
        (machine(4, "none", physical_cores=4, threads_per_core=1), "4 cores", ""),
        (machine(16, "none", physical_cores=8, threads_per_core=2), "16 CPUs", " (8 cores, 2 threads each)"),
        (machine(3, "none", physical_cores=2, threads_per_core=2), "3 CPUs", " (2 cores)"),
        (machine(4, physical_cores=4, threads_per_core=1), "4 CPUs", ""),
        (machine(4), "4 CPUs", ""),
    ],
)
def test_cores_are_named_only_where_they_are_known_and_virtual_cpus_where_a_hypervisor_is(told, short, long):
    assert cpus(told) == short
    assert cpus_and_cores(told) == short + long
