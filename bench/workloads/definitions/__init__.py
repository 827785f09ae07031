"""The workloads, one file each; a new one is found by existing."""
