"""Numbers in, numbers out: intervals, tests, change points."""
