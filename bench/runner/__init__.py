"""Runs the cells: groups, restarts, rounds, budget."""
