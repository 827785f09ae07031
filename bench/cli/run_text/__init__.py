"""What `fiftyx run` prints of a run: its times, its speedups as bars, remarks."""
