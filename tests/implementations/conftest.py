"""Frameworks that take seconds to start or to compile: the tests that run them are slow."""

import pytest

SLOW = ("tensorflow", "keras", "torch_compile", "triton_fused")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        test, _, parameters = item.name.partition("[")
        ours = "tests/implementations" in item.path.as_posix()
        runs = "agrees" in test or "tmp_path" in getattr(item, "fixturenames", ())
        if ours and runs and any(name in parameters for name in SLOW):
            item.add_marker(pytest.mark.slow)
