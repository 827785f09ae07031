"""How a sample is made. Runs inside a worker."""
