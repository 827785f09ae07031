"""What is known of cells, runs and histories, as frozen data."""
