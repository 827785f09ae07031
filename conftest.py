"""Opens the pytest door: `pytest --benchmark-only` measures the nets."""

pytest_plugins = ["bench.pytest_plugin"]
