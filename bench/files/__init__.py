"""Run files: written whole, and read through typed definitions that name whatever is damaged."""
