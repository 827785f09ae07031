"""The same engine behind `pytest --benchmark-only`."""
