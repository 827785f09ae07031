"""Is a net right? Runs inside a worker."""
