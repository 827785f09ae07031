"""Loads the pytest plugin: `pytest --benchmark-only` measures the nets."""

pytest_plugins = ["bench.pytest_plugin.plugin"]
