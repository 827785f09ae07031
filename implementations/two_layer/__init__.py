"""The two-layer net and its relatives, one file each; read them from top to bottom."""
