"""A witness of the machine's state: fixed work that no net owns, timed between the slices."""
