"""The nets: one file each, every one the same two-layer ReLU net in another framework's own words."""
