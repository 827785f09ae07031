"""The conditions that a cell was measured under, in words."""
