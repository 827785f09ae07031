"""Which facts of a machine set its runs apart."""

from copy import deepcopy

import pytest

from bench.host import machine as module
from bench.host.fingerprint import FINGERPRINTED, differences, fingerprint
from bench.host.machine import machine
from tests.helpers.recorded import MACHINE

TOLD = {
    **MACHINE,
    "cpu": {**MACHINE["cpu"], "family": 25, "model": 1, "caches": {"L2": "512 KiB"}},
    "hypervisor": "KVM",
    "libc": "glibc 2.36",
}


def test_the_same_facts_have_the_same_fingerprint():
    assert fingerprint(deepcopy(TOLD)) == fingerprint(TOLD) == fingerprint({**TOLD, "started": "later"})
    assert machine()["fingerprint"] == machine()["fingerprint"]


@pytest.mark.parametrize(
    "changed, words",
    [
        ({"cpu": {**TOLD["cpu"], "family": 26}}, "CPU family 25 -> 26"),
        ({"cpu": {**TOLD["cpu"], "caches": {"L2": "1 MiB"}}}, "CPU caches 512 KiB -> 1 MiB"),
        ({"hypervisor": "none"}, "hypervisor KVM -> none"),
        ({"libc": "glibc 2.41"}, "C library glibc 2.36 -> glibc 2.41"),
        ({"governor": "powersave"}, "not recorded at first: governor"),
    ],
)
def test_another_processor_or_system_under_the_same_name_is_another_machine(changed, words):
    other = {**TOLD, **changed}
    assert fingerprint(other) != fingerprint(TOLD)
    assert differences(TOLD, other) == (words,)


def test_what_an_older_file_did_not_record_is_named_and_is_no_change():
    assert differences(MACHINE, TOLD) == (
        "not recorded at first: CPU family, CPU model, CPU caches, hypervisor, C library",
    )
    assert differences(TOLD, MACHINE) == (
        "no longer recorded: CPU family, CPU model, CPU caches, hypervisor, C library",
    )


def test_a_system_that_tells_nothing_has_a_machine_all_the_same(monkeypatch):
    monkeypatch.setattr(module, "system_facts", lambda usable: {})
    monkeypatch.setattr(module, "processor", lambda usable: {"brand_raw": "Made-up", "count": len(usable)})
    found = machine()
    assert found["name"].startswith(f"made-up-{found['cores']}-cores")
    assert {"hypervisor", "libc", "huge_pages", "governor", "blas"} & found.keys() == set()
    assert len(found["fingerprint"]) == 12 and found.keys() & set(FINGERPRINTED)
